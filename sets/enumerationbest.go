package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/best"
)

// The parts of enumeration that look at every score: the best subsets, and the
// entropy. prepare must have been called.

// kBest returns the n subsets with the largest scores, as bits, the best first;
// among equals those that come first in the order of Compare.
func (e *enumeration) kBest(n int) []best.Item[uint64] {
	top := best.New[uint64](n)
	e.eachLeaf(func(g float64, leaf int) {
		for b, x := range e.w {
			if x += g; top.Wants(x) {
				top.Offer(x, uint64(b)|uint64(leaf)<<e.m)
			}
		}
	})
	return top.Items()
}

// entropy returns -sum_y p(y) log p(y). With the best score s* and the weights
// w_y = exp(s_y - s*) that is
//
//	log1p(R) + sum_y w_y (s* - s_y) / (1 + R),    R = sum of w_y over all y but the best,
//
// of terms that are not negative, so that it keeps its digits near 0. An exp
// for every subset.
func (e *enumeration) entropy() float64 {
	high, inner, outer := e.best()
	rest, sum := 0.0, 0.0
	e.eachLeaf(func(g float64, leaf int) {
		for b, x := range e.w {
			if b == inner && leaf == outer {
				continue
			}
			// What is further below adds nothing, and 0 times infinity would.
			if loss := high - (x + g); !(loss > maxLoss) {
				w := math.Exp(-loss)
				rest += w
				sum += w * loss
			}
		}
	})
	return math.Log1p(rest) + sum/(1+rest)
}

// maxLoss is where exp underflows.
const maxLoss = 745
