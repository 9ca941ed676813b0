package permutations

import (
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// infer is what a coupling can do over a space: all of it up to MaxExact labels
// under a reference that the recursion over subsets covers, which is any but
// Mallows with Cayley's distance; beyond, where log q + g is a sum over labels
// at their ranks, proven modes and bounds of log Z; otherwise modes.
func infer(c coupling, k int, s structured.Space[Ordering]) (structured.Inference[Ordering], error) {
	space, err := asSpace(s, k)
	if err != nil {
		return nil, err
	}
	inf := inference{c: c, k: k, space: space}
	inf.terms, inf.tabulated = space.terms()
	switch {
	case inf.tabulated && k <= MaxExact:
		return &exactInference{inference: inf}, nil
	case inf.byPosition():
		return &assignmentInference{inference: inf}, nil
	}
	return &searchInference{inference: inf}, nil
}

// inference is what they have in common.
type inference struct {
	c     coupling
	k     int
	space *Space
	// terms are those of the reference, if it has that form.
	terms     referenceTerms
	tabulated bool
}

// byPosition reports whether log q + g is a sum over labels at their ranks,
// and byPairs whether it is one over pairs.
func (inf *inference) byPosition() bool {
	return inf.tabulated && !inf.c.pairs() && inf.terms.pair == nil && inf.terms.set == nil
}

func (inf *inference) byPairs() bool {
	return inf.tabulated && inf.c.pairs() && inf.terms.position == nil && inf.terms.set == nil
}

// pairTerms overwrites dst with the terms of pairs of log q + g.
func (inf *inference) pairTerms(dst []float64, theta structured.Theta) {
	inf.c.terms(dst, theta)
	for i, x := range inf.terms.pair {
		dst[i] += x
	}
}

// value is log q(y) + g(y).
func (inf *inference) value(theta structured.Theta, ys []Ordering, scratch *[2]float64) float64 {
	inf.c.Score(scratch[:1], theta, ys)
	inf.space.LogProb(scratch[1:], ys)
	return scratch[0] + scratch[1]
}

// exactInference is exact inference by the recursion over subsets.
type exactInference struct {
	inference
	idle sync.Pool // of *exactScratch
	many sync.Pool // of *subsetLanes
}

var (
	_ structured.ConditionalLogPartition[Ordering] = (*exactInference)(nil)
	_ structured.LogPartitions[Ordering]           = (*exactInference)(nil)
	_ structured.ExactSampler[Ordering]            = (*exactInference)(nil)
	_ PositionMarginalizer                         = (*exactInference)(nil)
	_ PairMarginalizer                             = (*exactInference)(nil)
	_ structured.KBester[Ordering]                 = (*exactInference)(nil)
	_ structured.ExactEntropy[Ordering]            = (*exactInference)(nil)
)

type exactScratch struct {
	subsets    *subsets
	assignment *assignment
	order      *linearOrdering
	terms      []float64 // k x k: of the coupling, then marginals
	pair       []float64 // k x k
	before     []uint64
	one        [1]Ordering
	value      [2]float64
	source     stream.Source
}

func (inf *exactInference) scratch() *exactScratch {
	if s, ok := inf.idle.Get().(*exactScratch); ok {
		return s
	}
	k := inf.k
	sub, order := newSubsets(k), newLinearOrdering(k, true)
	order.subsets = sub
	return &exactScratch{subsets: sub, assignment: newAssignment(k), order: order, terms: make([]float64, k*k), pair: make([]float64, k*k), before: make([]uint64, k)}
}

// fill readies the recursion for the model.
func (inf *exactInference) fill(s *exactScratch, theta structured.Theta) {
	c, k, sub, ref := inf.c, inf.k, s.subsets, &inf.terms
	sub.before, sub.set, sub.pair = nil, ref.set, nil
	c.terms(s.terms, theta)
	position := ref.position
	if c.pairs() {
		sub.pair = s.pair
		copy(s.pair, s.terms)
		clear(s.terms)
		for i, x := range ref.pair {
			s.pair[i] += x
		}
	} else if ref.pair != nil {
		sub.pair = s.pair
		copy(s.pair, ref.pair)
	}
	for i := range k {
		for r := range k {
			x := s.terms[i*k+r]
			if position != nil {
				x += position[i*k+r]
			}
			sub.position[r][i] = x
		}
	}
}

func (inf *exactInference) LogZ(theta structured.Theta) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	return inf.terms.base + s.subsets.logZ()
}

