package structuredtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Smoothness is what package snl calls a Smooth coupling: one over points of
// R^d with derivatives in the point.
type Smoothness interface {
	structured.Coupling[[]float64]
	Dim() int
	MaxOrder() int
	GradY(dst []float64, theta structured.Theta, ys [][]float64)
	Jet(value, d1, d2 []float64, theta structured.Theta, ys, vs [][]float64)
	AddGradJet(grad, theta structured.Theta, ys, vs [][]float64, w0, w1, w2 []float64)
}

// Smooth checks the derivatives of a smooth coupling at the points ys, which
// must not be on kinks, against central differences of its scores, and that it
// can be used concurrently and without allocating. Coupling checks the rest.
func Smooth(t *testing.T, c Smoothness, ys [][]float64) {
	t.Helper()
	require.NotEmpty(t, ys)
	n, d := len(ys), c.Dim()
	rng := rand.New(rand.NewPCG(9, 9))
	vs := make([][]float64, n)
	for m := range vs {
		vs[m] = make([]float64, d)
		for j := range vs[m] {
			vs[m][j] = rng.NormFloat64()
		}
	}
	for _, scale := range []float64{0, 0.5, 1} {
		theta := random(c, scale, rng)
		t.Run("in y", func(t *testing.T) { inY(t, c, theta, ys, vs) })
		for order := range c.MaxOrder() + 1 {
			t.Run("in theta", func(t *testing.T) { jetGradient(t, c, theta, ys, vs, order, rng) })
		}
	}
	theta := random(c, 0.5, rng)
	t.Run("concurrent use", func(t *testing.T) { smoothConcurrently(t, c, theta, ys, vs) })
	t.Run("no allocation", func(t *testing.T) { smoothAllocations(t, c, theta, ys, vs) })
}

// along evaluates f at y + t v by the central formulas of fourth order.
func along(f func(t float64) float64) (first, second float64) {
	const h = 1e-3
	a, b, at, c, d := f(-2*h), f(-h), f(0), f(h), f(2*h)
	return (8*(c-b) - (d - a)) / (12 * h), (16*(c+b) - (d + a) - 30*at) / (12 * h * h)
}

func inY(t *testing.T, c Smoothness, theta structured.Theta, ys, vs [][]float64) {
	n, d := len(ys), c.Dim()
	score, grad := make([]float64, n), make([]float64, n*d)
	value, d1, d2 := make([]float64, n), make([]float64, n), make([]float64, n)
	c.Score(score, theta, ys)
	c.GradY(grad, theta, ys)
	if c.MaxOrder() >= 2 {
		c.Jet(value, d1, d2, theta, ys, vs)
	} else {
		c.Jet(value, d1, nil, theta, ys, vs)
	}
	one := make([]float64, 1)
	at := func(m int, v []float64) func(t float64) float64 {
		moved := slices.Clone(ys[m])
		return func(s float64) float64 {
			for j := range moved {
				moved[j] = ys[m][j] + s*v[j]
			}
			c.Score(one, theta, [][]float64{moved})
			return one[0]
		}
	}
	unit, row, r1, r2 := make([]float64, d), make([]float64, d), make([]float64, 1), make([]float64, 1)
	for m := range ys {
		almost.Equal(t, score[m], value[m], 1e-11, 1e-11, "the value of the jet of point %d", m)
		dot := 0.0
		for j := range d {
			clear(unit)
			unit[j] = 1
			first, _ := along(at(m, unit))
			almost.Equal(t, first, grad[m*d+j], 1e-7, 1e-6, "derivative of point %d in coordinate %d", m, j)
			dot += grad[m*d+j] * vs[m][j]
		}
		almost.Equal(t, dot, d1[m], 1e-10, 1e-9, "first derivative of point %d along v, from the gradient", m)
		if c.MaxOrder() >= 2 {
			_, second := along(at(m, vs[m]))
			almost.Equal(t, second, d2[m], 1e-5, 1e-5, "second derivative of point %d along v", m)
			c.Jet(nil, nil, r2, theta, ys[m:m+1], vs[m:m+1])
			almost.Equal(t, d2[m], r2[0], 1e-12, 1e-12, "alone")
		}
		c.GradY(row, theta, ys[m:m+1])
		almost.Slice(t, grad[m*d:(m+1)*d], row, 1e-12, 1e-12, "alone")
		c.Jet(nil, r1, nil, theta, ys[m:m+1], vs[m:m+1])
		almost.Equal(t, d1[m], r1[0], 1e-12, 1e-12, "alone")
	}
}

