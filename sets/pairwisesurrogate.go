package sets

import (
	"sync"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// MaxCheap is the largest number of labels over which a sum over all sets costs
// no more than belief propagation: pairwise surrogates of log Z are exact then.
const MaxCheap = 14

var (
	_ structured.LogPartitionSurrogate[Set] = (*pairwiseInference)(nil)
	_ structured.LogPartitionSurrogate[Set] = (*pairwiseSearch)(nil)
)

var cutsets = sync.Pool{New: func() any { return new(cutset) }}

// SurrogateBase is exact for at most MaxCheap labels, and otherwise that of
// pairwiseSearch.
func (inf *pairwiseInference) SurrogateBase() logpart.Base {
	if inf.c.k <= MaxCheap {
		return logpart.ExactBase
	}
	return approximateBase(inf.space)
}

// approximateBase says that belief propagation does not know bounds of sizes.
func approximateBase(s *Space) logpart.Base {
	if s.ref.bounded() {
		return logpart.NoBase
	}
	return logpart.ApproximateBase
}

// Surrogate is log Z for at most MaxCheap labels, and otherwise Bethe's
// approximation by belief propagation, O(k^2) a sweep, with the labels that
// interact most summed over exactly: 4 of them up to 20 labels, fewer beyond.
// It is neither bound nor unbiased. For a reference with bounded sizes it leaves
// the bounds out, and is too large by minus the log of the probability of
// meeting them.
func (inf *pairwiseInference) Surrogate(theta structured.Theta) float64 {
	if inf.SurrogateBase() == logpart.ExactBase {
		return inf.LogZ(theta)
	}
	return inf.c.bethe(structured.Theta{}, theta, inf.space, 0)
}

// AddGradSurrogate costs as much as the value and O(k^2) more.
func (inf *pairwiseInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	if inf.SurrogateBase() == logpart.ExactBase {
		return inf.AddGradLogZ(grad, theta, weight)
	}
	return inf.c.bethe(grad, theta, inf.space, weight)
}

// SurrogateBase is an approximation, but for references that bound sizes.
func (inf *pairwiseSearch) SurrogateBase() logpart.Base { return approximateBase(inf.space) }

// Surrogate is Bethe's approximation; see that of fewer labels.
func (inf *pairwiseSearch) Surrogate(theta structured.Theta) float64 {
	return inf.c.bethe(structured.Theta{}, theta, inf.space, 0)
}

// AddGradSurrogate costs as much as the value and O(k^2) more.
func (inf *pairwiseSearch) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	return inf.c.bethe(grad, theta, inf.space, weight)
}

// bethe returns the approximation by cutset and adds weight times its gradient.
func (c *pairwise) bethe(grad, theta structured.Theta, space *Space, weight float64) float64 {
	s := cutsets.Get().(*cutset)
	defer cutsets.Put(s)
	c.fillCutset(s, theta, space)
	_, v := c.split(theta)
	logZ := space.ref.logBase + s.logZ(weight != 0, betheTolerance)
	if weight == 0 {
		return logZ
	}
	du, dv := c.split(grad)
	for j, p := range s.one {
		du[j] += weight * p
	}
	for i := range s.two {
		s.two[i] *= weight
	}
	c.addDenseGrad(dv, v, s.two)
	return logZ
}

// fillCutset readies s for theta.
func (c *pairwise) fillCutset(s *cutset, theta structured.Theta, space *Space) {
	b := &s.all
	b.reset(c.k)
	u, v := c.split(theta)
	for j := range b.v {
		b.v[j] = u[j] + space.ref.odds[j]
	}
	c.dense(b.u, v)
}
