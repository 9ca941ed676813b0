package permutations

import (
	"math"
	"math/bits"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// referenceTerms writes log q as what subsets adds up, besides a constant:
//
//	log q(y) = base + sum_r position[y_r*k+r] + sum_{i before j} pair[i*k+j] + sum_r set({y_0, ..., y_r})
//
// with nil for terms that are not there.
type referenceTerms struct {
	base           float64
	position, pair []float64
	set            *setTerms
}

// terms returns the reference in that form. There is none for Cayley's
// distance, nor one to tabulate for Plackett-Luce over more than MaxExact
// labels.
func (s *Space) terms() (referenceTerms, bool) {
	k := s.k
	switch q := s.ref.(type) {
	case *uniform:
		return referenceTerms{base: q.logProbability}, true
	case *plackettLuceReference:
		if k > MaxExact {
			return referenceTerms{}, false
		}
		return plackettLuceTerms(&q.choice), true
	case *mallows:
		switch t := (referenceTerms{base: -q.logZ}); q.distance {
		case Hamming:
			t.position = make([]float64, k*k)
			for j, center := range q.rank {
				for r := range k {
					if r != center {
						t.position[j*k+r] = -q.dispersion
					}
				}
			}
			return t, true
		case Kendall:
			t.pair = make([]float64, k*k)
			for i, a := range q.rank {
				for j, b := range q.rank {
					if a > b {
						t.pair[i*k+j] = -q.dispersion
					}
				}
			}
			return t, true
		}
	}
	return referenceTerms{}, false
}

// plackettLuceTerms tabulates, for every set S but that of all labels, the
// denominator of the choice after S: set(S) = -log sum_{j not in S} w_j.
func plackettLuceTerms(c *repeatedChoice) referenceTerms {
	k := len(c.logw)
	full := 1<<k - 1
	rest := make([]float64, full+1) // by what is left at first: log sum_{j in S} w_j
	rest[0] = math.Inf(-1)
	for s := 1; s <= full; s++ {
		rest[s] = numeric.LogAddExp(rest[s&(s-1)], c.logw[bits.TrailingZeros(uint(s))])
	}
	base := c.sum - rest[full]
	for s := 0; s < full&^s; s++ {
		rest[s], rest[full&^s] = -rest[full&^s], -rest[s]
	}
	rest[full] = 0
	return referenceTerms{base: base, set: newSetTerms(k, rest)}
}

// newSetTerms keeps log set(S), by S, and tabulates the weights.
func newSetTerms(k int, log []float64) *setTerms {
	t := &setTerms{log: log, weight: make([]float64, len(log))}
	var high [32]float64
	for r := range high {
		high[r] = math.Inf(-1)
	}
	for s := 1; s < len(log); s++ {
		r := bits.OnesCount(uint(s)) & 31
		high[r] = max(high[r], log[s])
	}
	for s := 1; s < len(log); s++ {
		t.weight[s] = math.Exp(log[s] - high[bits.OnesCount(uint(s))&31])
	}
	for r := 1; r <= k; r++ {
		t.shift += high[r]
	}
	return t
}
