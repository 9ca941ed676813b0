package kernel

import "math"

// AdamCoefficients are the numbers of a step of Adam or AdamW.
type AdamCoefficients struct {
	Beta1, Rest1, Beta2, Rest2 float64 // Rest = 1 - Beta
	Epsilon, Step, Root        float64 // Step = rate/(1-Beta1^t), Root = 1/sqrt(1-Beta2^t)
	Penalty, Shrink            float64 // of the squared norm in the gradient; 1 - rate·decay
}

// Adam makes a step from parameters p with the gradient g and the moments m
// and v, all of one length:
//
//	g = g + Penalty·p
//	m = Beta1·m + Rest1·g,    0 if smaller than 1e-300
//	v = Beta2·v + Rest2·g²
//	p = p·Shrink - Step·m / (sqrt(v)·Root + Epsilon)
func (c *AdamCoefficients) Adam(p, g, m, v []float64) {
	sameLength(p, g)
	sameLength(p, m)
	sameLength(p, v)
	if use == portable {
		c.update(p, g, m, v)
		return
	}
	if vectors() {
		for len(p) >= vector {
			n := min(len(p), preempt) &^ (vector - 1)
			adam(&p[0], &g[0], &m[0], &v[0], n, c)
			p, g, m, v = p[n:], g[n:], m[n:], v[n:]
		}
	}
	for i, pi := range p {
		gi := math.FMA(c.Penalty, pi, g[i])
		mi := math.FMA(c.Beta1, m[i], float64(c.Rest1*gi))
		vi := math.FMA(c.Beta2, v[i], float64(c.Rest2*float64(gi*gi)))
		if math.Abs(mi) < tiny {
			mi = 0
		}
		m[i], v[i] = mi, vi
		step := float64(c.Step*mi) / math.FMA(math.Sqrt(vi), c.Root, c.Epsilon)
		p[i] = math.FMA(pi, c.Shrink, -step)
	}
}

const tiny = 1e-300

// update is Adam without multiply-adds.
func (c *AdamCoefficients) update(p, g, m, v []float64) {
	for i, pi := range p {
		gi := g[i] + c.Penalty*pi
		mi := c.Beta1*m[i] + c.Rest1*gi
		vi := c.Beta2*v[i] + c.Rest2*(gi*gi)
		if math.Abs(mi) < tiny {
			mi = 0
		}
		m[i], v[i] = mi, vi
		p[i] = pi*c.Shrink - c.Step*mi/(math.Sqrt(vi)*c.Root+c.Epsilon)
	}
}

// MomentumCoefficients are the numbers of a step of gradient descent with
// momentum.
type MomentumCoefficients struct {
	Momentum, Penalty  float64
	Gradient, Velocity float64 // rates of the step along g and along u
}

// Descend makes a step from parameters p with the gradient g and the velocity
// u, all of one length:
//
//	g = g + Penalty·p
//	u = Momentum·u + g
//	p = p - Gradient·g - Velocity·u
func (c *MomentumCoefficients) Descend(p, g, u []float64) {
	sameLength(p, g)
	sameLength(p, u)
	if use == portable {
		for i, pi := range p {
			gi := g[i] + c.Penalty*pi
			ui := c.Momentum*u[i] + gi
			u[i] = ui
			p[i] = pi - (c.Gradient*gi + c.Velocity*ui)
		}
		return
	}
	if vectors() {
		for len(p) >= vector {
			n := min(len(p), preempt) &^ (vector - 1)
			momentum(&p[0], &g[0], &u[0], n, c)
			p, g, u = p[n:], g[n:], u[n:]
		}
	}
	for i, pi := range p {
		gi := math.FMA(c.Penalty, pi, g[i])
		ui := math.FMA(c.Momentum, u[i], gi)
		u[i] = ui
		p[i] = math.FMA(-c.Velocity, ui, math.FMA(-c.Gradient, gi, pi))
	}
}
