package safetensors

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"math"
	"slices"
	"unicode/utf8"
)

var _ io.WriterTo = (*File)(nil)

// chunkBytes is how much of a tensor is encoded or decoded at a time.
const chunkBytes = 1 << 16

// WriteTo writes the file and returns the number of bytes written. The bytes
// depend on the content alone: tensors are ordered by type (U64, I64, F64),
// then by name, and metadata by key.
//
// The file is checked before the first byte is written. The errors are *Error
// (a name that is reserved, or there twice; text that is not UTF-8; a shape
// that does not fit its data; an error of w, or a short write), *LimitError
// (a header larger than the format allows) and *NonFiniteError. The time is
// linear: one pass over the data for the checksum, and one to write.
func (f *File) WriteTo(w io.Writer) (int64, error) { return f.writeTo(w, maxHeaderBytes) }

func (f *File) writeTo(w io.Writer, maxHeader int) (int64, error) {
	if err := f.checkMetadata(); err != nil {
		return 0, err
	}
	entries, data, err := f.layout()
	if err != nil {
		return 0, err
	}
	sum := sha256.New()
	writeData(sum, entries, data) // a hash does not fail
	metadata := map[string]string{}
	maps.Copy(metadata, f.Metadata)
	metadata[PayloadChecksum] = hex.EncodeToString(sum.Sum(nil))
	metadata[HeaderChecksum] = headerSum(metadata, entries)
	header := makeHeader(metadata, entries)
	if len(header) > maxHeader {
		return 0, &LimitError{Limit: "MaxHeaderBytes", Max: int64(maxHeader), Got: uint64(len(header))}
	}
	out := &countingWriter{w: w}
	if _, err := out.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))); err != nil {
		return out.n, &Error{Err: err}
	}
	if _, err := out.Write(header); err != nil {
		return out.n, &Error{Err: err}
	}
	return out.n, writeData(out, entries, data)
}

func (f *File) checkMetadata() error {
	for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
		if key == PayloadChecksum || key == HeaderChecksum {
			return failf("", ErrName, "%q is a key that WriteTo sets", key)
		}
		if !utf8.ValidString(key) || !utf8.ValidString(f.Metadata[key]) {
			return failf("", ErrEncoding, "metadata %q", cut(key))
		}
	}
	return nil
}

// layout checks the tensors and gives each its place. data has the numbers of
// each name.
func (f *File) layout() (entries []entry, data map[string]Data, err error) {
	data = make(map[string]Data, len(f.Tensors))
	for _, t := range f.Tensors {
		if err := t.check(); err != nil {
			return nil, nil, err
		}
		if _, twice := data[t.Name]; twice {
			return nil, nil, &Error{Tensor: t.Name, Err: ErrDuplicate}
		}
		if !f.AllowNonFinite {
			if err := t.checkFinite(); err != nil {
				return nil, nil, err
			}
		}
		data[t.Name] = t.Data
		entries = append(entries, entry{name: t.Name, dtype: t.Data.DType(), shape: t.Shape})
	}
	slices.SortFunc(entries, inFile)
	at := int64(0)
	for i := range entries {
		size := int64(data[entries[i].name].Len()) * wordBytes
		entries[i].begin, entries[i].end = at, at+size
		at += size
	}
	return entries, data, nil
}

// check reports what is wrong with the tensor, but for its numbers.
func (t Tensor) check() error {
	switch {
	case t.Name == "":
		return failf("", ErrName, "a tensor without a name")
	case t.Name == metadataKey:
		return &Error{Tensor: t.Name, Err: ErrName}
	case !utf8.ValidString(t.Name):
		return failf(t.Name, ErrEncoding, "the name")
	case t.Data == nil:
		return failf(t.Name, ErrDType, "no data")
	}
	for i, d := range t.Shape {
		if d < 0 {
			return failf(t.Name, ErrShape, "dimension %d is %d", i, d)
		}
	}
	n, ok := elements(t.Shape)
	if !ok {
		return failf(t.Name, ErrOverflow, "shape %s has too many numbers", brief(t.Shape))
	}
	if n != t.Data.Len() {
		return failf(t.Name, ErrSize, "shape %s wants %d numbers, got %d", brief(t.Shape), n, t.Data.Len())
	}
	return nil
}

func writeData(w io.Writer, entries []entry, data map[string]Data) error {
	buf := make([]byte, chunkBytes)
	for _, e := range entries {
		d := data[e.name]
		for i := 0; i < d.Len(); {
			b := buf[:min(chunkBytes, (d.Len()-i)*wordBytes)]
			d.encode(b, i)
			if _, err := w.Write(b); err != nil {
				return &Error{Tensor: e.name, Err: err}
			}
			i += len(b) / wordBytes
		}
	}
	return nil
}

func (v F64) encode(dst []byte, from int) { encode(dst, v[from:], math.Float64bits) }

func (v I64) encode(dst []byte, from int) {
	encode(dst, v[from:], func(i int64) uint64 { return uint64(i) })
}

func (v U64) encode(dst []byte, from int) {
	encode(dst, v[from:], func(u uint64) uint64 { return u })
}

func encode[T any](dst []byte, values []T, bits func(T) uint64) {
	for i := range len(dst) / wordBytes {
		binary.LittleEndian.PutUint64(dst[i*wordBytes:], bits(values[i]))
	}
}

// countingWriter counts, and makes an error of a short write that comes
// without one.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}
