package permutations

import (
	"container/heap"
	"math/bits"
)

// maximize returns the largest W of an ordering that keeps to before, and
// leaves the largest sums of steps to each set in f. O(2^k k), exact.
func (s *subsets) maximize() float64 {
	s.tabulateLogs()
	s.recurse(s.f, maxSemiring{}, false)
	return s.f[s.full]
}

// best overwrites y with an ordering of the largest W, after maximize. Among
// equals the last ranks have the lowest labels.
func (s *subsets) best(y Ordering) {
	for t := s.full; t != 0; {
		r := bits.OnesCount32(t) - 1
		y[r] = -1
		value := 0.0
		for left := t; left != 0; left &= left - 1 {
			i := bits.TrailingZeros32(left)
			rest := t &^ (1 << i)
			if v := s.f[rest] + s.logStep(rest, i); y[r] < 0 || v > value {
				y[r], value = i, v
			}
		}
		t &^= 1 << y[r]
	}
}

// A suffix is the last labels of an ordering, those not in rest. Its loss is
// how far the largest W of an ordering that ends so is below the largest of
// all.
type suffix struct {
	loss  float64
	rest  uint32
	label int
	next  *suffix // the labels after it
}

type suffixes []*suffix

func (q suffixes) Len() int { return len(q) }

// Less puts the least loss first, and among equals the longest suffix, so that
// ties do not widen the search.
func (q suffixes) Less(i, j int) bool {
	if q[i].loss != q[j].loss {
		return q[i].loss < q[j].loss
	}
	return bits.OnesCount32(q[i].rest) < bits.OnesCount32(q[j].rest)
}
func (q suffixes) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *suffixes) Push(x any)   { *q = append(*q, x.(*suffix)) }
func (q *suffixes) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// kBest overwrites ys with the orderings of the largest W, the best first, and
// values with their W, after maximize; it returns how many there are, fewer
// than len(ys) only if there are no more. It is a best-first search from the
// last rank whose bound, from the table of the maximum recursion, is exact
// (Hart, Nilsson, Raphael 1968): a suffix is taken up only if it ends one of
// the results, so that n results cost O(n k^2) after the table. (A semiring of
// n-best lists would hold n numbers a subset instead of one.)
func (s *subsets) kBest(ys []Ordering, values []float64) int {
	queue := suffixes{{rest: s.full}}
	n := 0
	for len(queue) > 0 && n < len(ys) {
		x := heap.Pop(&queue).(*suffix)
		if x.rest == 0 {
			for r := range ys[n] {
				ys[n][r] = x.label
				x = x.next
			}
			values[n] = s.total(ys[n])
			n++
			continue
		}
		for left := x.rest; left != 0; left &= left - 1 {
			i := bits.TrailingZeros32(left)
			rest := x.rest &^ (1 << i)
			if s.before != nil && s.excluded(rest) {
				continue
			}
			// The same sum as in the table: exactly 0 for the best label, so
			// that rounding cannot raise a suffix above what it ends in.
			loss := s.f[x.rest] - (s.f[rest] + s.logStep(rest, i))
			heap.Push(&queue, &suffix{loss: x.loss + loss, rest: rest, label: i, next: x})
		}
	}
	sortBest(ys[:n], values[:n])
	return n
}

// sortBest puts results in order that were found out of it by rounding.
func sortBest(ys []Ordering, values []float64) {
	for i := 1; i < len(ys); i++ {
		for j := i; j > 0 && values[j] > values[j-1]; j-- {
			values[j], values[j-1] = values[j-1], values[j]
			for r := range ys[j] {
				ys[j][r], ys[j-1][r] = ys[j-1][r], ys[j][r]
			}
		}
	}
}

// total is W(y), from the tables of logs.
func (s *subsets) total(y Ordering) float64 {
	t, w := uint32(0), 0.0
	for _, i := range y {
		w += s.logStep(t, i)
		t |= 1 << i
	}
	return w
}
