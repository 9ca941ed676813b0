package fenchel

import "math"

// ReverseKL is the generator of KL(q, p), the divergence with its arguments
// exchanged:
//
//	f(u) = u - 1 - log u     f*+(v) = -log(1 - v), +Inf from v = 1 on
//	p/q  = 1/(1 - v)
//
// No probability may vanish: f(0) is infinite, and so is the loss of a single
// structure; Simplex takes only targets that are positive everywhere. Sampled
// leaves that constant out and has none of the trouble: its objective is
// tau + E_q[f*+(g - tau)]. On the domain and Sampled.MaxRatio see [Hellinger].
type ReverseKL struct{}

// F is u - 1 - log u, +Inf at 0.
func (ReverseKL) F(u float64) float64 {
	if u < 0.5 { // u - 1 forgets it
		return u - 1 - math.Log(u)
	}
	return gapLog(u - 1)
}

// Deriv is 1 - 1/u.
func (ReverseKL) Deriv(u float64) float64 { return 1 - 1/u }

// Conjugate is -log(1 - v) for v < 1.
func (ReverseKL) Conjugate(v float64) float64 {
	if v >= 1 {
		return math.Inf(1)
	}
	return -math.Log1p(-v)
}

// Ratio is 1/(1 - v) for v < 1.
func (ReverseKL) Ratio(v float64) float64 {
	if v >= 1 {
		return math.Inf(1)
	}
	return 1 / (1 - v)
}

// Curvature is 1/(1 - v)^2 for v < 1.
func (r ReverseKL) Curvature(v float64) float64 { u := r.Ratio(v); return u * u }

// Validate returns nil.
func (ReverseKL) Validate() error { return nil }

// String is reverse-kl.
func (ReverseKL) String() string { return "reverse-kl" }

func (ReverseKL) gap(t, v float64) float64 {
	if v >= 1 {
		return math.Inf(1)
	}
	return gapLog((t - 1) - t*v)
}

// gapLog is h - log(1+h), of order h^2/2, without cancellation.
func gapLog(h float64) float64 {
	if math.Abs(h) > 0.1 {
		return h - math.Log1p(h)
	}
	sum := 0.0 // h^2 (1/2 - h/3 + h^2/4 - ...)
	for k := 18.0; k >= 2; k-- {
		sum = 1/k - h*sum
	}
	return h * h * sum
}
