// Package best keeps the largest few of many numbers, with what they belong to.
package best

import (
	"math"
	"slices"
)

var negInf = math.Inf(-1)

// An Item is a number and what it belongs to.
type Item[T any] struct {
	Value float64
	Of    T
}

// List keeps the n items of the largest values of those that are offered, and
// among equals those that were offered first: a heap with the least of them on
// top. An offer costs O(log n), and no more than a comparison where it is
// refused. The zero List keeps nothing; see New.
type List[T any] struct {
	n     int
	items []entry[T]
	seen  int
}

type entry[T any] struct {
	Item[T]
	at int // which offer it was
}

// New returns a list of at most n items.
func New[T any](n int) *List[T] { return &List[T]{n: n} }

// worse reports whether a goes before b does.
func worse[T any](a, b entry[T]) bool {
	return a.Value < b.Value || a.Value == b.Value && a.at > b.at
}

// Wants reports whether the value would be kept if it were offered now. NaN
// and -Inf never are.
func (l *List[T]) Wants(value float64) bool {
	if len(l.items) < l.n {
		return value > negInf
	}
	return l.n > 0 && value > l.items[0].Value
}

// Offer keeps the item if it is wanted.
func (l *List[T]) Offer(value float64, of T) {
	l.seen++
	if !l.Wants(value) {
		return
	}
	e := entry[T]{Item[T]{value, of}, l.seen}
	if len(l.items) < l.n {
		l.items = append(l.items, e)
		for i := len(l.items) - 1; i > 0; {
			up := (i - 1) / 2
			if !worse(l.items[i], l.items[up]) {
				break
			}
			l.items[i], l.items[up] = l.items[up], l.items[i]
			i = up
		}
		return
	}
	l.items[0] = e
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(l.items) {
			return
		}
		if right := down + 1; right < len(l.items) && worse(l.items[right], l.items[down]) {
			down = right
		}
		if !worse(l.items[down], l.items[i]) {
			return
		}
		l.items[i], l.items[down] = l.items[down], l.items[i]
		i = down
	}
}

// Items returns what was kept, the largest value first, and among equals the
// first offered. The list is empty afterwards.
func (l *List[T]) Items() []Item[T] {
	slices.SortFunc(l.items, func(a, b entry[T]) int {
		if worse(b, a) {
			return -1
		}
		return 1
	})
	out := make([]Item[T], len(l.items))
	for i, e := range l.items {
		out[i] = e.Item
	}
	l.items, l.seen = l.items[:0], 0
	return out
}
