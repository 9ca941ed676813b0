package fenchel

import "math"

// level is a threshold, tau = top + delta + rest, kept in three parts so that
// it loses nothing where scores are large or close: top is a score (or near the
// threshold), delta a float64 and rest what is left of it.
type level struct{ top, delta, rest float64 }

func (l level) tau() float64 { return l.top + (l.delta + l.rest) }

// problem is to find the level at which the masses
//
//	p_i = q_i (g*+)'((s_i - tau)/scale),   at most 1 if capped,
//
// sum to mass.
type problem struct {
	shape  shape
	scale  float64
	scores []float64
	q      []float64 // nil for ones
	mass   float64
	capped bool
}

func (p *problem) weight(i int) float64 {
	if p.q == nil {
		return 1
	}
	return p.q[i]
}

// sum is the total mass at level top + delta, and its slope with respect to
// -delta; the slope is 0 where the generator does not know it.
func (p *problem) sum(top, delta float64) (mass, slope float64) {
	if p.q == nil && !p.capped && p.shape.family == powers && p.shape.power.a == 2 {
		return p.linear(top, delta)
	}
	var sum, steep total
	s, sparse, knows := &p.shape, p.shape.sparse(), p.shape.knowsCurvature()
	for i, x := range p.scores {
		d := ((x - top) - delta) / p.scale
		if sparse && d <= 0 {
			continue
		}
		w := p.weight(i)
		if w == 0 || math.IsInf(d, -1) {
			continue
		}
		u := s.ratio(d)
		if p.capped && w*u >= 1 {
			sum.add(1)
			continue
		}
		if math.IsInf(u, 1) { // outside of the domain
			return u, 0
		}
		sum.add(w * u)
		if knows {
			steep.add(w * s.slope(u, d))
		}
	}
	return sum.value(), steep.value() / p.scale
}

// linear is sum for the plain sparsemax.
func (p *problem) linear(top, delta float64) (mass, slope float64) {
	var sum total
	k := 0
	for _, x := range p.scores {
		if d := (x - top) - delta; d > 0 {
			sum.add(d)
			k++
		}
	}
	return sum.value() / p.scale, float64(k) / p.scale
}

// bracket returns bounds of delta: at lo one entry alone, or all of them if
// capped, has all the mass, and at hi no ratio exceeds the mean.
func (p *problem) bracket(top float64) (lo, hi float64) {
	var total, mean float64
	hi, lo = math.Inf(-1), math.Inf(-1)
	if p.capped {
		lo = math.Inf(1)
	}
	full := p.shape.deriv(1)
	for i, x := range p.scores {
		w := p.weight(i)
		if w == 0 || math.IsInf(x, -1) {
			continue
		}
		total += w
		mean += w * (x - top)
		if p.q != nil {
			full = p.shape.deriv(1 / w)
		}
		d := x - top
		hi = max(hi, d)
		if p.capped {
			lo = min(lo, d-p.scale*full)
		} else {
			lo = max(lo, d-p.scale*p.shape.deriv(p.mass/w))
		}
	}
	even := p.scale * p.shape.deriv(p.mass/total)
	if !p.capped && p.shape.sparse() && p.shape.power.a <= 2 {
		// The ratio is convex: at least what equal scores would have.
		lo = max(lo, math.Nextafter(mean/total-even, math.Inf(-1)))
	}
	return lo, max(lo, hi-even)
}

// step is Newton's. For powers it is that for the norm mass^{a-1}, which is as
// convex as the mass for a <= 2 but nearly linear: far from the end it does not
// creep.
func (p *problem) step(mass, slope float64) float64 {
	if p.shape.family == powers && !p.capped && mass > 0 {
		b := p.shape.power.a - 1
		return -math.Expm1(b*math.Log(p.mass/mass)) / b * (mass / slope)
	}
	return (mass - p.mass) / slope
}

// root finds the level by Newton's method inside a bracket that bisection
// shrinks where Newton fails, until the last bit of delta; rest is one more
// Newton step.
func (p *problem) root(top float64) level {
	lo, hi := p.bracket(top)
	delta := lo
	knows := p.shape.knowsCurvature()
	var was, wasMass float64
	for i := range 500 {
		mass, slope := p.sum(top, delta)
		if !knows && i > 0 && delta != was {
			slope = (wasMass - mass) / (delta - was) // a secant
		}
		was, wasMass = delta, mass
		step := p.step(mass, slope)
		if mass == p.mass {
			return level{top, delta, 0}
		}
		if mass > p.mass {
			lo = delta
		} else {
			hi = delta
		}
		next := delta + step
		if next == delta && slope > 0 && !math.IsInf(slope, 1) {
			return level{top, delta, step}
		}
		// Bisect where there is no slope or Newton leaves the bracket, and
		// now and then anyway: beyond alpha = 2 the mass is not convex.
		if i%4 == 3 || !(next > lo && next < hi) {
			next = lo + (hi-lo)/2
		}
		if next <= lo || next >= hi {
			if math.Abs(step) <= math.Abs(delta)*0x1p-50 {
				return level{top, delta, step}
			}
			break
		}
		delta = next
	}
	return level{top, delta, 0}
}
