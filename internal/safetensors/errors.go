package safetensors

import (
	"errors"
	"fmt"
	"strings"
)

// What can be wrong with a file. Each is found with errors.Is in what Read
// and WriteTo return.
var (
	ErrTruncated = errors.New("the file ends early")
	ErrTrailing  = errors.New("bytes after the last tensor")
	ErrEncoding  = errors.New("not UTF-8")
	ErrSyntax    = errors.New("not the JSON of a header")
	ErrDuplicate = errors.New("two members of one name")
	ErrName      = errors.New("reserved name")
	ErrMissing   = errors.New("no such tensor")
	ErrDType     = errors.New("wrong or unsupported dtype")
	ErrShape     = errors.New("wrong shape")
	ErrOverflow  = errors.New("too large a number")
	ErrOffsets   = errors.New("tensors overlap or leave a gap")
	ErrSize      = errors.New("shape and data disagree")
	ErrChecksum  = errors.New("wrong checksum")
	ErrNotFinite = errors.New("not a finite number")
	ErrLimit     = errors.New("over a limit")
)

// Error says what is wrong with a file, and with which of its tensors.
type Error struct {
	// Tensor is the name of the tensor, empty where it is not about one.
	Tensor string
	// Detail says more; it may be empty.
	Detail string
	// Err is one of the errors of this package, or that of the underlying
	// reader or writer.
	Err error
}

func (e *Error) Error() string {
	s := "safetensors: "
	if e.Tensor != "" {
		s += fmt.Sprintf("tensor %q: ", cut(e.Tensor))
	}
	s += e.Err.Error()
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// NonFiniteError reports a NaN or an infinity. It is an ErrNotFinite.
type NonFiniteError struct {
	Tensor string
	Index  int // in row-major order, from 0
	Value  float64
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("safetensors: tensor %q: %v: %v at index %d", cut(e.Tensor), ErrNotFinite, e.Value, e.Index)
}

func (e *NonFiniteError) Unwrap() error { return ErrNotFinite }

// LimitError reports a file that goes beyond one of the Limits. It is an
// ErrLimit.
type LimitError struct {
	Limit string // the name of the field of Limits
	Max   int64  // its value
	Got   uint64 // what the file has
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("safetensors: %v: %d is over %s = %d", ErrLimit, e.Got, e.Limit, e.Max)
}

func (e *LimitError) Unwrap() error { return ErrLimit }

func failf(tensor string, kind error, format string, args ...any) error {
	return &Error{Tensor: tensor, Detail: fmt.Sprintf(format, args...), Err: kind}
}

// cut shortens what a message quotes from a file.
func cut(s string) string {
	const most = 64
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}

// brief prints a shape, at most eight dimensions of it.
func brief(shape []int) string {
	const most = 8
	if len(shape) > most {
		return fmt.Sprintf("%v and %d dimensions more", shape[:most], len(shape)-most)
	}
	return fmt.Sprint(shape)
}
