// Package numeric has the small functions that every space needs: sums and
// probabilities in the log domain, and slices that are used again.
package numeric

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// LogAddExp is log(e^a + e^b) without overflow; -Inf stands for log 0.
func LogAddExp(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// LogSumExp is log sum_i e^v_i without overflow; -Inf for no or only -Inf terms.
func LogSumExp(v []float64) float64 { return kernel.LogSumExp(v) }

// Softplus is log(1 + e^v) without overflow.
func Softplus(v float64) float64 { return max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))) }

// Sigmoid is 1/(1 + e^-v).
func Sigmoid(v float64) float64 {
	if v >= 0 {
		return 1 / (1 + math.Exp(-v))
	}
	e := math.Exp(v)
	return e / (1 + e)
}

// LogChoose is the log of n over k, for 0 <= k <= n.
func LogChoose(n, k int) float64 { return LogFactorial(n) - LogFactorial(k) - LogFactorial(n-k) }

// LogFactorial is log n!.
func LogFactorial(n int) float64 {
	l, _ := math.Lgamma(float64(n + 1))
	return l
}

// Grow returns a slice of length n, in s where it fits, with any content.
func Grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Zeroed returns a slice of n zero values, in s where it fits.
func Zeroed[T any](s []T, n int) []T {
	s = Grow(s, n)
	clear(s)
	return s
}
