package sets

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/structured"
)

// A Utility is what a predicted set is worth, given the true one, from 0 to 1;
// the mean over examples is a metric. The utilities of this package are
// [Hamming], [ExactMatch], [FBeta], [Jaccard], [PrecisionAt] and [RecallAt];
// each knows which set has the largest expected utility under a model, which
// is rarely the most probable set.
type Utility interface {
	// String names the metric in snake case.
	String() string
	// Validate reports the first setting that makes no sense, if any.
	Validate() error
	// Between is the utility of a prediction.
	Between(predicted, truth Set) float64
	// needs says what decide looks at.
	needs() need
	// decide returns the best decision.
	decide(b *beliefs) Decision
}

// Decision is a set chosen for its expected utility under a model.
type Decision struct {
	Y Set
	// Utility is the expected utility of Y.
	Utility float64
	// Proven says that no set has a larger expected utility under the same
	// beliefs; otherwise Y is the best that was found.
	Proven bool
	// Kind is Exact if the beliefs are those of the model, Estimate if they are
	// those of a sample.
	Kind structured.Normalization
}

// need is what a decision is made from.
type need int

const (
	needsLabels  need = iota // P(j in y)
	needsSizes               // P(j in y, |y| = s)
	needsMode                // the most probable set
	needsSupport             // all sets, or a sample of them
)

// beliefs are what is known of a distribution over sets, as far as needed.
type beliefs struct {
	k     int
	label []float64 // P(j in y)

	// P(|y| = s) for s = 0, ..., len(size)-1, and P(j in y, |y| = s) at
	// j*(len(size)-1) + s-1.
	size, joint []float64

	mode   Set // and its probability
	proven bool
	p      float64

	// Distinct sets and their probabilities; or, where own is not nil, labels
	// that depend on each other through their number alone.
	ys     []Set
	weight []float64
	own    *sizedLabels
}

// DecideIndependent returns the set of the largest expected utility where label
// j is in the true set with probability p[j], independently of the others. It
// is exact for every Utility of the package, O(k^3) at most. A p outside [0, 1]
// is a *ProbabilityError; no labels are ErrNoLabels.
func DecideIndependent(p []float64, u Utility) (Decision, error) {
	if err := u.Validate(); err != nil {
		return Decision{}, err
	}
	if len(p) == 0 {
		return Decision{}, ErrNoLabels
	}
	s := &sizedLabels{}
	for j, x := range p {
		if !(x >= 0 && x <= 1) {
			return Decision{}, &ProbabilityError{Column: j, Value: x}
		}
		s.v = append(s.v, math.Log(x)-math.Log1p(-x))
	}
	b := &beliefs{k: len(p)}
	b.fromSizedLabels(s, u.needs())
	d := u.decide(b)
	d.Kind = structured.Exact
	return d, nil
}

// DecideFromSample returns the set of the largest mean utility over a weighted
// sample of sets, such as draws from a model too large for exact inference.
// Without weights all count the same. The errors are a *structured.DataError for
// sets and weights that cannot be used, and structured.ErrNoExamples.
func DecideFromSample(ys []Set, weights []float64, u Utility) (Decision, error) {
	if err := u.Validate(); err != nil {
		return Decision{}, err
	}
	largest, err := checkSample(ys, weights)
	if err != nil {
		return Decision{}, err
	}
	p, total := make([]float64, len(ys)), 0.0
	for m := range ys {
		p[m] = 1
		if weights != nil {
			p[m] = weights[m] / largest // so that no sum overflows
		}
		total += p[m]
	}
	for m := range p {
		p[m] /= total
	}
	b := &beliefs{k: ys[0].k}
	b.gather(u.needs(), func(add func(ys []Set, p []float64)) error {
		add(ys, p)
		return nil
	})
	d := u.decide(b)
	d.Kind = structured.Estimate
	return d, nil
}

