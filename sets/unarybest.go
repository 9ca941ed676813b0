package sets

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/gibbs-ebm/gibbs/structured"
)

// KBest is exact for any number of labels: O(k log k), and O(log n + k/64 + the
// size of the set) for each of n sets. Equals are in no particular order.
func (inf *unaryInference) KBest(ys []Set, values []float64, theta structured.Theta) int {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.sort()
	ref := &inf.space.ref
	q := newBestSubsets(s.v, s.order, ref.min, ref.max)
	found := make([]subsetValue, 0, min(len(ys), 1024))
	for len(found) < len(ys) {
		x, ok := q.next()
		if !ok {
			break
		}
		found = append(found, subsetValue{subset: x})
		sum := ref.logBase
		q.fill(ys[len(found)-1], x)
		for j := range ys[len(found)-1].Labels() {
			sum += s.v[j]
		}
		found[len(found)-1].value = sum
	}
	// Losses were added up in another order: values that differ by rounding
	// may have changed places.
	if !slices.IsSortedFunc(found, byValue) {
		slices.SortStableFunc(found, byValue)
		for i, f := range found {
			q.fill(ys[i], f.subset)
		}
	}
	for i, f := range found {
		values[i] = f.value
	}
	return len(found)
}

type subsetValue struct {
	subset
	value float64
}

func byValue(a, b subsetValue) int { return cmp.Compare(b.value, a.value) }

// bestSubsets lists the subsets of labels with lo to hi members from the largest
// sum of values on, each once. With the labels sorted from the largest value to
// the least, the best subset of a size has the first labels; every other one
// comes from it by moving its last label down, then the one before it up to
// there, and so on. That makes a tree whose children have no larger a sum than
// their parents, and at most two of them each; best-first search in it (the
// method of Lawler 1972, for the structure of subset sums) takes two steps of a
// heap a subset, and no work for those that are not listed.
type bestSubsets struct {
	v      []float64 // by place in order
	order  []int
	lo, hi int
	best   int // the size of the best subset
	heap   subsetHeap
	pushed int
}

// A subset has the first rest places, place at, and those of after. Its loss is
// how far its sum is below the largest.
type subset struct {
	loss  float64
	made  int // breaks ties by age
	size  int
	rest  int
	at    int // -1 for the empty set
	limit int // at may move to below this place
	after *placed
}

type placed struct {
	at   int
	next *placed
}

type subsetHeap []subset

func (h subsetHeap) Len() int { return len(h) }
func (h subsetHeap) Less(i, j int) bool {
	return h[i].loss < h[j].loss || h[i].loss == h[j].loss && h[i].made < h[j].made
}
func (h subsetHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *subsetHeap) Push(x any)   { *h = append(*h, x.(subset)) }
func (h *subsetHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// newBestSubsets takes values by label and the labels in the order of their
// values.
func newBestSubsets(values []float64, order []int, lo, hi int) *bestSubsets {
	q := &bestSubsets{v: make([]float64, len(order)), order: order, lo: lo, hi: hi}
	positive := 0
	for i, j := range order {
		q.v[i] = values[j]
		if values[j] > 0 {
			positive++
		}
	}
	q.best = min(max(positive, lo), hi)
	q.push(q.first(q.best, 0))
	return q
}

// first is the best subset of a size.
func (q *bestSubsets) first(size int, loss float64) subset {
	return subset{loss: loss, size: size, rest: max(0, size-1), at: size - 1, limit: len(q.v)}
}

func (q *bestSubsets) push(x subset) {
	q.pushed++
	x.made = q.pushed
	heap.Push(&q.heap, x)
}

// next returns the best subset not listed yet, if there is one.
func (q *bestSubsets) next() (subset, bool) {
	if len(q.heap) == 0 {
		return subset{}, false
	}
	x := heap.Pop(&q.heap).(subset)
	if x.rest == max(0, x.size-1) && x.at == x.size-1 { // the first of its size: it leads to those beyond
		if x.size >= q.best && x.size < q.hi {
			q.push(q.first(x.size+1, x.loss-q.v[x.size]))
		}
		if x.size <= q.best && x.size > q.lo {
			q.push(q.first(x.size-1, x.loss+q.v[x.size-1]))
		}
	}
	if x.at >= 0 && x.at+1 < x.limit {
		moved := x
		moved.at++
		moved.loss += q.v[x.at] - q.v[moved.at]
		q.push(moved)
	}
	if i := x.rest; i > 0 && i < x.at {
		before := x
		before.rest, before.at, before.limit, before.after = i-1, i, x.at, &placed{x.at, x.after}
		before.loss += q.v[i-1] - q.v[i]
		q.push(before)
	}
	return x, true
}

// fill overwrites y with the subset.
func (q *bestSubsets) fill(y Set, x subset) {
	y.Clear()
	for _, j := range q.order[:x.rest] {
		y.Add(j)
	}
	if x.at >= 0 {
		y.Add(q.order[x.at])
	}
	for p := x.after; p != nil; p = p.next {
		y.Add(q.order[p.at])
	}
}

// Entropy is exact for any number of labels: O(k), O(k Max) where the reference
// bounds sizes.
func (inf *unaryInference) Entropy(theta structured.Theta) float64 {
	s := inf.scratch()
	defer inf.idle.Put(s)
	inf.fill(s, theta)
	s.sizes.logZ(s.v, inf.space.ref.min, inf.space.ref.max)
	return s.sizes.entropy(s.v)
}
