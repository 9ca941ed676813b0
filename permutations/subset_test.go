package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func TestSubsetsAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 2, 3, 5, 7} {
		for _, scale := range []float64{0, 1, 3, 60, 1e3} {
			for form := range 8 {
				pairs, sets, constrained := form&1 != 0, form&2 != 0, form&4 != 0
				t.Run(fmt.Sprintf("k=%d/scale=%g/pairs=%t/sets=%t/constrained=%t", k, scale, pairs, sets, constrained), func(t *testing.T) {
					p := randomSteps(k, scale, pairs, sets, constrained, rng)
					checkSubsets(t, p, list(k, p.value))
				})
			}
		}
	}
}

func checkSubsets(t *testing.T, p steps, want listed) {
	k, s := p.k, p.recursion()
	almost.Equal(t, want.logZ, s.logZ(), 1e-11, 1e-13, "log Z")
	s.marginals(true)
	position := make([]float64, k*k)
	s.positions(position)
	almost.Slice(t, want.position, position, 1e-11, 0, "position marginals")
	almost.Slice(t, want.before, s.precedes[:k*k], 1e-11, 0, "pair marginals")
	almost.Equal(t, want.entropy, s.entropy(), 1e-10, 1e-11, "entropy")
	doublyStochastic(t, k, position)

	s.logZ()
	s.marginals(false)
	s.positions(position)
	almost.Slice(t, want.position, position, 1e-11, 0, "position marginals alone")

	assert.Equal(t, float64(want.count), count(s), "count")
	almost.Equal(t, want.max, s.maximize(), 1e-11, 1e-13, "maximum")
	y := make(Ordering, k)
	s.best(y)
	require.NoError(t, y.Validate())
	almost.Equal(t, want.max, p.value(y), 1e-11, 1e-13, "the best ordering")
	checkKBest(t, p, s, want)
}

// countSemiring counts orderings: the steps alone, whatever their weights.
type countSemiring struct{}

func (countSemiring) one() float64              { return 1 }
func (countSemiring) step(v, _ float64) float64 { return v }
func (countSemiring) sum(v []float64) float64 {
	n := 0.0
	for _, x := range v {
		n += x
	}
	return n
}

func count(s *subsets) float64 {
	s.tabulateLogs()
	s.recurse(s.f, countSemiring{}, false)
	return s.f[s.full]
}

func doublyStochastic(t *testing.T, k int, p []float64) {
	t.Helper()
	for i := range k {
		row, column := 0.0, 0.0
		for r := range k {
			row += p[i*k+r]
			column += p[r*k+i]
		}
		almost.Equal(t, 1, row, 1e-11, 0, "row %d", i)
		almost.Equal(t, 1, column, 1e-11, 0, "column %d", i)
	}
}

// NaN must come out as NaN.
func TestSubsetsPassNaNOn(t *testing.T) {
	for _, pairs := range []bool{false, true} {
		p := randomSteps(4, 1, pairs, false, false, rand.New(rand.NewPCG(1, 1)))
		p.position[5] = math.NaN()
		s := p.recursion()
		assert.True(t, math.IsNaN(s.logZ()))
		s.marginals(true)
		assert.True(t, math.IsNaN(s.at[0][0]))
		s.maximize()
		y := make(Ordering, 4)
		s.best(y)
		assert.NoError(t, y.Validate())
	}
}
