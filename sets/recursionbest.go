package sets

import "github.com/gibbs-ebm/gibbs/internal/numeric"

// bestList lists the best sets of a recursion lazily (Huang, Chiang 2005,
// algorithm 3): at every state that is asked, a heap of decisions with the
// ranks of what they take of the children, which is extended only as far as the
// states above want it. After the upward pass with maxAddition the n-th best set
// costs O(k) further steps at most, of one step of a heap each.
type bestList struct {
	p     *pass
	place []int32 // by state: its place in asks and 1, 0 for none
	asks  []*asked
}

// asked is a state and its best decisions so far, the best first.
type asked struct {
	stage *stage
	found []derivation
	open  derivations
}

// A derivation is a decision and, for each child, the rank of what follows.
type derivation struct {
	value float64
	x     int
	ranks []int32
	from  int // children before have been advanced: so each combination comes once
}

type derivations []derivation

// push and pop keep the largest value on top.
func (h *derivations) push(d derivation) {
	*h = append(*h, d)
	q := *h
	for i := len(q) - 1; i > 0; {
		up := (i - 1) / 2
		if q[up].value >= q[i].value {
			return
		}
		q[up], q[i] = q[i], q[up]
		i = up
	}
}

func (h *derivations) pop() derivation {
	q := *h
	top, last := q[0], len(q)-1
	q[0] = q[last]
	q = q[:last]
	for i := 0; ; {
		down := 2*i + 1
		if down >= last {
			break
		}
		if down+1 < last && q[down+1].value > q[down].value {
			down++
		}
		if q[i].value >= q[down].value {
			break
		}
		q[i], q[down] = q[down], q[i]
		i = down
	}
	*h = q
	return top
}

// at is the state a of a stage.
func (b *bestList) at(number int, a int32) *asked {
	s := &b.p.r.stages[number]
	state := s.at + int(a)
	if at := b.place[state]; at > 0 {
		return b.asks[at-1]
	}
	q := &asked{stage: s}
	b.asks = append(b.asks, q)
	b.place[state] = int32(len(b.asks))
	m := b.p.m[state]
	if m == negInf {
		return q
	}
	if s.label < 0 {
		q.found = append(q.found, derivation{value: m})
		return q
	}
	// One of the two has the value m, the other |odds| less.
	odds, none := b.p.odds[state], make([]int32, len(s.children))
	for x, value := range [2]float64{m - max(odds, 0), m + min(odds, 0)} {
		if value != negInf {
			q.open.push(derivation{value: value, x: x, ranks: none})
		}
	}
	return q
}

// below is the state of child c that a decision leads to.
func (b *bestList) below(s *stage, a int32, x, c int) *asked {
	l := &s.children[c]
	return b.at(l.child, l.to[x][a])
}

// get returns the derivation of a rank, if there are so many.
func (b *bestList) get(q *asked, a int32, rank int) (d derivation, ok bool) {
	for len(q.found) <= rank {
		if len(q.open) == 0 {
			return d, false
		}
		d := q.open.pop()
		q.found = append(q.found, d)
		for c := d.from; c < len(d.ranks); c++ {
			child, state := b.below(q.stage, a, d.x, c), q.stage.children[c].to[d.x][a]
			now, _ := b.get(child, state, int(d.ranks[c]))
			next, ok := b.get(child, state, int(d.ranks[c])+1)
			if !ok {
				continue
			}
			more := derivation{value: d.value - (now.value - next.value), x: d.x, from: c, ranks: make([]int32, len(d.ranks))}
			copy(more.ranks, d.ranks)
			more.ranks[c]++
			q.open.push(more)
		}
	}
	return q.found[rank], true
}

// fill overwrites y with the set of a rank, which must be there.
func (b *bestList) fill(y Set, rank int) {
	y.Clear()
	cursor, ranks := b.p.cursor, make([]int32, len(b.p.r.stages))
	cursor[0], ranks[0] = 0, int32(rank)
	for i := range b.p.r.stages {
		s := &b.p.r.stages[i]
		if s.label < 0 {
			continue
		}
		d, _ := b.get(b.at(i, cursor[i]), cursor[i], int(ranks[i]))
		if d.x == 1 {
			y.Add(s.label)
		}
		for c, l := range s.children {
			cursor[l.child], ranks[l.child] = l.to[d.x][cursor[i]], d.ranks[c]
		}
	}
}

// kBest overwrites ys with the best sets, after up with maxAddition, and returns
// how many there are.
func (p *pass) kBest(ys []Set) int {
	p.asked = numeric.Zeroed(p.asked, p.r.states)
	b := &bestList{p: p, place: p.asked}
	for i, y := range ys {
		if _, ok := b.get(b.at(0, 0), 0, i); !ok {
			return i
		}
		b.fill(y, i)
	}
	return len(ys)
}
