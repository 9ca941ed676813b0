package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// container makes a file of a header and of n bytes after it.
func container(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	b = append(b, header...)
	return append(b, make([]byte, n)...)
}

// sample has every type, a scalar, an empty tensor, metadata and odd names.
func sample() *File {
	return &File{
		Metadata: map[string]string{"model_kind": "sets", "config": `{"rank":8}`, "": "\x00\t\"\\\u2028é"},
		Tensors: []Tensor{
			{Name: "w", Shape: []int{2, 3}, Data: F64{1, -2.5, 0, math.Copysign(0, -1), 5e-324, math.MaxFloat64}},
			{Name: "pcg", Shape: []int{2}, Data: U64{math.MaxUint64, 1}},
			{Name: "step", Shape: []int{}, Data: I64{math.MinInt64}},
			{Name: "a \"name\"\n\\ é\U0001f600", Shape: []int{3, 0}, Data: F64{}},
		},
	}
}

func write(t testing.TB, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := f.WriteTo(&b)
	require.NoError(t, err)
	require.EqualValues(t, b.Len(), n)
	return b.Bytes()
}

func read(b []byte) (*File, error) { return Read(bytes.NewReader(b), Limits{}) }

// wantSame fails unless both files have the same tensors, bit for bit, and the
// same metadata.
func wantSame(t testing.TB, want, got *File) {
	t.Helper()
	require.Len(t, got.Tensors, len(want.Tensors))
	for _, w := range want.Tensors {
		g, ok := got.Tensor(w.Name)
		require.True(t, ok, w.Name)
		assert.Equal(t, w.dtype(), g.dtype(), w.Name)
		assert.Equal(t, append([]int{}, w.Shape...), g.Shape, w.Name)
		require.Equal(t, w.Data.Len(), g.Data.Len(), w.Name)
		a, b := make([]byte, w.Data.Len()*wordBytes), make([]byte, w.Data.Len()*wordBytes)
		w.Data.encode(a, 0)
		g.Data.encode(b, 0)
		assert.Equal(t, a, b, w.Name)
	}
	assert.Len(t, got.Metadata, len(want.Metadata))
	for k, v := range want.Metadata {
		assert.Equal(t, v, got.Metadata[k], k)
	}
}

// wantError fails unless err is of this kind and about this tensor.
func wantError(t testing.TB, err, kind error, tensor string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	if e, ok := err.(*Error); ok {
		assert.Equal(t, tensor, e.Tensor, "%v", err)
	} else {
		assert.Empty(t, tensor, "%v", err)
	}
}
