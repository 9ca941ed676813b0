package nn

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// Single is Double up to rounding to float32, for outputs, gradients and
// derivatives in the input, and a row alone is the row in its batch.
func TestSinglePrecision(t *testing.T) {
	const rows, in, out = 37, 23, 9
	for _, act := range activations {
		for _, pair := range [][2]Architecture{
			{MLP{Hidden: []int{50, 300}, Activation: act, Precision: Single}, MLP{Hidden: []int{50, 300}, Activation: act, Precision: Double}},
			{ResMLP{Width: 33, Activation: act, Precision: Single}, ResMLP{Width: 33, Activation: act}},
		} {
			var outs, grads, ins [2][]float64
			for i, a := range pair {
				rng := rand.New(rand.NewPCG(9, 9))
				net, params := build(t, a, in, out, 4)
				x, d := normals(rng, rows*in), normals(rng, rows*out)
				tape := net.NewTape()
				outs[i] = append([]float64{}, tape.Forward(params, DenseInput(x, rows, in), nil)...)
				grads[i], ins[i] = make([]float64, len(params)), make([]float64, len(x))
				tape.Backward(params, grads[i], d, ins[i])
				for r := range rows {
					one := net.NewTape().Forward(params, DenseInput(x[r*in:(r+1)*in], 1, in), nil)
					require.Equal(t, outs[i][r*out:(r+1)*out], one, "row %d", r)
				}
			}
			name := nameOf(pair[0])
			almost.Slice(t, outs[1], outs[0], 2e-4, 1e-5, name)
			almost.Slice(t, ins[1], ins[0], 2e-3, 1e-4, name)
			scale := 0.0
			for _, g := range grads[1] {
				scale = max(scale, g, -g)
			}
			almost.Slice(t, grads[1], grads[0], 1e-4*scale, 1e-4, name)
		}
	}
}

func TestPrecisionNames(t *testing.T) {
	for _, p := range []Precision{Auto, Double, Single} {
		text, err := p.MarshalText()
		require.NoError(t, err)
		var q Precision
		require.NoError(t, q.UnmarshalText(text))
		assert.Equal(t, p, q)
	}
	var p Precision
	assert.ErrorContains(t, p.UnmarshalText([]byte("Half")), `"Half"`)
	_, err := Precision(-1).MarshalText()
	assert.ErrorContains(t, err, "Precision(-1)")
	assert.ErrorContains(t, MLP{Precision: 3}.Validate(), "MLP.Precision is 3")
	assert.ErrorContains(t, ResMLP{Precision: -1}.Validate(), "ResMLP.Precision is -1")
}
