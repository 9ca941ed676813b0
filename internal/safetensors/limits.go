package safetensors

import (
	"fmt"
	"math"
)

// Limits bound what Read accepts. The zero value of a field is its default.
// Whatever the limits, Read holds a small multiple of the bytes that it has
// read so far: a short file cannot make it allocate much.
type Limits struct {
	// MaxHeaderBytes bounds the header. The default is 100,000,000, which is
	// also the most that the format allows.
	MaxHeaderBytes int64
	// MaxDataBytes bounds all tensors together. The default is 2^32, 4 GiB.
	MaxDataBytes int64
	// AllowNonFinite accepts NaN and infinities in F64 tensors, which are
	// errors otherwise.
	AllowNonFinite bool
	// RequireChecksums refuses files without checksums, which other writers
	// make: then no damage at all goes unnoticed.
	RequireChecksums bool
}

// maxHeaderBytes is the bound of the format itself.
const maxHeaderBytes = 100_000_000

// Validate reports the first limit that makes no sense, if any.
func (l Limits) Validate() error {
	if l.MaxHeaderBytes < 0 || l.MaxHeaderBytes > maxHeaderBytes {
		return fmt.Errorf("safetensors: Limits.MaxHeaderBytes is %d; it must be in 0 to %d", l.MaxHeaderBytes, maxHeaderBytes)
	}
	if l.MaxDataBytes < 0 {
		return fmt.Errorf("safetensors: Limits.MaxDataBytes is %d; it cannot be negative", l.MaxDataBytes)
	}
	return nil
}

func (l Limits) withDefaults() Limits {
	if l.MaxHeaderBytes == 0 {
		l.MaxHeaderBytes = maxHeaderBytes
	}
	if l.MaxDataBytes == 0 {
		l.MaxDataBytes = 1 << 32
	}
	l.MaxDataBytes = min(l.MaxDataBytes, math.MaxInt) // slices end there
	return l
}
