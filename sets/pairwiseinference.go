package sets

import (
	"math"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// pairwiseInference is exact inference of a pairwise coupling over at most
// MaxEnumerated labels, by enumeration.
type pairwiseInference struct {
	c     *pairwise
	space *Space
	idle  sync.Pool // of *pairwiseExact
}

var (
	_ structured.ConditionalLogPartition[Set] = (*pairwiseInference)(nil)
	_ structured.ExactSampler[Set]            = (*pairwiseInference)(nil)
	_ structured.KBester[Set]                 = (*pairwiseInference)(nil)
	_ structured.ExactEntropy[Set]            = (*pairwiseInference)(nil)
	_ LabelMarginalizer                       = (*pairwiseInference)(nil)
)

type pairwiseExact struct {
	e       enumeration
	dense   []float64 // k x k: U, then derivatives with respect to it
	unknown []int
	present []int
	order   []int
	sums    []float64
}

func (inf *pairwiseInference) scratch() *pairwiseExact {
	if s, ok := inf.idle.Get().(*pairwiseExact); ok {
		return s
	}
	return &pairwiseExact{dense: make([]float64, inf.c.k*inf.c.k)}
}

// fill readies the enumeration over all labels.
func (inf *pairwiseInference) fill(s *pairwiseExact, theta structured.Theta) {
	c, ref := inf.c, &inf.space.ref
	u, v := c.split(theta)
	s.e.reset(c.k, ref.min, ref.max)
	for j := range s.e.v {
		s.e.v[j] = u[j] + ref.odds[j]
	}
	c.dense(s.e.u, v)
}

func (inf *pairwiseInference) LogZ(theta structured.Theta) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	return inf.space.ref.logBase + s.e.logZ(false)
}

func (inf *pairwiseInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	logZ := s.e.logZ(true)
	du, dv := inf.c.split(grad)
	for j, p := range s.e.one {
		du[j] += weight * p
	}
	for i := range s.e.two {
		s.dense[i] = weight * s.e.two[i]
	}
	_, v := inf.c.split(theta)
	inf.c.addDenseGrad(dv, v, s.dense)
	return inf.space.ref.logBase + logZ
}

// AddGradLogZGiven sums over the unknown labels only, O(2^unknown).
func (inf *pairwiseInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Set], weight float64) (float64, error) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	o, present, unknown, err := inf.space.observed(e, s.unknown)
	s.unknown = unknown
	if err != nil {
		return math.NaN(), err
	}
	c, ref, k := inf.c, &inf.space.ref, inf.c.k
	u, v := c.split(theta)
	c.dense(s.dense, v)
	s.present = s.present[:0]
	logZ := ref.logBase
	for j := range k {
		if o.Known.Has(j) && o.Values.Has(j) {
			logZ += u[j] + ref.odds[j]
			for _, i := range s.present {
				logZ += s.dense[i*k+j]
			}
			s.present = append(s.present, j)
		}
	}
	s.e.reset(len(unknown), max(0, ref.min-present), min(len(unknown), ref.max-present))
	for a, i := range unknown {
		s.e.v[a] = u[i] + ref.odds[i]
		for _, j := range s.present {
			s.e.v[a] += s.dense[i*k+j]
		}
		for b, j := range unknown {
			s.e.u[a*len(unknown)+b] = s.dense[i*k+j]
		}
	}
	logZ += s.e.logZ(weight != 0)
	if weight == 0 {
		return logZ, nil
	}
	du, dv := c.split(grad)
	d := s.dense
	clear(d)
	pair := func(i, j int, p float64) { d[min(i, j)*k+max(i, j)] = weight * p }
	for at, j := range s.present {
		du[j] += weight
		for _, i := range s.present[:at] {
			pair(i, j, 1)
		}
	}
	for a, i := range unknown {
		du[i] += weight * s.e.one[a]
		for _, j := range s.present {
			pair(i, j, s.e.one[a])
		}
		for b := a + 1; b < len(unknown); b++ {
			pair(i, unknown[b], s.e.two[a*len(unknown)+b])
		}
	}
	c.addDenseGrad(dv, v, d)
	return logZ, nil
}

// LabelMarginals costs O(2^k).
func (inf *pairwiseInference) LabelMarginals(dst []float64, theta structured.Theta) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.e.logZ(true)
	copy(dst, s.e.one)
}

// SampleModel draws the outer labels by their exact probabilities, then the
// inner ones given them: O(2^k) once, and O(2^10) for each distinct outer draw.
func (inf *pairwiseInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	e := &s.e
	e.leaves = make([]float64, 1<<(e.n-e.m))
	e.logZ(false)
	total := 0.0
	for i, mass := range e.leaves {
		total += mass
		e.leaves[i] = total
	}
	rng := stream.New(key)
	type draw struct {
		leaf int
		u    float64
		at   int
	}
	draws := make([]draw, len(ys))
	for i := range draws {
		leaf := searchCumulative(e.leaves, rng.Float64()*total)
		draws[i] = draw{leaf, rng.Float64(), i}
	}
	e.leaves = nil
	slices.SortStableFunc(draws, func(a, b draw) int { return a.leaf - b.leaf })
	s.sums = numeric.Grow(s.sums, len(e.w))
	last, sum := -1, 0.0
	for _, d := range draws {
		if d.leaf != last {
			e.leafWeights(d.leaf)
			sum = 0
			for b, x := range e.w {
				sum += x
				s.sums[b] = sum
			}
			last = d.leaf
		}
		inner := searchCumulative(s.sums, d.u*sum)
		ys[d.at].words[0] = uint64(inner) | uint64(d.leaf)<<e.m
	}
}

// searchCumulative is the first i with u < cumulative[i]; entries that add
// nothing are never found.
func searchCumulative(cumulative []float64, u float64) int {
	i, _ := slices.BinarySearchFunc(cumulative, u, func(c, u float64) int {
		if c > u {
			return 1
		}
		return -1
	})
	return min(i, len(cumulative)-1)
}

// Mode is the best set by enumeration; among equals the first in the order of
// Compare.
func (inf *pairwiseInference) Mode(dst *Set, theta structured.Theta, _ uint64) (float64, bool) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.e.prepare()
	score, inner, outer := s.e.best()
	dst.words[0] = uint64(inner) | uint64(outer)<<s.e.m
	return inf.space.ref.logBase + score, true
}

// KBest goes through all sets, O(2^k) and O(log n) for each that comes among
// the best so far; equals are in the order of Compare.
func (inf *pairwiseInference) KBest(ys []Set, values []float64, theta structured.Theta) int {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.e.prepare()
	items := s.e.kBest(len(ys))
	for i, it := range items {
		ys[i].words[0], values[i] = it.Of, inf.space.ref.logBase+it.Value
	}
	return len(items)
}

// Entropy costs O(2^k), with an exp for every set.
func (inf *pairwiseInference) Entropy(theta structured.Theta) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.e.prepare()
	return s.e.entropy()
}
