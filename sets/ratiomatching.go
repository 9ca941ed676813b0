package sets

import (
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// RatioMatching is ratio matching (Hyvärinen 2007), score matching for binary
// vectors: the ratios of the probabilities of sets that differ in one label are
// matched to those of the data, which comes down to
//
//	loss(x, y) = sum_j sigmoid(s_j)^2,
//
// where s_j is how much log p grows when label j is flipped. It takes k+1 scores
// an example and no normaliser, of any coupling, and is consistent. The loss is
// bounded, so that sets the model finds impossible hardly pull: it starts slower
// than [PseudoLikelihood]. Partly observed sets are ErrPartial, references of one
// fixed size ErrFixedSize.
type RatioMatching struct{}

// String is ratiomatching.
func (RatioMatching) String() string { return "ratiomatching" }

// Validate returns nil.
func (RatioMatching) Validate() error { return nil }

// Bind wants a *Space.
func (o RatioMatching) Bind(p structured.Problem[Set]) (structured.Criterion[Set], error) {
	return bindNeighbours(o.String(), p, func(s float64) (value, slope float64) {
		r := numeric.Sigmoid(s)
		return r * r, 2 * r * r * numeric.Sigmoid(-s)
	})
}
