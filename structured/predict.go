package structured

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// Score returns g(x, y), larger being better.
func (m *Model[Y]) Score(x []float64, y Y) (float64, error) {
	if err := m.space.Check(y); err != nil {
		return 0, &DataError{What: "Y", Column: -1, Err: err}
	}
	var score [1]float64
	err := m.EachTheta(context.Background(), rowMatrix(x), func(_ int, theta Theta) error {
		m.coupling.Score(score[:], theta, []Y{y})
		return nil
	})
	return score[0], err
}

// LogProb returns log p(y|x) with the best normaliser the model has. y is
// complete: for examples of which only a part is known use LogProbs, with
// Evidence.
func (m *Model[Y]) LogProb(x []float64, y Y) (LogProb, error) {
	lps, err := m.LogProbs(context.Background(), &Data[Y]{X: rowMatrix(x), Y: []Y{y}})
	if err != nil {
		return LogProb{}, err
	}
	return lps[0], nil
}

// LogProbs returns log p(y|x) for each example, with the best normaliser the
// model has; for rows of weight 0 the number means nothing. Where d has Evidence for a row, it is the log-probability of what
// was observed, which needs a coupling that can condition on it exactly.
func (m *Model[Y]) LogProbs(ctx context.Context, d *Data[Y]) ([]LogProb, error) {
	kept, err := d.validate(m.space)
	if err != nil {
		return nil, err
	}
	d = d.masked(kept)
	out := make([]LogProb, d.Len())
	err = m.each(ctx, d.X, d.Len(), func(w *worker[Y], lo, rows int) error {
		var score, logq [1]float64
		for i := range rows {
			n, err := m.normalizer(&w.batch, i)
			if err != nil {
				return err
			}
			theta := w.batch.Theta(i)
			if e := d.evidence(lo + i); e != nil {
				if out[lo+i], err = m.evidenceLogProb(n, theta, e); err != nil {
					return fmt.Errorf("row %d: %w", lo+i, err)
				}
				continue
			}
			m.coupling.Score(score[:], theta, d.Y[lo+i:lo+i+1])
			m.space.LogProb(logq[:], d.Y[lo+i:lo+i+1])
			out[lo+i] = n.logProb(m.criterion.Generator(), score[0], logq[0])
		}
		return nil
	})
	return out, err
}

// evidenceLogProb is log p(e|x) = log sum_{y in e} p(y|x).
func (m *Model[Y]) evidenceLogProb(n Normalizer, theta Theta, e Evidence[Y]) (LogProb, error) {
	f := m.criterion.Generator()
	if c, ok := m.inference.(ConditionalLogPartition[Y]); ok && f == fenchel.Softmax {
		logZ, err := c.AddGradLogZGiven(Theta{}, theta, e, 0)
		return n.logProb(f, logZ, 0), err
	}
	c, ok := m.space.(Completer[Y])
	if !ok {
		return LogProb{}, &unsupportedEvidence{}
	}
	ys := m.space.Make(maxCompletions)
	scores, logq := make([]float64, maxCompletions), make([]float64, maxCompletions)
	count, exact, logProb, err := c.Complete(ys, logq, e, stream.New(stream.Key(m.seed, streamEvidence)))
	if err != nil {
		return LogProb{}, err
	}
	m.coupling.Score(scores[:count], theta, ys[:count])
	sum := math.Inf(-1)
	var p LogProb
	for i := range count {
		p = n.logProb(f, scores[i], logq[i]+logProb)
		sum = numeric.LogAddExp(sum, p.Value)
	}
	if !exact {
		n = estimate(n.Value)
	}
	p = n.logProb(fenchel.Softmax, 0, 0)
	return LogProb{Value: sum, Kind: n.Kind, Confidence: n.Confidence, Error: p.Error, Normalizer: n.Value, Lower: sum + p.Lower - p.Value, Upper: sum + p.Upper - p.Value}, nil
}

