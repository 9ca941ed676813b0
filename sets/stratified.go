package sets

import (
	"math"
	"math/rand/v2"
)

// stratify overwrites ys with draws of independent labels with probabilities p,
// of which label j is in floor(n p_j) or one more: each set has the law of a
// single draw, and the sets together are less alike than independent ones (Latin
// hypercube sampling, McKay, Beckman, Conover 1979). A uniform subset of the sets
// is drawn for each label by Floyd's algorithm: n sum_j min(p_j, 1-p_j) random
// numbers and k more at most.
func stratify(ys []Set, p func(j int) float64, k int, rng *rand.Rand) {
	n := len(ys)
	for _, y := range ys {
		y.Clear()
	}
	for j := range k {
		count := stratum(n, p(j), rng)
		without := count > n/2 // draw who does not have it
		if without {
			count = n - count
		}
		for t := n - count; t < n; t++ {
			if r := rng.IntN(t + 1); ys[r].Has(j) {
				ys[t].Add(j)
			} else {
				ys[r].Add(j)
			}
		}
		if without {
			for _, y := range ys {
				y.Toggle(j)
			}
		}
	}
}

// stratum is n p rounded up or down at random, n p on average.
func stratum(n int, p float64, rng *rand.Rand) int {
	return min(n, int(math.Floor(float64(n)*p+rng.Float64())))
}
