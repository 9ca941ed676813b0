package sets

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

var _ structured.Encoder[Set] = (*Space)(nil)

// Words is the number of words of a set, 64 labels in each.
func (s *Space) Words() int { return wordsFor(s.k) }

// Encode copies the words of the set.
func (s *Space) Encode(dst []uint64, y Set) { copy(dst, y.words) }

// Decode wants words without labels beyond K, and of a set that Check allows.
func (s *Space) Decode(dst *Set, words []uint64) error {
	if len(words) != s.Words() {
		return &structured.DimensionError{What: "words of a set", Want: s.Words(), Got: len(words)}
	}
	if last := uint(s.k) % wordBits; last != 0 && words[len(words)-1]>>last != 0 {
		return fmt.Errorf("sets: the words of a set over %d labels have labels beyond: %#x", s.k, words[len(words)-1])
	}
	copy(dst.words, words)
	return s.Check(*dst)
}
