package structured

import (
	"context"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// A Metric judges a model on data, to choose an epoch by.
type Metric[Y any] interface {
	// String names the metric in snake case.
	String() string
	// Maximize reports whether larger is better.
	Maximize() bool
	Evaluate(ctx context.Context, m *Model[Y], d *Data[Y]) (float64, error)
}

// ValidationLoss is the weighted mean of the training objective on the data.
// For the exact objective it is the negative log-likelihood, for min-min an
// unbiased estimate of an upper bound of it. Its random numbers are the same
// at every call, so that epochs can be compared.
type ValidationLoss[Y any] struct{}

// String is loss.
func (ValidationLoss[Y]) String() string { return "loss" }

// Maximize is false.
func (ValidationLoss[Y]) Maximize() bool { return false }

// Evaluate returns ErrNoNormalizer for a tau that covers training examples only.
func (ValidationLoss[Y]) Evaluate(ctx context.Context, m *Model[Y], d *Data[Y]) (float64, error) {
	if m.tau != nil && !m.tau.Generalizes() {
		return 0, ErrNoNormalizer
	}
	losses := make([]float64, d.Len())
	err := m.each(ctx, d.X, d.Len(), func(w *worker[Y], lo, n int) error {
		if w.scratch == nil {
			w.scratch = m.criterion.NewScratch()
		}
		b := &w.batch
		b.Y, b.Evidence, b.key = b.Y[:0], b.Evidence[:0], b.key[:0]
		for i := lo; i < lo+n; i++ {
			b.Y = append(b.Y, d.Y[i])
			b.Evidence = append(b.Evidence, d.evidence(i))
			b.key = append(b.key, stream.Key(m.seed, streamValidation, uint64(i)))
		}
		b.Scale, b.DLogits, b.DOwn, b.DTau, b.DAux = nil, nil, nil, nil, nil
		if err := m.criterion.Evaluate(b, w.scratch); err != nil {
			return err
		}
		copy(losses[lo:], b.Loss)
		return nil
	})
	return weightedMean(losses, d), err
}

// NLL is the weighted mean of -log p(y|x), in nats, by the best normaliser the
// model has. Partly observed examples count with what was observed.
type NLL[Y any] struct{}

// String is nll.
func (NLL[Y]) String() string { return "nll" }

// Maximize is false.
func (NLL[Y]) Maximize() bool { return false }

// Evaluate returns the errors of Model.LogProbs. The value is +Inf where a
// structure of positive weight has probability 0.
func (NLL[Y]) Evaluate(ctx context.Context, m *Model[Y], d *Data[Y]) (float64, error) {
	lps, err := m.LogProbs(ctx, d)
	if err != nil {
		return 0, err
	}
	losses := make([]float64, len(lps))
	for i, lp := range lps {
		losses[i] = -lp.Value
	}
	return weightedMean(losses, d), nil
}

func weightedMean[Y any](v []float64, d *Data[Y]) float64 {
	sum, total := 0.0, 0.0
	for i, x := range v {
		if w := d.weight(i); w > 0 {
			sum += w * x
			total += w
		}
	}
	return sum / total
}