// jetGradient checks the derivative of the weighted jets up to an order.
func jetGradient(t *testing.T, c Smoothness, theta structured.Theta, ys, vs [][]float64, order int, rng *rand.Rand) {
	n := len(ys)
	var w, values [3][]float64
	for k := range order + 1 {
		w[k], values[k] = make([]float64, n), make([]float64, n)
		for m := range w[k] {
			w[k][m] = rng.NormFloat64()
		}
	}
	loss := func() float64 {
		if order == 0 {
			c.Score(values[0], theta, ys)
		} else {
			c.Jet(values[0], values[1], values[2], theta, ys, vs)
		}
		sum := 0.0
		for k := range order + 1 {
			for m, v := range values[k] {
				sum += w[k][m] * v
			}
		}
		return sum
	}
	before, weights := clone(theta), slices.Clone(w[0])
	grad := zero(theta)
	c.AddGradJet(grad, theta, ys, vs, w[0], w[1], w[2])
	almost.Same(t, weights, w[0], "weights were changed")
	for part, v := range numbers(theta) {
		for i, at := range v {
			const h = 2e-4
			f := func(k float64) float64 {
				v[i] = at + k*h
				return loss()
			}
			want := (8*(f(1)-f(-1)) - (f(2) - f(-2))) / (12 * h)
			v[i] = at
			almost.Equal(t, want, numbers(grad)[part][i], 1e-6, 1e-6, "order %d: derivative %d of part %d", order, i, part)
		}
		almost.Same(t, numbers(before)[part], v, "theta was changed")
	}
	// It adds, nil stands for zeros, and the orders add up.
	twice := clone(grad)
	for k := range order + 1 {
		var one [3][]float64
		one[k] = w[k]
		c.AddGradJet(twice, theta, ys, vs, one[0], one[1], one[2])
	}
	plain := zero(theta)
	if order == 0 {
		c.AddGrad(plain, theta, ys, w[0])
	}
	for part, v := range numbers(twice) {
		for i, x := range v {
			g := numbers(grad)[part][i]
			almost.Equal(t, 2*g, x, 1e-9, 1e-9, "order %d: AddGradJet must add, order by order", order)
			if order == 0 {
				almost.Equal(t, g, numbers(plain)[part][i], 1e-12, 1e-12, "AddGrad is the derivative of order 0")
			}
		}
	}
}

func smoothConcurrently(t *testing.T, c Smoothness, theta structured.Theta, ys, vs [][]float64) {
	n, d := len(ys), c.Dim()
	all := func() []float64 {
		out, grad := make([]float64, 3*n), zero(theta)
		c.Score(out[:n], theta, ys)
		c.Jet(nil, out[n:2*n], nil, theta, ys, vs)
		c.Jet(out[2*n:], nil, nil, theta, ys, vs)
		c.AddGradJet(grad, theta, ys, vs, out[:n], out[n:2*n], nil)
		g := make([]float64, n*d)
		c.GradY(g, theta, ys)
		return slices.Concat(out, g, grad.Logits, grad.Own)
	}
	want := all()
	for _, v := range want {
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				almost.Same(t, want, all(), "in several goroutines")
			}
		})
	}
	wg.Wait()
}

func smoothAllocations(t *testing.T, c Smoothness, theta structured.Theta, ys, vs [][]float64) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	n, d := len(ys), c.Dim()
	v, w, g, grad := make([]float64, n), make([]float64, n), make([]float64, n*d), zero(theta)
	allocs := testing.AllocsPerRun(50, func() {
		c.Score(v, theta, ys)
		c.AddGrad(grad, theta, ys, w)
		c.GradY(g, theta, ys)
		c.Jet(v, w, nil, theta, ys, vs)
		c.AddGradJet(grad, theta, ys, vs, nil, w, nil)
	})
	assert.Less(t, allocs, 1.0, "allocations once the memory is there")
}
