package fenchel

import "math"

// ended is implemented by generators whose conjugate ends: scores may exceed
// tau by less than end. The solvers count v from there, with the linear term end
// (u - 1) taken off f: ratios far above 1, where a reference is nearly nothing,
// then keep their digits. centre is what belongs to f so changed.
type ended interface {
	counted() (f Curved, end, centre float64)
}

func (h Hellinger) counted() (Curved, float64, float64) { return hellingerEnd{h}, 2, 4 }

func (j JensenShannon) counted() (Curved, float64, float64) {
	return jensenShannonEnd{j}, 2 * math.Ln2, 4 * math.Ln2
}

// The centre 1 makes up for f(0) being infinite, and not taken out.
func (r ReverseKL) counted() (Curved, float64, float64) { return reverseKLEnd{r}, 1, 1 }

// hellingerEnd is f(u) = 4 - 4 sqrt u, for v < 0.
type hellingerEnd struct{ Hellinger }

func (hellingerEnd) F(u float64) float64           { return 4 - 4*math.Sqrt(u) }
func (hellingerEnd) Deriv(u float64) float64       { return -2 / math.Sqrt(u) }
func (h hellingerEnd) Conjugate(v float64) float64 { return h.excess(v) - 4 }

func (hellingerEnd) Ratio(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	b := 2 / v
	return b * b
}

func (hellingerEnd) Curvature(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	b := -2 / v
	return b * b * b
}

func (hellingerEnd) excess(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	return -4 / v
}

func (hellingerEnd) gap(t, v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	b := -v / 2
	r := math.Sqrt(t)*b - 1
	return 2 * r * (r / b)
}

// jensenShannonEnd is f(u) = 2 (u log u - (u+1) log(u+1)) + 4 log 2, for v < 0.
type jensenShannonEnd struct{ JensenShannon }

func (jensenShannonEnd) F(u float64) float64 {
	if u == 0 {
		return 4 * math.Ln2
	}
	return 4*math.Ln2 - 2*(u*logOver(u)+math.Log1p(u))
}

// logOver is log((u+1)/u).
func logOver(u float64) float64 {
	if u < 1 {
		return math.Log1p(u) - math.Log(u)
	}
	return math.Log1p(1 / u)
}

func (jensenShannonEnd) Deriv(u float64) float64       { return -2 * logOver(u) }
func (j jensenShannonEnd) Conjugate(v float64) float64 { return j.excess(v) - 4*math.Ln2 }

func (jensenShannonEnd) Ratio(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	return math.Exp(v/2) / -math.Expm1(v/2)
}

func (jensenShannonEnd) Curvature(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	rest := -math.Expm1(v / 2)
	return math.Exp(v/2) / (2 * rest * rest)
}

func (jensenShannonEnd) excess(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	if e := math.Exp(v / 2); e < 0.5 {
		return -2 * math.Log1p(-e)
	}
	return -2 * math.Log(-math.Expm1(v/2))
}

// gap is 2 (t log(t/u) - (t+1) log((t+1)/(u+1))) for u = Ratio(v).
func (j jensenShannonEnd) gap(t, v float64) float64 {
	u := j.Ratio(v)
	switch h := t - u; {
	case v >= 0:
		return u
	case t > 1 && u > 1: // where log((t+1)/(u+1)) is hardly different
		return max(0, 2*(math.Log1p(-h/t)-(t+1)*math.Log1p(-h/(t*(u+1)))))
	case math.Abs(h) > u/2:
		logu := v/2 - math.Log(-math.Expm1(v/2)) // which u may be too small for
		return max(0, 2*(t*(math.Log(t)-logu)-(t+1)*math.Log((t+1)/(u+1))))
	default:
		return max(0, 2*(t*math.Log1p(h/u)-(t+1)*math.Log1p(h/(u+1))))
	}
}

// reverseKLEnd is f(u) = -log u, for v < 0.
type reverseKLEnd struct{ ReverseKL }

func (reverseKLEnd) F(u float64) float64           { return -math.Log(u) }
func (reverseKLEnd) Deriv(u float64) float64       { return -1 / u }
func (r reverseKLEnd) Conjugate(v float64) float64 { return r.excess(v) - 1 }

func (reverseKLEnd) Ratio(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	return -1 / v
}

func (r reverseKLEnd) Curvature(v float64) float64 { u := r.Ratio(v); return u * u }

func (reverseKLEnd) excess(v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	return -math.Log(-v)
}

func (reverseKLEnd) gap(t, v float64) float64 {
	if v >= 0 {
		return math.Inf(1)
	}
	return gapLog(-t*v - 1)
}
