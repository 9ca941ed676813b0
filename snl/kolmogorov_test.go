package snl

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
)

// Closed forms of P(D_n < d) for small n, and the value that Marsaglia, Tsang
// and Wang (2003) print for n = 10, d = 0.274.
func TestKolmogorovExact(t *testing.T) {
	for _, d := range []float64{0.51, 0.6, 0.75, 0.99} {
		almost.Equal(t, 2*d-1, kolmogorovExact(1, d), 1e-14, 0)
	}
	// n = 2: 2(2d - 1/2)^2 up to 1/2, 1 - 2(1-d)^2 from there.
	for _, d := range []float64{0.3, 0.45} {
		almost.Equal(t, 2*(2*d-0.5)*(2*d-0.5), kolmogorovExact(2, d), 1e-13, 0)
	}
	for _, d := range []float64{0.5, 0.7, 0.9} {
		almost.Equal(t, 1-2*(1-d)*(1-d), kolmogorovExact(2, d), 1e-13, 0)
	}
	almost.Equal(t, 0.6284796154565043, kolmogorovExact(10, 0.274), 1e-13, 0)
}

// The p-value meets its approximations where the formulas change.
func TestKolmogorovTail(t *testing.T) {
	for _, n := range []int{100, 1000, 2000} {
		d := 2.7 / math.Sqrt(float64(n))
		almost.Equal(t, kolmogorovTail(n, d*0.9999), kolmogorovTail(n, d*1.0001), 0, 0.05)
	}
	for _, z := range []float64{0.5, 0.8, 1.2, 1.8} {
		almost.Equal(t, kolmogorovTail(2000, z/math.Sqrt(2000)), kolmogorovTail(2001, z/math.Sqrt(2001)), 2e-5, 2e-4)
	}
	assert.Equal(t, 1.0, kolmogorovTail(10, 0))
	assert.Equal(t, 1.0, kolmogorovTail(0, 0.5))
	assert.Equal(t, 1.0, kolmogorovTail(1_000_000, 1e-6))
}

// Under the hypothesis p-values are uniform: as many below a level as there
// should be.
func TestUniformLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const runs = 400
	below := map[float64]int{}
	for range runs {
		u := make([]float64, 60)
		for i := range u {
			u[i] = rng.Float64()
		}
		p := TestUniform(u).PValue
		for _, level := range []float64{0.05, 0.3, 0.7} {
			if p <= level {
				below[level]++
			}
		}
	}
	for level, n := range below {
		lo, hi := binomial.Band(runs, level, 1e-6)
		assert.True(t, n >= lo && n <= hi, "level %g: %d of %d, want %d to %d", level, n, runs, lo, hi)
	}
	u := make([]float64, 100)
	for i := range u {
		u[i] = math.Sqrt(rng.Float64())
	}
	assert.Less(t, TestUniform(u).PValue, 1e-4)
	assert.Equal(t, 1.0, TestUniform(nil).PValue)
}
