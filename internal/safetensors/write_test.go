package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// splitFile returns the header of a file and what follows it.
func splitFile(t testing.TB, b []byte) (header, payload []byte) {
	t.Helper()
	n := binary.LittleEndian.Uint64(b)
	require.LessOrEqual(t, 8+n, uint64(len(b)))
	return b[8 : 8+n], b[8+n:]
}

// The bytes of a file are a promise: do not change them. The checksums were
// computed apart, with hashlib in Python.
func TestGoldenBytes(t *testing.T) {
	b := write(t, &File{
		Metadata: map[string]string{"model_kind": "sets", "a\t": "\x1f<&>"},
		Tensors: []Tensor{
			{Name: "w", Shape: []int{1, 2}, Data: F64{1, -2}},
			{Name: "b", Shape: nil, Data: F64{0.5}},
			{Name: "n", Shape: []int{1}, Data: I64{-1}},
			{Name: "z", Shape: []int{1}, Data: U64{3}},
			{Name: "e", Shape: []int{0}, Data: F64{}},
		},
	})
	header, payload := splitFile(t, b)
	assert.Equal(t, `{"__metadata__":{"a\t":"\u001f<&>",`+
		`"header_sha256":"6959bec43415195281547427265343239eefedf2e07686b97da3653afb10175a","model_kind":"sets",`+
		`"payload_sha256":"40578861717e2b4fcfcaa373e04fa0c7977b439a1aef87776c616ecff5d1c1d6"},`+
		`"z":{"dtype":"U64","shape":[1],"data_offsets":[0,8]},`+
		`"n":{"dtype":"I64","shape":[1],"data_offsets":[8,16]},`+
		`"b":{"dtype":"F64","shape":[],"data_offsets":[16,24]},`+
		`"e":{"dtype":"F64","shape":[0],"data_offsets":[24,24]},`+
		`"w":{"dtype":"F64","shape":[1,2],"data_offsets":[24,40]}}`, strings.TrimRight(string(header), " "))
	assert.Zero(t, len(header)%8)
	assert.Equal(t, []byte{
		3, 0, 0, 0, 0, 0, 0, 0,
		255, 255, 255, 255, 255, 255, 255, 255,
		0, 0, 0, 0, 0, 0, 0xe0, 0x3f,
		0, 0, 0, 0, 0, 0, 0xf0, 0x3f,
		0, 0, 0, 0, 0, 0, 0, 0xc0,
	}, payload)
}

func TestSameContentSameBytes(t *testing.T) {
	want := write(t, sample())
	f := sample()
	slices.Reverse(f.Tensors)
	before := slices.Clone(f.Tensors)
	assert.Equal(t, want, write(t, f))
	assert.Equal(t, before, f.Tensors) // and the input stays as it is
	assert.Equal(t, sample().Metadata, f.Metadata)
}

// failingWriter takes n bytes in all and then fails, or writes short if err
// is nil.
type failingWriter struct {
	n   int
	err error
	buf bytes.Buffer
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if room := w.n - w.buf.Len(); len(p) > room {
		w.buf.Write(p[:room])
		return room, w.err
	}
	return w.buf.Write(p)
}

func TestWriterFailsAtEveryByte(t *testing.T) {
	full := errors.New("no space left")
	for _, f := range []*File{sample(), {}} {
		b := write(t, f)
		for n := range b {
			for _, c := range []struct{ give, want error }{{full, full}, {nil, io.ErrShortWrite}} {
				w := &failingWriter{n: n, err: c.give}
				got, err := f.WriteTo(w)
				require.ErrorIs(t, err, c.want, n)
				require.IsType(t, &Error{}, err)
				require.EqualValues(t, n, got)
				require.True(t, bytes.Equal(b[:n], w.buf.Bytes()), n)
			}
		}
	}
	b := write(t, sample())
	w := &failingWriter{n: len(b), err: full}
	_, err := sample().WriteTo(w)
	assert.NoError(t, err)
	w = &failingWriter{n: len(b) - 1, err: full}
	_, err = sample().WriteTo(w)
	assert.EqualError(t, err, `safetensors: tensor "w": no space left`)
}

