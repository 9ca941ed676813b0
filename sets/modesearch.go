package sets

import (
	"math/rand/v2"
)

// Restarts is the number of random starts of the search for a mode that cannot be
// proven.
const Restarts = 10

// search finds modes of scores of labels and pairs of labels, by what proves them
// as far as that goes:
//
//  1. dominance decides the labels that do not depend on others;
//  2. if all interactions left are attractive, a minimum cut decides the rest,
//  3. and otherwise roof duality as many as it can;
//  4. what hangs together of the undecided ones is enumerated, up to MaxEnumerated
//     labels, or eliminated, up to searchStates states;
//  5. for what is left there is coordinate ascent, from the empty and the full set,
//     the signs of v, the relaxation and Restarts random sets.
//
// Where the sizes are bounded and the best set of all is outside, the same for
// scores with lambda |y| added: a set of largest g + lambda |y| that has the
// largest size allowed is the best of that size, and, with lambda below 0, of all
// up to it. lambda is found by bisection; where the sizes jump past the bound, and
// where h is there, it is left to ascent.
type search struct {
	p     *quadratic
	rng   *rand.Rand
	draw  func(y Set) // a random set of the whole problem
	state []int8
}

// searchStates bounds the tables of elimination within a search.
const searchStates = 1 << 20

// maxRoofArcs bounds the network of the roof dual, and of the minimum cut.
const maxRoofArcs = 1 << 24

// mode overwrites y with the best set found and returns its value.
func (s *search) mode(y Set) (value float64, proven bool) {
	p := s.p
	if !p.finite() {
		y.Clear()
		s.repair(y)
		return p.value(y), false
	}
	if p.h == nil {
		if proven = s.solve(y); proven && p.allows(y) {
			return p.value(y), true
		}
		if proven && s.lagrange(y) {
			return p.value(y), true
		}
	}
	s.ascend(y)
	return p.value(y), false
}

// allows reports whether the size of y is allowed.
func (p *quadratic) allows(y Set) bool {
	size := y.Count()
	return size >= p.min && size <= p.max
}

// repair brings y into the sizes allowed.
func (s *search) repair(y Set) {
	a := newAscent(s.p)
	a.start(y)
	y.CopyFrom(a.y)
}

// solve overwrites y with a mode where sizes do not matter, if it can, and with
// what it decided where it cannot. state then has what is decided.
func (s *search) solve(y Set) (proven bool) {
	p := s.p
	s.state = append(s.state[:0], make([]int8, p.n)...)
	p.dominance(s.state)
	rest, labels := p.rest(s.state)
	if rest.n > 0 && len(rest.to) <= maxRoofArcs {
		state := make([]int8, rest.n)
		cut := rest.attractive()
		if cut {
			rest.minCut(state)
		} else {
			rest.roofDuality(state)
		}
		for i, j := range labels {
			s.state[j] = state[i]
		}
		if !cut {
			p.dominance(s.state)
		}
		rest, labels = p.rest(s.state)
	}
	proven = true
	for _, part := range rest.components() {
		proven = s.exhaust(rest, part, labels) && proven
	}
	for j, x := range s.state {
		y.Set(j, x == present)
	}
	return proven
}