// gather fills the beliefs with the pieces that each hands to add, whose
// probabilities sum to 1.
func (b *beliefs) gather(n need, each func(add func(ys []Set, p []float64)) error) error {
	switch n {
	case needsLabels:
		b.label = make([]float64, b.k)
		var bits bitScore
		return each(func(ys []Set, p []float64) { bits.addWeighted(b.label, ys, p) })
	case needsSizes:
		b.size = make([]float64, b.k+1)
		b.joint = make([]float64, b.k*b.k)
		return each(b.addSizes)
	}
	places := map[string]int{}
	var key []byte
	err := each(func(ys []Set, p []float64) {
		for m, y := range ys {
			if p[m] == 0 {
				continue
			}
			key = appendWords(key[:0], y.words)
			at, seen := places[string(key)]
			if !seen {
				at = len(b.ys)
				places[string(key)] = at
				b.ys, b.weight = append(b.ys, y.Clone()), append(b.weight, 0)
			}
			b.weight[at] += p[m]
		}
	})
	b.proven = true
	for m, p := range b.weight {
		if p > b.p || p == b.p && b.ys[m].Compare(b.mode) < 0 {
			b.mode, b.p = b.ys[m], p
		}
	}
	return err
}

func appendWords(dst []byte, words []uint64) []byte {
	for _, w := range words {
		for range 8 {
			dst = append(dst, byte(w))
			w >>= 8
		}
	}
	return dst
}

// addSizes adds sets to the probabilities of labels and sizes.
func (b *beliefs) addSizes(ys []Set, p []float64) {
	for m, y := range ys {
		s := y.Count()
		b.size[s] += p[m]
		for w, word := range y.words {
			for ; word != 0; word &= word - 1 {
				b.joint[(w*wordBits+trailing(word))*b.k+s-1] += p[m]
			}
		}
	}
}

// fromSizedLabels takes the beliefs of labels that depend on their number alone.
func (b *beliefs) fromSizedLabels(s *sizedLabels, n need) {
	switch {
	case n == needsSupport:
		b.own = s
	case n == needsMode:
		b.mode, b.p = s.best()
		b.proven = true
	case n == needsLabels && s.h == nil:
		b.label, _, _ = s.odds()
	default:
		b.size, b.joint = s.marginals()
		if n == needsLabels {
			b.label = make([]float64, b.k)
			b.sumSizes(b.label, func(int) float64 { return 1 })
		}
	}
}

// sumSizes overwrites dst[j] with sum_s P(j in y, |y| = s) weight(s).
func (b *beliefs) sumSizes(dst []float64, weight func(s int) float64) {
	top := len(b.size) - 1
	for j := range dst {
		dst[j] = 0
		for s, p := range b.joint[j*top : (j+1)*top] {
			dst[j] += p * weight(s+1)
		}
	}
}

// checkSample returns the largest weight.
func checkSample(ys []Set, weights []float64) (float64, error) {
	if weights != nil && len(weights) != len(ys) {
		return 0, &structured.DimensionError{What: "weights", Want: len(ys), Got: len(weights)}
	}
	largest := 0.0
	for m, y := range ys {
		if y.k == 0 {
			return 0, ErrNoLabels
		}
		if y.k != ys[0].k {
			err := &structured.DimensionError{What: "labels of a set", Want: ys[0].k, Got: y.k}
			return 0, &structured.DataError{What: "sample", Row: m, Column: -1, Err: err}
		}
		w := 1.0
		if weights != nil {
			w = weights[m]
		}
		switch {
		case math.IsNaN(w) || math.IsInf(w, 0):
			return 0, &structured.DataError{What: "weights", Row: m, Column: 0, Value: w, Err: structured.ErrNotFinite}
		case w < 0:
			return 0, &structured.DataError{What: "weights", Row: m, Column: 0, Value: w, Err: structured.ErrNegativeWeight}
		}
		largest = max(largest, w)
	}
	if largest == 0 {
		return 0, structured.ErrNoExamples
	}
	return largest, nil
}

// bothEmpty is what a utility of 0/0 counts.
func (z ZeroDivision) bothEmpty() float64 {
	if z == ZeroDivisionOne {
		return 1
	}
	return 0
}

// validateUtility wants a convention that a single example can have: what is
// left out of an average has no expectation.
func (z ZeroDivision) validateUtility() error {
	if z == ZeroDivisionSkip {
		return fmt.Errorf("sets: an expected utility cannot leave %s out", z)
	}
	return z.validate()
}
