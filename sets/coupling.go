package sets

import (
	"fmt"
	"math/bits"

	"github.com/gibbs-ebm/gibbs/structured"
)

// A Coupling says how the scores of sets are made of logits: [Unary],
// [Pairwise], or one of your own: configuration that makes a structured
// coupling once the number of labels is known. Its Infer may return nil where
// it can do nothing exactly.
type Coupling interface {
	Bind(k int) (structured.Inferrer[Set], error)
}

// NewCoupling makes the coupling for k labels, for use with structured.Fit; nil
// stands for Unary{}.
func NewCoupling(c Coupling, k int) (structured.Coupling[Set], error) {
	if k < 1 {
		return nil, ErrNoLabels
	}
	if c == nil {
		c = Unary{}
	}
	return c.Bind(k)
}

// LabelMarginalizer is the capability of exact label marginals, found by type
// assertion like those of package structured.
type LabelMarginalizer interface {
	structured.Inference[Set]
	// LabelMarginals overwrites dst with P(j in y | x) for each label.
	LabelMarginals(dst []float64, theta structured.Theta)
}

// asSpace returns s as the package's own space over k labels.
func asSpace(s structured.Space[Set], k int) (*Space, error) {
	space, ok := s.(*Space)
	if !ok {
		return nil, fmt.Errorf("sets: inference over a space of type %T: want *sets.Space", s)
	}
	if space.k != k {
		return nil, &structured.DimensionError{What: "labels of the space", Want: k, Got: space.k}
	}
	return space, nil
}

func trailing(w uint64) int { return bits.TrailingZeros64(w) }
