package safetensors

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzRead reads anything without a panic, and what it accepts is JSON in
// the order of the bytes, and survives being written and read again.
func FuzzRead(f *testing.F) {
	golden, err := os.ReadFile("testdata/golden.safetensors")
	require.NoError(f, err)
	f.Add(golden)
	f.Add(write(f, sample()))
	f.Add(write(f, &File{}))
	for _, c := range []struct {
		header string
		data   int
	}{
		{"{}", 0}, {"{", 0}, {"\xff", 0}, {`{"__metadata__":{"a":"1","a":"2"}}`, 0},
		{one("F64", "[1]", "[0,8]"), 8}, {one("I64", "[]", "[0,8]"), 7}, {one("U64", "[-1]", "[0,8]"), 9},
		{one("F64", "[0,18446744073709551614]", "[0,0]"), 0},
		{`{"a":` + tensor("F64", "[2]", "[0,16]") + `,"b":` + tensor("F64", "[2]", "[8,24]") + `}`, 24},
		{`{"\ud83d\ude00":` + tensor("F64", "[1]", "[0,8]") + `}`, 8},
		{`{"\ud83d":` + tensor("F64", "[1]", "[0,8]") + `}`, 8},
	} {
		f.Add(container(c.header, c.data))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Read(bytes.NewReader(b), Limits{AllowNonFinite: true})
		if err != nil {
			assert.Nil(t, got)
			assert.Less(t, len(err.Error()), 1000)
			return
		}
		header, payload := splitFile(t, b)
		assert.True(t, json.Valid(header))
		numbers := 0
		for _, tensor := range got.Tensors {
			n, ok := elements(tensor.Shape)
			assert.True(t, ok)
			assert.Equal(t, n, tensor.Data.Len())
			numbers += n
		}
		assert.Equal(t, len(payload), numbers*wordBytes)

		again, err := Read(bytes.NewReader(write(t, got)), Limits{AllowNonFinite: true})
		require.NoError(t, err)
		wantSame(t, got, again)
	})
}
