package sets

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// FBeta is the F-measure of an example,
//
//	F(h, y) = (1 + beta^2) |h and y| / (|h| + beta^2 |y|),
//
// whose mean is the F-measure averaged over samples. The best decision is that
// of the general F-measure maximiser (Dembczynski, Waegeman, Cheng, Hüllermeier
// 2011; Waegeman et al. 2014): with
//
//	D_jm = sum_s P(j in y, |y| = s) / (m + beta^2 s)
//
// the best set of m labels has the m largest D_jm, its expectation is (1 +
// beta^2) times their sum, and the best size is searched. It is exact for every
// distribution, at most O(k^2 S) for sizes s up to S that have any probability,
// given those k S numbers (sizes m that cannot be best are not looked at): in closed form for [Unary] and [Cardinality] scores, by
// enumeration up to MaxListed labels, and otherwise from samples of the model.
type FBeta struct {
	// Beta weighs recall against precision; 0 stands for 1.
	Beta float64
	// ZeroDivision is what F is for the empty set where that is true: 0 by
	// default, in which case it is never predicted unless it is certain.
	ZeroDivision ZeroDivision
}

// F1 is the F-measure with beta 1.
var F1 = FBeta{}

func (f FBeta) beta() float64 {
	if f.Beta == 0 {
		return 1
	}
	return f.Beta
}

// String is f1_samples, or f2_samples and the like.
func (f FBeta) String() string { return fmt.Sprintf("f%g_samples", f.beta()) }

// Validate wants a positive, finite Beta, and no ZeroDivisionSkip.
func (f FBeta) Validate() error {
	if b := f.beta(); !(b > 0 && b <= 1e6) {
		return &ArgumentError{Name: "FBeta.Beta", Value: b, Want: "a positive number up to 1e6"}
	}
	return f.ZeroDivision.validateUtility()
}

func (FBeta) needs() need { return needsSizes }

// Between is the F-measure of one example.
func (f FBeta) Between(predicted, truth Set) float64 {
	b := f.beta() * f.beta()
	den := float64(predicted.Count()) + b*float64(truth.Count())
	if den == 0 {
		return f.ZeroDivision.bothEmpty()
	}
	return (1 + b) * float64(predicted.IntersectionCount(truth)) / den
}

func (f FBeta) decide(b *beliefs) Decision {
	k, top, squared := b.k, len(b.size)-1, f.beta()*f.beta()
	d := Decision{Y: New(k), Utility: f.ZeroDivision.bothEmpty() * b.size[0], Proven: true}
	if top == 0 {
		return d
	}
	order := make([]int, k)
	for j := range order {
		order[j] = j
	}
	w, delta := make([]float64, top*decisionSizes), make([]float64, k*decisionSizes)
	size, at := 0, make([]float64, k)
	for first := 1; first <= k && !(b.mostF(first, squared) < d.Utility); first += decisionSizes {
		n := min(decisionSizes, k+1-first)
		for s := range top {
			for m := range n {
				w[s*n+m] = (1 + squared) / (float64(first+m) + squared*float64(s+1))
			}
		}
		kernel.NN(delta, n, b.joint, top, w, n, k, n, top, false) // at j*n + m-first
		for m := range n {
			for j := range at {
				at[j] = delta[j*n+m]
			}
			if first+m == 1 {
				slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(at[j], at[i]), i-j) })
			}
			descend(order, at)
			sum := 0.0
			for _, j := range order[:first+m] {
				sum += at[j]
			}
			if sum > d.Utility {
				d.Utility, size = sum, first+m
				d.Y.Clear()
				for _, j := range order[:size] {
					d.Y.Add(j)
				}
			}
		}
	}
	if size > 0 {
		d.Utility = math.Min(1, d.Utility)
	}
	return d
}

// decisionSizes is how many sizes of a decision are looked at together.
const decisionSizes = 32

// mostF bounds the expectation of every set of m labels or more, by that of all
// labels under its divisor:
//
//	(1 + beta^2) sum_s s P(|y| = s) / (m + beta^2 s).
func (b *beliefs) mostF(m int, squared float64) float64 {
	sum := 0.0
	for s, p := range b.size {
		if s > 0 {
			sum += float64(s) * p * (1 + squared) / (float64(m) + squared*float64(s))
		}
	}
	return sum * (1 + 1e-9) // for rounding
}

// descend sorts labels by their scores, the largest first and equals in the
// order of the labels, by insertion: O(k) where they are nearly sorted already.
func descend(order []int, score []float64) {
	for i := 1; i < len(order); i++ {
		j, at := order[i], i
		for ; at > 0; at-- {
			before := order[at-1]
			if score[before] > score[j] || score[before] == score[j] && before < j {
				break
			}
			order[at] = before
		}
		order[at] = j
	}
}
