package permutations

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// partialDerangement draws from the Mallows distribution with the Hamming
// distance: the number of displaced ranks, which ranks they are, uniformly,
// and a uniform derangement of them, so that
//
//	Z = sum_d C(k, d) D_d e^{-theta d},  D_d = d! sum_{i <= d} (-1)^i / i!
//
// with D_d derangements of d things (Fligner and Verducci 1986). The
// derangement is drawn by rejection, on average after fewer than e tries, all
// but the last broken off at the first fixed point: O(k).
type partialDerangement struct {
	cumulative []float64 // P(at most d displaced)
	log        float64
}

func newPartialDerangement(k int, theta float64) *partialDerangement {
	s := &partialDerangement{cumulative: make([]float64, k+1)}
	logs := make([]float64, k+1)
	share, term := 0.0, 1.0 // D_d/d!, and (-1)^d/d!
	for d := range logs {
		if d > 0 {
			term /= -float64(d)
		}
		share += term
		// C(k, d) D_d = k!/(k-d)! D_d/d!
		logs[d] = numeric.LogFactorial(k) - numeric.LogFactorial(k-d) + math.Log(share) - theta*float64(d)
	}
	s.log = numeric.LogSumExp(logs)
	sum := 0.0
	for d, l := range logs {
		sum += math.Exp(l - s.log)
		s.cumulative[d] = sum
	}
	return s
}

func (s *partialDerangement) logZ() float64 { return s.log }

func (s *partialDerangement) sample(p, spare []int, rng *rand.Rand) {
	d, last := 0, len(s.cumulative)-1
	for u := rng.Float64() * s.cumulative[last]; d < last && u >= s.cumulative[d]; {
		d++
	}
	for i := range p {
		p[i], spare[i] = i, i
	}
	// The first d of spare become a uniform choice of ranks.
	for i := range d {
		j := i + rng.IntN(len(p)-i)
		spare[i], spare[j] = spare[j], spare[i]
	}
	derange(p, spare[:d], rng)
}

// derange permutes the entries of p at the given places, where p is the
// identity, by a uniform permutation of them without a fixed point.
func derange(p, places []int, rng *rand.Rand) {
	for i := len(places) - 1; i >= 0; i-- {
		a, b := places[i], places[rng.IntN(i+1)]
		p[a], p[b] = p[b], p[a]
		if p[a] == a { // p[a] is final
			for _, at := range places {
				p[at] = at
			}
			i = len(places)
		}
	}
}
