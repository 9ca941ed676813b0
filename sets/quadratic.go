package sets

import (
	"math"
	"slices"
)

// quadratic is the problem of a mode: the set of largest
//
//	sum_{j in y} v_j + sum_{i<j in y} U_ij + h(|y|),    min <= |y| <= max,
//
// with the interactions that are not 0 in rows, each of them twice.
type quadratic struct {
	n        int
	v        []float64
	start    []int32 // n+1: row j is the arcs start[j] .. start[j+1]-1
	to, back []int32 // the other end of an arc, in increasing order in a row, and the same arc from there
	u        []float64
	h        []float64 // nil for none
	min, max int
}

// free reports whether no size counts more than another.
func (p *quadratic) free() bool { return p.h == nil && p.min == 0 && p.max == p.n }

// row are the arcs of label j.
func (p *quadratic) row(j int) (lo, hi int32) { return p.start[j], p.start[j+1] }

// reset makes room for n labels and a number of arcs, to be appended.
func (p *quadratic) reset(n int) {
	p.n, p.min, p.max, p.h = n, 0, n, nil
	if cap(p.v) < n {
		p.v = make([]float64, n)
	}
	p.v = p.v[:n]
	p.start, p.to, p.back, p.u = append(p.start[:0], 0), p.to[:0], p.back[:0], p.u[:0]
}

// arc appends an arc from the last row that was not ended; end ends it.
func (p *quadratic) arc(to int, u float64) {
	p.to, p.u = append(p.to, int32(to)), append(p.u, u)
}

func (p *quadratic) end() { p.start = append(p.start, int32(len(p.to))) }

// pair fills back, once all rows are there.
func (p *quadratic) pair() {
	if cap(p.back) < len(p.to) {
		p.back = make([]int32, len(p.to))
	}
	p.back = p.back[:len(p.to)]
	next := append([]int32(nil), p.start[:p.n]...)
	for i := range p.n {
		lo, hi := p.row(i)
		for a := lo; a < hi; a++ {
			if j := p.to[a]; int(j) > i {
				// Rows are in order: what j has to lower labels comes first,
				// and in the order in which they come here.
				p.back[a], p.back[next[j]] = next[j], a
				next[j]++
			}
		}
	}
}

// fromMatrix takes interactions from a symmetric n x n matrix.
func (p *quadratic) fromMatrix(n int, u []float64) {
	p.reset(n)
	p.to, p.u = slices.Grow(p.to, n*n), slices.Grow(p.u, n*n)
	to, arc, at := p.to[:n*n], p.u[:n*n], 0
	for i := range n {
		for j, x := range u[i*n : (i+1)*n] {
			if x != 0 && j != i {
				to[at], arc[at] = int32(j), x
				at++
			}
		}
		p.start = append(p.start, int32(at))
	}
	p.to, p.u = to[:at], arc[:at]
	p.pair()
}

// fromEdges takes interactions by edge.
func (p *quadratic) fromEdges(n int, edges []Edge, u []float64) {
	type end struct {
		j int
		u float64
	}
	rows := make([][]end, n)
	for e, ij := range edges {
		if u[e] != 0 {
			rows[ij.I] = append(rows[ij.I], end{ij.J, u[e]})
			rows[ij.J] = append(rows[ij.J], end{ij.I, u[e]})
		}
	}
	p.reset(n)
	for _, row := range rows {
		for i := range row { // by insertion: rows are short
			for j := i; j > 0 && row[j].j < row[j-1].j; j-- {
				row[j], row[j-1] = row[j-1], row[j]
			}
		}
		for _, x := range row {
			p.arc(x.j, x.u)
		}
		p.end()
	}
	p.pair()
}

// value is that of a set.
func (p *quadratic) value(y Set) float64 {
	sum, size := 0.0, 0
	for i, v := range p.v {
		if !has(y, i) {
			continue
		}
		size++
		sum += v
		lo, hi := p.row(i)
		for a := lo; a < hi && int(p.to[a]) < i; a++ {
			if has(y, int(p.to[a])) {
				sum += p.u[a]
			}
		}
	}
	if p.h != nil {
		sum += p.h[size]
	}
	return sum
}

// Decisions on labels.
const (
	absent    int8 = -1
	undecided int8 = 0
	present   int8 = 1
)

// rest returns the problem of the labels that are undecided, given the others,
// and which they are: p itself where nothing is decided.
func (p *quadratic) rest(state []int8) (sub *quadratic, labels []int) {
	place, arcs := make([]int32, p.n), int32(0)
	for j, s := range state {
		if s == undecided {
			place[j] = int32(len(labels))
			labels = append(labels, j)
			arcs += p.start[j+1] - p.start[j]
		}
	}
	if len(labels) == p.n {
		return p, labels
	}
	sub = &quadratic{to: make([]int32, 0, arcs), u: make([]float64, 0, arcs)}
	sub.reset(len(labels))
	for i, label := range labels {
		v := p.v[label]
		lo, hi := p.row(label)
		for a := lo; a < hi; a++ {
			switch j := p.to[a]; state[j] {
			case present:
				v += p.u[a]
			case undecided:
				sub.arc(int(place[j]), p.u[a])
			}
		}
		sub.v[i] = v
		sub.end()
	}
	sub.pair()
	return sub, labels
}

// attractive reports whether no interaction is below 0.
func (p *quadratic) attractive() bool {
	for _, u := range p.u {
		if u < 0 {
			return false
		}
	}
	return true
}

// finite reports whether there is nothing that cannot be compared.
func (p *quadratic) finite() bool {
	for _, part := range [][]float64{p.v, p.u} {
		for _, x := range part {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return false
			}
		}
	}
	return true
}

// dominance decides the labels whose best decision is the same whatever the
// others are, v_i plus the sum of the U_ij below 0 being above 0, or plus that of
// those above 0 being at most 0; what that decides of others, and so on. A mode
// agrees with all that is decided, where sizes are free. O(arcs).
func (p *quadratic) dominance(state []int8) {
	least, most := make([]float64, p.n), make([]float64, p.n)
	queue := make([]int, 0, p.n)
	for i := range p.n {
		least[i], most[i] = p.v[i], p.v[i]
		lo, hi := p.row(i)
		for a := lo; a < hi; a++ {
			switch u := p.u[a]; state[p.to[a]] {
			case present:
				least[i] += u
				most[i] += u
			case undecided:
				least[i] += min(u, 0)
				most[i] += max(u, 0)
			}
		}
		queue = append(queue, i)
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if state[i] != undecided {
			continue
		}
		switch {
		case least[i] > 0:
			state[i] = present
		case most[i] <= 0:
			state[i] = absent
		default:
			continue
		}
		lo, hi := p.row(i)
		for a := lo; a < hi; a++ {
			j, u := p.to[a], p.u[a]
			if state[j] != undecided {
				continue
			}
			if state[i] == present {
				least[j] += max(u, 0)
				most[j] += min(u, 0)
			} else {
				least[j] -= min(u, 0)
				most[j] -= max(u, 0)
			}
			queue = append(queue, int(j))
		}
	}
}
