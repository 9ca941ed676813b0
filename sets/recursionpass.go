package sets

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// pass is a recursion at work for one theta.
type pass struct {
	r *recursion
	v []float64 // k: of labels
	u []float64 // of edges
	h []float64 // of sizes 0..max, where counted; -Inf for those not allowed
	// fixed, where not nil, has 1 for labels that are known to be present, -1
	// for absent ones and 0 for the others.
	fixed []int8
	// hard says that some decisions are impossible.
	hard bool

	m    []float64 // per state: what the stages from here down add
	odds []float64 // per state: m_1 - m_0
	p    []float64 // per state: its probability

	m1, share []float64 // of one stage
	field     []float64
	cursor    []int32
	fold      []float64
	asked     []int32
}

func newPass(r *recursion, edges int) *pass {
	p := &pass{
		r: r, v: make([]float64, r.k), u: make([]float64, edges), m: make([]float64, r.states), odds: make([]float64, r.states),
		m1: make([]float64, r.widest), share: make([]float64, r.widest), cursor: make([]int32, len(r.stages)),
	}
	if r.counted {
		p.h = make([]float64, r.max+1)
	}
	return p
}

// addition is the (+) of a semiring over the reals with + for its product. It
// replaces m, which holds a, by a (+) b, given b and d = b - a.
type addition func(m, b, d, scratch []float64)

// logAddition is log(e^a + e^b).
func logAddition(m, _, d, scratch []float64) {
	z := scratch[:len(d)]
	copy(z, d)
	kernel.Softplus(z, scratch[len(d):2*len(d)])
	for i, x := range z {
		m[i] += x
	}
}

func maxAddition(m, b, _, _ []float64) {
	for i, x := range b {
		m[i] = max(m[i], x)
	}
}

// up fills m and odds from the last stage to the first, and returns the value
// of all decisions. It takes a handful of operations per state.
func (p *pass) up(plus addition) float64 {
	p.share = numeric.Grow(p.share, 2*p.r.widest)
	for i := len(p.r.stages) - 1; i >= 0; i-- {
		s := &p.r.stages[i]
		m := p.m[s.at : s.at+s.size]
		if s.label < 0 {
			copy(m, p.h)
			continue
		}
		m1, odds := p.m1[:s.size], p.odds[s.at:s.at+s.size]
		p.weights(m1, s)
		clear(m)
		for _, l := range s.children {
			below := p.m[p.r.stages[l.child].at:]
			to0, to1 := l.to[0][:len(m)], l.to[1][:len(m)]
			for a := range m {
				m[a] += below[to0[a]]
				m1[a] += below[to1[a]]
			}
		}
		if p.hard {
			p.harden(s, m, m1)
		}
		for a, x := range m1 {
			odds[a] = x - m[a]
		}
		if !p.hard {
			plus(m, m1, odds, p.share)
			continue
		}
		// Without the difference of infinities: where only 1 is possible, as if
		// that were 0, and the other impossible.
		for a, x := range m1 {
			if m[a] == negInf {
				m[a], odds[a] = x, negInf
			} else if x == negInf {
				odds[a] = negInf
			}
		}
		plus(m, m1, odds, p.share)
		for a, x := range m1 {
			if odds[a] == negInf && x != negInf {
				odds[a] = -negInf
			}
		}
	}
	return p.m[0]
}

// harden makes impossible what the evidence or the largest size excludes.
func (p *pass) harden(s *stage, m, m1 []float64) {
	if p.r.counted && s.counts == p.r.max+1 {
		for a := p.r.max << len(s.known); a < len(m1); a++ {
			m1[a] = negInf
		}
	}
	if p.fixed == nil {
		return
	}
	switch p.fixed[s.label] {
	case 1:
		fill(m, negInf)
	case -1:
		fill(m1, negInf)
	}
}

func fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}