// components returns the sets of labels that hang together.
func (p *quadratic) components() (parts [][]int) {
	seen := make([]bool, p.n)
	for j := range p.n {
		if seen[j] {
			continue
		}
		seen[j] = true
		part := []int{j}
		for at := 0; at < len(part); at++ {
			lo, hi := p.row(part[at])
			for a := lo; a < hi; a++ {
				if i := int(p.to[a]); !seen[i] {
					seen[i] = true
					part = append(part, i)
				}
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// exhaust decides the labels of a part of rest exactly, if it is small or thin
// enough. labels are those of rest in the whole problem.
func (s *search) exhaust(rest *quadratic, part, labels []int) bool {
	arcs := 0
	for _, j := range part {
		arcs += int(rest.start[j+1] - rest.start[j])
	}
	if len(part) > MaxEnumerated && arcs > 2*maxWidth*len(part) {
		return false // a graph of width w has no more than w edges a label
	}
	place := make(map[int]int, len(part))
	for i, j := range part {
		place[j] = i
	}
	var edges []Edge
	var u []float64
	for i, j := range part {
		lo, hi := rest.row(j)
		for a := lo; a < hi; a++ {
			if to := place[int(rest.to[a])]; to > i {
				edges, u = append(edges, Edge{i, to}), append(u, rest.u[a])
			}
		}
	}
	best := New(len(part))
	r, err := newRecursion(len(part), edges, false, 0)
	switch {
	case err == nil && (r.states <= searchStates && len(part) > 12 || r.states <= 1<<12):
		p := newPass(r, len(edges))
		copy(p.u, u)
		for i, j := range part {
			p.v[i] = rest.v[j]
		}
		p.up(maxAddition)
		p.mode(best)
	case len(part) <= MaxEnumerated:
		var e enumeration
		e.reset(len(part), 0, len(part))
		for i, j := range part {
			e.v[i] = rest.v[j]
		}
		for at, ij := range edges {
			e.u[ij.I*e.n+ij.J], e.u[ij.J*e.n+ij.I] = u[at], u[at]
		}
		e.prepare()
		_, inner, outer := e.best()
		best.words[0] = uint64(inner) | uint64(outer)<<e.m
	default:
		return false
	}
	for i, j := range part {
		s.state[labels[j]] = absent
		if has(best, i) {
			s.state[labels[j]] = present
		}
	}
	return true
}

// lagrange looks for a mode of the sizes allowed, given that y, the mode of all
// sizes, has another.
func (s *search) lagrange(y Set) bool {
	p := s.p
	v := append([]float64(nil), p.v...)
	defer copy(p.v, v)
	bound, wide := p.max, 0.0
	if y.Count() < p.min {
		bound = p.min
	}
	for j := range v {
		sum := max(v[j], -v[j])
		lo, hi := p.row(j)
		for a := lo; a < hi; a++ {
			sum += max(p.u[a], -p.u[a])
		}
		wide = max(wide, sum)
	}
	// At these ends all labels are absent, or all present.
	below, above := -wide-1, wide+1
	if bound == p.max {
		above = 0
	} else {
		below = 0
	}
	for range 40 {
		lambda := below + (above-below)/2
		for j := range v {
			p.v[j] = v[j] + lambda
		}
		if !s.solve(y) {
			return false
		}
		switch size := y.Count(); {
		case size == bound:
			return true
		case size < bound:
			below = lambda
		default:
			above = lambda
		}
	}
	return false
}

// ascend overwrites y by the best set that coordinate ascent finds, given what is
// decided where sizes are free.
func (s *search) ascend(y Set) {
	p, labels := s.p, []int(nil)
	decided := s.state != nil && p.free()
	if decided {
		p, labels = p.rest(s.state)
	}
	a, start, whole := newAscent(p), New(p.n), New(s.p.n)
	best, found := 0.0, New(p.n)
	for i := range 4 + Restarts {
		switch i {
		case 0:
			start.Clear()
		case 1:
			start.Fill()
		case 2:
			for j, v := range p.v {
				start.Set(j, v > 0)
			}
		case 3:
			p.projectedGradient(start)
		default:
			s.draw(whole)
			for j := range p.n {
				at := j
				if decided {
					at = labels[j]
				}
				start.Set(j, has(whole, at))
			}
		}
		a.start(start)
		a.climb()
		if i == 0 || a.value > best {
			best = a.value
			found.CopyFrom(a.y)
		}
	}
	if !decided {
		y.CopyFrom(found)
		return
	}
	for j, x := range s.state {
		y.Set(j, x == present)
	}
	for i, j := range labels {
		y.Set(j, has(found, i))
	}
}
