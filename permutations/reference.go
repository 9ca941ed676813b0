package permutations

import (
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// A Reference is the probability q over orderings that scores are relative to:
// p(y|x) = q(y) exp g(x,y) / Z(x). The references of this package are
// [Uniform], [PlackettLuce] and [Mallows].
type Reference interface {
	// bind returns the reference over k labels, or what is wrong with it.
	bind(k int) (reference, error)
}

// reference is a Reference for a given number of labels. It is immutable and
// safe for concurrent use.
type reference interface {
	// sample overwrites ys with independent draws.
	sample(ys []Ordering, rng *rand.Rand)
	// logProb writes log q(ys[i]) to dst[i].
	logProb(dst []float64, ys []Ordering)
	// condition returns q(.|e), or says why it cannot be drawn from.
	condition(e Partial) (conditional, error)
}

// conditional draws from a reference given a partial ranking. It is for one
// goroutine.
type conditional interface {
	// logEvidence is log q(e).
	logEvidence() float64
	// sample overwrites y with a draw from q(.|e).
	sample(y Ordering, rng *rand.Rand)
}

// Uniform gives every ordering the probability 1/k!.
type Uniform struct{}

func (Uniform) bind(k int) (reference, error) {
	return &uniform{logProbability: -numeric.LogFactorial(k)}, nil
}

type uniform struct{ logProbability float64 }

func (u *uniform) sample(ys []Ordering, rng *rand.Rand) {
	for _, y := range ys {
		shuffle(y, rng)
	}
}

// shuffle overwrites y with a uniform ordering by the algorithm of Fisher and
// Yates in its inside-out form, O(k), whatever was in y before.
func shuffle(y Ordering, rng *rand.Rand) {
	for r := range y {
		j := rng.IntN(r + 1)
		y[r] = y[j]
		y[j] = r
	}
}

func (u *uniform) logProb(dst []float64, ys []Ordering) {
	for i := range ys {
		dst[i] = u.logProbability
	}
}

func (u *uniform) condition(e Partial) (conditional, error) {
	return &uniformGiven{e: e, free: make([]int, e.Ranked()), at: make([]int, e.Groups())}, nil
}

// uniformGiven is uniform over the orderings that agree with e.
type uniformGiven struct {
	e    Partial
	free []int // the ranked labels in a drawn order that agrees with e
	at   []int // where the next label of each group goes
}

func (u *uniformGiven) logEvidence() float64 {
	return u.e.LogCompletions() - numeric.LogFactorial(u.e.K())
}

// sample draws a uniform ordering and sorts its ranked labels by group, stably
// and among their own ranks: the order within groups and the ranks of the
// unranked labels stay as drawn, and they are independent. O(k).
func (u *uniformGiven) sample(y Ordering, rng *rand.Rand) {
	shuffle(y, rng)
	copy(u.at, u.e.start)
	for _, j := range y {
		if g := u.e.group[j]; g >= 0 {
			u.free[u.at[g]] = j
			u.at[g]++
		}
	}
	n := 0
	for r, j := range y {
		if u.e.group[j] >= 0 {
			y[r] = u.free[n]
			n++
		}
	}
}

// A ReferenceError reports a setting of a reference that makes no sense.
type ReferenceError struct {
	Field string  // such as Mallows.Dispersion
	Index int     // in the field, -1 where it has none
	Value float64 // the number, where it is one
	Want  string
}

func (e *ReferenceError) Error() string {
	at := e.Field
	if e.Index >= 0 {
		at = fmt.Sprintf("%s[%d]", at, e.Index)
	}
	return fmt.Sprintf("permutations: %s is %v, want %s", at, e.Value, e.Want)
}
