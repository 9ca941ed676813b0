package fenchel

import "fmt"

// Simplex is the loss of a generator over the probability simplex,
//
//	Omega(p) = f(0) + sum_i q_i (f(p_i/q_i) - f(0)),   p >= 0, sum p = 1
//
// which is the divergence D_f(p, q) where the reference q sums to 1. Without
// a Reference q is 1 everywhere (the counting measure), and the losses are
// those of the literature, with Omega = 0 where one entry has all probability:
//
//	Softmax        Omega = sum p log p            multinomial logistic loss
//	Sparsemax      Omega = (|p|^2 - 1)/2          sparsemax loss
//	Tsallis        Omega = (sum p^a - 1)/(a(a-1)) alpha-entmax loss
//
// With a Reference that sums to 1 it is exactly what [Sampled] estimates, with
// its threshold for tau. Scaled generators give other temperatures.
//
// Cost: O(n) exponentials for Softmax; expected O(n) for Sparsemax and
// Tsallis 1.5 by selection, without sorting (destinations serve as scratch
// memory, so a nil or aliased one costs a few passes more); for others up to a
// dozen passes of Newton's method, until the last bit of the threshold.
// A loss vanishes exactly where the label leads by the margin: 1 for
// Sparsemax, 1/(a-1) for Tsallis, none for Softmax.
type Simplex struct {
	// Of is the generator f; nil stands for Softmax.
	Of Generator
	// Reference is q, nonnegative, of any sum; nil stands for ones. An entry
	// of 0 excludes.
	Reference []float64
}

func (s Simplex) separable() separable { return newSeparable(s.Of, s.Reference) }

// Argmax overwrites p with p_i = q_i (f*+)'(s_i - tau); see [Loss].
func (s Simplex) Argmax(p, scores []float64) (float64, error) {
	x := s.separable()
	return x.argmax(p, scores)
}

// Loss is the loss of a distribution; see [Loss].
func (s Simplex) Loss(grad, scores, target []float64) (float64, error) {
	x := s.separable()
	return x.loss(grad, scores, target)
}

// LabelLoss is the loss of a single class; see [Labelled].
func (s Simplex) LabelLoss(grad, scores []float64, label int) (float64, error) {
	x := s.separable()
	return x.labelLoss(grad, scores, label)
}

// JVP is (diag(h) - h h'/sum h) direction, h_i = q_i times the slope of the
// ratio; see [Loss].
func (s Simplex) JVP(dst, p, _, direction []float64) error {
	x := s.separable()
	return x.jvp(dst, p, direction)
}

// Entropy is -Omega(p): Shannon's for Softmax, Gini's (1 - |p|^2)/2 for
// Sparsemax, Tsallis's, less a multiple of log q or the like.
func (s Simplex) Entropy(p []float64) float64 {
	x := s.separable()
	return -x.omega(p)
}

// Validate wants a valid generator and a nonnegative finite reference.
func (s Simplex) Validate() error {
	if s.Of != nil {
		if err := s.Of.Validate(); err != nil {
			return err
		}
	}
	return validReference(s.Reference)
}

func validReference(q []float64) error {
	sum := 0.0
	for i, w := range q {
		if !(w >= 0) || w > 1e300 {
			return &EntryError{i, w, ErrReference}
		}
		sum += w
	}
	if q != nil && sum == 0 {
		return fmt.Errorf("%w: all are 0", ErrReference)
	}
	return nil
}

// String is the name of the generator.
func (s Simplex) String() string { return orSoftmax(s.Of).String() }

func orSoftmax(f Generator) Generator {
	if f == nil {
		return Softmax
	}
	return f
}
