package permutations

import (
	"container/heap"
	"math"
	"slices"
)

// bestAssignments lists the assignments of rows to columns from the least cost
// on, each once, by the algorithm of Murty (1968): the assignments that are left
// after one was listed are parted by the first row in which they differ from
// it, and of every part the best is found. Given the dual variables of what was
// listed, that takes one shortest augmenting path (Miller, Stone and Cox 1997),
// so that an assignment costs O(n^3) and keeps O(n) memory. Exact up to
// rounding.
type bestAssignments struct {
	n     int
	cost  []float64 // n x n, by row
	queue parts
	made  int

	// Of the last shortest path.
	row      []int     // of each column
	distance []float64 // to each column
	path     []int     // the row before each column
	done     []bool    // columns
	barred   []bool    // columns, for the first row of the path
}

// listedAssignment is an assignment with its certificate, as in assignment. It
// is the best of those with the same columns for the rows before fixed, and none
// of barred for row fixed.
type listedAssignment struct {
	loss   float64 // its cost less the least
	column []int
	u, v   []float64
	fixed  int
	barred []int
}

// A part has the assignments that agree with of before row, and differ there.
type part struct {
	loss float64 // of the best among them
	made int     // breaks ties by age
	of   *listedAssignment
	row  int
}

type parts []part

func (q parts) Len() int { return len(q) }
func (q parts) Less(i, j int) bool {
	return q[i].loss < q[j].loss || q[i].loss == q[j].loss && q[i].made < q[j].made
}
func (q parts) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *parts) Push(x any)   { *q = append(*q, x.(part)) }
func (q *parts) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}

// newBestAssignments takes an assignment that has been solved.
func newBestAssignments(a *assignment) *bestAssignments {
	n := a.n
	b := &bestAssignments{
		n: n, cost: slices.Clone(a.cost), row: make([]int, n),
		distance: make([]float64, n), path: make([]int, n), done: make([]bool, n), barred: make([]bool, n),
	}
	b.queue = parts{{of: &listedAssignment{column: slices.Clone(a.column), u: slices.Clone(a.u), v: slices.Clone(a.v)}, row: -1}}
	return b
}

func clone[T any](v []T) []T { return append([]T(nil), v...) }

// next returns the best assignment that is left, as the column of each row; nil
// where there is none.
func (b *bestAssignments) next() []int {
	if len(b.queue) == 0 {
		return nil
	}
	p := heap.Pop(&b.queue).(part)
	s := p.of
	if p.row >= 0 {
		s = b.solve(p)
	}
	for row := s.fixed; row < b.n; row++ {
		if length, ok := b.shortestPath(s, row); ok {
			b.made++
			heap.Push(&b.queue, part{loss: s.loss + length, made: b.made, of: s, row: row})
		}
	}
	return s.column
}

// solve returns the best assignment of a part.
func (b *bestAssignments) solve(p part) *listedAssignment {
	length, _ := b.shortestPath(p.of, p.row)
	s := &listedAssignment{loss: p.loss, column: slices.Clone(p.of.column), u: slices.Clone(p.of.u), v: slices.Clone(p.of.v), fixed: p.row}
	if p.row == p.of.fixed {
		s.barred = slices.Clone(p.of.barred)
	}
	free := p.of.column[p.row]
	s.barred = append(s.barred, free)
	s.u[p.row] += length
	for j, done := range b.done {
		if done && j != free {
			s.v[j] -= length - b.distance[j]
			s.u[b.row[j]] += length - b.distance[j]
		}
	}
	for j := free; ; {
		i := b.path[j]
		s.column[i], j = j, s.column[i]
		if i == p.row {
			return s
		}
	}
}

// shortestPath finds the cheapest way, in reduced costs, to give row another
// column than it has in s, with those of the rows before it fixed; ok is false
// if there is none.
func (b *bestAssignments) shortestPath(s *listedAssignment, row int) (length float64, ok bool) {
	for i, j := range s.column {
		b.row[j] = i
	}
	for j := range b.n {
		b.distance[j], b.done[j], b.barred[j] = math.Inf(1), false, false
	}
	free := s.column[row]
	b.barred[free] = true
	if row == s.fixed {
		for _, j := range s.barred {
			b.barred[j] = true
		}
	}
	for i := row; ; {
		cost, u := b.cost[i*b.n:(i+1)*b.n], s.u[i]
		at, least := -1, math.Inf(1)
		for j, of := range b.row {
			if of < row || b.done[j] {
				continue
			}
			if i != row || !b.barred[j] {
				if d := length + max(0, cost[j]-u-s.v[j]); d < b.distance[j] {
					b.distance[j], b.path[j] = d, i
				}
			}
			if b.distance[j] < least {
				at, least = j, b.distance[j]
			}
		}
		if at < 0 {
			return 0, false
		}
		length, b.done[at] = least, true
		if at == free {
			return length, true
		}
		i = b.row[at]
	}
}
