package permutations

import (
	"sync"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// MaxCheap is the largest number of labels over which a sum over all orderings
// costs no more than the fractional Bethe permanent: surrogates of log Z are
// exact then.
const MaxCheap = 12

var (
	_ structured.LogPartitionSurrogate[Ordering] = (*exactInference)(nil)
	_ structured.LogPartitionSurrogate[Ordering] = (*assignmentInference)(nil)
)

// SurrogateBase is exact for at most MaxCheap labels, and wherever log q + g is
// no sum over labels at their ranks, of which no better is known.
func (inf *exactInference) SurrogateBase() logpart.Base {
	if inf.k <= MaxCheap || !inf.byPosition() {
		return logpart.ExactBase
	}
	return logpart.ApproximateBase
}

// Surrogate is log Z, or the fractional Bethe permanent, O(k^2) a sweep.
func (inf *exactInference) Surrogate(theta structured.Theta) float64 {
	if inf.SurrogateBase() == logpart.ExactBase {
		return inf.LogZ(theta)
	}
	return inf.surrogate(structured.Theta{}, theta, 0)
}

// AddGradSurrogate costs as much as the value and O(k^2) more.
func (inf *exactInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	if inf.SurrogateBase() == logpart.ExactBase {
		return inf.AddGradLogZ(grad, theta, weight)
	}
	return inf.surrogate(grad, theta, weight)
}

// SurrogateBase is an approximation.
func (inf *assignmentInference) SurrogateBase() logpart.Base { return logpart.ApproximateBase }

// Surrogate is the fractional Bethe permanent, O(k^2) a sweep.
func (inf *assignmentInference) Surrogate(theta structured.Theta) float64 {
	return inf.surrogate(structured.Theta{}, theta, 0)
}

// AddGradSurrogate costs as much as the value and O(k^2) more.
func (inf *assignmentInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	return inf.surrogate(grad, theta, weight)
}

var fractionals sync.Pool // of *fractional

// surrogate is the fractional Bethe permanent of the terms of log q + g; weight
// times its gradient is added.
func (inf *inference) surrogate(grad, theta structured.Theta, weight float64) float64 {
	f, ok := fractionals.Get().(*fractional)
	if !ok || f.k != inf.k {
		f = newFractional(inf.k)
	}
	defer fractionals.Put(f)
	inf.positionTerms(f.a, theta)
	value := inf.terms.base + f.logPermanent()
	if weight != 0 {
		inf.c.addTerms(grad, f.p, weight)
	}
	return value
}
