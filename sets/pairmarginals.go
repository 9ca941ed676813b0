package sets

import "github.com/gibbs-ebm/gibbs/structured"

// PairMarginalizer is the capability of exact marginals of pairs of labels,
// found by type assertion like those of package structured.
type PairMarginalizer interface {
	structured.Inference[Set]
	// PairMarginals overwrites dst, k x k, with P(i and j in y | x), and its
	// diagonal with P(j in y | x).
	PairMarginals(dst []float64, theta structured.Theta)
}

var (
	_ PairMarginalizer = (*unaryInference)(nil)
	_ PairMarginalizer = (*pairwiseInference)(nil)
)

// PairMarginals costs O(k^2), O(k^2 Max) where the reference bounds sizes.
func (inf *unaryInference) PairMarginals(dst []float64, theta structured.Theta) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	k, ref := inf.space.k, &inf.space.ref
	one := s.g
	clear(one)
	s.sizes.logZ(s.v, ref.min, ref.max)
	s.sizes.marginals(one, 1)
	if !ref.bounded() {
		for i, a := range one {
			for j, b := range one {
				dst[i*k+j] = a * b
			}
			dst[i*k+i] = a
		}
		return
	}
	// Given label i the others are unary again, with one fewer to choose.
	clear(dst)
	rest, given := newSizeRecursion(k-1), make([]float64, k-1)
	v := make([]float64, 0, k-1)
	for i, p := range one {
		dst[i*k+i] = p
		if p == 0 {
			continue
		}
		v = append(append(v[:0], s.v[:i]...), s.v[i+1:]...)
		rest.logZ(v, max(0, ref.min-1), min(k-1, ref.max-1))
		clear(given)
		rest.marginals(given, p)
		copy(dst[i*k:], given[:i])
		copy(dst[i*k+i+1:], given[i:])
	}
	symmetrize(dst, k)
}

// PairMarginals costs O(2^k).
func (inf *pairwiseInference) PairMarginals(dst []float64, theta structured.Theta) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.e.logZ(true)
	k := inf.c.k
	for i, p := range s.e.one {
		dst[i*k+i] = p
		for j := i + 1; j < k; j++ {
			x := s.e.two[i*k+j]
			dst[i*k+j], dst[j*k+i] = x, x
		}
	}
}