func TestWriteRejects(t *testing.T) {
	w := func(name string, data Data, shape ...int) *File {
		return &File{Tensors: []Tensor{{Name: name, Shape: shape, Data: data}}}
	}
	for _, c := range []struct {
		name   string
		f      *File
		kind   error
		tensor string
	}{
		{"no name", w("", F64{1}, 1), ErrName, ""},
		{"name of the metadata", w("__metadata__", F64{1}, 1), ErrName, "__metadata__"},
		{"name not UTF-8", w("\xff", F64{1}, 1), ErrEncoding, "\xff"},
		{"no data", w("w", nil, 0), ErrDType, "w"},
		{"negative dimension", w("w", F64{1}, -1), ErrShape, "w"},
		{"two negative dimensions", w("w", F64{1}, -1, -1), ErrShape, "w"},
		{"overflow", w("w", F64{}, math.MaxInt, 2), ErrOverflow, "w"},
		{"overflow to 0", w("w", F64{}, math.MaxInt/2+1, 4), ErrOverflow, "w"},
		{"too few numbers", w("w", F64{1}, 2), ErrSize, "w"},
		{"too many numbers", w("w", F64{1, 2}, 1), ErrSize, "w"},
		{"scalar of no number", w("w", F64{}), ErrSize, "w"},
		{"empty shape with a number", w("w", F64{1}, 2, 0), ErrSize, "w"},
		{"a name twice", &File{Tensors: []Tensor{{"w", []int{1}, F64{1}}, {"w", []int{1}, U64{1}}}}, ErrDuplicate, "w"},
		{"checksum of the caller", &File{Metadata: map[string]string{PayloadChecksum: ""}}, ErrName, ""},
		{"header checksum of the caller", &File{Metadata: map[string]string{HeaderChecksum: ""}}, ErrName, ""},
		{"key not UTF-8", &File{Metadata: map[string]string{"\xff": ""}}, ErrEncoding, ""},
		{"value not UTF-8", &File{Metadata: map[string]string{"a": "\xff"}}, ErrEncoding, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			n, err := c.f.WriteTo(&b)
			wantError(t, err, c.kind, c.tensor)
			assert.Zero(t, n)
			assert.Zero(t, b.Len())
		})
	}
}

func TestHeaderThatNoReaderTakes(t *testing.T) {
	header, _ := splitFile(t, write(t, sample()))
	_, err := sample().writeTo(io.Discard, len(header))
	assert.NoError(t, err)
	var b bytes.Buffer
	n, err := sample().writeTo(&b, len(header)-1)
	assert.Zero(t, n)
	assert.Zero(t, b.Len())
	assert.Equal(t, &LimitError{Limit: "MaxHeaderBytes", Max: int64(len(header) - 1), Got: uint64(len(header))}, err)
}

func TestLookUp(t *testing.T) {
	f, err := read(write(t, sample()))
	require.NoError(t, err)
	names := make([]string, len(f.Tensors))
	for i, tensor := range f.Tensors {
		names[i] = tensor.Name
	}
	assert.Equal(t, []string{"a \"name\"\n\\ é\U0001f600", "pcg", "step", "w"}, names)

	w, err := f.F64("w", 2, 3)
	require.NoError(t, err)
	assert.Equal(t, []float64(sample().Tensors[0].Data.(F64)), w)
	pcg, err := f.U64("pcg", 2)
	require.NoError(t, err)
	assert.Equal(t, []uint64{math.MaxUint64, 1}, pcg)
	step, err := f.I64("step")
	require.NoError(t, err)
	assert.Equal(t, []int64{math.MinInt64}, step)

	_, err = f.F64("v", 2, 3)
	wantError(t, err, ErrMissing, "v")
	assert.EqualError(t, err, `safetensors: tensor "v": no such tensor`)
	_, err = f.F64("pcg", 2)
	wantError(t, err, ErrDType, "pcg")
	assert.EqualError(t, err, `safetensors: tensor "pcg": wrong or unsupported dtype: want F64, got U64`)
	_, err = f.U64("w", 2, 3)
	wantError(t, err, ErrDType, "w")
	_, err = f.I64("w", 2, 3)
	wantError(t, err, ErrDType, "w")
	_, err = (&File{Tensors: []Tensor{{Name: "w"}}}).I64("w")
	wantError(t, err, ErrDType, "w")
	for _, shape := range [][]int{{3, 2}, {6}, {}, {2, 3, 1}} {
		_, err = f.F64("w", shape...)
		wantError(t, err, ErrShape, "w")
	}
	_, err = f.F64("w", 6)
	assert.EqualError(t, err, `safetensors: tensor "w": wrong shape: want [6], got [2 3]`)
	_, ok := f.Tensor("v")
	assert.False(t, ok)
}

func TestMessagesStayShort(t *testing.T) {
	assert.Equal(t, "DType(7)", DType(7).String())
	assert.Equal(t, "[1 2 3 4 5 6 7 8] and 2 dimensions more", brief([]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))
	long := strings.Repeat("é", 1000) // cut between the bytes of a letter
	err := &Error{Tensor: "x" + long, Err: ErrMissing}
	assert.EqualError(t, err, fmt.Sprintf("safetensors: tensor %q: no such tensor", "x"+strings.Repeat("é", 31)+"..."))
}
