package kernel

import "math"

// The functions of the assembly for one number, operation by operation: what
// runs where multiply-adds are instructions and there is no assembly, and what
// the assembly is tested against. A product in float64() is rounded by itself.

// expFMA is EXP of exp_amd64.h.
func expFMA(x float64) float64 {
	if !(x > -746) {
		if x <= -746 {
			return 0
		}
		return x // NaN
	}
	if x > 710 {
		return math.Inf(1)
	}
	const magic = 0x1.8p52 + 2046
	t := math.FMA(x, 0x1.71547652b82fep+0, magic)
	s := t - magic
	x = math.FMA(s, -0x1.62e42fefa3800p-1, x)
	x = math.FMA(s, -0x1.ef35793c76730p-45, x)
	y := math.FMA(series(x), x, 1)
	y = math.FMA(y, x, 1)
	n := math.Float64bits(t)
	half := n >> 1
	return y * math.Float64frombits(half<<52) * math.Float64frombits((n-half)<<52)
}

func series(x float64) float64 {
	y := 2.0914686968086876e-09
	y = math.FMA(y, x, 2.5105217004720745e-08)
	y = math.FMA(y, x, 2.75572736431103e-07)
	y = math.FMA(y, x, 2.7557255400206422e-06)
	y = math.FMA(y, x, 2.4801587325547743e-05)
	y = math.FMA(y, x, 0.00019841269874820627)
	y = math.FMA(y, x, 0.0013888888888883748)
	y = math.FMA(y, x, 0.008333333333326136)
	y = math.FMA(y, x, 0.04166666666666667)
	y = math.FMA(y, x, 0.1666666666666667)
	return math.FMA(y, x, 0.5)
}

// expm1FMA is EXPM1, for x <= 0.
func expm1FMA(x float64) float64 {
	if x < -44 {
		x = -44
	}
	const magic = 0x1.8p52 + 1023
	t := math.FMA(x, 0x1.71547652b82fep+0, magic)
	s := t - magic
	x = math.FMA(s, -0x1.62e42fefa3800p-1, x)
	x = math.FMA(s, -0x1.ef35793c76730p-45, x)
	y := float64(series(x) * x)
	y = math.FMA(y, x, x)
	power := math.Float64frombits(math.Float64bits(t) << 52)
	return math.FMA(y, power, power-1)
}

// tanhFMA is tanh and its derivative.
func tanhFMA(z float64) (t, d float64) {
	e := expm1FMA(-2 * math.Abs(z))
	t = math.Abs(e / (e + 2))
	return math.Copysign(t, z), (1 - t) * (1 + t)
}

// log1pFMA is LOG1P, for 0 <= e <= 1.
func log1pFMA(e float64) float64 {
	f, high, low := e, 0.0, 0.0
	if e > 0.41421356237309503 {
		f, high, low = math.FMA(e, 0.5, -0.5), 6.93147180369123816490e-01, 1.90821492927058770002e-10
	}
	s := f / (f + 2)
	z := float64(s * s)
	y := 1.479819860511658591e-01
	y = math.FMA(y, z, 1.531383769920937332e-01)
	y = math.FMA(y, z, 1.818357216161805012e-01)
	y = math.FMA(y, z, 2.222219843214978396e-01)
	y = math.FMA(y, z, 2.857142874366239149e-01)
	y = math.FMA(y, z, 3.999999999940941908e-01)
	y = math.FMA(y, z, 6.666666666666735130e-01)
	q := float64(float64(f*0.5) * f)
	y = float64(y*z) + q
	y = math.FMA(s, y, low)
	return high - ((q - y) - f)
}
