package structured

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
)

// Normalization says what is known of a normaliser.
type Normalization int

const (
	// Exact: computed by summing over all structures, up to rounding.
	Exact Normalization = iota
	// Interval: the true value is between Lower and Upper, always if
	// Confidence is 1, with that probability otherwise.
	Interval
	// Estimate: no bound is known. The amortised tau is an estimate.
	Estimate
)

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
}

func exactly(v float64) Normalizer {
	return Normalizer{Value: v, Kind: Exact, Lower: v, Upper: v, Confidence: 1}
}

func estimate(v float64) Normalizer {
	return Normalizer{Value: v, Kind: Estimate, Lower: math.Inf(-1), Upper: math.Inf(1)}
}

// LogProb is log p(y|x) in nats, with what is known of its normaliser. It may
// be -Inf: losses other than the softmax give some structures probability 0.
type LogProb struct {
	Value        float64
	Kind         Normalization
	Lower, Upper float64
	Confidence   float64
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
	p := LogProb{Value: at(n.Value), Kind: n.Kind, Confidence: n.Confidence}
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

// listing is every structure of a small space with its scores under one theta.
type listing[Y any] struct {
	ys           []Y
	scores, logq []float64
}

// list returns the space as a list, or false where it cannot be listed.
func list[Y any](s Space[Y], c Coupling[Y], theta Theta, keep bool) (listing[Y], bool) {
	var l listing[Y]
	e, ok := s.(Enumerable[Y])
	if !ok {
		return l, false
	}
	pieces := e.Enumerate(enumerationChunk)
	if pieces == nil {
		return l, false
	}
	for ys := range pieces {
		at := len(l.scores)
		l.scores = append(l.scores, make([]float64, len(ys))...)
		l.logq = append(l.logq, make([]float64, len(ys))...)
		c.Score(l.scores[at:], theta, ys)
		s.LogProb(l.logq[at:], ys)
		if keep {
			own := s.Make(len(ys))
			for i := range ys {
				s.Copy(&own[i], ys[i])
			}
			l.ys = append(l.ys, own...)
		}
	}
	return l, true
}

// exactNormalizer is the exact normaliser for theta, if the model has one.
func (m *Model[Y]) exactNormalizer(theta Theta) (float64, bool, error) {
	f := m.criterion.Generator()
	if z, ok := m.inference.(LogPartition[Y]); ok && f == fenchel.Softmax {
		return z.LogZ(theta), true, nil
	}
	l, ok := list(m.space, m.coupling, theta, false)
	if !ok {
		return 0, false, nil
	}
	tau, _, err := fenchel.Threshold(f, l.scores, l.logq)
	return tau, true, err
}

// normalizer is the best normaliser for example i of a batch.
func (m *Model[Y]) normalizer(b *Batch[Y], i int) (Normalizer, error) {
	v, ok, err := m.exactNormalizer(b.Theta(i))
	if err != nil {
		return Normalizer{}, err
	}
	if ok {
		return exactly(v), nil
	}
	if b.Tau == nil || math.IsNaN(b.Tau[i]) {
		return Normalizer{}, ErrNoNormalizer
	}
	return estimate(b.Tau[i]), nil
}
