package sets

import (
	"math"
	"math/rand/v2"
)

// bernoulliBits draws independent labels, 64 at a time, by comparing uniform
// 32-bit numbers with the probabilities bit by bit from the top: one random
// word settles half of the labels still open, so about 8 words settle 64
// labels. Probabilities are rounded to multiples of 2^-32, within
// [2^-32, 1 - 2^-32]; p gives the rounded ones, so that log-probabilities are
// those of what is drawn.
type bernoulliBits struct {
	threshold []uint32     // probability times 2^32, per label
	plane     [][32]uint64 // per word: bit b (from the top) of 64 thresholds
	last      uint64       // valid bits of the last word
}

func newBernoulliBits(k int) *bernoulliBits {
	b := &bernoulliBits{threshold: make([]uint32, k), plane: make([][32]uint64, wordsFor(k))}
	if k > 0 {
		b.last = lastMask(k)
	}
	return b
}

func (b *bernoulliBits) set(p []float64) {
	clear(b.plane)
	for j, pj := range p {
		t := uint32(min(max(math.RoundToEven(pj*0x1p32), 1), 0x1p32-1))
		b.threshold[j] = t
		plane, bit := &b.plane[j/wordBits], uint64(1)<<(uint(j)%wordBits)
		for i := range 32 {
			if t>>(31-i)&1 != 0 {
				plane[i] |= bit
			}
		}
	}
}

// p is the probability with which label j is drawn.
func (b *bernoulliBits) p(j int) float64 { return float64(b.threshold[j]) * 0x1p-32 }

// sample overwrites s with one draw.
func (b *bernoulliBits) sample(s Set, rng *rand.Rand) {
	for w := range s.words {
		open := ^uint64(0)
		if w == len(s.words)-1 {
			open = b.last
		}
		y := uint64(0)
		for _, t := range &b.plane[w] {
			r := rng.Uint64()
			y |= open & t &^ r // below the threshold for the first time
			open &^= t ^ r
			if open == 0 {
				break
			}
		}
		s.words[w] = y
	}
}
