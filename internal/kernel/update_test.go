package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
)

func TestAdam(t *testing.T) {
	c := AdamCoefficients{
		Beta1: 0.9, Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Epsilon: 1e-8, Step: 0.01, Root: 3, Penalty: 0.02, Shrink: 0.999,
	}
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 3))
		for _, n := range append(upTo(60), 2*preempt+33) {
			p, check := inside(rng, random(rng, 1, n, n))
			g, m, v := random(rng, 1, n, n), random(rng, 1, n, n), random(rng, 1, n, n)
			want := make([][3]float64, n)
			for i := range p {
				v[i] *= v[i]
				if i%5 == 0 {
					m[i], g[i], p[i] = 1e-300, 0, 0
				}
				// In higher precision than the code, by another order.
				gi := math.FMA(c.Penalty, p[i], g[i])
				mi, vi := m[i]*c.Beta1+gi*c.Rest1, v[i]*c.Beta2+gi*gi*c.Rest2
				if math.Abs(mi) < 1e-300 {
					mi = 0
				}
				want[i] = [3]float64{p[i]*c.Shrink - mi*c.Step/(c.Epsilon+c.Root*math.Sqrt(vi)), mi, vi}
			}
			c.Adam(p, g, m, v)
			check(t)
			for i := range p {
				almost.Slice(t, want[i][:], []float64{p[i], m[i], v[i]}, 1e-15, 1e-14, "%d of %d", i, n)
			}
		}
		bad := []float64{math.NaN()}
		c.Adam([]float64{0}, bad, []float64{0}, []float64{0})
		m := []float64{math.NaN(), 0, 0, 0, 0, 0, 0, 0, 0}
		c.Adam(make([]float64, 9), make([]float64, 9), m, make([]float64, 9))
		assert.True(t, math.IsNaN(m[0]))
		assert.Equal(t, make([]float64, 8), m[1:])
		assert.Panics(t, func() { c.Adam(m, m[:1], m, m) })
	})
}

func TestDescend(t *testing.T) {
	c := MomentumCoefficients{Momentum: 0.9, Penalty: 0.1, Gradient: 0.02, Velocity: 0.03}
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 4))
		for _, n := range append(upTo(40), 2*preempt+33) {
			p, check := inside(rng, random(rng, 1, n, n))
			g, u := random(rng, 1, n, n), random(rng, 1, n, n)
			wantP, wantU := make([]float64, n), make([]float64, n)
			for i := range p {
				gi := g[i] + 0.1*p[i]
				wantU[i] = 0.9*u[i] + gi
				wantP[i] = p[i] - 0.02*gi - 0.03*wantU[i]
			}
			c.Descend(p, g, u)
			check(t)
			almost.Slice(t, wantP, p, 1e-15, 1e-15)
			almost.Slice(t, wantU, u, 1e-15, 1e-15)
		}
		assert.Panics(t, func() { c.Descend(make([]float64, 2), make([]float64, 3), make([]float64, 2)) })
	})
}

// An element is updated to the same bits on every level and in every place.
func TestUpdatesHaveTheSameBitsOnEveryLevel(t *testing.T) {
	a := AdamCoefficients{
		Beta1: 0.9, Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Epsilon: 1e-8, Step: 0.01, Root: 3, Penalty: 0.02, Shrink: 0.999,
	}
	d := MomentumCoefficients{Momentum: 0.9, Penalty: 0.1, Gradient: 0.02, Velocity: 0.03}
	const n = 77
	rng := rand.New(rand.NewPCG(1, 5))
	start := random(rng, 4, n, n)
	var want []float64
	onEachLevel(t, func(t *testing.T) {
		if !withFMA() {
			t.Skip("plain Go rounds otherwise")
		}
		run := func(piece int) []float64 {
			x := append([]float64(nil), start...)
			p, g, m, v := x[:n], x[n:2*n], x[2*n:3*n], x[3*n:]
			for i := range v {
				v[i] *= v[i]
			}
			for i := 0; i < n; i += piece {
				j := min(i+piece, n)
				a.Adam(p[i:j], g[i:j], m[i:j], v[i:j])
				d.Descend(p[i:j], g[i:j], m[i:j])
			}
			return x
		}
		if want == nil {
			want = run(1)
		}
		for _, piece := range []int{1, 5, 8, 13, n} {
			almost.Same(t, want, run(piece), "in pieces of %d", piece)
		}
	})
}
