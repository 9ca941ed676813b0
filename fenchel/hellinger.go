package fenchel

import "math"

// Hellinger is the generator of 2 sum (sqrt p - sqrt q)^2, four times the usual
// squared Hellinger distance (the alpha-divergence of alpha = 1/2):
//
//	f(u) = 2 (sqrt u - 1)^2    f*+(v) = v/(1 - v/2), +Inf from v = 2 on
//	p/q  = 1/(1 - v/2)^2
//
// Every structure keeps a positive probability, with heavier tails than the
// softmax: it falls like 1/score^2. A score may exceed tau by less than 2. The
// exact losses see to that; an estimate has to learn it, so train with a
// Sampled.MaxRatio of 100 or so, whose tangent leads back into the domain.
type Hellinger struct{}

// F is 2 (sqrt u - 1)^2.
func (Hellinger) F(u float64) float64 { r := math.Sqrt(u) - 1; return 2 * r * r }

// Deriv is 2 (1 - 1/sqrt u).
func (Hellinger) Deriv(u float64) float64 { return 2 * (1 - 1/math.Sqrt(u)) }

// Conjugate is v/(1 - v/2) for v < 2.
func (Hellinger) Conjugate(v float64) float64 {
	switch {
	case v >= 2:
		return math.Inf(1)
	case math.IsInf(v, -1):
		return -2
	}
	return v / (1 - v/2)
}

// Ratio is 1/(1 - v/2)^2 for v < 2.
func (Hellinger) Ratio(v float64) float64 {
	if v >= 2 {
		return math.Inf(1)
	}
	b := 1 - v/2
	return 1 / (b * b)
}

// Curvature is 1/(1 - v/2)^3 for v < 2.
func (Hellinger) Curvature(v float64) float64 {
	if v >= 2 {
		return math.Inf(1)
	}
	b := 1 - v/2
	return 1 / (b * b * b)
}

// Validate returns nil.
func (Hellinger) Validate() error { return nil }

// String is hellinger.
func (Hellinger) String() string { return "hellinger" }

func (Hellinger) excess(v float64) float64 {
	if v >= 2 {
		return math.Inf(1)
	}
	return 2 / (1 - v/2)
}

func (Hellinger) gap(t, v float64) float64 {
	if v >= 2 {
		return math.Inf(1)
	}
	b := 1 - v/2
	r := math.Sqrt(t)*b - 1
	return 2 * r * (r / b)
}