func (inf *exactInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	return inf.terms.base + inf.addGrad(s, grad, weight)
}

// addGrad sums and adds the gradient, given fill.
func (inf *exactInference) addGrad(s *exactScratch, grad structured.Theta, weight float64) float64 {
	logZ := s.subsets.logZ()
	if weight == 0 {
		return logZ
	}
	s.subsets.marginals(inf.c.pairs())
	if inf.c.pairs() {
		inf.c.addTerms(grad, s.subsets.precedes, weight)
	} else {
		s.subsets.positions(s.terms)
		inf.c.addTerms(grad, s.terms, weight)
	}
	return logZ
}

// AddGradLogZGiven takes a Partial: the recursion runs over the sets that are
// closed under its partial order.
func (inf *exactInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Ordering], weight float64) (float64, error) {
	p, err := asPartial(e, inf.k)
	if err != nil {
		return math.NaN(), err
	}
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	p.Predecessors(s.before)
	s.subsets.before = s.before
	return inf.terms.base + inf.addGrad(s, grad, weight), nil
}

// SampleModel costs O(2^k k) once and O(k^2) for each draw.
func (inf *exactInference) SampleModel(ys []Ordering, theta structured.Theta, key uint64) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.subsets.logZ()
	rng := s.source.At(key)
	for _, y := range ys {
		s.subsets.sample(y, rng)
	}
}

// Mode is proven. It costs O(k log k) for the permutahedron and O(k^3) for
// Birkhoff under the uniform reference, O(k^2) for pairs that all agree with an
// order, and O(2^k k) otherwise.
func (inf *exactInference) Mode(dst *Ordering, theta structured.Theta, _ uint64) (float64, bool) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	switch {
	case inf.byPosition():
		inf.positionMode(*dst, theta, s.terms, s.assignment)
	case inf.byPairs():
		inf.pairTerms(s.order.a, theta)
		s.order.solve(*dst)
	default:
		inf.fill(s, theta)
		s.subsets.maximize()
		s.subsets.best(*dst)
	}
	s.one[0] = *dst
	return inf.value(theta, s.one[:], &s.value), true
}

// KBest costs O(k^3) for each ordering where log q + g is a sum over labels at
// their ranks, and O(2^k k) once and O(k^2) for each otherwise.
func (inf *exactInference) KBest(ys []Ordering, values []float64, theta structured.Theta) int {
	s := inf.scratch()
	defer inf.idle.Put(s)
	if inf.byPosition() {
		return inf.bestByPosition(ys, values, theta, s.terms, s.assignment)
	}
	inf.fill(s, theta)
	s.subsets.maximize()
	n := s.subsets.kBest(ys, values)
	for i := range n {
		values[i] += inf.terms.base
	}
	return n
}

// K is the number of labels.
func (inf *inference) K() int { return inf.k }

// PositionMarginals costs O(2^k k).
func (inf *exactInference) PositionMarginals(dst []float64, theta structured.Theta) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.subsets.logZ()
	s.subsets.marginals(false)
	s.subsets.positions(dst)
}

// PairMarginals costs O(2^k k).
func (inf *exactInference) PairMarginals(dst []float64, theta structured.Theta) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.subsets.logZ()
	s.subsets.marginals(true)
	copy(dst, s.subsets.precedes)
}

// Entropy costs O(2^k k), with a logarithm for each term.
func (inf *exactInference) Entropy(theta structured.Theta) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.subsets.logZ()
	s.subsets.marginals(false)
	return s.subsets.entropy()
}
