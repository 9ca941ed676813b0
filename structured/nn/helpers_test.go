package nn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

var activations = []Activation{ReLU, Tanh, SiLU, Softplus}

// architectures has every architecture with every activation, and dropout
// where there is any.
func architectures() []Architecture {
	list := []Architecture{Linear{}, Linear{NoBias: true}, Constant{}, MLP{}, ResMLP{Width: 5}}
	for _, act := range activations {
		list = append(list,
			MLP{Hidden: []int{6}, Activation: act, Dropout: 0.3},
			MLP{Hidden: []int{5, 7, 4}, Activation: act, Dropout: 0.4},
			ResMLP{Width: 6, Blocks: 1, Activation: act, Dropout: 0.25},
			ResMLP{Width: 5, Blocks: 3, Inner: 7, Activation: act, Dropout: 0.5},
		)
	}
	return list
}

func nameOf(a Architecture) string { return fmt.Sprintf("%T%+v", a, a) }

func build(t testing.TB, a Architecture, in, out int, seed uint64) (Network, []float64) {
	t.Helper()
	net, err := a.Build(in, out)
	require.NoError(t, err)
	require.Equal(t, in, net.In())
	require.Equal(t, out, net.Out())
	params := make([]float64, net.NumParams())
	rng := rand.New(rand.NewPCG(seed, 0))
	net.Init(params, rng)
	for i := range params { // no bias at zero, no output near zero
		params[i] += 0.3 * rng.NormFloat64()
	}
	return net, params
}

func normals(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

func keysOf(rng *rand.Rand, n int) []uint64 {
	keys := make([]uint64, n)
	for i := range keys {
		keys[i] = rng.Uint64()
	}
	return keys
}

// sparse draws a matrix with about a third of its entries set, and the first
// row empty; it also returns it dense.
func sparse(t testing.TB, rng *rand.Rand, rows, cols int) (*CSR, []float64) {
	t.Helper()
	offsets, columns, values := []int{0}, []int32{}, []float64{}
	dense := make([]float64, rows*cols)
	for i := range rows {
		for j := range cols {
			if i > 0 && rng.IntN(3) == 0 {
				v := rng.NormFloat64()
				columns, values = append(columns, int32(j)), append(values, v)
				dense[i*cols+j] = v
			}
		}
		offsets = append(offsets, len(values))
	}
	m, err := NewCSR(rows, cols, offsets, columns, values)
	require.NoError(t, err)
	return m, dense
}

func clone(x []float64) []float64 { return append([]float64(nil), x...) }

// take returns the given rows of x as a batch of their own.
func take(x Input, rows ...int) Input {
	out := Input{Rows: len(rows), Cols: x.Cols}
	if x.Sparse() {
		out.Offsets = []int{0}
	}
	for _, i := range rows {
		if x.Sparse() {
			from, to := x.Offsets[i], x.Offsets[i+1]
			out.Columns = append(out.Columns, x.Columns[from:to]...)
			out.Values = append(out.Values, x.Values[from:to]...)
			out.Offsets = append(out.Offsets, len(out.Values))
		} else {
			out.Dense = append(out.Dense, x.Dense[i*x.Cols:(i+1)*x.Cols]...)
		}
	}
	return out
}
