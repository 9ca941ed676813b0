package permutations

import (
	"math"
	"math/rand/v2"
)

// cycleConstruction draws from the Mallows distribution with Cayley's
// distance. Element i of 0, 1, ..., k-1 becomes a cycle of its own, with
// probability 1/(1 + i e^{-theta}), or is put into one of those there are by a
// swap with a uniform earlier element, which makes one unit of distance: every
// permutation comes from one sequence of choices. So the normaliser is
//
//	Z = prod_i (1 + i e^{-theta})
//
// (Fligner and Verducci 1986). O(k).
type cycleConstruction struct {
	alone []float64 // 1/(1 + i e^{-theta})
	log   float64
}

func newCycleConstruction(k int, theta float64) *cycleConstruction {
	s := &cycleConstruction{alone: make([]float64, k)}
	for i := range s.alone {
		v := float64(i) * math.Exp(-theta)
		s.alone[i] = 1 / (1 + v)
		s.log += math.Log1p(v)
	}
	return s
}

func (s *cycleConstruction) logZ() float64 { return s.log }

func (s *cycleConstruction) sample(p, _ []int, rng *rand.Rand) {
	for i := range p {
		p[i] = i
		if i > 0 && rng.Float64() >= s.alone[i] {
			j := rng.IntN(i)
			p[i], p[j] = p[j], p[i]
		}
	}
}

// cycles is the number of cycles of p. It uses p as working memory: O(k).
func cycles(p []int) int {
	n := 0
	for i := range p {
		if p[i] < 0 {
			continue
		}
		n++
		for at := i; p[at] >= 0; {
			p[at], at = -1, p[at]
		}
	}
	return n
}
