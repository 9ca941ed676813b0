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

// sum is the total mass at a level, and its slope with respect to minus the
// level; the slope is 0 where the generator does not know it.
func (p *problem) sum(l level) (mass, slope float64) {
	if p.q == nil && !p.capped && p.shape.family == powers && p.shape.power.a == 2 {
		return p.linear(l)
	}
	var sum, steep total
	s, sparse, knows := &p.shape, p.shape.sparse(), p.shape.knowsCurvature()
	for i, x := range p.scores {
		d := (((x - l.top) - l.delta) - l.rest) / p.scale
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
func (p *problem) linear(l level) (mass, slope float64) {
	var sum total
	k := 0
	for _, x := range p.scores {
		if d := ((x - l.top) - l.delta) - l.rest; d > 0 {
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

// last returns the score of the entry that is the last to be full if as many
// as the mass are, and bounds of the level less that score. At the lower one
// those entries are full; beyond them some entry has at least the mean of what is
// left there, so that the level is not much higher. Entries whose thresholds
// round to the same number count as that one.
func (p *problem) last() (score, lo, hi float64) {
	full := func(i int) float64 { return p.scores[i] - p.scale*p.shape.deriv(1/p.weight(i)) }
	// The largest t that mass entries are full at, by halving the float64s.
	low, high := ordered(-math.MaxFloat64), ordered(math.MaxFloat64)
	for low < high {
		mid := low + int64((uint64(high)-uint64(low)+1)/2)
		t, count := unordered(mid), 0.0
		for i := range p.scores {
			if p.weight(i) > 0 && full(i) >= t {
				count++
			}
		}
		if count >= p.mass {
			low = mid
		} else {
			high = mid - 1
		}
	}
	t, n, far, first := unordered(low), float64(len(p.scores)), 0.0, true
	left := 1 - (math.Ceil(p.mass) - p.mass)
	for i, x := range p.scores {
		w := p.weight(i)
		if w == 0 {
			continue
		}
		d := p.shape.deriv(1 / w)
		far = max(far, d-p.shape.deriv(left/(n*w)))
		if full(i) != t {
			continue
		}
		if first {
			score, lo, hi, first = x, -p.scale*d, -p.scale*d, false
		}
		lo, hi = min(lo, (x-score)-p.scale*d), max(hi, (x-score)-p.scale*d)
	}
	return score, lo, hi + p.scale*far*(1+0x1p-40)
}

// ordered numbers the float64s in their order.
func ordered(x float64) int64 {
	b := int64(math.Float64bits(x))
	if b < 0 {
		return math.MinInt64 - b
	}
	return b
}

func unordered(k int64) float64 {
	if k < 0 {
		k = math.MinInt64 - k
	}
	return math.Float64frombits(uint64(k))
}

// step is Newton's. For powers it is that for the norm mass^{a-1}, which is as
// convex as the mass for a <= 2 but nearly linear: far from the end it does not
// creep.
func (p *problem) step(mass, slope float64) float64 {
	if p.shape.family == powers && !p.capped && mass > 0 {
		b := p.shape.power.b
		return -math.Expm1(b*math.Log(p.mass/mass)) / b * (mass / slope)
	}
	return (mass - p.mass) / slope
}

// root finds the level by Newton's method inside a bracket that bisection
// shrinks where Newton fails, until the last bit of delta; rest is one more
// Newton step.
func (p *problem) root(top float64) level {
	lo, hi := p.bracket(top)
	return p.rootNear(top, lo, hi)
}

// rootNear is root within bounds of delta.
func (p *problem) rootNear(top, lo, hi float64) level {
	delta := lo
	knows := p.shape.knowsCurvature()
	var was, wasMass float64
	for i := range 500 {
		mass, slope := p.sum(level{top, delta, 0})
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
			return p.polish(level{top, delta, step})
		}
		// Bisect where there is no slope or Newton leaves the bracket, and
		// now and then anyway: beyond alpha = 2 the mass is not convex.
		if i%4 == 3 || !(next > lo && next < hi) {
			next = between(lo, hi)
		}
		if next <= lo || next >= hi {
			if math.Abs(step) <= math.Abs(delta)*0x1p-50 {
				return p.polish(level{top, delta, step})
			}
			return p.polish(level{top, delta, 0})
		}
		delta = next
	}
	return level{top, delta, 0}
}

// polish improves rest where a small ratio is a root of a small v, so that one
// of Newton's steps does not give its digits: the same search once more, within
// the last bit of delta.
func (p *problem) polish(l level) level {
	if p.shape.family != powers || p.shape.power.b <= 1 && p.shape.power.k == p.shape.power.b {
		return l
	}
	l = p.within(l)
	// Where the level is next to a score, count from there.
	if near := l.delta + l.rest; near != l.delta {
		l = p.within(level{l.top, near, l.rest - (near - l.delta)})
	}
	return l
}

// within finds rest.
func (p *problem) within(l level) level {
	bit := math.Abs(l.delta) * 0x1p-51
	lo, hi := -bit, bit
	if !(math.Abs(l.rest) < bit) {
		l.rest = 0
	}
	for i := range 200 {
		mass, slope := p.sum(l)
		if mass >= p.mass {
			lo = l.rest
		} else {
			hi = l.rest
		}
		next := l.rest + p.step(mass, slope)
		if i%4 == 3 || !(next > lo && next < hi) {
			next = between(lo, hi)
		}
		if mass == p.mass || next == l.rest || next <= lo || next >= hi {
			break
		}
		l.rest = next
	}
	return l
}

// between halves an interval, or its logarithm where that is long.
func between(lo, hi float64) float64 {
	switch {
	case lo > 0 && hi > 4*lo || hi < 0 && lo < 4*hi:
		return math.Copysign(math.Sqrt(lo/hi)*math.Abs(hi), hi)
	case lo == 0:
		return hi * 0x1p-20
	case hi == 0:
		return lo * 0x1p-20
	}
	return lo + (hi-lo)/2
}
