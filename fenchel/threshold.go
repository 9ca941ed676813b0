package fenchel

import (
	"errors"
	"math"
)

// ErrNoSupport is returned where no score is finite, so that no distribution
// can be formed.
var ErrNoSupport = errors.New("fenchel: no finite score under the reference")

// ErrPrecision is returned where scores are too large, relative to the scale of
// the loss, for a threshold in float64.
var ErrPrecision = errors.New("fenchel: the scores are too large to find a threshold in float64")

// ErrNaN is returned where a score or a log-probability is NaN or +Inf.
var ErrNaN = errors.New("fenchel: a score is NaN or +Inf")

// Threshold returns the tau that minimises tau + sum_i q_i f*+(s_i - tau), the
// one at which p_i = q_i (f*+)'(s_i - tau) sums to 1, and the minimum A_f(s).
// q are the reference probabilities, which sum to 1; nil stands for the
// uniform ones.
//
// It is exact: closed form for the softmax (tau = A_f = log sum q e^s), and
// for the others a bracketed Newton iteration until only the last bits of tau
// change, O(n) each, usually under 10. A score of -Inf, or a q of 0, excludes
// its entry. Where tau is so large that its last bits leave the mass more than
// 1e-6 from 1, the error is ErrPrecision.
func Threshold(f Generator, scores, q []float64) (tau, value float64, err error) {
	if q != nil && len(q) != len(scores) {
		panic("fenchel: Threshold: wrong lengths")
	}
	p := weighted{scores, q, 1 / float64(len(scores))}
	lo, hi, err := p.bracket(f)
	if err != nil {
		return math.NaN(), math.NaN(), err
	}
	if f == Softmax {
		sum, _ := p.mass(f, hi)
		tau = hi + math.Log(sum)
		return tau, tau, nil
	}
	tau = lo
	for i := range 200 {
		sum, slope := p.mass(f, tau)
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
	if mass, _ := p.mass(f, tau); !(math.Abs(mass-1) <= 1e-6) {
		return tau, math.NaN(), ErrPrecision
	}
	sum := 0.0
	for i, s := range scores {
		if w := p.weight(i); w > 0 {
			sum += w * excess(f, s-tau)
		}
	}
	return tau, tau - f.F(0) + sum, nil
}

// weighted is scores with reference probabilities.
type weighted struct {
	scores, q []float64
	uniform   float64 // the q of each where q is nil
}

func (p weighted) weight(i int) float64 {
	if p.q == nil {
		return p.uniform
	}
	return p.q[i]
}

// bracket returns bounds of the threshold: one entry alone already sums to 1
// at lo, and at hi no ratio exceeds 1.
func (p weighted) bracket(f Generator) (lo, hi float64, err error) {
	lo, hi = math.Inf(-1), math.Inf(-1)
	one := f.Deriv(1)
	for i, s := range p.scores {
		w := p.weight(i)
		if math.IsNaN(s) || math.IsInf(s, 1) || math.IsNaN(w) {
			return 0, 0, ErrNaN
		}
		if w <= 0 || math.IsInf(s, -1) {
			continue
		}
		hi = max(hi, s-one)
		lo = max(lo, s-f.Deriv(1/w))
	}
	if math.IsInf(hi, -1) {
		return 0, 0, ErrNoSupport
	}
	return lo, hi, nil
}

// mass is sum_i q_i (f*+)'(s_i - tau), and its derivative with respect to -tau
// where f knows it, 0 otherwise.
func (p weighted) mass(f Generator, tau float64) (sum, slope float64) {
	if f == Sparsemax {
		return p.quadraticMass(tau)
	}
	if s, ok := f.(Scaled); ok && s.Of == Sparsemax {
		sum, slope = p.quadraticMass(tau)
		return sum / s.scale(), slope / s.scale()
	}
	c, hasCurvature := f.(curved)
	for i, s := range p.scores {
		w := p.weight(i)
		if w <= 0 {
			continue
		}
		sum += w * f.Ratio(s-tau)
		if hasCurvature {
			slope += w * c.curvature(s-tau)
		}
	}
	return sum, slope
}

// quadraticMass is mass for sparsemax, without a call per entry: lists of
// structures are long.
func (p weighted) quadraticMass(tau float64) (sum, slope float64) {
	if p.q == nil {
		for _, s := range p.scores {
			if s > tau {
				sum += s - tau
				slope++
			}
		}
		return sum * p.uniform, slope * p.uniform
	}
	for i, s := range p.scores {
		if s > tau {
			sum += p.q[i] * (s - tau)
			slope += p.q[i]
		}
	}
	return sum, slope
}
