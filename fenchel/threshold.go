package fenchel

import (
	"errors"
	"math"
)

// ErrNoSupport is returned where no score is finite, so that no distribution
// can be formed.
var ErrNoSupport = errors.New("fenchel: no finite score under the reference")

// ErrNaN is returned where a score or a log-probability is NaN or +Inf.
var ErrNaN = errors.New("fenchel: a score is NaN or +Inf")

// Threshold returns the tau that minimises tau + sum_i q_i f*+(s_i - tau), the
// one at which p_i = q_i (f*+)'(s_i - tau) sums to 1, and the minimum A_f(s).
// logq holds log q_i, normalised; nil stands for the uniform q.
//
// It is exact: closed form for the softmax (tau = A_f = log sum q e^s), and
// for the others a bracketed Newton iteration to the last bits, O(n) each,
// usually under 10. A score of -Inf excludes its entry.
func Threshold(f Generator, scores, logq []float64) (tau, value float64, err error) {
	n := float64(len(scores))
	weight := func(i int) float64 {
		if logq == nil {
			return 1 / n
		}
		return math.Exp(logq[i])
	}
	lo, hi := math.Inf(-1), math.Inf(-1)
	for i, s := range scores {
		if math.IsNaN(s) || math.IsInf(s, 1) || logq != nil && math.IsNaN(logq[i]) {
			return math.NaN(), math.NaN(), ErrNaN
		}
		q := weight(i)
		if q == 0 || math.IsInf(s, -1) {
			continue
		}
		// One entry alone already sums to 1 at lo; at hi no ratio exceeds 1.
		lo = max(lo, s-f.Deriv(1/q))
		hi = max(hi, s-f.Deriv(1))
	}
	if math.IsInf(hi, -1) {
		return math.NaN(), math.NaN(), ErrNoSupport
	}
	if f == Softmax {
		sum := 0.0
		for i, s := range scores {
			sum += weight(i) * math.Exp(s-hi)
		}
		tau = hi + math.Log(sum)
		return tau, tau, nil
	}
	mass := func(tau float64) (sum, slope float64) {
		c, hasCurvature := f.(curved)
		for i, s := range scores {
			q := weight(i)
			sum += q * f.Ratio(s-tau)
			if hasCurvature {
				slope += q * c.curvature(s-tau)
			}
		}
		return sum, slope
	}
	tau = lo
	for i := range 200 {
		sum, slope := mass(tau)
		if math.Abs(sum-1) <= 0x1p-52 {
			break
		}
		if sum >= 1 {
			lo = tau
		} else {
			hi = tau
		}
		next := tau + (sum-1)/slope
		// Bisect where there is no slope or Newton leaves the bracket, and
		// now and then anyway: beyond alpha = 2 the mass is not convex in tau.
		if i%4 == 3 || !(next > lo && next < hi) {
			next = lo + (hi-lo)/2
		}
		if next == tau || next <= lo || next >= hi {
			break
		}
		tau = next
	}
	f0, sum := f.F(0), 0.0
	for i, s := range scores {
		sum += weight(i) * excess(f, s-tau)
	}
	return tau, tau - f0 + sum, nil
}
