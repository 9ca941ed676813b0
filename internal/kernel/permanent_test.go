package kernel

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// plainPermanent is the recursion over sets and what comes of it, as defined.
func plainPermanent(w *Weights, k int) (f, g []float64, at Weights) {
	all := 1<<k - 1
	f, g = make([]float64, all+1), make([]float64, all+1)
	f[0], g[0] = 1, 1
	for s := 1; s <= all; s++ {
		n := bits.OnesCount(uint(s))
		for i := range k {
			if s>>i&1 != 0 {
				f[s] += w[n-1][i] * f[s&^(1<<i)]
				g[s] += w[k-n][i] * g[s&^(1<<i)]
			}
		}
	}
	for s := range all {
		r := bits.OnesCount(uint(s))
		for i := range k {
			if s>>i&1 == 0 {
				at[r][i] += f[s] * w[r][i] * g[all&^s&^(1<<i)]
			}
		}
	}
	return f, g, at
}

func randomWeights(rng *rand.Rand) (w Weights) {
	for r := range w {
		for i := range w[r] {
			w[r][i] = math.Exp(-3 * rng.Float64())
		}
	}
	return w
}

func TestPermanent(t *testing.T) {
	type result struct {
		f, g []float64
		at   Weights
	}
	var first []result
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(21, 1))
		var p Permanent
		n := 0
		for _, k := range []int{3, 4, 5, 8, 13, 6, 11, 3} {
			w := randomWeights(rng)
			f, g, at := plainPermanent(&w, k)
			r := result{f: make([]float64, 1<<k), g: make([]float64, 1<<k)}
			r.at[3][3] = 7 // is overwritten
			p.Sums(r.f, &w, k)
			p.Masses(&r.at, r.g, r.f, &w, k)
			for s := range f {
				almost.Equal(t, f[s], r.f[s], 0, 1e-13, "k=%d, F(%b)", k, s)
				almost.Equal(t, g[s], r.g[s], 0, 1e-13, "k=%d, G(%b)", k, s)
			}
			for i := range at {
				for j := range at[i] {
					if i >= k || j >= k {
						require.Zero(t, r.at[i][j])
						continue
					}
					almost.Equal(t, at[i][j], r.at[i][j], 0, 1e-12, "k=%d, label %d at %d", k, j, i)
				}
			}
			if n == len(first) {
				first = append(first, r)
			}
			require.Equal(t, first[n], r, "the bits are the same on each level")
			n++
		}
	})
}

func TestPermanentOfNaN(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		for k := 3; k < 7; k++ {
			var p Permanent
			w := randomWeights(rand.New(rand.NewPCG(21, 2)))
			w[k-1][k-2] = math.NaN()
			f := make([]float64, 1<<k)
			p.Sums(f, &w, k)
			assert.True(t, math.IsNaN(f[1<<k-1]), "k=%d", k)
		}
	})
}

func TestPermanentRefusesTablesOfAnotherSize(t *testing.T) {
	var p Permanent
	var w, at Weights
	assert.Panics(t, func() { p.Sums(make([]float64, 16), &w, 3) })
	assert.Panics(t, func() { p.Sums(make([]float64, 4), &w, 2) })
	assert.Panics(t, func() { p.Masses(&at, make([]float64, 16), make([]float64, 8), &w, 4) })
	assert.Panics(t, func() { p.Masses(&at, make([]float64, 8), make([]float64, 16), &w, 4) })
}

func BenchmarkPermanent(b *testing.B) {
	for _, k := range []int{3, 6, 11, 16, 20} {
		for _, l := range levels {
			if l != avx512 && l != portable {
				continue
			}
			b.Run(fmt.Sprintf("%v/k=%d", l, k), func(b *testing.B) {
				defer func(was level) { use = was }(use)
				use = l
				w := randomWeights(rand.New(rand.NewPCG(21, 3)))
				f, g := make([]float64, 1<<k), make([]float64, 1<<k)
				var p Permanent
				var at Weights
				for b.Loop() {
					p.Sums(f, &w, k)
					p.Masses(&at, g, f, &w, k)
				}
			})
		}
	}
}
