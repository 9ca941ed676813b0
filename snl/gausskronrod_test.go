package snl

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// The rule is exact for polynomials up to degree 22, the Gauss rule in it up to
// 13, and the interpolant up to 14, between nodes too.
func TestGaussKronrod(t *testing.T) {
	for degree := range 23 {
		want, fine, coarse := 0.0, 0.0, 0.0
		if degree%2 == 0 {
			want = 2 / float64(degree+1)
		}
		var f [kronrodNodes]float64
		for i, x := range kronrod.nodes {
			f[i] = math.Pow(x, float64(degree))
			fine += kronrod.weights[i] * f[i]
			coarse += kronrod.gauss[i] * f[i]
		}
		almost.Equal(t, want, fine, 1e-15, 0, "degree %d", degree)
		if degree <= 13 {
			almost.Equal(t, want, coarse, 1e-15, 0, "degree %d, Gauss", degree)
		}
		if degree > 14 {
			continue
		}
		c := kronrod.interpolate(&f)
		for _, x := range []float64{-1, -0.97, -0.3, 0, 0.55, 1} {
			v, integral := c.at(x)
			almost.Equal(t, math.Pow(x, float64(degree)), v, 1e-12, 0)
			almost.Equal(t, (math.Pow(x, float64(degree+1))-math.Pow(-1, float64(degree+1)))/float64(degree+1), integral, 1e-13, 0)
		}
	}
}

// A cubic of a cell is inverted, whatever its slopes.
func TestPiecewiseCubics(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		p := &piecewise{t: []float64{2, 2 + rng.Float64()}, cdf: []float64{0.2, 0.2 + 0.5*rng.Float64()}}
		p.f = []float64{20 * rng.Float64(), 20 * rng.Float64() * float64(rng.IntN(2))}
		p.limit()
		c := p.piece(0)
		last := c.at(0)
		for u := 0.01; u <= 1; u += 0.01 {
			v := c.at(u)
			assert.GreaterOrEqual(t, v, last-1e-15)
			last = v
			almost.Equal(t, v, c.at(c.invert(v)), 1e-13, 0)
			if rng.IntN(100) > 0 {
				continue
			}
			below, above := c.squares(u)
			const n = 200
			b, a := 0.0, 0.0
			for k := range n {
				x := (float64(k) + 0.5) / n
				b += u / n * c.h * math.Pow(c.at(u*x), 2)
				a += (1 - u) / n * c.h * math.Pow(1-c.at(u+(1-u)*x), 2)
			}
			almost.Equal(t, b, below, 1e-4, 0)
			almost.Equal(t, a, above, 1e-4, 0)
		}
	}
}
