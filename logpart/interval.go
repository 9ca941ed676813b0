package logpart

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// Bounds says that log Z is between Lower and Upper with probability
// Confidence at least, over the draws; 1 for bounds that always hold.
type Bounds struct {
	Lower, Upper float64
	Confidence   float64
}

// Everything bounds nothing.
func Everything() Bounds { return Bounds{Lower: math.Inf(-1), Upper: math.Inf(1), Confidence: 1} }

// And is where both hold: the intersection, with the confidence that the union
// bound leaves. Bounds that contradict each other, which they may with the
// probability that they fail, meet in the middle.
func (b Bounds) And(c Bounds) Bounds {
	out := Bounds{
		Lower: max(b.Lower, c.Lower), Upper: min(b.Upper, c.Upper),
		Confidence: max(0, b.Confidence+c.Confidence-1),
	}
	if out.Lower > out.Upper {
		m := out.Upper + (out.Lower-out.Upper)/2
		out.Lower, out.Upper = m, m
	}
	return out
}

// Markov bounds log Z from below by a single unbiased estimate of Z that is not
// negative: by Markov's inequality
//
//	P( log Z < log Zhat - log(1/delta) ) <= delta,   delta = 1 - confidence.
//
// It holds whatever the weights are, and says nothing from above.
func Markov(logMean, confidence float64) Bounds {
	return Bounds{Lower: logMean + math.Log(1-confidence), Upper: math.Inf(1), Confidence: confidence}
}

// EmpiricalBernstein bounds log Z by M independent weights within [0, e^most],
// with Z their expectation (Maurer, Pontil 2009, theorem 4, for both sides):
//
//	|Z - mean w| <= sqrt(2 V L/M) + 7 e^most L/(3 (M-1)),   L = log(4/delta),
//
// V the sample variance. Distribution-free: it holds with probability at least
// 1 - delta for any weights so bounded. The interval is narrow where e^most is
// small against M Z. M must be at least 2; a weight above the bound is an
// error.
func EmpiricalBernstein(logw []float64, most, confidence float64) (Bounds, error) {
	n := float64(len(logw))
	if !(confidence > 0 && confidence < 1) {
		return Bounds{}, fmt.Errorf("logpart: confidence %g is not in (0, 1)", confidence)
	}
	if len(logw) < 2 || math.IsNaN(most) || math.IsInf(most, 0) {
		return Bounds{}, ErrNoWeights
	}
	mean := 0.0
	for i, l := range logw {
		if !(l <= most+1e-9*(1+math.Abs(most))) {
			return Bounds{}, fmt.Errorf("logpart: log weight %d is %g, above the bound %g", i, l, most)
		}
		mean += math.Exp(l-most) / n
	}
	v := 0.0
	for _, l := range logw {
		d := math.Exp(l-most) - mean
		v += d * d / (n - 1)
	}
	// Two tails, each of which the theorem bounds with log(2/delta).
	l := math.Log(4 / (1 - confidence))
	width := math.Sqrt(2*v*l/n) + 7*l/(3*(n-1))
	return Bounds{
		Lower: most + math.Log(max(0, mean-width)), Upper: most + math.Log(min(1, mean+width)),
		Confidence: confidence,
	}, nil
}

// FromTau bounds log Z from above by any number tau and an upper bound of log
// Z, or an estimate of it,
//
//	log Z <= tau + Z e^-tau - 1,
//
// with equality at tau = log Z: the joint objective of which tau is the
// minimum. With an unbiased estimate of Z the right side is an unbiased
// estimate of an upper bound, which no single value of it is.
func FromTau(tau, logZ float64) float64 { return tau + math.Expm1(logZ-tau) }

// Shift is the constant c that makes tau + c the best, in closed form:
//
//	c = argmin_c mean_i( tau_i + c + Z_i e^{-tau_i-c} - 1 ) = log mean_i Z_i e^-tau_i,
//
// given d_i = log Z_i - tau_i.
func Shift(d []float64) float64 { return numeric.LogSumExp(d) - math.Log(float64(len(d))) }
