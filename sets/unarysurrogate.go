package sets

import (
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

var _ structured.LogPartitionSurrogate[Set] = (*unaryInference)(nil)

// SurrogateBase is exact: sums over unary scores are cheap.
func (*unaryInference) SurrogateBase() logpart.Base { return logpart.ExactBase }

// Surrogate is log Z.
func (inf *unaryInference) Surrogate(theta structured.Theta) float64 { return inf.LogZ(theta) }

// AddGradSurrogate is that of log Z.
func (inf *unaryInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	return inf.AddGradLogZ(grad, theta, weight)
}
