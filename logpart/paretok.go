package logpart

import (
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// ParetoK is the shape of the generalised Pareto distribution that fits the
// largest of the weights exp(logw), k-hat: about 1/k of their moments exist.
// The mean of the weights, and with it an estimate of Z, converges at the usual
// rate below 0.5, slowly up to 0.7, and is not to be believed beyond: see
// ParetoLimit (Vehtari, Simpson, Gelman, Yao, Gabry 2024). The fit is that of
// Zhang and Stephens (2009), to the largest min(n/5, 3 sqrt(n)) weights, with
// their prior and that of Vehtari and others of 10 observations at 0.5. Cost: a
// sort of n.
//
// ok is false where there is nothing to fit: fewer than 5 weights in the tail,
// or a tail of weights that are equal up to rounding (which is the best that can happen). logw is sorted.
func ParetoK(logw []float64) (k float64, ok bool) {
	n := len(logw)
	tail := int(math.Ceil(min(float64(n)/5, 3*math.Sqrt(float64(n)))))
	if tail < 5 {
		return 0, false
	}
	slices.Sort(logw)
	high, cut := logw[n-1], logw[n-tail-1]
	if math.IsNaN(logw[0]) || math.IsInf(high, 0) || !(high-cut > 1e-9) {
		return 0, false
	}
	x, floor := make([]float64, tail), math.Exp(cut-high)
	for i, l := range logw[n-tail:] {
		x[i] = math.Exp(l-high) - floor
	}
	k, ok = paretoShape(x)
	const prior = 10
	return (k*float64(tail) + 0.5*prior) / float64(tail+prior), ok
}

// paretoShape fits a generalised Pareto distribution over x > 0, increasing, by
// the posterior mean of Zhang and Stephens, O(n^1.5).
func paretoShape(x []float64) (k float64, ok bool) {
	n := len(x)
	quartile, largest := x[int(float64(n)/4+0.5)-1], x[n-1]
	if !(quartile > 0) {
		return 0, false
	}
	shape := func(b float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += math.Log1p(-b * v)
		}
		return sum / float64(n)
	}
	m := 30 + int(math.Sqrt(float64(n)))
	b, l := make([]float64, m), make([]float64, m)
	for j := range b {
		b[j] = 1/largest + (1-math.Sqrt(float64(m)/(float64(j)+0.5)))/(3*quartile)
		k := shape(b[j])
		l[j] = float64(n) * (math.Log(-b[j]/k) - k - 1)
		if b[j] == 0 || math.IsNaN(l[j]) {
			l[j] = math.Inf(-1)
		}
	}
	total, mean := numeric.LogSumExp(l), 0.0
	if math.IsInf(total, 0) || math.IsNaN(total) {
		return 0, false
	}
	for j := range b {
		mean += b[j] * math.Exp(l[j]-total)
	}
	return shape(mean), true
}

// ParetoLimit is the k-hat up to which a mean of n weights is to be believed,
//
//	min(1 - 1/log10 n, 0.7)
//
// (Vehtari and others 2024, section 3.2.4); 0 for n < 11.
func ParetoLimit(n int) float64 {
	return min(max(0, 1-1/math.Log10(max(10, float64(n)))), 0.7)
}
