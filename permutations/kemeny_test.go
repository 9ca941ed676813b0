package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func exactLinearOrdering(k int) *linearOrdering { return newLinearOrdering(k, true) }

func TestLinearOrderingAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for k := 1; k <= 6; k++ {
		exact, search := exactLinearOrdering(k), newLinearOrdering(k, false)
		cycles := 0
		for range 40 {
			a := costs(k, 1, rng)
			best := math.Inf(-1)
			for _, y := range everyOrdering(k) {
				best = max(best, pairSum(a, y))
			}
			copy(exact.a, a)
			copy(search.a, a)
			y := make(Ordering, k)
			assert.True(t, exact.solve(y))
			almost.Equal(t, best, pairSum(a, y), 1e-12, 0)
			if search.solve(y) {
				almost.Equal(t, best, pairSum(a, y), 1e-12, 0, "what is called proven must be optimal")
			} else {
				cycles++
			}
			require.NoError(t, y.Validate())
		}
		if k > 4 {
			assert.Greater(t, cycles, 0, "some problems must have cycles")
		}
	}
}

// pairSum is the sum of a over the pairs of y.
func pairSum(a []float64, y Ordering) float64 {
	sum := 0.0
	for r, i := range y {
		for _, j := range y[r+1:] {
			sum += a[i*len(y)+j]
		}
	}
	return sum
}

// Condorcet's paradox: the cycle 0 > 1 > 2 > 0 is broken at its weakest link.
func TestKemenyBreaksACycle(t *testing.T) {
	l := exactLinearOrdering(3)
	copy(l.a, []float64{
		0, 0.8, 0.4,
		0.2, 0, 0.7,
		0.6, 0.3, 0,
	})
	y := make(Ordering, 3)
	assert.True(t, l.solve(y))
	assert.Equal(t, Ordering{0, 1, 2}, y)
}

// Over many labels a transitive majority is found and known to be optimal; with
// cycles the search ends where no move of a label helps.
func TestLinearOrderingOverManyLabels(t *testing.T) {
	const k = 60
	rng := rand.New(rand.NewPCG(2, 2))
	truth := randomOrdering(k, rng)
	rank := truth.Ranking()
	l := newLinearOrdering(k, false)
	for i := range k {
		for j := range i {
			p := 0.5 + 0.5*rng.Float64()
			if rank[i] > rank[j] {
				p = 1 - p
			}
			l.a[i*k+j], l.a[j*k+i] = p, 1-p
		}
	}
	y := make(Ordering, k)
	assert.True(t, l.solve(y))
	assert.Equal(t, truth, y)

	copy(l.a, costs(k, 1, rng))
	assert.False(t, l.solve(y))
	value := pairSum(l.a, y)
	for from := range k {
		for to := range k {
			z := y.Clone()
			move(z, from, to)
			require.NoError(t, z.Validate())
			assert.LessOrEqual(t, pairSum(l.a, z), value+1e-9)
		}
	}
	borda := make(Ordering, k)
	l.borda(borda)
	assert.Greater(t, value, pairSum(l.a, borda))
}

func TestMove(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     Ordering
	}{{0, 3, Ordering{1, 2, 3, 0}}, {3, 0, Ordering{3, 0, 1, 2}}, {1, 2, Ordering{0, 2, 1, 3}}, {2, 2, Ordering{0, 1, 2, 3}}} {
		y := Identity(4)
		move(y, c.from, c.to)
		assert.Equal(t, c.want, y)
	}
}

// Beyond what is exact, modes are local optima and said not to be proven.
func TestSearchInference(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, k := range []int{4, MaxExact + 3} {
		for name, of := range someCouplings(k) {
			for reference, ref := range someReferences(k) {
				c, inf, s := bound(t, of, k, ref)
				if _, ok := inf.(*searchInference); !ok {
					continue
				}
				theta := randomTheta(c, 1, rng)
				y, again := Identity(k), Identity(k).Reverse()
				value, proven := inf.Mode(&y, theta, 7)
				require.NoError(t, s.Check(y))
				assert.False(t, proven, "%s, %s", name, reference)
				almost.Equal(t, valueOf(c, s, theta, y), value, 1e-12, 0)
				same, _ := inf.Mode(&again, theta, 7)
				assert.Equal(t, y, again, "the same key must give the same mode")
				assert.Equal(t, value, same)
				for from := range k {
					for to := range k {
						z := y.Clone()
						move(z, from, to)
						require.LessOrEqual(t, valueOf(c, s, theta, z), value+1e-9, "%s, %s, k=%d", name, reference, k)
					}
				}
				if k == 4 {
					best := list(k, func(y Ordering) float64 { return valueOf(c, s, theta, y) }).max
					almost.Equal(t, best, value, 1e-9, 0, "so few labels are easy")
				}
			}
		}
	}
}

// Pairs that agree with an order prove it, however many there are.
func TestSearchProvesWhatAgrees(t *testing.T) {
	const k = MaxExact + 3
	c, inf, _ := bound(t, Preference{}, k, nil)
	theta := randomTheta(c, 0, rand.New(rand.NewPCG(4, 4)))
	for i := range theta.Logits {
		theta.Logits[i] = -1 - float64(i%3)
	}
	y := Identity(k)
	_, proven := inf.Mode(&y, theta, 1)
	assert.True(t, proven)
	assert.Equal(t, Identity(k).Reverse(), y)
}
