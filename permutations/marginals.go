package permutations

import (
	"errors"
	"math"
)

// ErrImprecise is returned for marginals of scores so large, above about 1e12,
// that rounding alone changes which orderings are probable.
var ErrImprecise = errors.New("permutations: the scores are too large for probabilities: their rounding errors are above one nat")

// marginalError is how far sums of marginals may be from 1.
const marginalError = 1e-3

// checkPositions wants rows and columns that sum to 1.
func checkPositions(p []float64, k int) error {
	for i := range k {
		row, column := 0.0, 0.0
		for r := range k {
			row += p[i*k+r]
			column += p[r*k+i]
		}
		if !(math.Abs(row-1) <= marginalError && math.Abs(column-1) <= marginalError) {
			return ErrImprecise
		}
	}
	return nil
}

// checkPairs wants one of the two orders of every pair.
func checkPairs(p []float64, k int) error {
	for i := range k {
		for j := range i {
			if !(math.Abs(p[i*k+j]+p[j*k+i]-1) <= marginalError) {
				return ErrImprecise
			}
		}
	}
	return nil
}
