package fenchel

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// separable is the regularizer behind Simplex, Subsets and Threshold,
//
//	Omega(p) = scale (mass c + sum_i q_i (g(p_i/q_i) - c)),   c = g(0),
//
// over p >= 0 with sum p = mass (at most mass if atMost), and p <= 1 if capped.
// The constants are those that make it D_f(p, q) where q sums to 1, and 0 at
// the vertices where q is 1 everywhere.
type separable struct {
	shape  shape
	scale  float64
	shift  float64 // threshold of the generator as given less that of shape
	q      []float64
	mass   float64
	capped bool
	atMost bool
}

func newSeparable(f Generator, q []float64) separable {
	if f == nil {
		f = Softmax
	}
	s := separable{q: q, mass: 1}
	s.shape, s.scale, s.shift = shapeOf(f)
	return s
}

// plain says that p sums to 1, and nothing else.
func (s *separable) plain() bool { return !s.capped && !s.atMost && s.mass == 1 }

// highest returns the highest score that is not excluded, and checks all.
func (s *separable) highest(scores []float64) (top float64, err error) {
	if s.q == nil {
		top = kernel.Max(scores)
		if math.IsNaN(top) || math.IsInf(top, 1) {
			return top, finite(scores)
		}
	} else {
		top = math.Inf(-1)
		if len(s.q) != len(scores) {
			panic("fenchel: scores and reference of different lengths")
		}
		for i, x := range scores {
			if math.IsNaN(x) || math.IsInf(x, 1) {
				return top, &EntryError{i, x, ErrNaN}
			}
			w := s.q[i]
			if !(w >= 0) || math.IsInf(w, 1) {
				return top, &EntryError{i, w, ErrReference}
			}
			if w > 0 && x > top {
				top = x
			}
		}
	}
	if math.IsInf(top, -1) {
		return top, ErrNoSupport
	}
	return top, nil
}

// solve returns the level. work is scratch as long as scores, or nil.
func (s *separable) solve(work, scores []float64) (level, error) {
	top, err := s.highest(scores)
	if err != nil {
		return level{}, err
	}
	if s.capped || s.atMost {
		return s.solveCapped(scores, top)
	}
	p := problem{shape: s.shape, scale: s.scale, scores: scores, q: s.q, mass: s.mass}
	switch {
	case s.shape.family == exponential && s.mass == 1:
		return s.logSum(scores, top), nil
	case work != nil && s.selects():
		var x selection
		c, square := s.scale, s.shape.power.a == 1.5
		if square {
			c *= 4 * s.scale
		}
		t, rest := x.solve(work, scores, top, c, square)
		return level{top, t, rest}, nil
	}
	return p.root(top), nil
}

// solveCapped is solve for p <= 1. The threshold may be far from the highest
// score, and is then counted from the last one that could be full.
func (s *separable) solveCapped(scores []float64, top float64) (level, error) {
	p := problem{shape: s.shape, scale: s.scale, scores: scores, q: s.q, mass: s.mass, capped: s.capped}
	if s.atMost {
		if mass, _ := p.sum(level{0, -s.shift, 0}); mass <= s.mass { // the threshold is 0
			return level{0, -s.shift, 0}, nil
		}
	}
	count := 0.0
	for i, x := range scores {
		if p.weight(i) > 0 && !math.IsInf(x, -1) {
			count++
		}
	}
	switch {
	case count < s.mass:
		return level{}, ErrBudget
	case s.capped && count == s.mass: // all of them
		lo, _ := p.bracket(top)
		return level{top, lo - s.scale - 0x1p-40*math.Abs(lo), 0}, nil
	}
	l := p.root(top)
	if s.capped && math.Abs(l.delta) > 8*s.scale {
		l = p.rootNear(p.last())
	}
	return l, nil
}

// logSum is the level of the softmax, log sum_i q_i e^{s_i}.
func (s *separable) logSum(scores []float64, top float64) level {
	var sum total
	first := s.q == nil
	for i, x := range scores {
		switch {
		case s.q != nil:
			if w := s.q[i]; w > 0 {
				sum.add(w * math.Exp((x-top)/s.scale))
			}
		case first && x == top: // its e^0 is the 1 of log1p
			first = false
		default:
			sum.add(math.Exp((x - top) / s.scale))
		}
	}
	if s.q == nil {
		return level{top, s.scale * math.Log1p(sum.value()), 0}
	}
	if total := sum.value(); total > 0x1p-900 {
		return level{top, s.scale * math.Log(total), 0}
	}
	// The highest score has hardly any reference: put it into the exponent.
	high := math.Inf(-1)
	for i, x := range scores {
		if w := s.q[i]; w > 0 {
			high = max(high, (x-top)/s.scale+math.Log(w))
		}
	}
	sum = total{}
	for i, x := range scores {
		if w := s.q[i]; w > 0 {
			sum.add(math.Exp((x-top)/s.scale + math.Log(w) - high))
		}
	}
	return level{top, s.scale * (high + math.Log(sum.value())), 0}
}

// argument is v of a score: how far it exceeds the level, over the scale.
func (s *separable) argument(l level, score float64) float64 {
	return (((score - l.top) - l.delta) - l.rest) / s.scale
}

