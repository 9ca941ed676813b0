package sets

// roofDuality decides labels of a problem without sizes by the roof dual of
// quadratic pseudo-boolean optimisation (Hammer, Hansen, Simeone 1984), computed
// by one minimum cut (Boros, Hammer 2002; QPBO: Kolmogorov, Rother 2007). Every
// label i gets a second node for its complement; an attractive pair joins i to j
// and complement to complement, a repulsive one each to the complement of the
// other. A label whose two nodes end up on different sides is decided as in every
// mode (strong persistency); where all pairs are attractive, or would be if some
// labels were replaced by their complements, that is all labels but for ties.
func (p *quadratic) roofDuality(state []int8) {
	n, arcs := p.n, int32(len(p.to))
	start := make([]int32, 0, 2*n+1)
	start = append(start, p.start...)
	for _, s := range p.start[1:] {
		start = append(start, s+arcs)
	}
	to, back := make([]int32, 2*arcs), make([]int32, 2*arcs)
	for a, j := range p.to {
		same, other := a, a+int(arcs)
		to[same], back[same] = j, p.back[a]
		to[other], back[other] = j+int32(n), p.back[a]+arcs
		if p.u[a] < 0 {
			to[same], to[other] = to[other], to[same]
			back[same], back[other] = back[other], back[same]
		}
	}
	f := newFlow(2*n, start, to, back)
	for i := range n {
		c := p.v[i]
		lo, hi := p.row(i)
		for a := lo; a < hi; a++ {
			c += p.u[a] / 2
			x := max(p.u[a], -p.u[a]) / 2
			f.cap[a], f.cap[a+arcs] = x, x
		}
		f.sink[i], f.excess[i] = max(c, 0), max(-c, 0)
		f.sink[n+i], f.excess[n+i] = max(-c, 0), max(c, 0)
	}
	reaches := f.run()
	for i := range n {
		switch {
		case reaches[i] && !reaches[n+i]:
			state[i] = present
		case reaches[n+i] && !reaches[i]:
			state[i] = absent
		}
	}
}
