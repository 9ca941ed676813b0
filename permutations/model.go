package permutations

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Model is a learned p(y|x) over the orderings of K labels. It is immutable
// and safe for concurrent use. Scores, probabilities, modes and samples are
// those of structured.Model.
type Model struct {
	*structured.Model[Ordering]
	space  *Space
	stored saved
}

// K is the number of labels.
func (m *Model) K() int { return m.space.k }

// LogProbs returns log p(y|x) for each example; for examples that are partly
// known, that of what is known.
func (m *Model) LogProbs(ctx context.Context, d Data) ([]structured.LogProb, error) {
	s, err := d.Structured()
	if err != nil {
		return nil, err
	}
	return m.Model.LogProbs(ctx, &s)
}

// rows is the number of rows of X; nil, for an unconditional model, is one.
func rows(X mat.Matrix) int {
	if X == nil {
		return 1
	}
	n, _ := X.Dims()
	return n
}

// PositionMarginals returns, for each row of X, the probabilities that label i
// is at rank r, K x K and doubly stochastic. They are exact; where the coupling
// has no exact inference the error is structured.ErrIntractable.
func (m *Model) PositionMarginals(ctx context.Context, X mat.Matrix) ([]*mat.Dense, error) {
	inf, ok := m.Inference().(positionMarginalizer)
	if !ok || !m.Likelihood() {
		return nil, structured.ErrIntractable
	}
	return m.matrices(ctx, X, inf.positionMarginals)
}

// PairMarginals returns, for each row of X, the probabilities that label i
// comes before label j, K x K with a diagonal of 0; see PositionMarginals.
func (m *Model) PairMarginals(ctx context.Context, X mat.Matrix) ([]*mat.Dense, error) {
	inf, ok := m.Inference().(pairMarginalizer)
	if !ok || !m.Likelihood() {
		return nil, structured.ErrIntractable
	}
	return m.matrices(ctx, X, inf.pairMarginals)
}

func (m *Model) matrices(ctx context.Context, X mat.Matrix, fill func(dst []float64, theta structured.Theta)) ([]*mat.Dense, error) {
	out, k := make([]*mat.Dense, rows(X)), m.space.k
	err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
		dst := make([]float64, k*k)
		fill(dst, theta)
		out[i] = mat.NewDense(k, k, dst)
		return nil
	})
	return out, err
}

// Decide returns, for each row of X, the ordering of the least expected loss
// under the model, with that expectation.
func (m *Model) Decide(ctx context.Context, X mat.Matrix, loss Loss) ([]Decision, error) {
	if !m.Likelihood() {
		return nil, structured.ErrIntractable
	}
	out := make([]Decision, rows(X))
	err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) (err error) {
		out[i], err = Decide(m.Inference(), theta, loss)
		return err
	})
	return out, err
}