// weights writes what deciding for the label of s adds at each state.
func (p *pass) weights(dst []float64, s *stage) {
	p.field = p.field[:0]
	for _, e := range s.edges {
		u := 0.0
		if e >= 0 {
			u = p.u[e]
		}
		p.field = append(p.field, u)
	}
	bits := 1 << len(s.known)
	subsetSums(dst[:bits], p.field)
	for a := range bits {
		dst[a] += p.v[s.label]
	}
	for at := bits; at < len(dst); at += bits {
		copy(dst[at:at+bits], dst[:bits])
	}
}

// down fills p with the probabilities of the states, from the first stage to
// the last, after up with logAddition, and calls see for each stage with a label
// with the probabilities that its state is a and its label present.
func (p *pass) down(see func(s *stage, present []float64)) {
	p.p = numeric.Zeroed(p.p, len(p.m))
	p.p[0] = 1
	for i := range p.r.stages {
		s := &p.r.stages[i]
		if s.label < 0 {
			continue
		}
		here, with := p.p[s.at:s.at+s.size], p.share[:s.size]
		kernel.Sigmoid(with, p.odds[s.at:s.at+s.size])
		kernel.Multiply(with, here)
		for _, l := range s.children {
			below := p.p[p.r.stages[l.child].at:]
			to0, to1 := l.to[0][:len(here)], l.to[1][:len(here)]
			for a, x := range with {
				below[to0[a]] += here[a] - x
				below[to1[a]] += x
			}
		}
		see(s, with)
	}
}

// expect adds, after up with logAddition, weight times the probabilities of
// labels, of both ends of each edge, and of sizes. The slices may be nil.
func (p *pass) expect(one, edge, size []float64, weight float64) {
	p.down(func(s *stage, present []float64) {
		p.fold = numeric.Zeroed(p.fold, 1<<len(s.known)+len(s.known))
		table, pair := p.fold[len(s.known):], p.fold[:len(s.known)]
		for a, x := range present {
			table[a&(len(table)-1)] += x
		}
		addFolded(pair, table)
		one[s.label] += weight * table[0]
		for i, e := range s.edges {
			if e >= 0 {
				edge[e] += weight * pair[i]
			}
		}
	})
	if s := p.r.sizesStage(); s != nil && size != nil {
		for i, x := range p.p[s.at : s.at+s.size] {
			size[i] += weight * x
		}
	}
}

// sample overwrites y with a draw, after up with logAddition: O(k).
func (p *pass) sample(y Set, rng *rand.Rand) {
	p.follow(y, func(odds float64) bool {
		return rng.Float64() < numeric.Sigmoid(odds)
	})
}

// mode overwrites y with a set of the largest value, after up with maxAddition.
// A label that makes no difference is left out.
func (p *pass) mode(y Set) {
	p.follow(y, func(odds float64) bool { return odds > 0 })
}

// follow decides from the first stage on.
func (p *pass) follow(y Set, present func(odds float64) bool) {
	y.Clear()
	p.cursor[0] = 0
	for i := range p.r.stages {
		s, a, x := &p.r.stages[i], p.cursor[i], 0
		if s.label < 0 {
			continue
		}
		if present(p.odds[s.at+int(a)]) {
			y.Add(s.label)
			x = 1
		}
		for _, l := range s.children {
			p.cursor[l.child] = l.to[x][a]
		}
	}
}

// entropy returns -sum_y p(y) log p(y), after up with logAddition: by the chain
// rule the sum of the entropies of the decisions, of terms that are not negative,
// so that it keeps its digits near 0.
func (p *pass) entropy() float64 {
	h := 0.0
	p.down(func(s *stage, _ []float64) {
		for a, x := range p.p[s.at : s.at+s.size] {
			if o := math.Abs(p.odds[s.at+a]); x > 0 && o < maxLoss {
				h += x * (numeric.Softplus(-o) + o*numeric.Sigmoid(-o))
			}
		}
	})
	return h
}
