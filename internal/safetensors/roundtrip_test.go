package safetensors

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func randomString(rng *rand.Rand) string {
	runes := make([]rune, rng.IntN(6))
	for i := range runes {
		// Mostly what must be escaped or takes several bytes.
		runes[i] = []rune{rune(rng.IntN(128)), '"', '\\', rune(rng.IntN(32)), 0x2028, 'é', 0xfffd, 0x1f600, 0x10ffff}[rng.IntN(9)]
	}
	return string(runes)
}

func randomFile(rng *rand.Rand) *File {
	f := &File{Metadata: map[string]string{}, AllowNonFinite: true}
	for range rng.IntN(4) {
		f.Metadata[randomString(rng)] = randomString(rng)
	}
	names := map[string]bool{"": true}
	for range rng.IntN(6) {
		name := randomString(rng)
		if names[name] {
			continue
		}
		names[name] = true
		shape, n := []int{}, 1
		for range rng.IntN(4) {
			shape = append(shape, rng.IntN(5))
			n *= shape[len(shape)-1]
		}
		bits := make(U64, n)
		for i := range bits {
			bits[i] = rng.Uint64() >> rng.IntN(64)
		}
		t := Tensor{Name: name, Shape: shape}
		switch rng.IntN(3) {
		case 0:
			v := make(F64, n)
			for i := range v {
				v[i] = math.Float64frombits(bits[i]) // NaN of any payload too
			}
			t.Data = v
		case 1:
			v := make(I64, n)
			for i := range v {
				v[i] = int64(bits[i])
			}
			t.Data = v
		default:
			t.Data = bits
		}
		f.Tensors = append(f.Tensors, t)
	}
	return f
}

func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		f := randomFile(rng)
		b := write(t, f)
		header, _ := splitFile(t, b)
		assert.True(t, json.Valid(header), "%s", header)
		assert.Zero(t, len(header)%8)
		got, err := Read(bytes.NewReader(b), Limits{AllowNonFinite: true})
		require.NoError(t, err)
		wantSame(t, f, got)
		assert.Equal(t, b, write(t, got))
	}
}

// A file that Python wrote: see testdata/golden.py.
func TestGoldenFromPython(t *testing.T) {
	b, err := os.ReadFile("testdata/golden.safetensors")
	require.NoError(t, err)
	f, err := read(b)
	require.NoError(t, err)
	assert.Len(t, f.Tensors, 6)
	assert.Equal(t, map[string]string{"note": "from Python: \t\"é\"\\\u2028\x01"}, f.Metadata)
	w, err := f.F64("weights", 2, 3)
	require.NoError(t, err)
	third := 1.0 / 3
	almost.Same(t, []float64{0.1, -2.5, 1e300, 5e-324, math.Copysign(0, -1), third}, w)
	scalar, err := f.F64("scalar")
	require.NoError(t, err)
	almost.Same(t, []float64{42}, scalar)
	empty, err := f.F64("empty", 3, 0)
	require.NoError(t, err)
	assert.Empty(t, empty)
	steps, err := f.I64("steps", 3)
	require.NoError(t, err)
	assert.Equal(t, []int64{math.MinInt64, -1, math.MaxInt64}, steps)
	pcg, err := f.U64("pcg", 2)
	require.NoError(t, err)
	assert.Equal(t, []uint64{math.MaxUint64, 1}, pcg)
	odd, err := f.F64("é \"quoted\"\n", 1)
	require.NoError(t, err)
	almost.Same(t, []float64{1}, odd)

	// But for the checksums, this package writes the same bytes.
	header, payload := splitFile(t, b)
	entries, data, err := f.layout()
	require.NoError(t, err)
	assert.Equal(t, string(header), string(makeHeader(f.Metadata, entries)))
	var again bytes.Buffer
	require.NoError(t, writeData(&again, entries, data))
	assert.Equal(t, payload, again.Bytes())
}
