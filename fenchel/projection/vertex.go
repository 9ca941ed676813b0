package projection

import (
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/fenchel"
)

// The polytopes of which the best vertex is a matter of sorting are a
// fenchel.Oracle too.
var (
	_ fenchel.Oracle = Simplex{}
	_ fenchel.Oracle = CappedSimplex{}
	_ fenchel.Oracle = Box{}
	_ fenchel.Oracle = Permutahedron{}
)

// descending are the entries from the largest score on, equals by index.
func descending(scores []float64) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	return order
}

// Best is Radius at the largest score, the first of several.
func (s Simplex) Best(vertex, scores []float64) error {
	sameLength(vertex, scores)
	if err := finite(scores); err != nil {
		return err
	}
	if len(scores) == 0 {
		return fenchel.ErrNoSupport
	}
	at := 0
	for i, v := range scores {
		if v > scores[at] {
			at = i
		}
	}
	clear(vertex)
	vertex[at] = s.radius()
	return nil
}

// Best is 1 at the K largest scores, the first of several, with what K has
// beyond a whole number at the next. O(n log n).
func (c CappedSimplex) Best(vertex, scores []float64) error {
	sameLength(vertex, scores)
	if err := finite(scores); err != nil {
		return err
	}
	left := c.K
	if left == 0 {
		left = 1
	}
	if left > float64(len(scores)) {
		return fenchel.ErrBudget
	}
	clear(vertex)
	for _, i := range descending(scores) {
		if left <= 0 {
			break
		}
		vertex[i] = min(1, left)
		left -= vertex[i]
	}
	return nil
}

// Best is Upper where the score is positive and Lower elsewhere; both must be
// finite there.
func (b Box) Best(vertex, scores []float64) error {
	sameLength(vertex, scores)
	if err := b.fits(len(scores)); err != nil {
		return err
	}
	if err := finite(scores); err != nil {
		return err
	}
	for i, v := range scores {
		lo, hi := b.bounds(i)
		if v > 0 {
			lo = hi
		}
		if math.IsInf(lo, 0) {
			return &fenchel.EntryError{Index: i, Value: lo, Err: ErrNotFinite}
		}
		vertex[i] = lo
	}
	return nil
}

// Best gives the largest numbers to the largest scores, among equals to the
// first. O(n log n).
func (p Permutahedron) Best(vertex, scores []float64) error {
	sameLength(vertex, scores)
	n := len(scores)
	if p.Of != nil && len(p.Of) != n {
		return ErrSize
	}
	if err := finite(scores); err != nil {
		return err
	}
	if err := finite(p.Of); err != nil {
		return err
	}
	of := slices.Clone(p.Of)
	slices.Sort(of)
	for r, i := range descending(scores) {
		vertex[i] = float64(n - r)
		if of != nil {
			vertex[i] = of[n-1-r]
		}
	}
	return nil
}
