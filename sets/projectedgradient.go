package sets

// projectedGradient overwrites y with a set found on the relaxation of the
// problem to means m in [0,1]^k, sum_j v_j m_j + (1/2) sum_ij U_ij m_i m_j: steps
// of projected gradient ascent from m = 1/2, each as long as the largest
// curvature allows so that none loses, then m rounded at 1/2. Labels are linear
// in the relaxation one at a time, so that ascent from there loses nothing to it.
// h and the sizes are not looked at. O(arcs) a step.
func (p *quadratic) projectedGradient(y Set) {
	const steps = 100
	curvature := 0.0
	for i := range p.n {
		sum := 0.0
		lo, hi := p.row(i)
		for a := lo; a < hi; a++ {
			sum += max(p.u[a], -p.u[a])
		}
		curvature = max(curvature, sum)
	}
	m, g := make([]float64, p.n), make([]float64, p.n)
	for i := range m {
		m[i] = 0.5
	}
	for range steps {
		moved := false
		for i := range g {
			g[i] = p.v[i]
			lo, hi := p.row(i)
			for a := lo; a < hi; a++ {
				g[i] += p.u[a] * m[p.to[a]]
			}
		}
		for i, d := range g {
			to := m[i]
			switch {
			case curvature > 0:
				to = min(max(m[i]+d/curvature, 0), 1)
			case d != 0:
				to = 0
				if d > 0 {
					to = 1
				}
			}
			moved = moved || to != m[i]
			m[i] = to
		}
		if !moved {
			break
		}
	}
	for i, x := range m {
		y.Set(i, x > 0.5)
	}
}
