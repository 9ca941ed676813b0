package structured

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/logpart"
)

// Certificate says how normalisers are to be bounded, with a probability that
// is stated and kept: over the draws, for each x, the true log Z(x) is within
// the interval with probability Confidence at least, whatever the model is.
//
//   - Exact sums and certain bounds of the inference (LogPartitionBounds) come
//     first, and hold always.
//   - Where the weights exp(g) q/r of the proposal are known to be bounded, from
//     the mode or by the proposal itself (WeightBounder), the empirical
//     Bernstein inequality bounds log Z on both sides: narrow where the bound is
//     small against Samples times Z.
//   - Otherwise Markov's inequality bounds log Z from below by the estimate of
//     it, less log 1/(1 - Confidence); from above it stays unbounded.
//
// Standard errors make no such promise; see ImportanceNormalizers for these.
type Certificate struct {
	// Confidence is in (0, 1); 0 stands for 0.95.
	Confidence float64
	// Samples is the number of draws, at least 2; 0 stands for 16,384.
	Samples int
}

func (c Certificate) confidence() float64 {
	if c.Confidence == 0 {
		return 0.95
	}
	return c.Confidence
}

// Validate reports the first setting that makes no sense, if any.
func (c Certificate) Validate() error {
	if p := c.confidence(); !(p > 0 && p < 1) {
		return fmt.Errorf("structured: Certificate.Confidence %g is not in (0, 1)", p)
	}
	if n := orDefault(c.Samples, 1<<14); n < 2 {
		return fmt.Errorf("structured: Certificate.Samples %d: want at least 2", n)
	}
	return nil
}

// WeightBounder is a bound Proposal that can bound its weights.
type WeightBounder[Y any] interface {
	Proposal[Y]
	// MaxLogWeight returns a number that log q(y) + g(x,y) - log r(y) exceeds
	// for no y, up to rounding; +Inf where it knows none.
	MaxLogWeight(theta Theta) float64
}

// CertifiedNormalizers bounds log Z(x) for each row of X: exact numbers, or
// intervals with their confidence. The Value of an interval is tau where the
// model has one and it lies inside, and the estimate from the draws otherwise.
// It is for models of the softmax loss, ErrIntractable for others that have no
// exact normaliser. The draws are the same at every call, and for every row.
func (m *Model[Y]) CertifiedNormalizers(ctx context.Context, X mat.Matrix, c Certificate) ([]Normalizer, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	out := make([]Normalizer, rowsOf(X))
	err := m.each(ctx, X, len(out), func(w *worker[Y], lo, rows int) (err error) {
		for i := 0; i < rows && err == nil; i++ {
			out[lo+i], err = m.certified(&w.batch, i, c)
		}
		return err
	})
	return out, err
}

// CertifiedLogProbs returns log p(y|x) for each example with the normalisers of
// CertifiedNormalizers; its bounds hold with the same probability. Evidence is
// ErrPartial.
func (m *Model[Y]) CertifiedLogProbs(ctx context.Context, d *Data[Y], c Certificate) ([]LogProb, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	kept, err := d.validate(m.space)
	if err != nil {
		return nil, err
	}
	d = d.masked(kept)
	out := make([]LogProb, d.Len())
	err = m.each(ctx, d.X, d.Len(), func(w *worker[Y], lo, rows int) error {
		var score, logq [1]float64
		for i := range rows {
			if d.evidence(lo+i) != nil {
				return fmt.Errorf("row %d: %w", lo+i, ErrPartial)
			}
			n, err := m.certified(&w.batch, i, c)
			if err != nil {
				return err
			}
			y := d.Y[lo+i : lo+i+1]
			m.coupling.Score(score[:], w.batch.Theta(i), y)
			m.space.LogProb(logq[:], y)
			out[lo+i] = n.logProb(m.criterion.Generator(), score[0], logq[0])
		}
		return nil
	})
	return out, err
}

func (m *Model[Y]) certified(b *Batch[Y], i int, c Certificate) (Normalizer, error) {
	return m.once(b, i, func() (Normalizer, error) { return m.certify(b, i, c) })
}

