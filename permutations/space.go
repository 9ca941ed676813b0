package permutations

import (
	"iter"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Space is the orderings of k labels with a reference probability over them.
// It is a structured.Space, enumerable for up to MaxListed labels. Every
// ordering has a positive probability.
type Space struct {
	k   int
	ref reference
	of  Reference
}

// MaxListed is the largest number of labels for which a Space lists its
// orderings: 8! = 40,320 of them.
const MaxListed = 8

var (
	_ structured.Enumerable[Ordering] = (*Space)(nil)
	_ structured.Completer[Ordering]  = (*Space)(nil)
)

// NewSpace returns the orderings of k >= 1 labels under the reference; nil
// stands for Uniform{}.
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

// Uniform reports whether all orderings have the same reference probability,
// so that log q is a constant that inference can leave to the end.
func (s *Space) Uniform() bool {
	_, ok := s.ref.(*uniform)
	return ok
}

// Make returns n orderings with memory of their own; see the function Make.
func (s *Space) Make(n int) []Ordering { return Make(n, s.k) }

// Copy overwrites the numbers of dst.
func (s *Space) Copy(dst *Ordering, src Ordering) {
	sameLength(len(*dst), len(src))
	copy(*dst, src)
}

// Check wants a valid ordering of K labels.
func (s *Space) Check(y Ordering) error {
	if len(y) != s.k {
		return &structured.DimensionError{What: "labels of an ordering", Want: s.k, Got: len(y)}
	}
	return y.Validate()
}

// LogCardinality is log k!.
func (s *Space) LogCardinality() float64 { return numeric.LogFactorial(s.k) }

// Sample costs O(k) for each uniform ordering, O(k log k) for Plackett-Luce,
// O(k) for Mallows with Cayley's and Hamming's distance and O(k^2) with
// Kendall's.
func (s *Space) Sample(ys []Ordering, rng *rand.Rand) { s.ref.sample(ys, rng) }

// LogProb costs O(k) for each ordering, O(k log k) for Mallows with Kendall's
// distance on more than 64 labels.
func (s *Space) LogProb(dst []float64, ys []Ordering) { s.ref.logProb(dst, ys) }

// Enumerate lists the orderings in lexicographic order, for K <= MaxListed.
func (s *Space) Enumerate(size int) iter.Seq[[]Ordering] {
	if s.k > MaxListed {
		return nil
	}
	return func(yield func([]Ordering) bool) {
		ys, n := Make(min(size, 40_320), s.k), 0
		for y := Identity(s.k); ; {
			copy(ys[n], y)
			more := next(y)
			if n++; n == len(ys) || !more {
				if !yield(ys[:n]) || !more {
					return
				}
				n = 0
			}
		}
	}
}

// next moves y to the next ordering in lexicographic order and reports whether
// there is one (Narayana's algorithm; Knuth, TAOCP 7.2.1.2, algorithm L).
func next(y Ordering) bool {
	i := len(y) - 2
	for i >= 0 && y[i] > y[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(y) - 1
	for y[j] < y[i] {
		j--
	}
	y[i], y[j] = y[j], y[i]
	for a, b := i+1, len(y)-1; a < b; a, b = a+1, b-1 {
		y[a], y[b] = y[b], y[a]
	}
	return true
}
