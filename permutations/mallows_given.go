package permutations

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// condition lists the orderings that agree with e, if there are not too many,
// and otherwise sums over them by subsets: O(2^k k) for at most MaxExact
// labels. Cayley's distance is no sum over steps and can only be listed.
func (m *mallows) condition(e Partial) (conditional, error) {
	if n, ok := e.completions(maxCompletions); ok {
		return m.list(e, n), nil
	}
	if m.distance == Cayley || e.K() > MaxExact {
		return nil, &CompletionsError{LogCompletions: e.LogCompletions(), Max: maxCompletions}
	}
	return m.sum(e), nil
}

// list is for n completions.
func (m *mallows) list(e Partial, n int) *listGiven {
	g := &listGiven{ys: Make(n, e.K()), cumulative: make([]float64, n)}
	listCompletions(g.ys, e)
	m.logProb(g.cumulative, g.ys)
	g.logProb = numeric.LogSumExp(g.cumulative)
	sum := 0.0
	for i, l := range g.cumulative {
		sum += math.Exp(l - g.logProb)
		g.cumulative[i] = sum
	}
	return g
}

// sum runs the recursion over the subsets that are closed under e.
func (m *mallows) sum(e Partial) *subsetsGiven {
	k := e.K()
	terms, _ := (&Space{k: k, ref: m}).terms()
	g := &subsetsGiven{subsets: newSubsets(k)}
	g.subsets.pair = terms.pair
	for j := range k {
		for r := range k {
			if terms.position != nil {
				g.subsets.position[r][j] = terms.position[j*k+r]
			}
		}
	}
	g.subsets.before = make([]uint64, k)
	e.Predecessors(g.subsets.before)
	g.logProb = terms.base + g.subsets.logZ()
	return g
}

// subsetsGiven draws exactly after the recursion over subsets.
type subsetsGiven struct {
	subsets *subsets
	logProb float64
}

func (g *subsetsGiven) logEvidence() float64 { return g.logProb }

func (g *subsetsGiven) sample(y Ordering, rng *rand.Rand) { g.subsets.sample(y, rng) }
