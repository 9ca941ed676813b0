package fenchel

import (
	"fmt"
	"math"
)

// Subsets is the loss of a generator over the polytope of subsets of K among n
// entries, whose points are the marginals of distributions over such subsets:
//
//	Omega(p) = K f(0) + sum_i q_i (f(p_i/q_i) - f(0)),   0 <= p <= 1, sum p = K
//
// p_i = min(1, q_i (f*+)'(s_i - tau)). With Sparsemax it is the projection
// onto the capped simplex, with Softmax the constrained softmax. At K = 1 it
// is [Simplex]. A target is a set as ones and zeros, or marginals.
//
// AtMost relaxes the sum to at most K, the budget polytope. Where the budget
// does not bind, p_i = min(1, q_i (f*+)'(s_i)): scores then count from 0, and
// shifting them matters (Sparsemax: s clipped to [0, 1]; Softmax: e^s up to 1).
//
// Cost: passes of Newton's method within a bracket, until the last bit of the
// threshold, up to a dozen usually.
type Subsets struct {
	// Of is the generator f; nil stands for Softmax.
	Of Generator
	// K is the size of the subsets, 0 < K <= n; it need not be whole.
	// 0 stands for 1.
	K float64
	// AtMost allows smaller sums.
	AtMost bool
	// Reference is q; nil stands for ones. An entry of 0 excludes.
	Reference []float64
}

func (s Subsets) separable() separable {
	x := newSeparable(s.Of, s.Reference)
	x.atMost = s.AtMost
	if s.K != 0 {
		x.mass = s.K
	}
	x.capped = x.mass > 1 // else no entry can be more
	return x
}

// Argmax overwrites p with the regularised marginals; see [Loss]. It fails
// with ErrBudget where fewer than K entries are not excluded.
func (s Subsets) Argmax(p, scores []float64) (float64, error) {
	x := s.separable()
	return x.argmax(p, scores)
}

// Loss is the loss of a subset or of marginals; see [Loss].
func (s Subsets) Loss(grad, scores, target []float64) (float64, error) {
	x := s.separable()
	return x.loss(grad, scores, target)
}

// JVP is the derivative of Argmax among the entries strictly between 0 and 1;
// see [Loss].
func (s Subsets) JVP(dst, p, _, direction []float64) error {
	x := s.separable()
	return x.jvp(dst, p, direction)
}

// Entropy is -Omega(p).
func (s Subsets) Entropy(p []float64) float64 {
	x := s.separable()
	return -x.omega(p)
}

// Validate wants a valid generator, a positive finite K and a nonnegative
// finite reference.
func (s Subsets) Validate() error {
	if s.K < 0 || math.IsNaN(s.K) || math.IsInf(s.K, 1) {
		return fmt.Errorf("fenchel: a budget of %g is not positive and finite", s.K)
	}
	return Simplex{s.Of, s.Reference}.Validate()
}

// String names the generator and the budget, as in subsets-3 of sparsemax.
func (s Subsets) String() string {
	k, kind := s.K, "subsets"
	if k == 0 {
		k = 1
	}
	if s.AtMost {
		kind = "budget"
	}
	return fmt.Sprintf("%s-%g of %v", kind, k, orSoftmax(s.Of))
}
