package permutations

import (
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// assignmentInference is inference where log q + g is a sum over the labels at
// their ranks and there are more than MaxExact labels: proven modes, the k best
// orderings, and bounds of log Z.
type assignmentInference struct {
	inference
	idle sync.Pool // of *assignmentScratch
}

var (
	_ structured.LogPartitionBounds[Ordering] = (*assignmentInference)(nil)
	_ structured.KBester[Ordering]            = (*assignmentInference)(nil)
)

type assignmentScratch struct {
	terms      []float64
	assignment *assignment
	bethe      *bethe
	one        [1]Ordering
	value      [2]float64
}

func (inf *assignmentInference) scratch() *assignmentScratch {
	if s, ok := inf.idle.Get().(*assignmentScratch); ok {
		return s
	}
	return &assignmentScratch{terms: make([]float64, inf.k*inf.k), assignment: newAssignment(inf.k), bethe: newBethe(inf.k)}
}

// Mode is proven: a sort for the permutahedron under the uniform reference,
// O(k log k), and a linear assignment otherwise, O(k^3).
func (inf *assignmentInference) Mode(dst *Ordering, theta structured.Theta, _ uint64) (float64, bool) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.positionMode(*dst, theta, s.terms, s.assignment)
	s.one[0] = *dst
	return inf.value(theta, s.one[:], &s.value), true
}

// KBest costs O(k^3) for each ordering.
func (inf *assignmentInference) KBest(ys []Ordering, values []float64, theta structured.Theta) int {
	s := inf.scratch()
	defer inf.idle.Put(s)
	return inf.bestByPosition(ys, values, theta, s.terms, s.assignment)
}

// LogZBounds returns an interval that log Z is certain to be in, k/2 log 2
// wide: the Bethe permanent and its bounds, O(k^3). The Value is the lower end,
// Bethe's estimate.
func (inf *assignmentInference) LogZBounds(theta structured.Theta) structured.Normalizer {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.positionTerms(s.bethe.a, theta)
	n := s.bethe.logPermanent()
	n.Value += inf.terms.base
	n.Lower += inf.terms.base
	n.Upper += inf.terms.base
	return n
}

// positionTerms overwrites dst with these terms of log q + g.
func (inf *inference) positionTerms(dst []float64, theta structured.Theta) {
	inf.c.terms(dst, theta)
	for i, x := range inf.terms.position {
		dst[i] += x
	}
}

// positionMode overwrites dst with their mode; terms is memory, k x k.
func (inf *inference) positionMode(dst Ordering, theta structured.Theta, terms []float64, a *assignment) {
	if c, ok := inf.c.(sorter); ok && inf.terms.position == nil {
		c.mode(dst, theta)
		return
	}
	inf.positionTerms(terms, theta)
	a.maximize(dst, terms)
}

// bestByPosition is KBest by Murty's algorithm.
func (inf *inference) bestByPosition(ys []Ordering, values []float64, theta structured.Theta, terms []float64, a *assignment) int {
	inf.positionTerms(terms, theta)
	for i, x := range terms {
		a.cost[i] = -x
	}
	a.solve()
	list, n := newBestAssignments(a), 0
	var one [1]Ordering
	var scratch [2]float64
	for ; n < len(ys); n++ {
		ranks := list.next()
		if ranks == nil {
			break
		}
		for label, r := range ranks {
			ys[n][r] = label
		}
		one[0] = ys[n]
		values[n] = inf.value(theta, one[:], &scratch)
	}
	sortBest(ys[:n], values[:n])
	return n
}
