package fenchel

import "math"

// A Generator is a convex function f on u >= 0 with f(1) = 0, which generates
// the divergence D_f(p, q) = sum q f(p/q). u stands for the ratio p/q, and v
// for a shifted score g - tau. Generators are small comparable values, safe
// for concurrent use. Package fencheltest checks one of your own.
//
// The second derivative at 1 is 1 for all that are built in (ChiSquare, KL,
// Tsallis, Hellinger, JensenShannon, ReverseKL), so that close to q they answer
// a small difference of score with the same ratio, and a scale means the same.
type Generator interface {
	// F is f(u) for u >= 0. It may be +Inf at 0, where no probability may
	// vanish.
	F(u float64) float64
	// Deriv is f'(u) for u >= 0; it may be -Inf at 0.
	Deriv(u float64) float64
	// Conjugate is f*+(v) = max_{u >= 0} uv - f(u), convex and nondecreasing,
	// never below -f(0). It is +Inf beyond the largest slope of f.
	Conjugate(v float64) float64
	// Ratio is (f*+)'(v) >= 0, the maximising u: the ratio p/q of a structure
	// whose score exceeds tau by v. It is +Inf where Conjugate is.
	Ratio(v float64) float64
	// Validate reports settings that make no sense.
	Validate() error
	// String names the loss for reports.
	String() string
}

// Curved is implemented by generators that know the slope of Ratio.
// Thresholds are then found by Newton's method instead of secants, and
// [Loss.JVP] needs it. All generators of this package are Curved.
type Curved interface {
	Generator
	// Curvature is the derivative of Ratio, >= 0, and 0 where Ratio is 0.
	Curvature(v float64) float64
}

// The losses by the name of their regularised argmax.
var (
	Softmax   Generator = KL{}
	Sparsemax Generator = ChiSquare{}
)

// centre is the constant taken out of a conjugate: f(0), which is what f*+
// tends to where scores are low, or 0 if that is infinite.
func centre(f Generator) float64 {
	if c := f.F(0); !math.IsInf(c, 1) {
		return c
	}
	return 0
}

// excesser is implemented by generators that can give f*+(v) + f(0), which is
// 0 or positive, without the cancellation of that sum.
type excesser interface{ excess(v float64) float64 }

// excess is f*+(v) plus the centre of f.
func excess(f Generator, v float64) float64 {
	if e, ok := f.(excesser); ok {
		return e.excess(v)
	}
	return f.Conjugate(v) + centre(f)
}

// gapper is implemented by generators that can give the Fenchel-Young gap
// f(t) + f*+(v) - tv >= 0 with a small relative error, also where it nearly
// vanishes.
type gapper interface{ gap(t, v float64) float64 }

func gap(f Generator, t, v float64) float64 {
	if t == 0 {
		if c := f.F(0); math.IsInf(c, 1) {
			return c
		}
		return excess(f, v)
	}
	if g, ok := f.(gapper); ok {
		return g.gap(t, v)
	}
	return max(0, f.F(t)+f.Conjugate(v)-t*v)
}

// expm1m is e^r - 1 - r without cancellation.
func expm1m(r float64) float64 {
	if math.Abs(r) > 0.7 {
		return math.Expm1(r) - r
	}
	// Horner over r^2 (1/2! + r/3! + ... + r^14/16!).
	sum := 0.0
	for k := 16.0; k >= 3; k-- {
		sum = (1 + sum) * r / k
	}
	return (1 + sum) * r * r / 2
}
