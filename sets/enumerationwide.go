package sets

import (
	"math"
	"math/bits"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// The parts of enumeration that work on scores instead of weights: the slow
// path for scores too far apart for weights, and the search for the best one.

// scores fills w with the scores of the inner subsets at a leaf, less g, and
// -Inf for sizes that are not allowed.
func (e *enumeration) scores() {
	w := e.w
	subsetSums(w, e.cross[0])
	for b, x := range e.inner {
		w[b] += x
	}
	if e.bounded() {
		for b := range w {
			if c := len(e.path) + bits.OnesCount(uint(b)); c < e.min || c > e.max {
				w[b] = math.Inf(-1)
			}
		}
	}
}

// wideLeaf is leaf with an exp per subset.
func (e *enumeration) wideLeaf(g float64) float64 {
	e.scores()
	sum := kernel.ExpSum(e.w, e.w, e.ref-g)
	if e.grad {
		kernel.Axpy(e.acc[0], 1, e.w)
		return e.fold(1)
	}
	return sum
}

// streamed is the mass of all subsets with ref moved to the largest score.
func (e *enumeration) streamed(top int) float64 {
	e.ref, _, _ = e.best()
	if math.IsInf(e.ref, -1) {
		return 0
	}
	clear(e.cross[top])
	e.path = e.path[:0]
	return e.visit(top, 0, 0)
}

// eachLeaf calls see for every outer subset, by number, with the scores of the
// inner subsets less g in w. prepare must have been called.
func (e *enumeration) eachLeaf(see func(g float64, leaf int)) {
	top := e.n - e.m
	clear(e.cross[top])
	e.path = e.path[:0]
	var visit func(level int, g float64, leaf int)
	visit = func(level int, g float64, leaf int) {
		if level == 0 {
			e.scores()
			see(g, leaf)
			return
		}
		copy(e.cross[level-1], e.cross[level])
		visit(level-1, g, leaf)
		g = e.push(e.m+level-1, level, g)
		visit(level-1, g, leaf|1<<(level-1))
		e.path = e.path[:len(e.path)-1]
	}
	visit(top, 0, 0)
}

// best returns the largest score and the subset that has it, as inner and
// outer bits; among equals the one that comes first in the order of Compare.
// prepare must have been called.
func (e *enumeration) best() (score float64, inner, outer int) {
	score = math.Inf(-1)
	e.eachLeaf(func(g float64, leaf int) {
		for b, x := range e.w {
			if x += g; x > score {
				score, inner, outer = x, b, leaf
			}
		}
	})
	return score, inner, outer
}

// leafWeights fills w with the relative weights of the inner subsets under the
// outer subset leaf.
func (e *enumeration) leafWeights(leaf int) {
	clear(e.cross[0])
	e.path = e.path[:0]
	for i := e.n - 1; i >= e.m; i-- {
		if leaf>>(i-e.m)&1 != 0 {
			for j := range e.cross[0] {
				e.cross[0][j] += e.u[i*e.n+j]
			}
			e.path = append(e.path, i)
		}
	}
	e.scores()
	high := math.Inf(-1)
	for _, x := range e.w {
		high = max(high, x)
	}
	for b, x := range e.w {
		e.w[b] = math.Exp(x - high)
	}
}
