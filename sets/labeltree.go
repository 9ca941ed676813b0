package sets

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// labelTree is a distribution over some labels that is a tree: each given its
// parent.
type labelTree struct {
	nodes []treeNode // parents before children
}

type treeNode struct {
	label, parent int        // parent is a label, -1 for the root
	p             [2]float64 // P(present | parent absent, present)
	logp          [2][2]float64
}

// leastBelief keeps the probabilities of a labelTree away from 0 and 1.
const leastBelief = 1e-9

// spanning is the memory to grow trees.
type spanning struct {
	best   []float64 // mutual information with the tree
	from   []int
	within []bool
}

// grow makes the tree of largest mutual information (Chow, Liu 1968) by Prim's
// algorithm, O(m^2): of the m labels, with P(i) in one and P(i and j) in two,
// m x m for i < j.
func (t *labelTree) grow(s *spanning, labels []int, one, two []float64) {
	m := len(labels)
	s.best, s.from, s.within = numeric.Grow(s.best, m), numeric.Grow(s.from, m), numeric.Zeroed(s.within, m)
	for i := range m {
		s.best[i], s.from[i] = -1, -1
	}
	t.nodes = t.nodes[:0]
	for range m {
		at := -1
		for i, in := range s.within {
			if !in && (at < 0 || s.best[i] > s.best[at]) {
				at = i
			}
		}
		s.within[at] = true
		n := treeNode{label: labels[at], parent: -1}
		p := one[at]
		if from := s.from[at]; from < 0 {
			n.p[0] = p
		} else {
			both, q := two[min(at, from)*m+max(at, from)], one[from]
			n.parent = labels[from]
			n.p[0], n.p[1] = (p-both)/(1-q), both/q
		}
		for parent, p := range n.p {
			if !(p >= leastBelief) { // NaN where the parent is certain
				p = leastBelief
			}
			p = min(p, 1-leastBelief)
			n.p[parent] = p
			n.logp[parent] = [2]float64{math.Log1p(-p), math.Log(p)}
		}
		t.nodes = append(t.nodes, n)
		for i, in := range s.within {
			if in {
				continue
			}
			if v := mutualInformation(one[at], one[i], two[min(at, i)*m+max(at, i)]); v > s.best[i] {
				s.best[i], s.from[i] = v, at
			}
		}
	}
}

// mutualInformation of two labels with probabilities p, q, and both.
func mutualInformation(p, q, both float64) float64 {
	sum := 0.0
	for _, c := range [4][2]float64{{both, p * q}, {p - both, p * (1 - q)}, {q - both, (1 - p) * q}, {1 - p - q + both, (1 - p) * (1 - q)}} {
		if c[0] > 0 && c[1] > 0 {
			sum += c[0] * math.Log(c[0]/c[1])
		}
	}
	return sum
}

// sample adds what it draws to y, which has none of the labels.
func (t *labelTree) sample(y Set, rng *rand.Rand) {
	for i := range t.nodes {
		n := &t.nodes[i]
		parent := 0
		if n.parent >= 0 && y.Has(n.parent) {
			parent = 1
		}
		if rng.Float64() < n.p[parent] {
			y.Add(n.label)
		}
	}
}

// logProb is that of the labels of the tree in y.
func (t *labelTree) logProb(y Set) float64 {
	sum := 0.0
	for i := range t.nodes {
		n := &t.nodes[i]
		parent, self := 0, 0
		if n.parent >= 0 && y.Has(n.parent) {
			parent = 1
		}
		if y.Has(n.label) {
			self = 1
		}
		sum += n.logp[parent][self]
	}
	return sum
}