// conjugate is the maximum of <s,p> - Omega(p), given the sum of
// q_i (g*+(v_i) + c) over all entries.
func (s *separable) conjugate(l level, high float64) float64 {
	if s.shape.family == exponential && s.plain() {
		return l.tau()
	}
	return s.mass*l.top + (s.mass*(l.delta+l.rest) + s.scale*(high-s.mass*s.shape.centre))
}

// entry returns p_i and q_i (g*+(v_i) + c), where g is restricted to
// p_i <= 1 if capped.
func (s *separable) entry(i int, v float64) (p, high float64) {
	if math.IsInf(v, -1) {
		return 0, 0
	}
	w := 1.0
	if s.q != nil {
		w = s.q[i]
		if w == 0 {
			return 0, 0
		}
	}
	if s.capped {
		if full := s.shape.deriv(1 / w); v >= full {
			return 1, v - w*(s.shape.f(1/w)-s.shape.centre)
		}
	}
	u, e := s.shape.both(v)
	return w * u, w * e
}

func (s *separable) argmax(p, scores []float64) (float64, error) {
	if len(p) != len(scores) {
		panic("fenchel: Argmax: wrong lengths")
	}
	if s.shape.family == exponential && s.q == nil && s.plain() {
		l, err := s.softmax(p, scores)
		return l.tau(), err
	}
	l, err := s.solve(scratch(p, scores), scores)
	if err != nil {
		return math.NaN(), err
	}
	if s.selects() {
		_, high := s.fill(p, scores, l)
		return s.conjugate(l, high), nil
	}
	sparse := s.shape.sparse()
	var high total
	for i, x := range scores {
		v := ((x - l.top) - l.delta) - l.rest
		if sparse && v <= 0 {
			p[i] = 0
			continue
		}
		u, e := s.entry(i, v/s.scale)
		p[i] = u
		high.add(e)
	}
	return s.conjugate(l, high.value()), nil
}

// softmax is argmax for the plain softmax, with one exponential per entry.
func (s *separable) softmax(p, scores []float64) (level, error) {
	top, err := s.highest(scores)
	if err != nil {
		return level{math.NaN(), 0, 0}, err
	}
	at := slices.Index(scores, top) // its e^0 is the 1 of log1p
	if s.scale != 1 {
		for i, x := range scores {
			p[i] = (x - top) / s.scale
		}
		scores = p
	}
	shift := scores[at]
	others := kernel.ExpSum(p[:at], scores[:at], shift) + kernel.ExpSum(p[at+1:], scores[at+1:], shift)
	p[at] = 1
	floats.Scale(1/(1+others), p)
	return level{top, s.scale * math.Log1p(others), 0}, nil
}

// scratch is dst, unless it is the scores themselves (then nil).
func scratch(dst, scores []float64) []float64 {
	if len(dst) == 0 || &dst[0] == &scores[0] {
		return nil
	}
	return dst
}

// omega is Omega(p), +Inf where it is not defined.
func (s *separable) omega(p []float64) float64 {
	var sum, mass total
	for i, x := range p {
		mass.add(x)
		w := 1.0
		if s.q != nil {
			w = s.q[i]
		}
		switch {
		case x < 0 || math.IsNaN(x) || w == 0 && x > 0:
			return math.Inf(1)
		case x == 0 && s.shape.family != anyOther || w == 0:
			continue
		}
		f := s.shape.f(x / w)
		if math.IsInf(f, 1) {
			return f
		}
		sum.add(w * (f - s.shape.centre))
	}
	omega := s.scale * (s.mass*s.shape.centre + sum.value())
	if s.atMost { // the linear terms of f and of its shape differ
		omega += s.shift * (s.mass - mass.value())
	}
	return omega
}

// jvp is the derivative of the argmax p in a direction: h_i (d_i - mean) with
// h_i = q_i (slope of the ratio at p_i), and the mean of d under h where the sum of p is
// fixed.
func (s *separable) jvp(dst, p, direction []float64) error {
	if len(dst) != len(p) || len(direction) != len(p) {
		panic("fenchel: JVP: wrong lengths")
	}
	if !s.shape.knowsCurvature() {
		return ErrCurvature
	}
	var weight, mean, mass total
	for i, x := range p {
		mass.add(x)
		h := s.weight(i, x)
		if h == 0 {
			continue
		}
		d := direction[i]
		if math.IsNaN(d) || math.IsInf(d, 0) {
			return &EntryError{i, d, ErrNaN}
		}
		weight.add(h)
		mean.add(h * d)
	}
	m := 0.0
	if fixed := !s.atMost || mass.value() >= s.mass*(1-1e-12); fixed && weight.value() > 0 {
		m = mean.value() / weight.value()
	}
	for i, x := range p {
		if h := s.weight(i, x); h != 0 {
			dst[i] = h * (direction[i] - m) / s.scale
		} else {
			dst[i] = 0
		}
	}
	return nil
}

// weight is the h of jvp.
func (s *separable) weight(i int, p float64) float64 {
	if !(p > 0) || s.capped && p >= 1 {
		return 0
	}
	if s.q == nil {
		return s.shape.curvatureOf(p)
	}
	return s.q[i] * s.shape.curvatureOf(p/s.q[i])
}
