package permutations

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// An Ordering lists the labels 0, ..., k-1 from the best to the worst: o[r] is
// the label at rank r, rank 0 being the best. It is the structure of this
// package, the Y of its Space.
//
// An Ordering refers to its numbers as any slice does: copying the value
// shares them, Clone copies them.
type Ordering []int

// A Ranking has the rank of each of the labels 0, ..., k-1: r[j] is the rank
// of label j, rank 0 being the best. As a permutation it is the inverse of
// its Ordering.
type Ranking []int

// Identity returns the ordering 0, 1, ..., k-1. It panics if k is negative.
func Identity(k int) Ordering {
	o := make(Ordering, k)
	for r := range o {
		o[r] = r
	}
	return o
}

// Make returns n orderings of k labels, all the identity, whose numbers lie
// one after the other in one allocation. It panics if n or k is negative.
func Make(n, k int) []Ordering {
	if n < 0 || k < 0 {
		panic(fmt.Sprintf("permutations: Make of %d orderings of %d labels", n, k))
	}
	slab := make([]int, n*k)
	out := make([]Ordering, n)
	for i := range out {
		o := slab[i*k : (i+1)*k : (i+1)*k]
		for r := range o {
			o[r] = r
		}
		out[i] = o
	}
	return out
}

// K is the number of labels.
func (o Ordering) K() int { return len(o) }

// K is the number of labels.
func (r Ranking) K() int { return len(r) }

// Validate reports the first thing that keeps o from listing each of the
// labels 0, ..., k-1 once, as a *PermutationError. O(k); it allocates only
// above 64 labels. No labels at all are valid.
func (o Ordering) Validate() error { return validate("ordering", o) }

// Validate reports the first thing that keeps r from giving each of the ranks
// 0, ..., k-1 to one label, as a *PermutationError. Ties are not of this type:
// they are a Partial.
func (r Ranking) Validate() error { return validate("ranking", r) }

// Clone returns a copy with numbers of its own.
func (o Ordering) Clone() Ordering { return slices.Clone(o) }

// Clone returns a copy with numbers of its own.
func (r Ranking) Clone() Ranking { return slices.Clone(r) }

// Equal reports whether the two list the same labels in the same order.
func (o Ordering) Equal(p Ordering) bool { return slices.Equal(o, p) }

// Equal reports whether the two give every label the same rank.
func (r Ranking) Equal(s Ranking) bool { return slices.Equal(r, s) }

// Compare orders orderings of as many labels lexicographically: -1, 0 or 1.
func (o Ordering) Compare(p Ordering) int { return slices.Compare(o, p) }

// Ranking returns the rank of each label. It panics if o is not valid.
func (o Ordering) Ranking() Ranking {
	r := make(Ranking, len(o))
	o.RankingTo(r)
	return r
}

// RankingTo is Ranking without the allocation: it overwrites dst, of length k.
// What it does with an ordering that is not valid is a panic or a dst that is
// not valid either.
func (o Ordering) RankingTo(dst Ranking) {
	sameLength(len(dst), len(o))
	for r, j := range o {
		dst[j] = r
	}
}

// Ordering returns the labels from the best to the worst. It panics if r is
// not valid.
func (r Ranking) Ordering() Ordering {
	o := make(Ordering, len(r))
	r.OrderingTo(o)
	return o
}

// OrderingTo is Ordering without the allocation, like RankingTo.
func (r Ranking) OrderingTo(dst Ordering) {
	sameLength(len(dst), len(r))
	for j, rank := range r {
		dst[rank] = j
	}
}

// Reverse returns the ordering from the worst to the best.
func (o Ordering) Reverse() Ordering {
	p := o.Clone()
	slices.Reverse(p)
	return p
}

// Relabel returns the ordering in which every label j is called to[j].
func (o Ordering) Relabel(to []int) Ordering {
	p := make(Ordering, len(o))
	for r, j := range o {
		p[r] = to[j]
	}
	return p
}

// ByScore returns the labels from the highest to the lowest score, equal
// scores from the lowest to the highest label. O(k log k). Infinities are
// scores like others; NaN is an error.
func ByScore(scores []float64) (Ordering, error) {
	for j, s := range scores {
		if s != s {
			return nil, &ScoreError{Label: j, Value: s}
		}
	}
	o := make(Ordering, len(scores))
	sortByScore(o, scores)
	return o, nil
}

// sortByScore overwrites dst with the ordering of ByScore. For few labels it
// counts for each how many are before it, without a branch that the processor
// could guess wrongly. Where a score is NaN the order means nothing.
func sortByScore(dst Ordering, scores []float64) {
	sameLength(len(scores), len(dst))
	for j := range dst {
		dst[j] = j
	}
	if len(dst) > countingLimit {
		slices.SortStableFunc(dst, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
		return
	}
	var rank [countingLimit]uint8
	for i, a := range scores {
		before := uint8(0)
		for j, b := range scores[:i] {
			first := uint8(0)
			if b >= a {
				first = 1
			}
			before += first
			rank[j%countingLimit] += 1 - first
		}
		rank[i%countingLimit] = before
	}
	for j := range dst {
		dst[rank[j%countingLimit]] = j
	}
}

// countingLimit is up to how many labels counting is the faster way to sort.
const countingLimit = 64

// Reasons of a *PermutationError.
var (
	ErrOutOfRange = errors.New("out of range")
	ErrRepeated   = errors.New("repeated")
)

// A PermutationError reports an Ordering or Ranking that is not a permutation.
type PermutationError struct {
	Type     string // "ordering" or "ranking"
	Position int    // where in the slice, from 0
	Value    int    // what stands there
	K        int    // the length of the slice
	Err      error  // ErrOutOfRange or ErrRepeated
}

func (e *PermutationError) Error() string {
	what, at := "label", "rank"
	if e.Type == "ranking" {
		what, at = at, what
	}
	if errors.Is(e.Err, ErrRepeated) {
		return fmt.Sprintf("permutations: %s: %s %d at %s %d is repeated", e.Type, what, e.Value, at, e.Position)
	}
	return fmt.Sprintf("permutations: %s: %s %d at %s %d is outside 0..%d", e.Type, what, e.Value, at, e.Position, e.K-1)
}

func (e *PermutationError) Unwrap() error { return e.Err }

// A ScoreError reports a score that is not a number.
type ScoreError struct {
	Label int
	Value float64
}

func (e *ScoreError) Error() string {
	return fmt.Sprintf("permutations: label %d: score %v", e.Label, e.Value)
}

func validate(what string, p []int) error {
	var few [1]uint64
	seen := few[:]
	if words := (len(p) + 63) / 64; words > len(seen) {
		seen = make([]uint64, words)
	}
	for i, v := range p {
		if v < 0 || v >= len(p) {
			return &PermutationError{Type: what, Position: i, Value: v, K: len(p), Err: ErrOutOfRange}
		}
		bit := uint64(1) << (v % 64)
		if seen[v/64]&bit != 0 {
			return &PermutationError{Type: what, Position: i, Value: v, K: len(p), Err: ErrRepeated}
		}
		seen[v/64] |= bit
	}
	return nil
}

func sameLength(got, want int) {
	if got != want {
		panic(fmt.Sprintf("permutations: slice of length %d for %d labels", got, want))
	}
}
