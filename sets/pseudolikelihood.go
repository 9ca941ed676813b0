package sets

import (
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// PseudoLikelihood is maximum pseudo-likelihood (Besag 1975): the likelihood of
// each label given all others,
//
//	loss(x, y) = -sum_j log p(y_j | y_-j, x) = sum_j softplus(s_j),
//
// where s_j is how much log p grows when label j is flipped. It takes k+1 scores
// an example and no normaliser, of any coupling; it is consistent, and less
// efficient than the likelihood, which it is for [Unary] scores. Partly observed
// sets are ErrPartial, references of one fixed size ErrFixedSize.
type PseudoLikelihood struct{}

// String is pseudolikelihood.
func (PseudoLikelihood) String() string { return "pseudolikelihood" }

// Validate returns nil.
func (PseudoLikelihood) Validate() error { return nil }

// Bind wants a *Space.
func (o PseudoLikelihood) Bind(p structured.Problem[Set]) (structured.Criterion[Set], error) {
	return bindNeighbours(o.String(), p, func(s float64) (value, slope float64) {
		return numeric.Softplus(s), numeric.Sigmoid(s)
	})
}
