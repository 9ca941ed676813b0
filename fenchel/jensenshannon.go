package fenchel

import "math"

// JensenShannon is the generator of four times the Jensen-Shannon divergence,
// 2 KL(p, m) + 2 KL(q, m) with m = (p+q)/2:
//
//	f(u) = 2 (u log u - (u+1) log((u+1)/2))
//	f*+(v) = -2 log(2 - e^{v/2}), +Inf from v = 2 log 2 on
//	p/q    = e^{v/2} / (2 - e^{v/2})
//
// A bounded divergence: far from q it stops resisting, so one structure may
// take nearly all probability at a score only 2 log 2 above tau. On the domain
// and Sampled.MaxRatio see [Hellinger].
type JensenShannon struct{}

// F is 2 (u log u - (u+1) log((u+1)/2)).
func (JensenShannon) F(u float64) float64 {
	if u == 0 {
		return 2 * math.Ln2
	}
	if u > 0.5 && u < 2 { // u = 1 + h: f is of order h^2
		h := u - 1
		return 2 * (u*math.Log1p(h) - (u+1)*math.Log1p(h/2))
	}
	return 2 * (u*math.Log(u/(u+1)) - math.Log1p(u) + (u+1)*math.Ln2)
}

// Deriv is 2 log(2u/(u+1)).
func (JensenShannon) Deriv(u float64) float64 {
	if math.IsInf(u, 1) {
		return 2 * math.Ln2
	}
	return 2 * math.Log(2*(u/(u+1)))
}

// half is e^{v/2}/2 and 1 minus it, which is 0 outside of the domain.
func (JensenShannon) half(v float64) (e, rest float64) {
	if v >= 2*math.Ln2 {
		return 1, 0
	}
	x := v/2 - math.Ln2
	return math.Exp(x), -math.Expm1(x)
}

// Conjugate is -2 log(2 - e^{v/2}) for v < 2 log 2.
func (j JensenShannon) Conjugate(v float64) float64 {
	if v > -0.5 && v < 0.5 {
		return -2 * math.Log1p(-math.Expm1(v/2))
	}
	return j.excess(v) - 2*math.Ln2
}

// Ratio is e^{v/2}/(2 - e^{v/2}) for v < 2 log 2.
func (j JensenShannon) Ratio(v float64) float64 { e, rest := j.half(v); return e / rest }

// Curvature is e^{v/2}/(2 - e^{v/2})^2 for v < 2 log 2.
func (j JensenShannon) Curvature(v float64) float64 {
	e, rest := j.half(v)
	return e / (2 * rest * rest)
}

// Validate returns nil.
func (JensenShannon) Validate() error { return nil }

// String is jensen-shannon.
func (JensenShannon) String() string { return "jensen-shannon" }

func (j JensenShannon) excess(v float64) float64 {
	e, rest := j.half(v)
	if e < 0.5 {
		return -2 * math.Log1p(-e)
	}
	return -2 * math.Log(rest)
}

func (j JensenShannon) gap(t, v float64) float64 { return jensenShannonEnd{j}.gap(t, v-2*math.Ln2) }
