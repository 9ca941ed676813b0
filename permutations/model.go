package permutations

import (
	"context"
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Model is a learned p(y|x) over the orderings of K labels. It is immutable
// and safe for concurrent use. Scores, probabilities, modes, the most probable
// orderings, entropies and samples are those of structured.Model.
type Model struct{ *structured.Model[Ordering] }

// Shifted is the model with c added to its tau; see structured.Model.Shifted.
func (m *Model) Shifted(c float64) (*Model, error) {
	of, err := m.Model.Shifted(c)
	if err != nil {
		return nil, err
	}
	return &Model{of}, nil
}

// K is the number of labels.
func (m *Model) K() int { return m.Space().(*Space).k }

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
// is at rank r, K x K and doubly stochastic. They are exact; where neither the
// coupling has exact inference nor the orderings can be listed the error is
// structured.ErrIntractable.
func (m *Model) PositionMarginals(ctx context.Context, X mat.Matrix) ([]*mat.Dense, error) {
	inf, ok := m.Inference().(PositionMarginalizer)
	if !ok || !m.Likelihood() {
		return m.listed(ctx, X, needsPositions)
	}
	return m.matrices(ctx, X, func(dst []float64, theta structured.Theta) error {
		inf.PositionMarginals(dst, theta)
		return checkPositions(dst, m.K())
	})
}

// PairMarginals returns, for each row of X, the probabilities that label i
// comes before label j, K x K with a diagonal of 0; see PositionMarginals.
func (m *Model) PairMarginals(ctx context.Context, X mat.Matrix) ([]*mat.Dense, error) {
	inf, ok := m.Inference().(PairMarginalizer)
	if !ok || !m.Likelihood() {
		return m.listed(ctx, X, needsPairs)
	}
	return m.matrices(ctx, X, func(dst []float64, theta structured.Theta) error {
		inf.PairMarginals(dst, theta)
		return checkPairs(dst, m.K())
	})
}

// listed takes the marginals from a list of all orderings.
func (m *Model) listed(ctx context.Context, X mat.Matrix, n need) ([]*mat.Dense, error) {
	if m.K() > MaxListed {
		return nil, structured.ErrIntractable
	}
	return m.matrices(ctx, X, func(dst []float64, theta structured.Theta) error {
		b, _, err := m.beliefs(theta, n)
		copy(dst, b.position)
		copy(dst, b.pair)
		return err
	})
}

func (m *Model) matrices(ctx context.Context, X mat.Matrix, fill func(dst []float64, theta structured.Theta) error) ([]*mat.Dense, error) {
	out, k := make([]*mat.Dense, rows(X)), m.K()
	err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
		dst := make([]float64, k*k)
		out[i] = mat.NewDense(k, k, dst)
		return fill(dst, theta)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// SampleChains draws n orderings from p(.|x) by Markov chains, one for each, that
// start from the reference: for models too large for Sample. The draws are
// independent and consistent in the number of steps, and not exact for any. It
// is structured.ErrIntractable under losses other than the softmax.
func (m *Model) SampleChains(x []float64, n int, kernel Metropolis, rng *rand.Rand) ([]Ordering, error) {
	switch {
	case rng == nil:
		return nil, structured.ErrNoSource
	case n < 0:
		return nil, fmt.Errorf("permutations: %d samples: want at least 0", n)
	case !m.Likelihood():
		return nil, fmt.Errorf("chains: %w", structured.ErrIntractable)
	}
	chains, err := kernel.Bind(structured.Problem[Ordering]{Space: m.Space(), Coupling: m.Coupling()})
	if err != nil {
		return nil, err
	}
	var X mat.Matrix
	if len(x) > 0 {
		X = mat.NewDense(1, len(x), x)
	}
	ys := m.Space().Make(n)
	m.Space().Sample(ys, rng)
	err = m.EachTheta(context.Background(), X, func(_ int, theta structured.Theta) error {
		chains.Run(ys, theta, rng.Uint64())
		return nil
	})
	return ys, err
}
