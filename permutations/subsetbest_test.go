package permutations

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func checkKBest(t *testing.T, p steps, s *subsets, want listed) {
	sorted := append([]float64{}, want.w...)
	slices.SortFunc(sorted, func(a, b float64) int { return cmp.Compare(b, a) })
	for _, n := range []int{1, 4, 50} {
		ys, values := Make(n, p.k), make([]float64, n)
		got := s.kBest(ys, values)
		require.Equal(t, min(n, want.count), got)
		seen := map[string]bool{}
		for m, y := range ys[:got] {
			almost.Equal(t, p.value(y), values[m], 1e-11, 1e-13, "value %d of %d", m, n)
			almost.Equal(t, sorted[m], values[m], 1e-11, 1e-13, "%d-th best of %d", m, n)
			assert.False(t, seen[fmt.Sprint(y)], "%v is listed twice", y)
			seen[fmt.Sprint(y)] = true
			if m > 0 {
				assert.LessOrEqual(t, values[m], values[m-1])
			}
		}
	}
}

// Equal scores must not widen the search, whatever rounding makes of them.
func TestKBestOfEqualScores(t *testing.T) {
	const k, n = 12, 30
	p := randomSteps(k, 0, true, false, false, rand.New(rand.NewPCG(1, 1)))
	for r := range k {
		for i := range k {
			p.position[i*k+r] = 0.1 * float64(r) / 3
			p.pair[i*k+r] = 0.7
		}
	}
	s := p.recursion()
	high := s.maximize()
	ys, values := Make(n, k), make([]float64, n)
	var got int
	allocs := testing.AllocsPerRun(1, func() { got = s.kBest(ys, values) })
	assert.Equal(t, n, got)
	assert.Less(t, allocs, 2.0*n*k*k)
	for m := range ys {
		almost.Equal(t, high, values[m], 1e-12, 0)
		for _, y := range ys[:m] {
			assert.False(t, y.Equal(ys[m]))
		}
	}
}

func TestSortBest(t *testing.T) {
	ys, values := []Ordering{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}}, []float64{2, 3, 2.5}
	sortBest(ys, values)
	almost.Same(t, []float64{3, 2.5, 2}, values)
	assert.Equal(t, []Ordering{{0, 2, 1}, {1, 0, 2}, {0, 1, 2}}, ys)
}
