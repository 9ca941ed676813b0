package sets

import (
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Sums that cost little more than a few draws are the base of tau themselves.
var (
	_ structured.LogPartitionSurrogate[Set] = (*sparseInference)(nil)
	_ structured.LogPartitionSurrogate[Set] = (*determinantalInference)(nil)
	_ structured.LogPartitionSurrogate[Set] = (*powersetInference)(nil)
)

// SurrogateBase is exact where the recursion has no more states than there are
// sets of MaxCheap labels; there is no surrogate of wider graphs.
func (inf *sparseInference) SurrogateBase() logpart.Base {
	if inf.r.states <= 1<<MaxCheap {
		return logpart.ExactBase
	}
	return logpart.NoBase
}

// Surrogate is log Z.
func (inf *sparseInference) Surrogate(theta structured.Theta) float64 { return inf.LogZ(theta) }

// AddGradSurrogate is that of log Z.
func (inf *sparseInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	return inf.AddGradLogZ(grad, theta, weight)
}

// SurrogateBase is exact: a determinant.
func (*determinantalInference) SurrogateBase() logpart.Base { return logpart.ExactBase }

// Surrogate is log Z.
func (inf *determinantalInference) Surrogate(theta structured.Theta) float64 { return inf.LogZ(theta) }

// AddGradSurrogate is that of log Z.
func (inf *determinantalInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	return inf.AddGradLogZ(grad, theta, weight)
}

// SurrogateBase is exact: a sum over the sets that are listed.
func (*powersetInference) SurrogateBase() logpart.Base { return logpart.ExactBase }

// Surrogate is log Z.
func (inf *powersetInference) Surrogate(theta structured.Theta) float64 { return inf.LogZ(theta) }

// AddGradSurrogate is that of log Z.
func (inf *powersetInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	return inf.AddGradLogZ(grad, theta, weight)
}
