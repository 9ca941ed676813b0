package permutations

import (
	"math"

	"github.com/gibbs-ebm/gibbs/structured"
)

var _ structured.Encoder[Ordering] = (*Space)(nil)

// Words is one for each label.
func (s *Space) Words() int { return s.k }

// Encode writes the labels in their order.
func (s *Space) Encode(dst []uint64, y Ordering) {
	for r, label := range y {
		dst[r] = uint64(label)
	}
}

// Decode wants an ordering that Check allows.
func (s *Space) Decode(dst *Ordering, words []uint64) error {
	if len(words) != s.k {
		return &structured.DimensionError{What: "words of an ordering", Want: s.k, Got: len(words)}
	}
	for r, w := range words {
		(*dst)[r] = int(min(w, math.MaxInt)) // what is no label Check finds
	}
	return s.Check(*dst)
}
