package fenchel

import "math"

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

// Curvature is e^v.
func (KL) Curvature(v float64) float64 { return math.Exp(v) }

// Validate returns nil.
func (KL) Validate() error { return nil }

// String is softmax.
func (KL) String() string           { return "softmax" }
func (KL) excess(v float64) float64 { return math.Exp(v) }

// gap is t (e^r - 1 - r) with r = v - log t.
func (KL) gap(t, v float64) float64 { return t * expm1m(v-math.Log(t)) }
