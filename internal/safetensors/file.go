package safetensors

import (
	"fmt"
	"math"
	"slices"
)

// File is what a safetensors file holds.
type File struct {
	// Metadata are texts of the caller's choice, without PayloadChecksum and
	// HeaderChecksum.
	Metadata map[string]string
	// Tensors may be in any order; Read returns them in that of their names.
	Tensors []Tensor
	// AllowNonFinite lets WriteTo write NaN and infinities in F64 tensors.
	// Read sets it if its limits did.
	AllowNonFinite bool
}

// Tensor is a named array of numbers. Names are not empty, and not
// "__metadata__".
type Tensor struct {
	Name string
	// Shape is the size of each dimension; none for a single number.
	Shape []int
	// Data are the numbers in row-major order: as many as the product of the
	// shape.
	Data Data
}

// Data are the numbers of a tensor: an F64, I64 or U64.
type Data interface {
	DType() DType
	Len() int
	// encode fills dst with the numbers from the given one on, 8 bytes each.
	encode(dst []byte, from int)
}

// DType is the type of the numbers of a tensor.
type DType int

// The order of the types is that of their tensors in a file, from the last to
// the first. It is Python's, so that saving a file there keeps its payload.
const (
	DTypeF64 DType = iota + 1 // float64, "F64"
	DTypeI64                  // int64, "I64"
	DTypeU64                  // uint64, "U64"
)

// String is the name of the type in a header.
func (d DType) String() string {
	switch d {
	case DTypeF64:
		return "F64"
	case DTypeI64:
		return "I64"
	case DTypeU64:
		return "U64"
	}
	return fmt.Sprintf("DType(%d)", int(d))
}

// parseDType is the inverse of String.
func parseDType(name string) (DType, bool) {
	for d := DTypeF64; d <= DTypeU64; d++ {
		if d.String() == name {
			return d, true
		}
	}
	return 0, false
}

// The numbers of a tensor.
type (
	F64 []float64
	I64 []int64
	U64 []uint64
)

func (F64) DType() DType { return DTypeF64 }
func (I64) DType() DType { return DTypeI64 }
func (U64) DType() DType { return DTypeU64 }

func (v F64) Len() int { return len(v) }
func (v I64) Len() int { return len(v) }
func (v U64) Len() int { return len(v) }

// F64 returns the numbers of the named float64 tensor if it has just this
// shape. Otherwise the error is an *Error: ErrMissing, ErrDType or ErrShape.
func (f *File) F64(name string, shape ...int) ([]float64, error) {
	return find[F64](f, name, shape)
}

// I64 is like F64, for int64.
func (f *File) I64(name string, shape ...int) ([]int64, error) {
	return find[I64](f, name, shape)
}

// U64 is like F64, for uint64.
func (f *File) U64(name string, shape ...int) ([]uint64, error) {
	return find[U64](f, name, shape)
}

// Tensor returns the named tensor, and whether there is one.
func (f *File) Tensor(name string) (Tensor, bool) {
	i := slices.IndexFunc(f.Tensors, func(t Tensor) bool { return t.Name == name })
	if i < 0 {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}

func find[D Data](f *File, name string, shape []int) (D, error) {
	var none D
	t, ok := f.Tensor(name)
	if !ok {
		return none, &Error{Tensor: name, Err: ErrMissing}
	}
	d, ok := t.Data.(D)
	if !ok {
		return none, failf(name, ErrDType, "want %v, got %v", none.DType(), t.dtype())
	}
	if !slices.Equal(t.Shape, shape) {
		return none, failf(name, ErrShape, "want %v, got %s", shape, brief(t.Shape))
	}
	return d, nil
}

// dtype is 0 where there is no data.
func (t Tensor) dtype() DType {
	if t.Data == nil {
		return 0
	}
	return t.Data.DType()
}

// checkFinite reports the first NaN or infinity of the tensor.
func (t Tensor) checkFinite() error {
	values, _ := t.Data.(F64)
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &NonFiniteError{Tensor: t.Name, Index: i, Value: v}
		}
	}
	return nil
}
