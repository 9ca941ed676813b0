package permutations

import "math"

// assignment solves the linear assignment problem
//
//	min sum_i cost[i*n + column_i] over permutations (column_0, ..., column_{n-1})
//
// exactly by shortest augmenting paths, the algorithm of Jonker and Volgenant
// (1987) without its heuristic start (Crouse 2016), O(n^3). It ends with a
// certificate, the dual variables u and v:
//
//	u_i + v_j <= cost_ij for all i and j, with equality for j = column_i,
//
// so that sum u + sum v is the least cost. Costs must be finite; with NaN the
// result is some permutation.
type assignment struct {
	n           int
	cost        []float64 // n x n, by row
	column, row []int     // of each row and of each column, -1 if free
	u, v        []float64

	distance []float64 // of the shortest path to each column
	path     []int     // the row before each column on it
	left     []int     // columns not reached
	seen     []bool    // rows on the tree of shortest paths
}

func newAssignment(n int) *assignment {
	return &assignment{
		n: n, cost: make([]float64, n*n), column: make([]int, n), row: make([]int, n),
		u: make([]float64, n), v: make([]float64, n),
		distance: make([]float64, n), path: make([]int, n), left: make([]int, n), seen: make([]bool, n),
	}
}

// maximize overwrites dst with an ordering of the largest sum of
// scores[label*n + rank].
func (a *assignment) maximize(dst Ordering, scores []float64) {
	for i, x := range scores {
		a.cost[i] = -x
	}
	a.solve()
	copy(dst, a.row)
}

// minimize overwrites dst with an ordering of the least sum of
// costs[label*n + rank] and returns that sum.
func (a *assignment) minimize(dst Ordering, costs []float64) float64 {
	copy(a.cost, costs)
	a.solve()
	copy(dst, a.row)
	sum := 0.0
	for i, j := range a.column {
		sum += costs[i*a.n+j]
	}
	return sum
}

// solve fills column, row, u and v for the costs in place.
func (a *assignment) solve() {
	for i := range a.n {
		a.column[i], a.row[i] = -1, -1
		a.u[i], a.v[i] = 0, 0
	}
	for i := range a.n {
		sink, length := a.shortestPath(i)
		a.u[i] += length
		for r, seen := range a.seen {
			if seen && r != i {
				a.u[r] += length - a.distance[a.column[r]]
			}
		}
		for _, j := range a.reached() {
			a.v[j] -= length - a.distance[j]
		}
		for j := sink; ; {
			r := a.path[j]
			a.row[j] = r
			a.column[r], j = j, a.column[r]
			if r == i {
				break
			}
		}
	}
}

// reached are the columns of the tree: they were swapped behind those left.
func (a *assignment) reached() []int { return a.left[len(a.left):a.n] }

// shortestPath grows the tree of shortest paths in reduced costs from row i
// until it reaches a free column.
func (a *assignment) shortestPath(i int) (sink int, length float64) {
	start := i
	a.left = a.left[:a.n]
	for j := range a.left {
		a.left[j], a.distance[j], a.path[j], a.seen[j] = j, math.Inf(1), start, false
	}
	for {
		a.seen[i] = true
		cost, u := a.cost[i*a.n:(i+1)*a.n], a.u[i]
		at, least := 0, math.Inf(1)
		for l, j := range a.left {
			if d := length + (cost[j] - u - a.v[j]); d < a.distance[j] {
				a.distance[j], a.path[j] = d, i
			}
			if d := a.distance[j]; d < least || d == least && a.row[j] < 0 {
				at, least = l, d
			}
		}
		length = least
		j, last := a.left[at], len(a.left)-1
		a.left[at], a.left[last] = a.left[last], j
		a.left = a.left[:last]
		if a.row[j] < 0 {
			return j, length
		}
		i = a.row[j]
	}
}
