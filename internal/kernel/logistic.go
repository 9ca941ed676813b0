package kernel

import "math"

// Sigmoid sets dst[i] to 1/(1+e^-x[i]), within 3 units in the last place.
// dst may be x.
func Sigmoid(dst, x []float64) {
	sameLength(dst, x)
	switch {
	case vectors():
		dst, x = pairs(opSigmoid, dst, x)
		padded(opSigmoid, dst, x, false)
	case use == portable:
		for i, v := range x {
			dst[i], _, _ = logisticOf(v, math.Exp)
		}
	default:
		for i, v := range x {
			dst[i], _, _ = logisticOf(v, expFMA)
		}
	}
}

// Tanh replaces z by its hyperbolic tangent t, within 3 units in the last
// place, and sets d to the derivative (1-t)(1+t).
func Tanh(z, d []float64) {
	sameLength(z, d)
	switch {
	case vectors():
		z, d = pairs(opTanh, z, d)
		padded(opTanh, z, d, true)
	case use == portable:
		for i, v := range z {
			t := math.Tanh(v)
			z[i], d[i] = t, (1-t)*(1+t)
		}
	default:
		for i, v := range z {
			z[i], d[i] = tanhFMA(v)
		}
	}
}

// SiLU replaces z by z s, s = 1/(1+e^-z), and sets d to the derivative
// s (1 + z (1-s)).
func SiLU(z, d []float64) {
	sameLength(z, d)
	switch {
	case vectors():
		z, d = pairs(opSiLU, z, d)
		padded(opSiLU, z, d, true)
	case use == portable:
		for i, v := range z {
			s, r, _ := logisticOf(v, math.Exp)
			z[i], d[i] = v*s, s*(1+v*r)
		}
	default:
		for i, v := range z {
			s, r, _ := logisticOf(v, expFMA)
			z[i], d[i] = v*s, s*math.FMA(v, r, 1)
		}
	}
}

// Softplus replaces z by log(1 + e^z), within 3 units in the last place, and
// sets d to the derivative 1/(1+e^-z).
func Softplus(z, d []float64) {
	sameLength(z, d)
	switch {
	case vectors():
		z, d = pairs(opSoftplus, z, d)
		padded(opSoftplus, z, d, true)
	case use == portable:
		for i, v := range z {
			s, _, e := logisticOf(v, math.Exp)
			z[i], d[i] = max(v, 0)+math.Log1p(e), s
		}
	default:
		for i, v := range z {
			s, _, e := logisticOf(v, expFMA)
			z[i], d[i] = max(v, 0)+log1pFMA(e), s
		}
	}
}

// logisticOf returns s = 1/(1+e^-z), 1 - s and e^-|z|, each to full relative
// precision.
func logisticOf(z float64, exp func(float64) float64) (s, r, e float64) {
	e = exp(-math.Abs(z))
	s = 1 / (1 + e)
	r = e * s
	if math.Signbit(z) {
		s, r = r, s
	}
	return s, r, e
}
