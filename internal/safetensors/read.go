package safetensors

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"slices"
)

// Read reads a file to its end, which must be where the last tensor ends. The
// metadata come without the checksums, which are checked if they are there.
//
// Whatever is wrong is an *Error, a *LimitError or a *NonFiniteError, and the
// file is nil. An error of r other than the end of the file is in an *Error.
func Read(r io.Reader, limits Limits) (*File, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	limits = limits.withDefaults()
	d := &decoder{r: bufio.NewReaderSize(r, chunkBytes)}
	header, err := d.header(limits)
	if err != nil {
		return nil, err
	}
	metadata, entries, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	size, err := checkLayout(entries)
	if err != nil {
		return nil, err
	}
	if size > limits.MaxDataBytes {
		return nil, &LimitError{Limit: "MaxDataBytes", Max: limits.MaxDataBytes, Got: uint64(size)}
	}
	for _, key := range []string{HeaderChecksum, PayloadChecksum} {
		if _, ok := metadata[key]; !ok && limits.RequireChecksums {
			return nil, failf("", ErrChecksum, "%s is missing", key)
		}
	}
	if err := checkSum(metadata, HeaderChecksum, func() string { return headerSum(metadata, entries) }); err != nil {
		return nil, err
	}
	f := &File{Metadata: metadata, AllowNonFinite: limits.AllowNonFinite}
	if f.Tensors, err = d.payload(entries, metadata); err != nil {
		return nil, err
	}
	delete(metadata, PayloadChecksum)
	delete(metadata, HeaderChecksum)
	if !limits.AllowNonFinite {
		for _, t := range f.Tensors {
			if err := t.checkFinite(); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(f.Tensors, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	return f, nil
}

type decoder struct {
	r      *bufio.Reader
	tensor string // the one being read, for errors
}

// next returns the next n bytes, or a chunk if there are more. They are valid
// until the next call.
func (d *decoder) next(n int) ([]byte, error) {
	n = min(n, chunkBytes)
	b, err := d.r.Peek(n)
	if len(b) == n {
		d.r.Discard(n) // they are in the buffer
		return b, nil
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		err = ErrTruncated
	}
	return nil, &Error{Tensor: d.tensor, Err: err}
}

// header reads the length of the header, and the header.
func (d *decoder) header(limits Limits) ([]byte, error) {
	b, err := d.next(8)
	if err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(b)
	if n > uint64(limits.MaxHeaderBytes) {
		return nil, &LimitError{Limit: "MaxHeaderBytes", Max: limits.MaxHeaderBytes, Got: n}
	}
	var header []byte
	for left := int(n); left > 0; left -= len(b) {
		if b, err = d.next(left); err != nil {
			return nil, err
		}
		header = append(header, b...)
	}
	return header, nil
}

// payload reads the tensors in the order of the entries, and checks that
// nothing follows.
func (d *decoder) payload(entries []entry, metadata map[string]string) ([]Tensor, error) {
	sum := sha256.New()
	tensors := make([]Tensor, len(entries))
	for i, e := range entries {
		d.tensor = e.name
		data, err := d.data(e, sum)
		if err != nil {
			return nil, err
		}
		tensors[i] = Tensor{Name: e.name, Shape: e.shape, Data: data}
	}
	if _, err := d.r.Peek(1); err == nil {
		return nil, &Error{Err: ErrTrailing}
	} else if err != io.EOF {
		return nil, &Error{Detail: "after the last tensor", Err: err}
	}
	return tensors, checkSum(metadata, PayloadChecksum, func() string { return hex.EncodeToString(sum.Sum(nil)) })
}

// data reads the numbers of one tensor, and adds their bytes to the checksum.
func (d *decoder) data(e entry, sum io.Writer) (Data, error) {
	n := int(e.end-e.begin) / wordBytes
	switch e.dtype {
	case DTypeF64:
		v, err := values(d, n, sum, math.Float64frombits)
		return F64(v), err
	case DTypeI64:
		v, err := values(d, n, sum, func(u uint64) int64 { return int64(u) })
		return I64(v), err
	default:
		v, err := values(d, n, sum, func(u uint64) uint64 { return u })
		return U64(v), err
	}
}

// values reads n numbers. The slice doubles as they come, up to n: what the
// header says of n is not taken as true before that.
func values[T any](d *decoder, n int, sum io.Writer, number func(uint64) T) ([]T, error) {
	v := []T{}
	for len(v) < n {
		b, err := d.next((n - len(v)) * wordBytes)
		if err != nil {
			return nil, err
		}
		sum.Write(b) // a hash, which does not fail
		if room := len(v) + len(b)/wordBytes; room > cap(v) {
			v = append(make([]T, 0, min(n, max(room, 2*cap(v)))), v...)
		}
		for ; len(b) > 0; b = b[wordBytes:] {
			v = append(v, number(binary.LittleEndian.Uint64(b)))
		}
	}
	return v, nil
}
