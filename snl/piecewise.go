package snl

import (
	"math"
	"sync"
)

// piecewise is a distribution on the line by its values at knots: the nodes of
// a line of panels, and more between them where needed. Between knots the
// distribution function is a cubic with the densities for slopes, limited so
// that it cannot fall (Fritsch and Carlson 1980), and right to about cellError
// beside the error of the quadrature.
type piecewise struct {
	t, f, cdf      []float64 // knots, densities (slopes of cdf), P(y <= t)
	mean, variance float64
	entropy        float64

	// below[i] is the integral of cdf^2 up to knot i, above[i] that of
	// (1-cdf)^2 from it on: made when first asked for.
	scored       sync.Once
	below, above []float64
}

// cellError is the error of the distribution function at which a cell between
// knots is not halved any more.
const cellError = 1e-9

// newPiecewise makes the table of an integrated line.
func newPiecewise(l *line) *piecewise {
	p := &piecewise{}
	sum := 0.0
	for i := range l.panels {
		pn := &l.panels[i]
		mass := math.Exp(pn.logMass - l.logZ)
		if mass < 1e-18 {
			// Too little to have a shape; also keeps the table short.
			if len(p.t) > 0 {
				p.knot(pn.b, 0, sum+mass)
			}
			sum += mass
			continue
		}
		p.cells(pn, l.logZ, sum, mass)
		sum += mass
	}
	for i := range p.cdf {
		p.cdf[i] = min(p.cdf[i]/sum, 1)
	}
	p.cdf[len(p.cdf)-1] = 1
	p.limit()
	p.moments(l)
	return p
}

// cells appends the knots of a panel of the given mass, with sum below it: its
// nodes and ends, and what the polynomial through the values says between them
// where a cubic would not do.
func (p *piecewise) cells(pn *panel, logZ, sum, mass float64) {
	var f [kronrodNodes]float64
	for i, v := range pn.logf {
		f[i] = math.Exp(v - logZ)
	}
	poly := kronrod.interpolate(&f)
	half := 0.5 * (pn.b - pn.a)
	at := func(x float64) (density, below float64) {
		density, below = poly.at(x)
		return max(density, 0), min(max(half*below, 0), mass)
	}
	left, _ := at(-1)
	if len(p.t) == 0 {
		p.knot(pn.a, left, sum)
	} else if p.f[len(p.f)-1] == 0 {
		p.f[len(p.f)-1] = left
	}
	x0, f0, c0 := -1.0, left, 0.0
	for i := 0; i <= kronrodNodes; i++ {
		x1, f1, c1 := 1.0, 0.0, mass
		if i < kronrodNodes {
			x1, f1 = kronrod.nodes[i], f[i]
			_, c1 = at(x1)
		} else {
			f1, _ = at(1)
		}
		p.halve(at, cell{x0, f0, c0, x1, f1, c1}, half, func(x, f, c float64) { p.knot(pn.a+half*(1+x), f, sum+c) }, 8)
		x0, f0, c0 = x1, f1, c1
	}
	p.t[len(p.t)-1] = pn.b
}

// cell is the piece between two places of a panel with their densities and
// distribution functions.
type cell struct{ x0, f0, c0, x1, f1, c1 float64 }

// halve emits the right ends of cells small enough for cubics.
func (p *piecewise) halve(at func(float64) (float64, float64), c cell, half float64, emit func(x, f, c float64), depth int) {
	x := 0.5 * (c.x0 + c.x1)
	f, below := at(x)
	cubic := 0.5*(c.c0+c.c1) + half*(c.x1-c.x0)*(c.f0-c.f1)/8
	if depth == 0 || math.Abs(below-cubic) <= cellError {
		emit(c.x1, c.f1, c.c1)
		return
	}
	p.halve(at, cell{c.x0, c.f0, c.c0, x, f, below}, half, emit, depth-1)
	p.halve(at, cell{x, f, below, c.x1, c.f1, c.c1}, half, emit, depth-1)
}

// knot appends one; the distribution function never falls.
func (p *piecewise) knot(t, f, cdf float64) {
	if n := len(p.cdf); n > 0 {
		cdf = max(cdf, p.cdf[n-1])
		if t <= p.t[n-1] { // panels of the width of rounding
			return
		}
	}
	p.t, p.f, p.cdf = append(p.t, t), append(p.f, f), append(p.cdf, cdf)
}

// limit lowers slopes where the cubic would not be monotone: to the circle of
// radius 3 of Fritsch and Carlson.
func (p *piecewise) limit() {
	for i := range len(p.t) - 1 {
		secant := (p.cdf[i+1] - p.cdf[i]) / (p.t[i+1] - p.t[i])
		if secant == 0 {
			p.f[i], p.f[i+1] = 0, 0
			continue
		}
		a, b := p.f[i]/secant, p.f[i+1]/secant
		if r := a*a + b*b; r > 9 {
			s := 3 / math.Sqrt(r)
			p.f[i], p.f[i+1] = s*a*secant, s*b*secant
		}
	}
}

// moments computes mean, variance and entropy by the rule of the panels.
func (p *piecewise) moments(l *line) {
	each := func(see func(y, w, logp float64)) {
		for i := range l.panels {
			pn := &l.panels[i]
			half := 0.5 * (pn.b - pn.a)
			for k, v := range pn.logf {
				if lp := v - l.logZ; !math.IsInf(lp, -1) {
					see(pn.node(k), half*kronrod.weights[k]*math.Exp(lp), lp)
				}
			}
		}
	}
	// About the middle of the heaviest panel, so that far peaks keep digits.
	heaviest := 0
	for i := range l.panels {
		if l.panels[i].logMass > l.panels[heaviest].logMass {
			heaviest = i
		}
	}
	origin := l.panels[heaviest].node(kronrodNodes / 2)
	each(func(y, w, logp float64) {
		p.mean += w * (y - origin)
		p.entropy -= w * logp
	})
	p.mean += origin
	each(func(y, w, _ float64) { p.variance += w * (y - p.mean) * (y - p.mean) })
}

