package fenchel

// ChiSquare is the generator of the chi-square divergence, whose loss is the
// sparsemax loss (at the scale the package comment explains):
//
//	f(u) = (u^2 - 1)/2     f*+(v) = (max(v,0)^2 + 1)/2     p/q = max(v,0)
//
// Since f'(1) = 1, tau is -1 where all scores are 0 under a probability q.
type ChiSquare struct{}

// F is (u^2 - 1)/2.
func (ChiSquare) F(u float64) float64 { return (u*u - 1) / 2 }

// Deriv is u.
func (ChiSquare) Deriv(u float64) float64 { return u }

// Conjugate is (max(v,0)^2 + 1)/2.
func (ChiSquare) Conjugate(v float64) float64 { v = max(v, 0); return (v*v + 1) / 2 }

// Ratio is max(v, 0).
func (ChiSquare) Ratio(v float64) float64 { return max(v, 0) }

// Curvature is 1 for v > 0, else 0.
func (ChiSquare) Curvature(v float64) float64 {
	if v > 0 {
		return 1
	}
	return 0
}

// Validate returns nil.
func (ChiSquare) Validate() error { return nil }

// String is sparsemax.
func (ChiSquare) String() string           { return "sparsemax" }
func (ChiSquare) excess(v float64) float64 { v = max(v, 0); return v * v / 2 }

func (ChiSquare) gap(t, v float64) float64 {
	if v <= 0 {
		return t * (t/2 - v)
	}
	return (t - v) * (t - v) / 2
}
