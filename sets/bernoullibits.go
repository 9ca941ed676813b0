package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// bernoulliBits draws independent labels, 64 at a time. Probabilities are
// rounded to multiples of 2^-32, within [2^-32, 1 - 2^-32]; p gives the rounded
// ones, so that log-probabilities are those of what is drawn.
type bernoulliBits struct {
	threshold []uint32 // probability times 2^32, per label
	words     []kernel.Thresholds
	last      uint64 // valid bits of the last word
}

func newBernoulliBits(k int) *bernoulliBits {
	b := &bernoulliBits{threshold: make([]uint32, k), words: make([]kernel.Thresholds, wordsFor(k))}
	if k > 0 {
		b.last = lastMask(k)
	}
	return b
}

func (b *bernoulliBits) set(p []float64) {
	for j, pj := range p {
		b.threshold[j] = uint32(min(max(math.RoundToEven(pj*0x1p32), 1), 0x1p32-1))
	}
	for w := range b.words {
		b.words[w].Set(b.threshold[w*wordBits : min(len(p), (w+1)*wordBits)])
	}
}

// p is the probability with which label j is drawn.
func (b *bernoulliBits) p(j int) float64 { return float64(b.threshold[j]) * 0x1p-32 }

// column overwrites dst with word w of the sets from, from+1, ... of the stream
// of key.
func (b *bernoulliBits) column(dst []uint64, w int, key uint64, from int) {
	valid := ^uint64(0)
	if w == len(b.words)-1 {
		valid = b.last
	}
	b.words[w].RandomBits(dst, valid, key, uint64(from*len(b.words)+w), uint64(len(b.words)))
}
