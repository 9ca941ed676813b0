package fenchel

import "math"

// power is Tsallis with a linear term taken off,
//
//	f(u) = (u^a - 1)/(a(a-1)),   f'(0) = 0,   p/q = ((a-1) v)_+^{1/(a-1)},
//
// so that v counts from where the probability vanishes, and small
// probabilities keep their digits. power{2} is ChiSquare. It is what the
// solvers see in place of both.
type power struct{ a float64 }

func (g power) F(u float64) float64 { return (math.Pow(u, g.a) - 1) / (g.a * (g.a - 1)) }

func (g power) Deriv(u float64) float64 {
	if g.a == 2 {
		return u
	}
	return math.Pow(u, g.a-1) / (g.a - 1)
}

func (g power) Conjugate(v float64) float64 { return g.excess(v) - g.F(0) }

func (g power) Ratio(v float64) float64 {
	if v <= 0 {
		return 0
	}
	switch g.a {
	case 2:
		return v
	case 1.5:
		return v * v / 4
	}
	return math.Exp(math.Log((g.a-1)*v) / (g.a - 1))
}

func (g power) Curvature(v float64) float64 {
	if v <= 0 {
		return 0
	}
	switch g.a {
	case 2:
		return 1
	case 1.5:
		return v / 2
	}
	return math.Exp(math.Log((g.a-1)*v) * (2 - g.a) / (g.a - 1))
}

func (g power) Validate() error          { return Tsallis{Alpha: g.a}.Validate() }
func (g power) String() string           { return Tsallis{Alpha: g.a}.String() }
func (g power) excess(v float64) float64 { return g.Ratio(v) * max((g.a-1)*v, 0) / g.a }

func (g power) gap(t, v float64) float64 {
	switch {
	case v <= 0:
		return math.Pow(t, g.a)/(g.a*(g.a-1)) - t*v
	case g.a == 2:
		return (t - v) * (t - v) / 2
	}
	return tsallisGap(g.a, t, math.Log((g.a-1)*v)/(g.a-1)-math.Log(t))
}

// Alphas from here on are solved as power; closer to 1 the point where the
// probability vanishes is too far away to count from.
const smallestPower = 1.1
