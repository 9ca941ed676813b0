package sets

import (
	"math"
	"math/bits"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// MaxEnumerated is the largest number of labels over which a pairwise energy
// is summed exactly.
const MaxEnumerated = 24

// enumeration sums exp(<v,y> + sum_{i<j in y} U_ij) over the subsets y of n
// labels whose size is in min..max, exactly, in O(2^n) operations: no more
// than a handful per subset, and no exp.
//
// The low m <= 10 labels are inner, the others outer. A depth-first walk over
// the outer labels carries the score so far and the field c_j = sum_{i in a}
// U_ij that the outer labels a put on each inner label. At a leaf the weights
// of the 2^m inner subsets b are E[b] prod_{j in b} exp(c_j), where E depends
// on the inner labels alone and is tabulated once; the product is built by
// doubling, one multiplication per subset. (A Gray code would also visit each
// subset with O(1) work for a field, but needs an exp per subset and
// accumulates the rounding of its updates; the walk only ever adds.)
//
// Weights are relative to exp(ref), ref an upper bound of all scores, and every
// factor is at most 1. If the scores span less than safeSpan nothing can
// underflow; wider ones take the slow path in the log domain.
type enumeration struct {
	n, m     int
	v, u     []float64 // n, and n x n symmetric with a zero diagonal
	min, max int

	ref      float64
	wide     bool      // slow path
	inner    []float64 // score of each inner subset
	innerMax float64
	weight   [][]float64 // E, per number of outer labels where sizes are bounded
	w        []float64   // 2^m, of the leaf
	cross    [][]float64 // c, per level of the walk
	path     []int       // outer labels present

	// Where the gradient is wanted: sums of weights.
	grad   bool
	one    []float64   // n: of subsets with i
	two    []float64   // n x n, i < j: of subsets with i and j
	acc    [][]float64 // per row of weight: of inner subsets, without E
	q      [][]float64 // per level: of subsets with inner label j below it
	leaves []float64   // mass per leaf, where wanted
}

const (
	innerLabels = 10
	safeSpan    = 600
)

// reset makes the enumeration ready for n labels; v and u are then filled by
// the caller, with prepare to follow.
func (e *enumeration) reset(n, lo, hi int) {
	e.n, e.m, e.min, e.max = n, min(n, max(8, (n+1)/2), innerLabels), lo, hi
	e.v, e.u = numeric.Grow(e.v, n), numeric.Zeroed(e.u, n*n)
	size := 1 << e.m
	e.inner, e.w = numeric.Grow(e.inner, size), numeric.Grow(e.w, size)
	for len(e.cross) <= n-e.m {
		e.cross = append(e.cross, nil)
		e.q = append(e.q, nil)
	}
	for i := range n - e.m + 1 {
		e.cross[i], e.q[i] = numeric.Grow(e.cross[i], e.m), numeric.Grow(e.q[i], e.m)
	}
}

// bounded reports whether some sizes are excluded.
func (e *enumeration) bounded() bool { return e.min > 0 || e.max < e.n }

// prepare tabulates what depends on the inner labels alone.
func (e *enumeration) prepare() {
	n, span, upper := e.n, 0.0, 0.0
	for i, vi := range e.v {
		span += math.Abs(vi)
		upper += max(vi, 0)
		for _, x := range e.u[i*n+i+1 : (i+1)*n] {
			span += math.Abs(x)
			upper += max(x, 0)
		}
	}
	e.ref, e.wide = upper, !(span <= safeSpan)

	e.inner[0] = 0
	field := e.w // sum of U_ij over i in b, for the label j in turn
	for j := range e.m {
		subsetSums(field, e.u[j*n:j*n+j])
		lo, hi := e.inner[:1<<j], e.inner[1<<j:2<<j]
		for b, x := range lo {
			hi[b] = x + e.v[j] + field[b]
		}
	}
	e.innerMax = e.inner[0]
	for _, x := range e.inner {
		e.innerMax = max(e.innerMax, x)
	}
	if e.wide {
		return
	}
	groups := 1
	if e.bounded() {
		groups = n - e.m + 1
	}
	for len(e.weight) < groups {
		e.weight = append(e.weight, nil)
		e.acc = append(e.acc, nil)
	}
	first := numeric.Grow(e.weight[0], len(e.inner))
	e.weight[0] = first
	kernel.ExpSum(first, e.inner, e.innerMax)
	if !e.bounded() {
		return
	}
	for count := groups - 1; count >= 0; count-- { // the first last: the others copy it
		e.weight[count] = numeric.Grow(e.weight[count], len(e.inner))
		for b, x := range first {
			if c := count + bits.OnesCount(uint(b)); c < e.min || c > e.max {
				x = 0
			}
			e.weight[count][b] = x
		}
	}
}

// group is the row of weight and acc for a leaf with count outer labels.
func (e *enumeration) group(count int) int {
	if e.bounded() {
		return count
	}
	return 0
}

// logZ returns the log of the sum. With grad, one and two are left holding
// P(i in y) and, for i < j, P(i and j in y).
func (e *enumeration) logZ(grad bool) float64 {
	e.prepare()
	e.grad = grad && !e.wide
	if e.grad {
		e.clearGrad()
	}
	total := e.walk()
	logZ := e.ref + math.Log(total)
	if e.wide && grad {
		// Again, now with the true log Z: masses become probabilities.
		e.ref, e.grad, total = logZ, true, 1
		e.clearGrad()
		e.walk()
	}
	if grad {
		e.unfoldInner()
		for i := range e.one {
			e.one[i] /= total
		}
		for i := range e.two {
			e.two[i] /= total
		}
	}
	e.grad = false
	return logZ
}

// walk returns the mass of all subsets, relative to exp(ref). In the slow path
// without a gradient it moves ref to the running maximum.
func (e *enumeration) walk() float64 {
	top := e.n - e.m
	clear(e.cross[top])
	e.path = e.path[:0]
	if e.wide && !e.grad {
		return e.streamed(top)
	}
	return e.visit(top, 0, 0)
}

// visit sums over the subsets that agree with the path so far on the outer
// labels at or above level; g is the score of the path and leaf its number.
func (e *enumeration) visit(level int, g float64, leaf int) float64 {
	if level == 0 {
		mass := 0.0
		if e.wide {
			mass = e.wideLeaf(g)
		} else {
			mass = e.leaf(g)
		}
		if e.leaves != nil {
			e.leaves[leaf] = mass
		}
		return mass
	}
	i := e.m + level - 1
	copy(e.cross[level-1], e.cross[level])
	without := e.visit(level-1, g, leaf)
	if e.grad {
		copy(e.q[level], e.q[level-1])
	}
	g = e.push(i, level, g)
	with := e.visit(level-1, g, leaf|1<<(level-1))
	e.path = e.path[:len(e.path)-1]
	if e.grad {
		e.one[i] += with
		for _, p := range e.path {
			e.two[i*e.n+p] += with // the path is decreasing: i < p
		}
		for j, q := range e.q[level-1] {
			e.two[j*e.n+i] += q
			e.q[level][j] += q
		}
	}
	return without + with
}

// push puts outer label i on the path and returns the score with it.
func (e *enumeration) push(i, level int, g float64) float64 {
	row := e.u[i*e.n : (i+1)*e.n]
	next := e.cross[level-1]
	for j, c := range e.cross[level] {
		next[j] = c + row[j]
	}
	g += e.v[i]
	for _, p := range e.path {
		g += row[p]
	}
	e.path = append(e.path, i)
	return g
}

// leaf sums over the inner subsets by doubling, every factor at most 1.
func (e *enumeration) leaf(g float64) float64 {
	w := e.w
	w[0] = 1
	shift := g + e.innerMax - e.ref
	for j, c := range e.cross[0] {
		lo, hi := w[:1<<j], w[1<<j:2<<j]
		copy(hi, lo)
		if c <= 0 {
			kernel.Scale(hi, math.Exp(c))
		} else {
			kernel.Scale(lo, math.Exp(-c))
			shift += c
		}
	}
	scale := math.Exp(shift)
	at := e.group(len(e.path))
	weight := e.weight[at][:len(w)]
	if !e.grad {
		return scale * kernel.Dot(w, weight)
	}
	kernel.Axpy(e.acc[at][:len(w)], scale, w)
	kernel.Multiply(w, weight)
	return e.fold(scale)
}
