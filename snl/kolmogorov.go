package snl

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// UniformTest is a test of whether numbers are independent and uniform on
// [0, 1], as the probability integral transforms of a right model are.
type UniformTest struct {
	// Statistic is the Kolmogorov-Smirnov distance of the distribution
	// functions.
	Statistic float64
	// PValue is the probability of a larger one where they are.
	PValue float64
}

// TestUniform is the test of Kolmogorov and Smirnov, two-sided: exact up to
// 2,000 numbers, by the matrix power of Marsaglia, Tsang and Wang (2003), or
// for probabilities below 1e-6 their approximation; beyond, the limiting law
// with the correction of Vrbik (2018), whose error is below 1e-5.
func TestUniform(u []float64) UniformTest {
	n := len(u)
	sorted := slices.Clone(u)
	slices.Sort(sorted)
	d := 0.0
	for i, v := range sorted {
		d = max(d, v-float64(i)/float64(n), float64(i+1)/float64(n)-v)
	}
	return UniformTest{d, kolmogorovTail(n, d)}
}

// exactKolmogorov is the largest sample with an exact p-value.
const exactKolmogorov = 2000

// kolmogorovTail is P(D_n >= d).
func kolmogorovTail(n int, d float64) float64 {
	if n == 0 || !(d > 0) {
		return 1
	}
	root := math.Sqrt(float64(n))
	limit := func(t float64) float64 {
		sum := 0.0
		for k := 1; k <= 100; k++ {
			term := 2 * math.Exp(-2*float64(k*k)*t*t)
			if k%2 == 0 {
				term = -term
			}
			if sum += term; math.Abs(term) < 1e-17 {
				break
			}
		}
		return sum
	}
	if t := root * d; n > exactKolmogorov || t > 2.7 {
		if n <= exactKolmogorov {
			return 2 * math.Exp(-(2.000071+0.331/root+1.409/float64(n))*t*t)
		}
		t += 1/(6*root) + (t-1)/(4*float64(n))
		if t < 0.2 {
			return 1
		}
		return min(1, max(0, limit(t)))
	}
	return min(1, max(0, 1-kolmogorovExact(n, d)))
}

// kolmogorovExact is P(D_n < d): an entry of the n-th power of a matrix of
// about 2nd rows.
func kolmogorovExact(n int, d float64) float64 {
	k := int(float64(n)*d) + 1
	m, h := 2*k-1, float64(k)-float64(n)*d
	a := mat.NewDense(m, m, nil)
	for i := range m {
		for j := range m {
			if i-j+1 >= 0 {
				a.Set(i, j, 1)
			}
		}
	}
	for i := range m {
		a.Set(i, 0, a.At(i, 0)-math.Pow(h, float64(i+1)))
		a.Set(m-1, i, a.At(m-1, i)-math.Pow(h, float64(m-i)))
	}
	if 2*h-1 > 0 {
		a.Set(m-1, 0, a.At(m-1, 0)+math.Pow(2*h-1, float64(m)))
	}
	for i := range m {
		for j := range m {
			if i-j+1 > 0 {
				f, _ := math.Lgamma(float64(i - j + 2))
				a.Set(i, j, a.At(i, j)*math.Exp(-f))
			}
		}
	}
	power, exponent := matrixPower(a, n, k-1)
	// n!/n^n, with the exponent of the power put back.
	f, _ := math.Lgamma(float64(n + 1))
	return power.At(k-1, k-1) * math.Exp(f-float64(n)*math.Log(float64(n))+float64(exponent)*math.Ln10)
}

// matrixPower returns a^n over 10^exponent, watching the entry (k, k).
func matrixPower(a *mat.Dense, n, k int) (*mat.Dense, int) {
	if n == 1 {
		return mat.DenseCopyOf(a), 0
	}
	half, e := matrixPower(a, n/2, k)
	var out mat.Dense
	out.Mul(half, half)
	e *= 2
	if n%2 == 1 {
		var odd mat.Dense
		odd.Mul(a, &out)
		out = odd
	}
	if out.At(k, k) > 1e140 {
		out.Scale(1e-140, &out)
		e += 140
	}
	return &out, e
}
