package sets

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Model is a learned p(y|x) over subsets of K labels. It is immutable and safe
// for concurrent use. Scores, probabilities, modes, the most probable sets,
// entropies and samples are those of structured.Model.
type Model struct{ *structured.Model[Set] }

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

// LogProbs returns log p(y|x) for each example; for examples with missing
// labels, that of the observed ones.
func (m *Model) LogProbs(ctx context.Context, d Data) ([]structured.LogProb, error) {
	s, err := d.Structured()
	if err != nil {
		return nil, err
	}
	return m.Model.LogProbs(ctx, &s)
}

// Marginals returns P(j in y | x) for each row of X, n x K. They are exact
// where the coupling has exact inference or the sets can be listed, and
// otherwise importance sampling estimates; see structured.Model.Expect.
func (m *Model) Marginals(ctx context.Context, X mat.Matrix) (*mat.Dense, structured.Normalization, error) {
	n, k := 1, m.K()
	if X != nil {
		if n, _ = X.Dims(); n == 0 {
			return nil, structured.Exact, structured.ErrNoExamples
		}
	}
	out := mat.NewDense(n, k, nil)
	row := func(i int) []float64 { return out.RawRowView(i)[:k] }
	if exact, ok := m.Inference().(LabelMarginalizer); ok && m.Likelihood() {
		err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
			exact.LabelMarginals(row(i), theta)
			return nil
		})
		return out, structured.Exact, err
	}
	kinds := make([]structured.Normalization, n)
	key := stream.Key(m.Seed(), streamMarginals)
	err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) (err error) {
		var b bitScore
		kinds[i], err = m.Expect(theta, key, func(ys []Set, p []float64) { b.addWeighted(row(i), ys, p) })
		return err
	})
	return out, kinds[0], err
}

// streamMarginals tells the draws of Marginals from others of the same seed.
const streamMarginals = 0x6d617267