// Prediction is a mode: a structure of highest probability.
type Prediction[Y any] struct {
	Y Y
	// Value is log q(y) + g(x, y).
	Value float64
	// Proven says that no structure has a higher value; otherwise Y is the
	// best that was found.
	Proven bool
}

// ErrNoMode is returned where the coupling cannot look for modes.
var ErrNoMode = errors.New("structured: the coupling cannot find modes over this space")

// Modes returns the mode of p(y|x) for each row of X. Under a loss other than
// the softmax the mode is that of the same scores.
func (m *Model[Y]) Modes(ctx context.Context, X mat.Matrix) ([]Prediction[Y], error) {
	if m.inference == nil {
		return nil, ErrNoMode
	}
	n := rowsOf(X)
	out, ys := make([]Prediction[Y], n), m.space.Make(n)
	key := stream.Key(m.seed, streamMode)
	err := m.EachTheta(ctx, X, func(i int, theta Theta) error {
		v, proven := m.inference.Mode(&ys[i], theta, key)
		out[i] = Prediction[Y]{Y: ys[i], Value: v, Proven: proven}
		return nil
	})
	return out, err
}

// Predict returns the mode of p(y|x) for each row of X.
func (m *Model[Y]) Predict(ctx context.Context, X mat.Matrix) ([]Y, error) {
	modes, err := m.Modes(ctx, X)
	if err != nil {
		return nil, err
	}
	ys := make([]Y, len(modes))
	for i := range modes {
		ys[i] = modes[i].Y
	}
	return ys, nil
}

// PredictData returns the mode of p(y|x) for each example of d; of a model
// without features one answer serves them all.
func (m *Model[Y]) PredictData(ctx context.Context, d *Data[Y]) ([]Y, error) {
	modes, err := m.Predict(ctx, d.X)
	if err != nil {
		return nil, err
	}
	for d.X == nil && len(modes) < d.Len() {
		modes = append(modes, modes[0])
	}
	return modes, nil
}

// ErrNoSource is returned where randomness was asked for without a source.
var ErrNoSource = errors.New("structured: a *rand.Rand is needed")

// Sample draws n structures from p(y|x) and says how: Exact for independent
// exact draws, Estimate for draws resampled by weight from 4,096 draws of the
// proposal that the model was trained with, or of the reference. It is
// ErrUnevenWeights where those do not cover the model.
func (m *Model[Y]) Sample(x []float64, n int, rng *rand.Rand) ([]Y, Normalization, error) {
	if rng == nil {
		return nil, Estimate, ErrNoSource
	}
	if n < 0 {
		return nil, Estimate, fmt.Errorf("structured: %d samples: want at least 0", n)
	}
	ys, how := m.space.Make(n), Exact
	err := m.EachTheta(context.Background(), rowMatrix(x), func(_ int, theta Theta) error {
		if s, ok := m.inference.(ExactSampler[Y]); ok && m.Likelihood() {
			s.SampleModel(ys, theta, rng.Uint64())
			return nil
		}
		s, err := m.supportOf(theta, rng.Uint64())
		if err != nil {
			return err
		}
		how = s.kind
		total := 0.0
		for i, p := range s.p {
			total += p
			s.p[i] = total
		}
		wanted := map[int][]int{} // by place in the support
		for j := range ys {
			at := search(s.p, rng.Float64()*total)
			wanted[at] = append(wanted[at], j)
		}
		s.each(func(at int, piece []Y) {
			for i := range piece {
				for _, j := range wanted[at+i] {
					m.space.Copy(&ys[j], piece[i])
				}
			}
		})
		return nil
	})
	if err != nil {
		return nil, how, err
	}
	return ys, how, nil
}

// search is the first i with u < cumulative[i], or the last where rounding
// leaves none.
func search(cumulative []float64, u float64) int {
	lo, hi := 0, len(cumulative)-1
	for lo < hi {
		if mid := (lo + hi) / 2; u < cumulative[mid] {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
