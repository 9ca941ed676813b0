package fenchel

import "math"

// shape is a generator as the solvers see it: without its scale, with the two
// families that all losses of interest belong to told apart, so that inner
// loops need no call through an interface.
type shape struct {
	family family
	power  power
	of     Generator // of family anyOther
	curved Curved    // of, if it is
	centre float64   // taken out of the conjugate, see centre
}

type family uint8

const (
	anyOther family = iota
	exponential
	powers
)

// shapeOf returns the shape of f, its scale, and what to add to the thresholds
// of the shape to have those of f.
func shapeOf(f Generator) (s shape, scale, shift float64) {
	g, scale := unscaled(f)
	switch h := g.(type) {
	case KL:
		return shape{family: exponential, centre: 1}, scale, 0
	case ChiSquare:
		return powerShape(2), scale, 0
	case Tsallis:
		a := h.alpha()
		switch {
		case a == 1:
			return shape{family: exponential, centre: 1}, scale, 0
		case a >= smallestPower:
			return powerShape(a), scale, scale / (a - 1)
		}
	case ended:
		of, end, centre := h.counted()
		return shape{of: of, curved: of, centre: centre}, scale, -end * scale
	}
	s = shape{of: g, centre: centre(g)}
	s.curved, _ = g.(Curved)
	return s, scale, 0
}

func powerShape(a float64) shape {
	return shape{family: powers, power: powerOf(a), centre: -1 / (a * (a - 1))}
}

// sparse says that the ratio vanishes for v <= 0.
func (s *shape) sparse() bool { return s.family == powers }

func (s *shape) ratio(v float64) float64 {
	switch s.family {
	case powers:
		return s.power.Ratio(v)
	case exponential:
		return math.Exp(v)
	}
	return s.of.Ratio(v)
}

func (s *shape) deriv(u float64) float64 {
	switch s.family {
	case powers:
		return s.power.Deriv(u)
	case exponential:
		return math.Log(u)
	}
	return s.of.Deriv(u)
}

// knowsCurvature says that slope and curvatureOf may be called.
func (s *shape) knowsCurvature() bool { return s.of == nil || s.curved != nil }

// slope is the curvature at v, where the ratio is u.
func (s *shape) slope(u, v float64) float64 {
	switch s.family {
	case powers:
		return u / (s.power.b * v)
	case exponential:
		return u
	}
	return s.curved.Curvature(v)
}

// curvatureOf is the curvature where the ratio is u > 0.
func (s *shape) curvatureOf(u float64) float64 {
	switch {
	case s.family == exponential:
		return u
	case s.family == powers && s.power.a == 2:
		return 1
	case s.family == powers:
		return math.Pow(u, 2-s.power.a)
	}
	return s.curved.Curvature(s.of.Deriv(u))
}

// both is the ratio at v and the conjugate plus its centre.
func (s *shape) both(v float64) (ratio, high float64) {
	switch s.family {
	case powers:
		u := s.power.Ratio(v)
		return u, u * max(s.power.b*v, 0) / s.power.a
	case exponential:
		u := math.Exp(v)
		return u, u
	}
	return s.of.Ratio(v), excess(s.of, v)
}

func (s *shape) f(u float64) float64 {
	switch s.family {
	case powers:
		return s.power.F(u)
	case exponential:
		return KL{}.F(u)
	}
	return s.of.F(u)
}

func (s *shape) gap(t, v float64) float64 {
	switch {
	case t == 0 && s.family == anyOther:
		return gap(s.of, t, v)
	case t == 0:
		_, e := s.both(v)
		return e
	case s.family == powers:
		return s.power.gap(t, v)
	case s.family == exponential:
		return KL{}.gap(t, v)
	}
	return gap(s.of, t, v)
}
