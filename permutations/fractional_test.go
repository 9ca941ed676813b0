package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Exact where a is flat, for 2 x 2, and for one ordering; close between.
func TestFractional(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 2, 3, 4, 6, 9, 12} {
		f := newFractional(k)
		almost.Equal(t, numeric.LogFactorial(k), f.logPermanent(), 1e-12, 1e-14, "flat")
		for _, scale := range []float64{0.1, 0.5, 1, 2, 4, 10, 60, 1e3} {
			worst := 0.0
			for range 10 {
				for i := range f.a {
					f.a[i] = scale * rng.NormFloat64()
				}
				exact := logPermanent(f.a, k)
				got := f.logPermanent()
				worst = max(worst, math.Abs(got-exact))
				if k <= 2 {
					almost.Equal(t, exact, got, 1e-3, 0, "k=%d", k)
				}
				columns := make([]float64, k)
				for i := range k {
					row := 0.0
					for j, p := range f.p[i*k : (i+1)*k] {
						row += p
						columns[j] += p
					}
					almost.Equal(t, 1, row, 1e-10, 0)
				}
				for _, c := range columns {
					almost.Equal(t, 1, c, 0.02, 0, "k=%d scale %g", k, scale)
				}
			}
			most := 0.8
			if scale <= 1 {
				most = 0.1 * scale
			}
			assert.Less(t, worst, most, "k=%d scale %g", k, scale)
		}
	}
}

// The gradient is P.
func TestFractionalGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, k := range []int{2, 3, 7} {
		f := newFractional(k)
		for i := range f.a {
			f.a[i] = 2 * rng.NormFloat64()
		}
		f.logPermanent()
		p := append([]float64(nil), f.p...)
		for i, at := range f.a {
			const h = 1e-5
			f.a[i] = at + h
			up := f.logPermanent()
			f.a[i] = at - h
			down := f.logPermanent()
			f.a[i] = at
			almost.Equal(t, (up-down)/(2*h), p[i], 1e-7, 1e-6)
		}
	}
}

// Annealing with Metropolis is right within its errors, from any reference.
func TestAnnealing(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const k = 4
	for name, of := range map[string]Coupling{"birkhoff": Birkhoff{}, "preference": Preference{}, "permutahedron": Permutahedron{}} {
		for _, ref := range []Reference{nil, Mallows{Center: Ordering{2, 0, 3, 1}, Distance: Kendall, Dispersion: 0.5}} {
			space, err := NewSpace(k, ref)
			require.NoError(t, err)
			c, err := of.Bind(k)
			require.NoError(t, err)
			inf, err := c.Infer(space)
			require.NoError(t, err)
			bound, err := structured.AnnealedImportance[Ordering]{Kernel: Metropolis{Steps: 8}, Overlap: 0.98}.
				Bind(structured.Problem[Ordering]{Space: space, Coupling: c})
			require.NoError(t, err)
			square, n := 0.0, 40.0
			for key := range uint64(n) {
				theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
				for i := range theta.Logits {
					theta.Logits[i] = rng.NormFloat64()
				}
				got, err := bound.EstimateLogZ(theta, key)
				require.NoError(t, err)
				z := (got.Value - inf.(structured.LogPartition[Ordering]).LogZ(theta)) / got.Error
				square += min(z*z, 16)
			}
			almost.Equal(t, n, square, 8*math.Sqrt(2*n), 0, "%s, %T", name, ref)
		}
	}
}
