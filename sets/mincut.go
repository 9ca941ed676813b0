package sets

// minCut decides every label of a problem without sizes whose interactions are
// all attractive, U_ij >= 0, by a minimum cut (Greig, Porteous, Seheult 1989).
// With U_ij y_i y_j = U_ij/2 (y_i + y_j - |y_i - y_j|) the mode minimises
//
//	sum_ij U_ij/2 |y_i - y_j| - sum_j c_j y_j,    c_j = v_j + sum_i U_ij/2:
//
// a cut of a network with capacity U_ij/2 both ways, c_j to the sink where that is
// above 0 and -c_j from the source where it is below. The present labels are the
// sink's side, of the best sets the one with the fewest labels.
func (p *quadratic) minCut(state []int8) {
	f := newFlow(p.n, p.start, p.to, p.back)
	for i := range p.n {
		c := p.v[i]
		lo, hi := p.row(i)
		for a := lo; a < hi; a++ {
			f.cap[a] = p.u[a] / 2
			c += p.u[a] / 2
		}
		f.sink[i], f.excess[i] = max(c, 0), max(-c, 0)
	}
	for i, reaches := range f.run() {
		state[i] = absent
		if reaches {
			state[i] = present
		}
	}
}
