package datasets

import "math"

// logBesselI0e is log(exp(-z) I_0(z)) for z >= 0, with I_0 the modified Bessel
// function: by its power series, all of whose terms are positive, or by the
// asymptotic one where the smallest term of that is below 1e-20 (Abramowitz
// and Stegun 1964, 9.6.12 and 9.7.1).
func logBesselI0e(z float64) float64 {
	term, sum := 1.0, 1.0
	if z < 25 {
		for k := 1.0; term > 1e-17*sum; k++ {
			term *= z / (2 * k) * (z / (2 * k))
			sum += term
		}
		return math.Log(sum) - z
	}
	for k := 1.0; term > 1e-17*sum; k++ {
		term *= (2*k - 1) * (2*k - 1) / (8 * k * z)
		sum += term
	}
	return math.Log(sum) - math.Log(2*math.Pi*z)/2
}
