package structured

import (
	"fmt"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// Normalization says what is known of a normaliser.
type Normalization int

const (
	// Exact: computed by summing over all structures, up to rounding.
	Exact Normalization = iota
	// Interval: the true value is between Lower and Upper, always if
	// Confidence is 1, with that probability otherwise.
	Interval
	// Estimate: no bound is known, at best an estimated error. The amortised
	// tau is an estimate, and so is what quadrature and sampling give.
	Estimate
)

// String is exact, interval or estimate.
func (n Normalization) String() string {
	switch n {
	case Exact:
		return "exact"
	case Interval:
		return "interval"
	case Estimate:
		return "estimate"
	}
	return fmt.Sprintf("Normalization(%d)", int(n))
}

// Normalizer is the number that makes probabilities of scores,
// p(y|x) = q(y) (f*+)'(g(x,y) - Value): log Z(x) for the softmax, the
// threshold tau for other losses. It is in nats, and relative to the
// normalised reference q: 0 for the softmax where all scores are 0.
type Normalizer struct {
	Value float64
	Kind  Normalization
	// Lower and Upper bound the true value: both Value where it is exact,
	// infinite where it is an estimate.
	Lower, Upper float64
	// Confidence is the probability that the bounds hold: 1 where they
	// always do, 0 where there are none.
	Confidence float64
	// Error is an estimate of |Value - the true value|: the standard error of
	// sampling, or the error that quadrature reports of itself. It is no
	// bound. It is 0 where the value is exact, and where nothing is known, as
	// of tau.
	Error float64
}

func exactly(v float64) Normalizer {
	return Normalizer{Value: v, Kind: Exact, Lower: v, Upper: v, Confidence: 1}
}

func estimate(v float64) Normalizer {
	return Normalizer{Value: v, Kind: Estimate, Lower: math.Inf(-1), Upper: math.Inf(1)}
}

// EstimatedWithin is an Estimate v whose error is estimated as e.
func EstimatedWithin(v, e float64) Normalizer {
	n := estimate(v)
	n.Error = e
	return n
}

// LogProb is log p(y|x) in nats, with what is known of its normaliser. It may
// be -Inf: losses other than the softmax give some structures probability 0.
type LogProb struct {
	Value        float64
	Kind         Normalization
	Lower, Upper float64
	Confidence   float64
	// Error is the estimated error that comes from the normaliser's; see
	// Normalizer.Error.
	Error float64
	// Normalizer is the value of the normaliser used.
	Normalizer float64
}

// logProb is the probability of a structure of the given score and
// log-reference.
func (n Normalizer) logProb(f fenchel.Generator, score, logq float64) LogProb {
	at := func(normalizer float64) float64 {
		if f == fenchel.Softmax {
			return logq + score - normalizer
		}
		return logq + math.Log(f.Ratio(score-normalizer))
	}
	p := LogProb{Value: at(n.Value), Kind: n.Kind, Confidence: n.Confidence, Normalizer: n.Value}
	if n.Error > 0 {
		p.Error = n.Error
		if f != fenchel.Softmax && !math.IsInf(p.Value, -1) {
			// The better of the two sides is finite: the ratio is increasing.
			p.Error = at(n.Value-n.Error) - p.Value
		}
	}
	switch n.Kind {
	case Exact:
		p.Lower, p.Upper = p.Value, p.Value
	case Interval:
		p.Lower, p.Upper = at(n.Upper), at(n.Lower)
	default:
		// Whatever the normaliser, a probability of a discrete structure is
		// at most 1; densities are not, so no upper bound is claimed.
		p.Lower, p.Upper = math.Inf(-1), math.Inf(1)
	}
	return p
}

// listing is a small space as a list: the reference probabilities of its
// structures, in the order of Enumerate. It is made once per model, when first
// asked for.
type listing[Y any] struct {
	once  sync.Once
	space Enumerable[Y] // nil where the space cannot be listed
	q     []float64
}

func (l *listing[Y]) ready(s Space[Y]) bool {
	l.once.Do(func() {
		e, ok := s.(Enumerable[Y])
		if !ok || e.Enumerate(1) == nil {
			return
		}
		l.space = e
		for ys := range e.Enumerate(enumerationChunk) {
			at := len(l.q)
			l.q = append(l.q, make([]float64, len(ys))...)
			e.LogProb(l.q[at:], ys)
		}
		for i, logq := range l.q {
			l.q[i] = math.Exp(logq)
		}
	})
	return l.space != nil
}

// each shows the list in pieces.
func (l *listing[Y]) each(see func(at int, ys []Y)) {
	at := 0
	for ys := range l.space.Enumerate(enumerationChunk) {
		see(at, ys)
		at += len(ys)
	}
}

// scores returns the scores of all structures under theta.
func (l *listing[Y]) scores(c Coupling[Y], theta Theta) []float64 {
	scores := make([]float64, len(l.q))
	l.each(func(at int, ys []Y) { c.Score(scores[at:at+len(ys)], theta, ys) })
	return scores
}

// exactNormalizer is the exact normaliser for theta, if the model has one.
func (m *Model[Y]) exactNormalizer(theta Theta) (float64, bool, error) {
	f := m.criterion.Generator()
	if z, ok := m.inference.(LogPartition[Y]); ok && f == fenchel.Softmax {
		return z.LogZ(theta), true, nil
	}
	if !m.listing.ready(m.space) {
		return 0, false, nil
	}
	tau, _, err := fenchel.Threshold(f, m.listing.scores(m.coupling, theta), m.listing.q)
	return tau, true, err
}

// normalizer is the best normaliser for example i of a batch: exact, else an
// interval with tau for its value where tau lies inside, else an estimate with
// an error by the inference, else tau, and for a model without tau the estimate
// of importance sampling.
func (m *Model[Y]) normalizer(b *Batch[Y], i int) (Normalizer, error) {
	return m.once(b, i, func() (Normalizer, error) { return m.normalize(b, i) })
}

// once calls find for the first example only of a batch whose examples are all
// alike.
func (m *Model[Y]) once(b *Batch[Y], i int, find func() (Normalizer, error)) (n Normalizer, err error) {
	if b.alike && i > 0 {
		return b.first, nil
	}
	b.first, err = find()
	return b.first, err
}

func (m *Model[Y]) normalize(b *Batch[Y], i int) (Normalizer, error) {
	theta := b.Theta(i)
	v, ok, err := m.exactNormalizer(theta)
	if err != nil {
		return Normalizer{}, err
	}
	if ok {
		return exactly(v), nil
	}
	if bounds, ok := m.inference.(LogPartitionBounds[Y]); ok && m.Likelihood() {
		n := bounds.LogZBounds(theta)
		if b.Tau != nil && b.Tau[i] >= n.Lower && b.Tau[i] <= n.Upper {
			n.Value = b.Tau[i]
		}
		return n, nil
	}
	key := stream.Key(m.seed, streamNormalizer)
	if e, ok := m.inference.(LogPartitionEstimate[Y]); ok && m.Likelihood() {
		return e.EstimateLogZ(theta, key)
	}
	if b.Tau != nil && !math.IsNaN(b.Tau[i]) {
		return estimate(b.Tau[i]), nil
	}
	if b.Tau != nil || !m.Likelihood() {
		return Normalizer{}, ErrNoNormalizer
	}
	e, err := m.importance(theta, supportDraws, key)
	if err == nil && !(e.EffectiveSamples >= leastEffective) {
		err = ErrUnevenWeights
	}
	return e.Normalizer, err
}
