package sets

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/structured"
)

// SizeMarginalizer is the capability of exact marginals together with the number
// of labels, which decisions for [FBeta] and [RecallAt] are made from; found by
// type assertion like those of package structured.
type SizeMarginalizer interface {
	structured.Inference[Set]
	// SizeMarginals overwrites size, of length k+1, with P(|y| = s | x), and
	// joint, k x k, with P(j in y, |y| = s | x) at j*k + s-1.
	SizeMarginals(size, joint []float64, theta structured.Theta)
}

// sizedLabeler is inference over distributions in which labels may depend on
// each other through their number alone.
type sizedLabeler interface {
	// sizedLabels returns the distribution, nil if labels depend on each other
	// in other ways.
	sizedLabels(theta structured.Theta) *sizedLabels
}

var (
	_ sizedLabeler     = (*unaryInference)(nil)
	_ sizedLabeler     = (*sparseInference)(nil)
	_ SizeMarginalizer = (*pairwiseInference)(nil)
)

func (inf *unaryInference) sizedLabels(theta structured.Theta) *sizedLabels {
	return inf.space.ref.sizedLabels(theta.Logits, nil)
}

func (inf *sparseInference) sizedLabels(theta structured.Theta) *sizedLabels {
	if len(inf.c.edges) > 0 {
		return nil
	}
	u, _, h := inf.c.split(theta)
	return inf.space.ref.sizedLabels(u, h)
}

// sizedLabels is q exp(<u,y> + h(|y|)), h may be nil.
func (r *reference) sizedLabels(u, h []float64) *sizedLabels {
	s := &sizedLabels{v: make([]float64, len(u))}
	floats.AddTo(s.v, u, r.odds)
	if h == nil && !r.bounded() {
		return s
	}
	s.h = make([]float64, len(u)+1)
	copy(s.h, h)
	for i := range s.h {
		if i < r.min || i > r.max {
			s.h[i] = math.Inf(-1)
		}
	}
	return s
}

// SizeMarginals costs O(2^k), with an exp for every set.
func (inf *pairwiseInference) SizeMarginals(size, joint []float64, theta structured.Theta) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.e.sizeMarginals(size, joint)
}

// sizeMarginals sums the probabilities of the inner subsets over all leaves with
// as many outer labels, and looks at the labels of inner subsets only then.
func (e *enumeration) sizeMarginals(size, joint []float64) {
	logZ, k, outer := e.logZ(false), e.n, e.n-e.m
	e.prepare()
	clear(size)
	clear(joint)
	sums := make([][]float64, outer+1) // by number of outer labels
	for i := range sums {
		sums[i] = make([]float64, len(e.w))
	}
	bySize := make([]float64, e.m+1)
	e.eachLeaf(func(g float64, leaf int) {
		kernel.ExpSum(e.w, e.w, logZ-g)
		kernel.Axpy(sums[len(e.path)], 1, e.w)
		if leaf == 0 {
			return
		}
		clear(bySize)
		for b, p := range e.w {
			bySize[bits.OnesCount(uint(b))] += p
		}
		for _, i := range e.path {
			floats.Add(joint[i*k+len(e.path)-1:i*k+len(e.path)+e.m], bySize)
		}
	})
	for count, sum := range sums {
		for b, p := range sum {
			s := count + bits.OnesCount(uint(b))
			size[s] += p
			for rest := uint(b); rest != 0; rest &= rest - 1 {
				joint[bits.TrailingZeros(rest)*k+s-1] += p
			}
		}
	}
}
