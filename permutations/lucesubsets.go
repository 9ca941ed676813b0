package permutations

import (
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// luceSubsets is luceInference over at most MaxExact labels, with what the
// Plackett-Luce model has no closed form for: marginals of positions, the k best
// orderings and entropy, by the recursion over subsets with the denominators of
// its choices as terms. O(2^k k).
type luceSubsets struct {
	*luceInference
	idle sync.Pool // of *luceTables
}

var (
	_ structured.ConditionalLogPartition[Ordering] = (*luceSubsets)(nil)
	_ structured.ExactSampler[Ordering]            = (*luceSubsets)(nil)
	_ structured.KBester[Ordering]                 = (*luceSubsets)(nil)
	_ structured.ExactEntropy[Ordering]            = (*luceSubsets)(nil)
	_ PositionMarginalizer                         = (*luceSubsets)(nil)
	_ PairMarginalizer                             = (*luceSubsets)(nil)
)

type luceTables struct {
	choice  repeatedChoice
	subsets *subsets
	base    float64
}

// tables returns the recursion, ready for theta.
func (inf *luceSubsets) tables(theta structured.Theta) *luceTables {
	t, ok := inf.idle.Get().(*luceTables)
	if !ok {
		t = &luceTables{subsets: newSubsets(inf.k)}
		t.choice.init(inf.k)
	}
	t.choice.set(theta.Logits)
	terms := plackettLuceTerms(&t.choice)
	t.subsets.set, t.base = terms.set, terms.base
	return t
}

// PositionMarginals costs O(2^k k).
func (inf *luceSubsets) PositionMarginals(dst []float64, theta structured.Theta) {
	t := inf.tables(theta)
	defer inf.idle.Put(t)
	t.subsets.logZ()
	t.subsets.marginals(false)
	t.subsets.positions(dst)
}

// KBest costs O(2^k k) once and O(k^2) for each ordering.
func (inf *luceSubsets) KBest(ys []Ordering, values []float64, theta structured.Theta) int {
	t := inf.tables(theta)
	defer inf.idle.Put(t)
	t.subsets.maximize()
	n := t.subsets.kBest(ys, values)
	for i := range n {
		values[i] += t.base
	}
	return n
}

// Entropy costs O(2^k k).
func (inf *luceSubsets) Entropy(theta structured.Theta) float64 {
	t := inf.tables(theta)
	defer inf.idle.Put(t)
	t.subsets.logZ()
	t.subsets.marginals(false)
	return t.subsets.entropy()
}
