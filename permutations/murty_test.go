package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// All assignments, from the least cost on, against a sorted list; costs are
// whole numbers, so that ties are ties and sums exact.
func TestBestAssignments(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 6; n++ {
		for _, values := range []int{1, 2, 5, 1000} {
			a := newAssignment(n)
			for i := range a.cost {
				a.cost[i] = float64(rng.IntN(values) - values/2)
			}
			var want []float64
			total := func(column []int) (sum float64) {
				for i, j := range column {
					sum += a.cost[i*n+j]
				}
				return sum
			}
			for _, y := range everyOrdering(n) {
				want = append(want, total(y))
			}
			slices.Sort(want)
			a.solve()
			b, seen := newBestAssignments(a), map[string]bool{}
			for i, cost := range want {
				column := b.next()
				require.NotNil(t, column, "only %d of %d", i, len(want))
				require.NoError(t, Ordering(column).Validate())
				require.Equal(t, cost, total(column), "n=%d, %d values, number %d", n, values, i)
				require.False(t, seen[fmt.Sprint(column)], "%v twice", column)
				seen[fmt.Sprint(column)] = true
			}
			assert.Nil(t, b.next())
		}
	}
}

// Two ways to the best orderings: the recursion over subsets
// and Murty's algorithm.
func TestBestOrderingsTwoWays(t *testing.T) {
	const k, n = 13, 60
	rng := rand.New(rand.NewPCG(3, 4))
	for _, scale := range []float64{0.01, 1, 100} {
		p := randomSteps(k, scale, false, false, false, rng)
		s := p.recursion()
		s.maximize()
		ys, want := Make(n, k), make([]float64, n)
		require.Equal(t, n, s.kBest(ys, want))
		_, inf, _ := bound(t, Birkhoff{}, k, nil)
		got := make([]float64, n)
		theta := structured.Theta{Logits: p.position}
		require.Equal(t, n, inf.(structured.KBester[Ordering]).KBest(Make(n, k), got, theta))
		for i := range want {
			almost.Equal(t, want[i]-want[0], got[i]-got[0], 1e-10, 1e-10, "scale %g, number %d", scale, i)
		}
	}
}

// A hundred labels: the best orderings of a permutahedron are its mode with
// neighbours swapped where their scores are nearest.
func TestBestOrderingsOfManyLabels(t *testing.T) {
	const k = 100
	weights := make([]float64, k)
	theta := structured.Theta{Logits: make([]float64, k)}
	for i := range k {
		weights[i] = float64(k - i)
		theta.Logits[i] = -10 * float64(i)
	}
	theta.Logits[40] = theta.Logits[39] - 1 // swapped, loses 1
	theta.Logits[71] = theta.Logits[70] - 2.5
	_, inf, s := bound(t, Permutahedron{Weights: weights}, k, nil)
	ys, values := s.Make(5), make([]float64, 5)
	require.Equal(t, 5, inf.(structured.KBester[Ordering]).KBest(ys, values, theta))
	for i, c := range []struct {
		loss float64
		at   []int
	}{{0, nil}, {1, []int{39}}, {2.5, []int{70}}, {3.5, []int{39, 70}}} {
		want := Identity(k)
		for _, r := range c.at {
			want[r], want[r+1] = want[r+1], want[r]
		}
		assert.Equal(t, want, ys[i])
		almost.Equal(t, values[0]-c.loss, values[i], 1e-6, 0)
	}
	almost.Equal(t, values[0]-10, values[4], 1e-6, 0)
	for i := range theta.Logits {
		theta.Logits[i] = math.NaN()
	}
	inf.(structured.KBester[Ordering]).KBest(ys, values, theta)
	assert.True(t, math.IsNaN(values[0]))
}
