package permutations

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// A Coupling says how the scores of orderings are made of logits:
// [Permutahedron], [Birkhoff], [Preference], [Luce], or one of your own:
// configuration that makes a structured coupling once the number of labels is
// known. Its Infer may return nil where it can do nothing exactly.
type Coupling interface {
	Bind(k int) (structured.Inferrer[Ordering], error)
}

// NewCoupling makes the coupling for k labels, for use with structured.Fit; nil
// stands for Birkhoff{}.
func NewCoupling(c Coupling, k int) (structured.Coupling[Ordering], error) {
	if k < 1 {
		return nil, ErrNoLabels
	}
	if c == nil {
		c = Birkhoff{}
	}
	return c.Bind(k)
}

// coupling is a coupling whose score is a sum over
// the labels at their ranks, or over the pairs of labels in their order:
//
//	g(y) = sum_r terms[y_r*k+r]   or   sum_{i before j} terms[i*k+j]
type coupling interface {
	structured.Inferrer[Ordering]
	plackettLucer
	swapper
	// pairs says which of the two it is.
	pairs() bool
	// terms overwrites dst, k x k.
	terms(dst []float64, theta structured.Theta)
	// addTerms adds weight times the gradient of a function of the terms,
	// given its derivatives with respect to them, to grad.
	addTerms(grad structured.Theta, derivatives []float64, weight float64)
}

// sorter is implemented by couplings that find a mode without an assignment.
type sorter interface {
	// mode overwrites dst with an ordering of the largest score.
	mode(dst Ordering, theta structured.Theta)
}

// Capabilities of inference beyond those of package structured, found by type
// assertion too, and exact.
type (
	// PositionMarginalizer knows the probabilities of labels at ranks.
	PositionMarginalizer interface {
		structured.Inference[Ordering]
		// K is the number of labels.
		K() int
		// PositionMarginals writes P(label i at rank r) to dst[i*k+r]: rows
		// and columns sum to 1.
		PositionMarginals(dst []float64, theta structured.Theta)
	}
	// PairMarginalizer knows the probabilities of the orders of pairs.
	PairMarginalizer interface {
		structured.Inference[Ordering]
		// K is the number of labels.
		K() int
		// PairMarginals writes P(label i before label j) to dst[i*k+j], and 0
		// on the diagonal.
		PairMarginals(dst []float64, theta structured.Theta)
	}
)

// asSpace returns s as the package's own space over k labels.
func asSpace(s structured.Space[Ordering], k int) (*Space, error) {
	space, ok := s.(*Space)
	if !ok {
		return nil, fmt.Errorf("permutations: inference over a space of type %T: want *permutations.Space", s)
	}
	if space.k != k {
		return nil, &structured.DimensionError{What: "labels of the space", Want: k, Got: space.k}
	}
	return space, nil
}
