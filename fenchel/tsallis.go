package fenchel

import (
	"fmt"
	"math"
)

// Tsallis is the generator of the alpha-divergences behind alpha-entmax
// (Blondel, Martins, Niculae 2020; Peters, Niculae, Martins 2019):
//
//	f(u)   = (u^a - 1 - a(u - 1)) / (a(a - 1))
//	f*+(v) = ( [1 + (a-1)v]_+^{a/(a-1)} - 1 ) / a
//	p/q    = [1 + (a-1)v]_+^{1/(a-1)}
//
// for a = Alpha >= 1; the limit a = 1 is [KL]. At a = 2 it is [ChiSquare] with
// tau larger by 1: f differs by u - 1, which changes neither the divergence
// nor the distribution. Alpha 0 stands for 1.5.
//
// Beyond a = 2 the distribution is not a Lipschitz function of the scores: a
// probability near 0 changes like the (a-1)-th root of a change of score.
type Tsallis struct {
	Alpha float64
}

func (t Tsallis) alpha() float64 {
	if t.Alpha == 0 {
		return 1.5
	}
	return t.Alpha
}

// F is f(u), without cancellation as alpha tends to 1.
func (t Tsallis) F(u float64) float64 {
	a := t.alpha()
	if a == 1 {
		return KL{}.F(u)
	}
	if u == 0 {
		return 1 / a
	}
	return (u*math.Expm1((a-1)*math.Log(u))/(a-1) - (u - 1)) / a
}

// Deriv is f'(u) = (u^{a-1} - 1)/(a - 1).
func (t Tsallis) Deriv(u float64) float64 {
	a := t.alpha()
	if a == 1 {
		return KL{}.Deriv(u)
	}
	return math.Expm1((a-1)*math.Log(u)) / (a - 1)
}

// tsallisPower is [1 + (a-1)v]_+^{c/(a-1)}.
func tsallisPower(a, c, v float64) float64 {
	x := (a - 1) * v
	switch {
	case x <= -1:
		return 0
	case a == 1.5 && c == 1:
		return (1 + x) * (1 + x)
	}
	return math.Exp(c * math.Log1p(x) / (a - 1))
}

// Conjugate is f*+(v), at least -1/a.
func (t Tsallis) Conjugate(v float64) float64 { return t.excess(v) - t.F(0) }

// Ratio is p/q, 0 for v <= -1/(a-1).
func (t Tsallis) Ratio(v float64) float64 {
	a := t.alpha()
	if a == 1 {
		return math.Exp(v)
	}
	return tsallisPower(a, 1, v)
}

// Curvature is [1 + (a-1)v]_+^{(2-a)/(a-1)}.
func (t Tsallis) Curvature(v float64) float64 {
	a := t.alpha()
	if a == 1 {
		return math.Exp(v)
	}
	return tsallisPower(a, 2-a, v)
}

func (t Tsallis) excess(v float64) float64 {
	a := t.alpha()
	if a == 1 {
		return math.Exp(v)
	}
	return tsallisPower(a, a, v) / a
}

func (t Tsallis) gap(x, v float64) float64 {
	a := t.alpha()
	if a == 1 {
		return KL{}.gap(x, v)
	}
	b := (a - 1) * v
	if b <= -1 { // no probability: the tangent at 0
		return math.Pow(x, a)/(a*(a-1)) - x*(1+b)/(a-1)
	}
	return tsallisGap(a, x, math.Log1p(b)/(a-1)-math.Log(x))
}

// tsallisGap is the gap at t > 0 where y = log(u/t) for the u of the score:
//
//	t^a ( (e^{ay} - 1)/a - (e^{(a-1)y} - 1)/(a-1) )
func tsallisGap(a, t, y float64) float64 {
	b := a - 1
	if a*math.Abs(y) > 1 {
		return math.Pow(t, a) * (math.Expm1(a*y)/a - math.Expm1(b*y)/b)
	}
	// sum over k >= 2 of (a^{k-1} - b^{k-1}) y^k/k!
	sum, pa, pb, term := 0.0, 1.0, 1.0, y
	for k := 2.0; k <= 20; k++ {
		pa, pb, term = pa*a, pb*b, term*y/k
		sum += (pa - pb) * term
	}
	return math.Pow(t, a) * sum
}

// Validate wants 1 <= Alpha < infinity.
func (t Tsallis) Validate() error {
	if a := t.alpha(); !(a >= 1) || math.IsInf(a, 1) {
		return fmt.Errorf("fenchel: Tsallis alpha %g is not in [1, Inf)", a)
	}
	return nil
}

// String is entmax and alpha, as in entmax-1.5.
func (t Tsallis) String() string { return fmt.Sprintf("entmax-%g", t.alpha()) }
