package fenchel

import (
	"fmt"
	"math"
)

// A Generator is a convex function f on u >= 0 with f(1) = 0, which generates
// the divergence D_f(p, q) = sum q f(p/q). u stands for the ratio p/q, and v
// for a shifted score g - tau. Generators are small comparable values, safe
// for concurrent use.
type Generator interface {
	// F is f(u) for u >= 0. It is finite at 0.
	F(u float64) float64
	// Deriv is f'(u) for u >= 0; it may be -Inf at 0.
	Deriv(u float64) float64
	// Conjugate is f*+(v) = max_{u >= 0} uv - f(u), convex and nondecreasing,
	// never below -f(0).
	Conjugate(v float64) float64
	// Ratio is (f*+)'(v) >= 0, the maximising u: the ratio p/q of a structure
	// whose score exceeds tau by v.
	Ratio(v float64) float64
	// Validate reports settings that make no sense.
	Validate() error
	// String names the loss for reports.
	String() string
}

// The losses by the name of their regularised argmax.
var (
	Softmax   Generator = KL{}
	Sparsemax Generator = ChiSquare{}
)

// excesser is implemented by generators that can give f*+(v) + f(0), which is
// 0 or positive, without the cancellation of that sum.
type excesser interface{ excess(v float64) float64 }

func excess(f Generator, v float64) float64 {
	if e, ok := f.(excesser); ok {
		return e.excess(v)
	}
	return f.Conjugate(v) + f.F(0)
}

// curved is implemented by generators that know (f*+)”(v).
type curved interface{ curvature(v float64) float64 }

// KL is the generator of the Kullback-Leibler divergence, whose loss is the
// negative log-likelihood (softmax):
//
//	f(u) = u log u - (u - 1)     f*+(v) = e^v - 1     p/q = e^v
type KL struct{}

// F is u log u - (u - 1), and 1 at 0.
func (KL) F(u float64) float64 {
	if u == 0 {
		return 1
	}
	return u*math.Log(u) - (u - 1)
}

// Deriv is log u.
func (KL) Deriv(u float64) float64 { return math.Log(u) }

// Conjugate is e^v - 1.
func (KL) Conjugate(v float64) float64 { return math.Expm1(v) }

// Ratio is e^v.
func (KL) Ratio(v float64) float64 { return math.Exp(v) }

// Validate returns nil.
func (KL) Validate() error { return nil }

// String is softmax.
func (KL) String() string              { return "softmax" }
func (KL) excess(v float64) float64    { return math.Exp(v) }
func (KL) curvature(v float64) float64 { return math.Exp(v) }

// ChiSquare is the generator of the chi-square divergence, whose loss is the
// sparsemax loss (at the scale the package comment explains):
//
//	f(u) = (u^2 - 1)/2     f*+(v) = (max(v,0)^2 + 1)/2     p/q = max(v,0)
//
// Since f'(1) = 1, tau is -1 where all scores are 0.
type ChiSquare struct{}

// F is (u^2 - 1)/2.
func (ChiSquare) F(u float64) float64 { return (u*u - 1) / 2 }

// Deriv is u.
func (ChiSquare) Deriv(u float64) float64 { return u }

// Conjugate is (max(v,0)^2 + 1)/2.
func (ChiSquare) Conjugate(v float64) float64 { v = max(v, 0); return (v*v + 1) / 2 }

// Ratio is max(v, 0).
func (ChiSquare) Ratio(v float64) float64 { return max(v, 0) }

// Validate returns nil.
func (ChiSquare) Validate() error { return nil }

// String is sparsemax.
func (ChiSquare) String() string           { return "sparsemax" }
func (ChiSquare) excess(v float64) float64 { v = max(v, 0); return v * v / 2 }
func (ChiSquare) curvature(v float64) float64 {
	if v > 0 {
		return 1
	}
	return 0
}

// Scaled is Of at temperature Scale: f is multiplied by Scale > 0, so
//
//	f*+(v) = s Of*+(v/s)     p/q = (Of*+)'(v/s)
//
// and scores count 1/Scale times as much. A Scale of 0 stands for 1.
type Scaled struct {
	Of    Generator
	Scale float64
}

func (s Scaled) scale() float64 {
	if s.Scale == 0 {
		return 1
	}
	return s.Scale
}

// F is s Of.F(u).
func (s Scaled) F(u float64) float64 { return s.scale() * s.Of.F(u) }

// Deriv is s Of.Deriv(u).
func (s Scaled) Deriv(u float64) float64 { return s.scale() * s.Of.Deriv(u) }

// Conjugate is s Of.Conjugate(v/s).
func (s Scaled) Conjugate(v float64) float64 { return s.scale() * s.Of.Conjugate(v/s.scale()) }

// Ratio is Of.Ratio(v/s).
func (s Scaled) Ratio(v float64) float64  { return s.Of.Ratio(v / s.scale()) }
func (s Scaled) excess(v float64) float64 { return s.scale() * excess(s.Of, v/s.scale()) }

// String names Of and the scale, as in sparsemax/0.5.
func (s Scaled) String() string { return fmt.Sprintf("%v/%g", s.Of, s.scale()) }

// Validate wants a valid Of and a positive finite Scale.
func (s Scaled) Validate() error {
	if s.Of == nil {
		return fmt.Errorf("fenchel: Scaled needs a generator")
	}
	if c := s.scale(); !(c > 0) || math.IsInf(c, 1) {
		return fmt.Errorf("fenchel: scale %g is not positive and finite", c)
	}
	return s.Of.Validate()
}
