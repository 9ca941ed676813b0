package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLogisticFunctionsAreWithinThreeUnits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := []float64{0, 1, -1, 0.41, -0.8813735870195429, 0.8813735870195429, 36, -36, 700, -700}
	for len(x) < 3000 {
		x = append(x, 3*rng.NormFloat64(), 60*rng.NormFloat64(), math.Copysign(math.Exp(-30*rng.Float64()), rng.NormFloat64()))
	}
	for _, f := range []struct {
		name  string
		of    func(a []float64)
		exact func(float64) *big.Float
	}{
		{"Sigmoid", func(a []float64) { Sigmoid(a, a) }, bigSigmoid},
		{"Tanh", func(a []float64) { Tanh(a, make([]float64, len(a))) }, bigTanh},
		{"Softplus", func(a []float64) { Softplus(a, make([]float64, len(a))) }, bigSoftplus},
		{"SiLU", func(a []float64) { SiLU(a, make([]float64, len(a))) }, func(z float64) *big.Float {
			s := bigSigmoid(z)
			return s.Mul(s, bigOf(z))
		}},
	} {
		exact := exactly(x, f.exact)
		onEachLevel(t, func(t *testing.T) {
			y := append([]float64(nil), x...)
			f.of(y)
			u := worst(t, x, exact, y)
			t.Logf("%s: %.3f units", f.name, u)
			assert.Less(t, u, 3.0, f.name)
		})
	}
}

func TestLogisticFunctionsKeepNaN(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		for _, f := range []func(a, b []float64){Tanh, SiLU, Softplus, func(a, b []float64) { Sigmoid(a, a); Sigmoid(b, a) }} {
			for n := 1; n < 18; n++ {
				a, b := make([]float64, n), make([]float64, n)
				a[n/2] = math.NaN()
				f(a, b)
				for i := range a {
					assert.Equal(t, i == n/2, math.IsNaN(a[i]))
					assert.Equal(t, i == n/2, math.IsNaN(b[i]))
				}
			}
		}
	})
}
