package permutations

import (
	"math"
	"math/rand/v2"
)

// repeatedInsertion draws from the Mallows distribution with Kendall's
// distance: the labels are inserted in the order of the center, label i at
// one of the i+1 places so far; v places from the end it makes v inversions,
//
//	P(v) = e^{-theta v} / (1 + e^{-theta} + ... + e^{-theta i}),
//
// and the normaliser is the product of these sums (Doignon, Pekec and
// Regenwetter 2004). O(k^2) for the moves of the insertions.
type repeatedInsertion struct {
	theta float64
	tail  []float64 // 1 - e^{-theta (i+1)}
}

func newRepeatedInsertion(k int, theta float64) *repeatedInsertion {
	s := &repeatedInsertion{theta: theta, tail: make([]float64, k)}
	for i := range s.tail {
		s.tail[i] = -math.Expm1(-theta * float64(i+1))
	}
	return s
}

// logZ is sum_i log( (1 - e^{-theta (i+1)}) / (1 - e^{-theta}) ).
func (s *repeatedInsertion) logZ() float64 {
	sum := 0.0
	for _, t := range s.tail {
		sum += math.Log(t / s.tail[0])
	}
	return sum
}

func (s *repeatedInsertion) sample(p, _ []int, rng *rand.Rand) {
	for i := range p {
		// The inverse of the distribution function of the truncated
		// geometric distribution.
		v := min(i, int(-math.Log1p(-rng.Float64()*s.tail[i])/s.theta))
		copy(p[i-v+1:i+1], p[i-v:i])
		p[i-v] = i
	}
}