// cubic is the piece between knots i and i+1 as a function of u in [0, 1]:
// c0 + u (c1 + u (c2 + u c3)).
type cubic struct{ t, h, c0, c1, c2, c3 float64 }

func (p *piecewise) piece(i int) cubic {
	h := p.t[i+1] - p.t[i]
	rise, a, b := p.cdf[i+1]-p.cdf[i], h*p.f[i], h*p.f[i+1]
	return cubic{p.t[i], h, p.cdf[i], a, 3*rise - 2*a - b, a + b - 2*rise}
}

func (c cubic) at(u float64) float64    { return c.c0 + u*(c.c1+u*(c.c2+u*c.c3)) }
func (c cubic) slope(u float64) float64 { return (c.c1 + u*(2*c.c2+u*3*c.c3)) / c.h }

// find is the piece that t is in, and where.
func (p *piecewise) find(t float64) (i int, u float64) {
	lo, hi := 0, len(p.t)-1
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; t < p.t[mid] {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo, (t - p.t[lo]) / (p.t[lo+1] - p.t[lo])
}

// at is the distribution function.
func (p *piecewise) at(t float64) float64 {
	switch n := len(p.t); {
	case math.IsNaN(t):
		return t
	case t <= p.t[0]:
		return 0
	case t >= p.t[n-1]:
		return 1
	}
	i, u := p.find(t)
	return min(max(p.piece(i).at(u), p.cdf[i]), p.cdf[i+1])
}

// density is the derivative of the distribution function.
func (p *piecewise) density(t float64) float64 {
	if !(t >= p.t[0] && t <= p.t[len(p.t)-1]) {
		return 0
	}
	i, u := p.find(t)
	return max(p.piece(i).slope(u), 0)
}

// quantile is the least t with P(y <= t) >= prob, for prob in [0, 1]; for 0 and
// 1 the ends of what carries mass.
func (p *piecewise) quantile(prob float64) float64 {
	lo, hi := 0, len(p.t)-1
	if prob <= 0 { // the last knot where nothing lies below
		for lo < hi && p.cdf[lo+1] == 0 {
			lo++
		}
		return p.t[lo]
	}
	for hi-lo > 1 { // cdf[lo] < prob <= cdf[hi]
		if mid := (lo + hi) / 2; p.cdf[mid] < prob {
			lo = mid
		} else {
			hi = mid
		}
	}
	c := p.piece(lo)
	return c.t + c.h*c.invert(prob)
}

// invert solves at(u) = prob by Newton's method inside a shrinking bracket.
func (c cubic) invert(prob float64) float64 {
	lo, hi := 0.0, 1.0
	u := 0.5
	if rise := c.at(1) - c.c0; rise > 0 {
		u = min(max((prob-c.c0)/rise, 0), 1)
	}
	for range 60 {
		v := c.at(u) - prob
		if v < 0 {
			lo = u
		} else {
			hi = u
		}
		next := u
		if s := c.slope(u) * c.h; s > 0 {
			next = u - v/s
		}
		if !(next > lo && next < hi) {
			next = 0.5 * (lo + hi)
		}
		if math.Abs(next-u) <= 1e-15 {
			return next
		}
		u = next
	}
	return u
}

// gauss4 is the Gauss-Legendre rule on [0, 1] that is exact for the square of a
// cubic.
var gauss4 = [4][2]float64{
	{0.069431844202973712388, 0.173927422568726928687},
	{0.330009478207571867599, 0.326072577431273071313},
	{0.669990521792428132401, 0.326072577431273071313},
	{0.930568155797026287612, 0.173927422568726928687},
}

// squares integrates cdf^2 over [0, u] of the piece and (1-cdf)^2 over [u, 1].
func (c cubic) squares(u float64) (below, above float64) {
	for _, g := range gauss4 {
		v := c.at(u * g[0])
		below += u * g[1] * v * v
		v = 1 - c.at(u+(1-u)*g[0])
		above += (1 - u) * g[1] * v * v
	}
	return c.h * below, c.h * above
}

// integrals fills below and above.
func (p *piecewise) integrals() {
	n := len(p.t)
	p.below, p.above = make([]float64, n), make([]float64, n)
	for i := range n - 1 {
		b, _ := p.piece(i).squares(1)
		p.below[i+1] = p.below[i] + b
	}
	for i := n - 2; i >= 0; i-- {
		_, a := p.piece(i).squares(0)
		p.above[i] = p.above[i+1] + a
	}
}

// crps is the integral of (cdf(t) - 1{t >= y})^2 over the line.
func (p *piecewise) crps(y float64) float64 {
	p.scored.Do(p.integrals)
	n := len(p.t)
	switch {
	case math.IsNaN(y):
		return y
	case y <= p.t[0]:
		return p.t[0] - y + p.above[0]
	case y >= p.t[n-1]:
		return y - p.t[n-1] + p.below[n-1]
	}
	i, u := p.find(y)
	b, a := p.piece(i).squares(u)
	return p.below[i] + b + a + p.above[i+1]
}
