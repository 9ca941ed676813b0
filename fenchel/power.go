package fenchel

import "math"

// power is Tsallis with a linear term taken off,
//
//	f(u) = (u^a - 1)/(a k),   f'(0) = 0,   p/q = (k v)_+^{1/b},   b = a - 1,
//
// so that v counts from where the probability vanishes, and small
// probabilities keep their digits. powerOf(2) is ChiSquare. It is what the
// solvers see in place of both; k is b there, and 1 for Norm, whose margin is
// then exact.
type power struct{ a, b, k float64 }

func powerOf(a float64) power { return power{a, a - 1, a - 1} }

func (g power) F(u float64) float64 { return (math.Pow(u, g.a) - 1) / (g.a * g.k) }

func (g power) Deriv(u float64) float64 {
	if g.a == 2 {
		return u / g.k
	}
	return math.Pow(u, g.b) / g.k
}

func (g power) Ratio(v float64) float64 {
	if v <= 0 {
		return 0
	}
	switch {
	case g.a == 2:
		return g.k * v
	case g.a == 1.5:
		v *= g.k
		return v * v
	}
	return math.Exp(math.Log(g.k*v) / g.b)
}

// excess is f*+(v) + f(0).
func (g power) excess(v float64) float64 { return g.Ratio(v) * max(g.b*v, 0) / g.a }

// gap is f(t) + f*+(v) - tv for k = b.
func (g power) gap(t, v float64) float64 {
	switch {
	case v <= 0:
		return math.Pow(t, g.a)/(g.a*g.b) - t*v
	case g.a == 2:
		return (t - v) * (t - v) / 2
	}
	return tsallisGap(g.a, t, math.Log(g.b*v)/g.b-math.Log(t))
}

// Alphas from here on are solved as power; closer to 1 the point where the
// probability vanishes is too far away to count from.
const smallestPower = 1.1