func (m *Model[Y]) certify(b *Batch[Y], i int, c Certificate) (Normalizer, error) {
	theta := b.Theta(i)
	v, ok, err := m.exactNormalizer(theta)
	if err != nil {
		return Normalizer{}, err
	}
	if ok {
		return exactly(v), nil
	}
	if !m.Likelihood() {
		return Normalizer{}, fmt.Errorf("bounds under a loss other than the softmax: %w", ErrIntractable)
	}
	bounds, value := logpart.Everything(), math.NaN()
	if z, ok := m.inference.(LogPartitionBounds[Y]); ok {
		n := z.LogZBounds(theta)
		bounds = logpart.Bounds{Lower: n.Lower, Upper: n.Upper, Confidence: n.Confidence}
		value = n.Value
	}
	drawn, mean, err := m.drawnBounds(theta, c)
	if err != nil && !errors.Is(err, ErrImproper) {
		return Normalizer{}, err
	}
	if err == nil {
		if bounds = bounds.And(drawn); mean >= bounds.Lower && mean <= bounds.Upper {
			value = mean
		}
	} else if math.IsInf(bounds.Upper, 1) && math.IsInf(bounds.Lower, -1) {
		return Normalizer{}, err
	}
	if b.Tau != nil && b.Tau[i] >= bounds.Lower && b.Tau[i] <= bounds.Upper {
		value = b.Tau[i]
	}
	if !(value >= bounds.Lower) {
		value = bounds.Lower
	}
	return Normalizer{
		Value: min(value, bounds.Upper), Kind: Interval, Lower: bounds.Lower, Upper: bounds.Upper, Confidence: bounds.Confidence,
	}, nil
}

// drawnBounds are those of fresh draws, with their estimate of log Z.
func (m *Model[Y]) drawnBounds(theta Theta, c Certificate) (b logpart.Bounds, mean float64, err error) {
	logw, scores, err := m.weights(theta, orDefault(c.Samples, 1<<14), stream.Key(m.seed, streamCertificate))
	if err != nil {
		return b, 0, err
	}
	for i, g := range scores {
		logw[i] += g
	}
	w, err := logpart.Weigh(logw)
	if err != nil {
		return b, 0, ErrUnevenWeights
	}
	most := m.maxLogWeight(theta)
	if math.IsInf(most, 1) {
		return logpart.Markov(w.LogMean, c.confidence()), w.LogMean, nil
	}
	// Half the risk each: where the bound is large, Markov's is the better one
	// from below.
	risk := (1 - c.confidence()) / 2
	b, err = logpart.EmpiricalBernstein(logw, most, 1-risk)
	if err != nil {
		return b, 0, err
	}
	return b.And(logpart.Markov(w.LogMean, 1-risk)), w.LogMean, nil
}

// maxLogWeight bounds the log weights of the model's own proposal; +Inf where no
// bound is known.
func (m *Model[Y]) maxLogWeight(theta Theta) float64 {
	proposal, err := m.Proposal()
	if err != nil {
		return math.Inf(1)
	}
	switch r := proposal.(type) {
	case nil:
		return m.maxScore(theta)
	case WeightBounder[Y]:
		return r.MaxLogWeight(theta)
	case *mixture[Y]:
		// r is at least the share of the reference times q.
		for k := range r.parts {
			if r.parts[k].reference() {
				return m.maxScore(theta) - r.logShare[k]
			}
		}
	}
	return math.Inf(1)
}

// maxScore is max_y g(x,y), +Inf where it is not known: with a proven mode, under
// a reference of equal probabilities.
func (m *Model[Y]) maxScore(theta Theta) float64 {
	u, ok := m.space.(equiprobable)
	if !ok || !u.Uniform() || m.inference == nil {
		return math.Inf(1)
	}
	y, logq := m.space.Make(1), [1]float64{}
	value, proven := m.inference.Mode(&y[0], theta, stream.Key(m.seed, streamMode))
	if !proven {
		return math.Inf(1)
	}
	m.space.LogProb(logq[:], y)
	return value - logq[0]
}
