package fenchel

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// OneVersusAll treats every entry as a yes or no of its own: the loss over the
// cube of
//
//	Omega(p) = sum_i f(p_i) + f(1-p_i) - f(0) - f(1),   0 <= p <= 1
//
// so that (p_i, 1-p_i) is the [Simplex] argmax of (s_i, 0). With Softmax it is
// the logistic loss of every label, p_i = 1/(1 + e^-s_i); with Sparsemax
// p_i = (s_i + 1)/2 within [0, 1], of margin 1. A target is a set as ones and
// zeros, or probabilities; they need not sum to anything. A score of -Inf
// excludes its entry. Cost O(n).
//
// With a Reference q, the probabilities before anything is known of the scores,
//
//	Omega(p) = sum_i q_i f(p_i/q_i) + (1-q_i) f((1-p_i)/(1-q_i))
//
// and (p_i, 1-p_i) is the argmax relative to (q_i, 1-q_i): with Softmax the
// logistic function of s_i + log(q_i/(1-q_i)). Here p_i = 0 of an excluded entry counts
// in the conjugate too.
type OneVersusAll struct {
	// Of is the generator f; nil stands for Softmax.
	Of Generator
	// Reference is q, in [0, 1]; nil stands for weights of 1 for yes and no.
	// 0 excludes yes and 1 excludes no.
	Reference []float64
}

// binary solves the Simplex of (s, 0): v of yes and of no.
func (o *separable) binary(s float64) (yes, no float64) {
	z := s / o.scale
	switch {
	case o.shape.family == exponential:
		return -numeric.Softplus(-z), -numeric.Softplus(z)
	case o.shape.family == powers && o.shape.power.a == 2:
		if math.Abs(z) >= 1 {
			break
		}
		return (1 + z) / 2, (1 - z) / 2
	case o.shape.family == powers && o.shape.power.a == 1.5:
		if math.Abs(z) >= 2 {
			break
		}
		r := math.Sqrt(8 - z*z) // the one near 0 without cancellation
		low := (4 - z*z) / (r + math.Abs(z))
		if z < 0 {
			return low, low - z
		}
		return low + z, low
	}
	if full := o.shape.deriv(1); o.shape.sparse() && math.Abs(z) >= full {
		if z < 0 {
			return full + z, full
		}
		return full, full - z
	}
	pair := [2]float64{s, 0}
	p := problem{shape: o.shape, scale: o.scale, scores: pair[:], mass: 1}
	l := p.root(max(s, 0))
	return o.argument(l, s), o.argument(l, 0)
}

// sure is the probability of yes, exactly 1 where that of no is 0.
func (o *separable) sure(yes, no float64) float64 {
	if o.shape.sparse() && no <= 0 {
		return 1
	}
	return o.shape.ratio(yes)
}

// finite wants scores below +Inf.
func finite(scores []float64) error {
	for i, x := range scores {
		if math.IsNaN(x) || math.IsInf(x, 1) {
			return &EntryError{i, x, ErrNaN}
		}
	}
	return nil
}

// Argmax overwrites p with the probability of each entry; see [Loss]. Without a
// reference the conjugate is 0 for scores of -Inf.
func (o OneVersusAll) Argmax(p, scores []float64) (float64, error) {
	if len(p) != len(scores) {
		panic("fenchel: Argmax: wrong lengths")
	}
	if err := finite(scores); err != nil {
		return math.NaN(), err
	}
	if o.Reference != nil {
		return o.argmaxUnder(p, scores)
	}
	s := newSeparable(o.Of, nil)
	var value total
	for i, x := range scores {
		if math.IsInf(x, -1) {
			p[i] = 0
			continue
		}
		yes, no := s.binary(x)
		p[i] = s.sure(yes, no)
		value.add(s.pairConjugate(x, yes, no))
	}
	return value.value(), nil
}

