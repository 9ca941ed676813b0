package sets

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Model is a learned p(y|x) over subsets of K labels. It is immutable and safe
// for concurrent use. Scores, probabilities, modes and samples are those of
// structured.Model.
type Model struct {
	*structured.Model[Set]
	space  *Space
	stored description
}

// K is the number of labels.
func (m *Model) K() int { return m.space.k }

// LogProbs returns log p(y|x) for each example; for examples with missing
// labels, that of the observed ones.
func (m *Model) LogProbs(ctx context.Context, d Data) ([]structured.LogProb, error) {
	s, err := d.Structured()
	if err != nil {
		return nil, err
	}
	return m.Model.LogProbs(ctx, &s)
}

// marginalDraws is the size of the sample behind estimated marginals.
const marginalDraws = 4096

// Marginals returns P(j in y | x) for each row of X, n x K. They are exact
// where the coupling has exact inference or the sets can be listed, and
// otherwise self-normalised importance sampling estimates from 4,096 draws of
// the Marginal proposal (consistent; biased of order 1/draws).
func (m *Model) Marginals(ctx context.Context, X mat.Matrix) (*mat.Dense, structured.Normalization, error) {
	n := 1
	if X != nil {
		n, _ = X.Dims()
	}
	if n == 0 {
		return &mat.Dense{}, structured.Exact, nil
	}
	out, k := mat.NewDense(n, m.space.k, nil), m.space.k
	row := func(i int) []float64 { return out.RawRowView(i)[:k] }
	f := m.Generator()
	if exact, ok := m.Inference().(marginalizer); ok && f == fenchel.Softmax {
		err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
			exact.marginals(row(i), theta)
			return nil
		})
		return out, structured.Exact, err
	}
	how := structured.Exact
	coupling := m.Coupling()
	var proposal structured.Proposal[Set]
	listed := m.space.Enumerate(1) != nil
	if !listed {
		var err error
		how = structured.Estimate
		proposal, err = Marginal{}.Bind(structured.Problem[Set]{Space: m.space, Coupling: coupling})
		if err != nil {
			return nil, how, err
		}
	}
	key := stream.Key(m.Seed(), 0x6d617267)
	err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
		var ys []Set
		var logw []float64 // of the reference probabilities or weights, which sum to 1
		if listed {
			for piece := range m.space.Enumerate(1 << m.space.k) {
				ys = piece
			}
			logw = make([]float64, len(ys))
			m.space.LogProb(logw, ys)
		} else {
			ys, logw = m.space.Make(marginalDraws), make([]float64, marginalDraws)
			proposal.Sample(ys, logw, theta, key)
			logq := make([]float64, len(ys))
			m.space.LogProb(logq, ys)
			for j := range logw {
				logw[j] = logq[j] - logw[j]
			}
			norm := logSumExp(logw)
			for j := range logw {
				logw[j] -= norm
			}
		}
		scores := make([]float64, len(ys))
		coupling.Score(scores, theta, ys)
		for j, l := range logw {
			logw[j] = math.Exp(l)
		}
		q := logw
		tau, _, err := fenchel.Threshold(f, scores, q)
		if err != nil {
			return err
		}
		for j := range scores {
			scores[j] = f.Ratio(scores[j]-tau) * q[j]
		}
		var b bitScore
		b.addWeighted(row(i), ys, scores)
		return nil
	})
	return out, how, err
}
