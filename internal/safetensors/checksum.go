package safetensors

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
)

// The members of the metadata that hold checksums, in hexadecimal. See the
// comment of the package.
const (
	PayloadChecksum = "payload_sha256"
	HeaderChecksum  = "header_sha256"
)

// headerSum is the checksum of what a header says: of the header that WriteTo
// makes of it, without the checksum itself.
func headerSum(metadata map[string]string, entries []entry) string {
	metadata = maps.Clone(metadata)
	delete(metadata, HeaderChecksum)
	sum := sha256.Sum256(makeHeader(metadata, slices.SortedFunc(slices.Values(entries), inFile)))
	return hex.EncodeToString(sum[:])
}

// checkSum compares the checksum that the metadata have, if any.
func checkSum(metadata map[string]string, key string, sum func() string) error {
	want, ok := metadata[key]
	if !ok {
		return nil
	}
	if got := sum(); got != want {
		return failf("", ErrChecksum, "%s is %q in the metadata and %q of the file", key, cut(want), got)
	}
	return nil
}