// pairConjugate is the conjugate of the Simplex of (x, 0).
func (o *separable) pairConjugate(x, yes, no float64) float64 {
	if o.shape.family == exponential {
		return o.scale * numeric.Softplus(x/o.scale)
	}
	// That of (x, 0) exceeds the larger of them by the loss of its label.
	return max(x, 0) + o.scale*o.labelGap(max(yes, no), min(yes, no))
}

// labelGap is the loss of a label with this v, and that of the other entry.
func (o *separable) labelGap(v, other float64) float64 {
	if o.shape.sparse() && other <= 0 {
		return 0 // exactly from the margin on
	}
	return o.shape.gap(1, v) + o.shape.gap(0, other)
}

// Loss is the sum of the losses of the entries; see [Loss].
func (o OneVersusAll) Loss(grad, scores, target []float64) (float64, error) {
	if len(target) != len(scores) || grad != nil && len(grad) != len(scores) {
		panic("fenchel: Loss: wrong lengths")
	}
	if err := finite(scores); err != nil {
		return math.NaN(), err
	}
	if o.Reference != nil {
		return o.lossUnder(grad, scores, target)
	}
	s := newSeparable(o.Of, nil)
	var sum total
	for i, x := range scores {
		y := target[i]
		switch {
		case !(y >= 0 && y <= 1):
			return math.NaN(), &EntryError{i, y, ErrTarget}
		case !math.IsInf(x, -1):
			yes, no := s.binary(x)
			if grad != nil {
				if y == 1 {
					grad[i] = 0 - s.shape.ratio(no)
				} else {
					grad[i] = s.sure(yes, no) - y
				}
			}
			switch y {
			case 0:
				sum.add(s.labelGap(no, yes))
			case 1:
				sum.add(s.labelGap(yes, no))
			default:
				sum.add(s.shape.gap(y, yes) + s.shape.gap(1-y, no))
			}
		case y > 0:
			return math.Inf(1), &EntryError{i, x, ErrExcluded}
		case grad != nil:
			grad[i] = 0
		}
	}
	value := s.scale * sum.value()
	if math.IsInf(value, 0) || math.IsNaN(value) {
		return math.Inf(1), s.infinite()
	}
	return value, nil
}

// JVP is diagonal: p_i (1-p_i) for Softmax; see [Loss].
func (o OneVersusAll) JVP(dst, p, _, direction []float64) error {
	if len(dst) != len(p) || len(direction) != len(p) {
		panic("fenchel: JVP: wrong lengths")
	}
	s := newSeparable(o.Of, nil)
	if !s.shape.knowsCurvature() {
		return ErrCurvature
	}
	if o.Reference != nil {
		return o.jvpUnder(dst, p, direction)
	}
	for i, x := range p {
		if !(x > 0 && x < 1) {
			dst[i] = 0
			continue
		}
		a, b := s.shape.curvatureOf(x), s.shape.curvatureOf(1-x)
		dst[i] = direction[i] * (a / (a + b) * b) / s.scale
	}
	return nil
}

// Entropy is -Omega(p): the sum of the binary entropies.
func (o OneVersusAll) Entropy(p []float64) float64 {
	if o.Reference != nil {
		return o.entropyUnder(p)
	}
	s := newSeparable(o.Of, nil)
	sum := 0.0
	for _, x := range p {
		if !(x >= 0 && x <= 1) {
			return math.Inf(-1)
		}
		pair := [2]float64{x, 1 - x}
		sum -= s.omega(pair[:])
	}
	return sum
}

// Validate wants a valid generator and a reference in [0, 1].
func (o OneVersusAll) Validate() error {
	for i, q := range o.Reference {
		if !(q >= 0 && q <= 1) {
			return &EntryError{i, q, ErrReference}
		}
	}
	return Simplex{Of: o.Of}.Validate()
}

// String is one-versus-all and the generator.
func (o OneVersusAll) String() string { return fmt.Sprintf("one-versus-all %v", orSoftmax(o.Of)) }
