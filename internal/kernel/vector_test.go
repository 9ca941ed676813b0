package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
)

func TestAxpyAndDot(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(6, 6))
		for _, n := range append(upTo(140), preempt-1, preempt, 2*preempt+33) {
			x, _ := inside(rng, random(rng, 1, n, n))
			y, check := inside(rng, random(rng, 1, n, n))
			want, dot := append([]float64(nil), y...), 0.0
			for i := range x {
				want[i] = math.FMA(-1.7, x[i], want[i])
				dot += x[i] * y[i]
			}
			almost.Equal(t, dot, Dot(x, y), 1e-12, 1e-12)
			Axpy(y, -1.7, x)
			agrees(t, want, y, "%d", n)
			check(t)
		}
		assert.Panics(t, func() { Axpy(make([]float64, 2), 1, make([]float64, 3)) })
		assert.Panics(t, func() { Dot(make([]float64, 3), make([]float64, 2)) })
	})
}

func upTo(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

func TestScaleAndMultiply(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 7))
		for _, n := range append(upTo(40), 2*preempt+33) {
			x, check := inside(rng, random(rng, 1, n, n))
			scaled, squared := make([]float64, n), make([]float64, n)
			for i, v := range x {
				scaled[i] = v * 3.3
				squared[i] = scaled[i] * scaled[i]
			}
			Scale(x, 3.3)
			almost.Same(t, scaled, x)
			Multiply(x, scaled)
			almost.Same(t, squared, x)
			check(t)
		}
		assert.Panics(t, func() { Multiply(make([]float64, 2), make([]float64, 3)) })
	})
}

func TestRows(t *testing.T) {
	a := []float64{1, 2, 9, 3, 4, 9, 5, 6} // 3 x 2 with leading dimension 3
	sum := []float64{10, 20}
	SumRows(sum, a, 3, 3)
	almost.Same(t, []float64{19, 32}, sum)
	SpreadRow(a, 3, []float64{7, 8}, 3)
	almost.Same(t, []float64{7, 8, 9, 7, 8, 9, 7, 8}, a)
}

func TestReLU(t *testing.T) { onEachLevel(t, testReLU) }

func testReLU(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	negNaN := math.Float64frombits(math.Float64bits(nan) | 1<<63)
	x := []float64{-1, 0, 2, math.Copysign(0, -1), inf, -inf, 5e-324, -5e-324}
	y := make([]float64, len(x))
	ReLU(y, x)
	almost.Same(t, []float64{0, 0, 2, 0, inf, 0, 5e-324, 0}, y)
	g := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	ReLUMask(g, y)
	almost.Same(t, []float64{0, 0, 3, 0, 5, 0, 7, 0}, g)
	ReLU(x, x)
	almost.Same(t, y, x, "in place")

	bad := []float64{nan, negNaN}
	ReLU(bad, bad)
	assert.True(t, math.IsNaN(bad[0]) && math.IsNaN(bad[1]), "a NaN must not become a number: %v", bad)
	g = []float64{1, 2, 3}
	ReLUMask(g, []float64{nan, negNaN, math.Copysign(0, -1)})
	almost.Same(t, []float64{1, 2, 0}, g)
}
