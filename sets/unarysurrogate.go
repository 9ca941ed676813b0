package sets

import "github.com/gibbs-ebm/gibbs/structured"

var _ structured.LogPartitionSurrogate[Set] = (*unaryInference)(nil)

// SurrogateExact returns true: sums over unary scores are cheap.
func (*unaryInference) SurrogateExact() bool { return true }

// Surrogate is log Z.
func (inf *unaryInference) Surrogate(theta structured.Theta) float64 { return inf.LogZ(theta) }

// AddGradSurrogate is that of log Z.
func (inf *unaryInference) AddGradSurrogate(grad, theta structured.Theta, weight float64) float64 {
	return inf.AddGradLogZ(grad, theta, weight)
}
