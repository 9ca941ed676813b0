package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// logPermanent is the exact log of the permanent of exp a.
func logPermanent(a []float64, k int) float64 {
	return steps{k: k, position: a}.recursion().logZ()
}

func TestBetheBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 2, 3, 4, 6, 9, 12} {
		for _, scale := range []float64{0, 0.1, 1, 3, 10, 60, 1e3, 1e5} {
			for kind := range 4 {
				a := matrix(k, kind, scale, rng)
				b := newBethe(k)
				copy(b.a, a)
				n, exact := b.logPermanent(), logPermanent(a, k)
				name := fmt.Sprintf("k=%d, scale %g, kind %d: %g in [%g, %g]", k, scale, kind, exact, n.Lower, n.Upper)
				slack := 1e-12 * (1 + math.Abs(exact))
				assert.LessOrEqual(t, n.Lower, exact+slack, name)
				assert.GreaterOrEqual(t, n.Upper, exact-slack, name)
				assert.LessOrEqual(t, n.Lower, n.Value, name)
				assert.LessOrEqual(t, n.Value, n.Upper, name)
				almost.Equal(t, 1, n.Confidence, 0, 0, name)
				if k == 1 {
					assert.Equal(t, structured.Exact, n.Kind)
					continue
				}
				assert.Equal(t, structured.Interval, n.Kind)
				// As narrow as proven, and narrower where few orderings matter;
				// between, the tangent costs something.
				width := float64(k) / 2 * math.Ln2
				if scale >= 3 {
					width *= 1.5
				}
				if scale >= 1e3 && kind == 2 {
					width = 0.5
				}
				assert.LessOrEqual(t, n.Upper-n.Lower, width+0.02+slack, name)
				if kind == 0 && scale <= 3 && k > 2 {
					almost.Equal(t, exact, n.Value, 0.8, 0, name)
				}
			}
		}
	}
}

// matrix is a matrix of logs of one of several kinds.
func matrix(k, kind int, scale float64, rng *rand.Rand) []float64 {
	a := costs(k, scale, rng)
	for i := range k {
		for r := range k {
			switch kind {
			case 1: // of rank one: a permutahedron
				a[i*k+r] = scale * float64(i*(k-1-2*r)) / float64(k)
			case 2: // one permutation stands out
				if i == r {
					a[i*k+r] += 3 * scale
				}
			case 3: // two levels only, many ties
				a[i*k+r] = scale * math.Copysign(1, a[i*k+r])
			}
		}
	}
	return a
}

// Closed forms: the permanent of the 2 x 2 matrix of ones is 2 and its Bethe
// permanent 1, so that the upper bound is attained; for k x k it is known that
// perm_B = k^k ((k-1)/k)^(k(k-1)) (Vontobel 2013).
func TestBetheOfOnes(t *testing.T) {
	for _, k := range []int{2, 3, 5, 30, 100} {
		b, n := newBethe(k), float64(k)
		got := b.logPermanent()
		almost.Equal(t, n*math.Log(n)+n*(n-1)*math.Log1p(-1/n), got.Lower, 1e-6, 0, "k=%d", k)
		assert.LessOrEqual(t, got.Lower, numeric.LogFactorial(k))
		assert.GreaterOrEqual(t, got.Upper, numeric.LogFactorial(k)-1e-9)
	}
}

// Where one ordering has nearly all the mass the Bethe permanent is its weight,
// and the tangent shows it.
func TestBetheNextToAVertex(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, k := range []int{3, 6, 12} {
		for _, kind := range []int{1, 2} {
			b := newBethe(k)
			copy(b.a, matrix(k, kind, 1e3, rng))
			lower, upper := b.propagate()
			exact := logPermanent(b.a, k)
			almost.Equal(t, exact, lower, 1e-3, 0, "k=%d, kind %d", k, kind)
			almost.Equal(t, exact, upper, 1e-3, 0, "k=%d, kind %d", k, kind)
		}
	}
}

// A search that is broken off must still give bounds.
func TestBetheBoundsHoldBeforeTheEnd(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, k := range []int{2, 3, 5, 8} {
		for _, scale := range []float64{0, 1, 5, 300} {
			b := newBethe(k)
			copy(b.a, costs(k, scale, rng))
			exact := logPermanent(b.a, k)
			for i := range b.left { // far from a fixed point
				b.left[i] = 3 * scale * rng.NormFloat64()
			}
			for range 4 {
				b.alongRows()
				b.round()
				value, gap := b.value()
				assert.LessOrEqual(t, value, exact+1e-9)
				assert.GreaterOrEqual(t, value+gap+float64(k)/2*math.Ln2, exact-1e-9)
				// P is doubly stochastic.
				p := make([]float64, k*k)
				for i, l := range b.logP {
					p[i] = math.Exp(l)
					almost.Equal(t, 1-p[i], math.Exp(b.logRest[i]), 1e-12, 0)
				}
				doublyStochastic(t, k, p)
				b.alongColumns()
			}
		}
	}
}

func TestBetheOfNaN(t *testing.T) {
	b := newBethe(3)
	b.a[4] = math.NaN()
	n := b.logPermanent()
	assert.True(t, math.IsNaN(n.Lower) || math.IsInf(n.Lower, -1))
}

func TestLogZBoundsOverManyLabels(t *testing.T) {
	const k = 30
	rng := rand.New(rand.NewPCG(5, 6))
	for _, name := range []string{"permutahedron", "birkhoff"} {
		for _, ref := range []string{"uniform", "hamming"} {
			c, inf, s := bound(t, someCouplings(k)[name], k, someReferences(k)[ref])
			_, exact := inf.(structured.LogPartition[Ordering])
			require.False(t, exact)
			bounds := inf.(structured.LogPartitionBounds[Ordering])
			// At theta = 0 the model is the reference and log Z is 0.
			n := bounds.LogZBounds(structured.Theta{Logits: make([]float64, c.NumLogits())})
			assert.LessOrEqual(t, n.Lower, 1e-9, name)
			assert.GreaterOrEqual(t, n.Upper, -1e-9, name)
			// Any mass that is seen is a lower bound.
			theta := randomTheta(c, 2, rng)
			n = bounds.LogZBounds(theta)
			ys := s.Make(500)
			s.Sample(ys, rng)
			Metropolis{Steps: 1000}.run(t, c, s, ys, theta)
			seen := map[string]float64{}
			for _, y := range ys {
				seen[fmt.Sprint(y)] = valueOf(c, s, theta, y)
			}
			values := []float64{}
			for _, v := range seen {
				values = append(values, v)
			}
			assert.Greater(t, n.Upper, numeric.LogSumExp(values), name)
			assert.Less(t, n.Upper-n.Lower, k*0.35)
		}
	}
}

func (m Metropolis) run(t *testing.T, c structured.Coupling[Ordering], s *Space, ys []Ordering, theta structured.Theta) {
	chains, err := m.Bind(structured.Problem[Ordering]{Coupling: c, Space: s})
	require.NoError(t, err)
	chains.Run(ys, theta, 1)
}

func BenchmarkBethe(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, k := range []int{25, 50} {
		for _, scale := range []float64{1, 10} {
			m := newBethe(k)
			copy(m.a, costs(k, scale, rng))
			b.Run(fmt.Sprintf("k=%d/scale=%g", k, scale), func(b *testing.B) {
				for b.Loop() {
					m.logPermanent()
				}
			})
		}
	}
}
