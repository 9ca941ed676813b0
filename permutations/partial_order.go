package permutations

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// Allows reports whether y agrees with p. O(k). An ordering of another number
// of labels does not.
func (p Partial) Allows(y Ordering) bool {
	if len(y) != len(p.group) {
		return false
	}
	last := 0
	for _, j := range y {
		if g := p.group[j]; g >= last {
			last = g
		} else if g >= 0 {
			return false
		}
	}
	return true
}

// MayPrecede reports whether some ordering that agrees with p has label i
// before label j, i not being j.
func (p Partial) MayPrecede(i, j int) bool {
	return p.group[j] < 0 || p.group[i] <= p.group[j]
}

// MaxMaskLabels is the largest number of labels that Predecessors can mark.
const MaxMaskLabels = 64

// Predecessors overwrites before, of length k <= MaxMaskLabels, with the
// partial order as bit masks: bit i of before[j] says that label i must stand
// before label j. The masks are transitively closed, so that a set S of labels
// can be the first |S| of an ordering that agrees with p exactly if
//
//	before[j] is a subset of S   for every j in S.
//
// O(k). It panics if before does not have length k or k is too large.
func (p Partial) Predecessors(before []uint64) {
	sameLength(len(before), p.K())
	if p.K() > MaxMaskLabels {
		panic(fmt.Sprintf("permutations: bit masks of %d labels", p.K()))
	}
	clear(before)
	mask := uint64(0)
	for g := range p.Groups() {
		next := mask
		for _, j := range p.Group(g) {
			before[j] = mask
			next |= 1 << j
		}
		mask = next
	}
}

// LogCompletions is the log of the number of orderings that agree with p,
//
//	log k! - log m! + sum_g log n_g!
//
// with n_g labels in group g and m ranked labels in all.
func (p Partial) LogCompletions() float64 {
	l := numeric.LogFactorial(p.K()) - numeric.LogFactorial(p.Ranked())
	for g := range p.Groups() {
		l += numeric.LogFactorial(len(p.Group(g)))
	}
	return l
}
