package sets

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Space is the subsets of k labels with a reference probability over them. It
// is a structured.Space, enumerable for up to MaxListed labels.
type Space struct {
	k   int
	ref reference
	of  Reference
}

// MaxListed is the largest number of labels for which a Space lists its sets.
const MaxListed = 20

var (
	_ structured.Enumerable[Set] = (*Space)(nil)
	_ structured.Completer[Set]  = (*Space)(nil)

	_ structured.EvidenceChecker[Set] = (*Space)(nil)
)

// ErrNoLabels is returned for a space or data over no labels.
var ErrNoLabels = errors.New("sets: there are no labels (k = 0)")

// NewSpace returns the subsets of k >= 1 labels under the reference; nil stands
// for Uniform{}.
func NewSpace(k int, ref Reference) (*Space, error) {
	if k < 1 {
		return nil, ErrNoLabels
	}
	if ref == nil {
		ref = Uniform{}
	}
	r, err := ref.bind(k)
	if err != nil {
		return nil, err
	}
	return &Space{k: k, ref: r, of: ref}, nil
}

// K is the number of labels.
func (s *Space) K() int { return s.k }

// Reference is the reference the space was made with.
func (s *Space) Reference() Reference { return s.of }

// Uniform reports whether all sets that the reference allows have the same
// probability under it.
func (s *Space) Uniform() bool { return s.ref.bits == nil }

// Make returns n empty sets in one allocation.
func (s *Space) Make(n int) []Set { return Make(n, s.k) }

// Copy overwrites the words of dst.
func (s *Space) Copy(dst *Set, src Set) { dst.CopyFrom(src) }

// SizeError reports a set outside the sizes the reference allows.
type SizeError struct{ Size, Min, Max int }

func (e *SizeError) Error() string {
	return fmt.Sprintf("sets: a set of %d labels has probability 0 under a reference over %d to %d", e.Size, e.Min, e.Max)
}

// Check wants a set over K labels whose size the reference allows.
func (s *Space) Check(y Set) error {
	if y.K() != s.k {
		return &structured.DimensionError{What: "labels of a set", Want: s.k, Got: y.K()}
	}
	if c := y.Count(); c < s.ref.min || c > s.ref.max {
		return &SizeError{c, s.ref.min, s.ref.max}
	}
	return nil
}

// LogCardinality is the log of the number of sets with positive probability.
func (s *Space) LogCardinality() float64 { return s.ref.logCount }

// Sample costs about one random word per 64 labels for the uniform reference,
// 8 for Bernoulli, and O(k) for bounded sizes.
func (s *Space) Sample(ys []Set, rng *rand.Rand) {
	if !s.ref.bounded() {
		s.ref.sample(ys, s.k, rng)
		return
	}
	for _, y := range ys {
		s.sampleSized(y, rng)
	}
}

// sampleSized draws a size, then a uniform set of that size by Floyd's
// algorithm (Bentley and Floyd 1987), O(size).
func (s *Space) sampleSized(y Set, rng *rand.Rand) {
	size := s.ref.min
	for u, i := rng.Float64(), 0; i < len(s.ref.sizes)-1 && u >= s.ref.sizes[i]; i++ {
		size++
	}
	y.Clear()
	for j := s.k - size; j < s.k; j++ {
		if t := rng.IntN(j + 1); y.Has(t) {
			y.Add(j)
		} else {
			y.Add(t)
		}
	}
}

// LogProb is -Inf for sizes that the reference does not allow.
func (s *Space) LogProb(dst []float64, ys []Set) {
	bounded := s.ref.bounded()
	for i, y := range ys {
		l := s.ref.logBase
		if s.ref.bits != nil {
			for w, word := range y.words {
				for ; word != 0; word &= word - 1 {
					l += s.ref.odds[w*wordBits+bits.TrailingZeros64(word)]
				}
			}
		} else if bounded {
			if c := y.Count(); c < s.ref.min || c > s.ref.max {
				l = math.Inf(-1)
			}
		}
		dst[i] = l
	}
}

// Enumerate lists the sets in the order of Compare, for K <= MaxListed.
func (s *Space) Enumerate(size int) iter.Seq[[]Set] {
	if s.k > MaxListed {
		return nil
	}
	return func(yield func([]Set) bool) {
		ys, n := Make(size, s.k), 0
		for w := range uint64(1) << s.k {
			if c := bits.OnesCount64(w); c < s.ref.min || c > s.ref.max {
				continue
			}
			ys[n].words[0] = w
			if n++; n == size {
				if !yield(ys) {
					return
				}
				n = 0
			}
		}
		if n > 0 {
			yield(ys[:n])
		}
	}
}
