package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// differences checks the derivative want of f with respect to each element of
// x against central differences. f may have kinks: where the differences to
// either side disagree, no derivative is checked, which may happen for one
// element in fifty.
func differences(t *testing.T, f func() float64, x, want []float64, what string) {
	t.Helper()
	const h = 1e-5
	require.Len(t, want, len(x), what)
	kinks, at := 0, f()
	for i, v := range x {
		x[i] = v + h
		up := f()
		x[i] = v - h
		down := f()
		x[i] = v
		if math.Abs((up-at)-(at-down)) > 1e-3*h {
			kinks++
			continue
		}
		almost.Equal(t, (up-down)/(2*h), want[i], 1e-7, 1e-6, "%s %d", what, i)
	}
	assert.LessOrEqual(t, kinks, len(x)/50, "%s: kinks", what)
}

func TestGradients(t *testing.T) {
	const rows, in, out = 4, 5, 3
	for _, arch := range architectures() {
		for _, kind := range []string{"dense", "sparse"} {
			for _, drop := range []bool{false, true} {
				t.Run(nameOf(arch)+"/"+kind+map[bool]string{true: "/dropout"}[drop], func(t *testing.T) {
					rng := rand.New(rand.NewPCG(11, 4))
					net, params := build(t, arch, in, out, 5)
					csr, x := sparse(t, rng, rows, in)
					input := csr.Input()
					if kind == "dense" {
						x = normals(rng, rows*in)
						input = DenseInput(x, rows, in)
					}
					var keys []uint64
					if drop {
						keys = keysOf(rng, rows)
					}
					c := normals(rng, rows*out) // the loss is sum c h(x)
					tape := net.NewTape()
					loss := func() float64 {
						sum := 0.0
						for i, h := range tape.Forward(params, input, keys) {
							sum += c[i] * h
						}
						return sum
					}
					loss()
					start := normals(rng, len(params))
					grad, dIn := clone(start), normals(rng, rows*in)
					tape.Backward(params, grad, clone(c), dIn)

					again := clone(start)
					tape.Backward(params, again, clone(c), nil)
					almost.Same(t, grad, again, "a second Backward without dIn")

					for i := range grad {
						grad[i] -= start[i] // Backward adds
					}
					differences(t, loss, params, grad, "parameter")
					if kind == "dense" {
						differences(t, loss, x, dIn, "input")
						return
					}
					// The zeros that are not stored have derivatives too.
					other := net.NewTape()
					other.Forward(params, DenseInput(x, rows, in), keys)
					dense, denseIn := make([]float64, len(params)), make([]float64, rows*in)
					other.Backward(params, dense, clone(c), denseIn)
					almost.Slice(t, dense, grad, 1e-13, 1e-12)
					almost.Slice(t, denseIn, dIn, 1e-13, 1e-12)
				})
			}
		}
	}
}

func TestActivationsAgainstTheirFormulas(t *testing.T) {
	sigma := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	formulas := map[Activation][2]func(float64) float64{
		ReLU: {func(z float64) float64 { return math.Max(z, 0) }, func(z float64) float64 {
			if z > 0 {
				return 1
			}
			return 0
		}},
		Tanh: {math.Tanh, func(z float64) float64 { c := math.Cosh(z); return 1 / (c * c) }},
		SiLU: {func(z float64) float64 { return z * sigma(z) },
			func(z float64) float64 { return sigma(z) * (1 + z*(1-sigma(z))) }},
		Softplus: {func(z float64) float64 { return math.Log(1 + math.Exp(z)) }, sigma},
	}
	z := []float64{-20, -3, -0.5, 0, 1e-3, 0.5, 2, 20}
	for act, f := range formulas {
		a, d, g := clone(z), make([]float64, len(z)), make([]float64, len(z))
		for i := range g {
			g[i] = 2
		}
		act.forward(a, d)
		act.backward(g, a, d, 1)
		for i, v := range z {
			almost.Equal(t, f[0](v), a[i], 1e-14, 1e-8, "%v at %g", act, v)
			almost.Equal(t, 2*f[1](v), g[i], 1e-14, 1e-8, "derivative of %v at %g", act, v)
		}
		// Far out nothing overflows.
		a = []float64{-1e300, -800, 800, 1e300}
		act.forward(a, d[:4])
		for i := range a {
			assert.False(t, math.IsNaN(a[i]) || math.IsInf(a[i], 0), "%v", act)
			if act.smooth() {
				assert.True(t, d[i] >= 0 && d[i] <= 1, "%v: derivative %g", act, d[i])
			}
		}
		bad := []float64{math.NaN()}
		act.forward(bad, d[:1])
		assert.True(t, math.IsNaN(bad[0]), "%v hides a NaN", act)
	}
	assert.Panics(t, func() { Activation(9).forward(clone(z), clone(z)) })
}

func TestActivationText(t *testing.T) {
	for _, act := range activations {
		text, err := act.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, act.String(), string(text))
		var back Activation = 17
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, act, back)
	}
	assert.Equal(t, "Activation(17)", Activation(17).String())
	_, err := Activation(-1).MarshalText()
	assert.EqualError(t, err, "nn: there is no Activation(-1)")
	var a Activation
	assert.EqualError(t, a.UnmarshalText([]byte("relu")), `nn: there is no activation "relu"`)
}
