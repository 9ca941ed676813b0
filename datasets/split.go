package datasets

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// ErrNilRand is the error of a function that needs randomness and was given a
// nil *rand.Rand: there is no hidden global generator.
var ErrNilRand = errors.New("datasets: nil *rand.Rand")

// FractionError reports fractions that do not share out a whole.
type FractionError struct {
	// Index is the fraction that is not positive and finite, or -1 when the
	// sum is at fault.
	Index int
	Value float64 // that fraction, or the sum
}

func (e *FractionError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("datasets: the fractions of a split sum to %g, not 1", e.Value)
	}
	return fmt.Sprintf("datasets: fraction %d of a split is %g, not positive", e.Index, e.Value)
}

// FoldsError reports a number of folds that the rows cannot be cut into.
type FoldsError struct{ Folds, Rows int }

func (e *FoldsError) Error() string {
	return fmt.Sprintf("datasets: cannot cut %d rows into %d folds: at least 2 folds of at least one row", e.Rows, e.Folds)
}

// Split deals the rows 0, ..., n-1 at random into len(fractions) parts, each
// in increasing order. Every row is in exactly one part, and the part sizes
// are n times the fractions, rounded so that they sum to n (the largest
// remainders are rounded up); with few rows a part can be empty. All deals of
// these sizes are equally likely. It takes O(n log n).
//
// The fractions must be positive and sum to 1: a *FractionError otherwise.
func Split(n int, fractions []float64, rng *rand.Rand) ([][]int, error) {
	if n < 0 {
		return nil, fmt.Errorf("datasets: split of %d rows", n)
	}
	if rng == nil {
		return nil, ErrNilRand
	}
	if err := checkFractions(fractions); err != nil {
		return nil, err
	}
	order := rng.Perm(n)
	parts := make([][]int, len(fractions))
	for p, size := range largestRemainder(n, fractions) {
		parts[p], order = order[:size:size], order[size:]
		slices.Sort(parts[p])
	}
	return parts, nil
}

func checkFractions(fractions []float64) error {
	sum := 0.0
	for i, f := range fractions {
		if !(f > 0) || math.IsInf(f, 0) {
			return &FractionError{Index: i, Value: f}
		}
		sum += f
	}
	if math.Abs(sum-1) > 1e-9 {
		return &FractionError{Index: -1, Value: sum}
	}
	return nil
}

// largestRemainder rounds n times the fractions to whole numbers of sum n.
func largestRemainder(n int, fractions []float64) []int {
	sizes := make([]int, len(fractions))
	byRemainder := make([]int, len(fractions))
	remainder := make([]float64, len(fractions))
	sum := 0.0 // 1, but for rounding: left must not become negative
	for _, f := range fractions {
		sum += f
	}
	left := n
	for p, f := range fractions {
		share := float64(n) * f / sum
		sizes[p] = int(math.Floor(share + 1e-9)) // 0.29*100 is 28.999999999999996
		remainder[p] = share - float64(sizes[p])
		byRemainder[p] = p
		left -= sizes[p]
	}
	slices.SortStableFunc(byRemainder, func(a, b int) int {
		switch {
		case remainder[a] > remainder[b]:
			return -1
		case remainder[a] < remainder[b]:
			return 1
		}
		return 0
	})
	for i := 0; left > 0; i, left = i+1, left-1 {
		sizes[byRemainder[i%len(byRemainder)]]++
	}
	return sizes
}
