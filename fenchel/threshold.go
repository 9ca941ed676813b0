package fenchel

import "math"

// Threshold returns the tau that minimises tau + sum_i q_i f*+(s_i - tau), the
// one at which p_i = q_i (f*+)'(s_i - tau) sums to 1, and the minimum A_f(s),
// which is Omega*(s) of [Simplex]: it is the number behind Simplex.Argmax, for
// those who want it. q are the reference measures; nil stands for ones, under
// which A_f is log-sum-exp for Softmax and the constant (sum q - 1) f(0) is
// left out.
//
// It is exact: closed form for the softmax (tau = A_f = log sum q e^s), and
// for the others a bracketed Newton iteration until only the last bit of tau
// changes, O(n) each, usually under 10. A score of -Inf, or a q of 0, excludes
// its entry. Where tau is so large that its last bit leaves the mass more than
// 1e-6 from 1, the error is ErrPrecision; Simplex has no such limit.
func Threshold(f Generator, scores, q []float64) (tau, value float64, err error) {
	s := newSeparable(f, q)
	l, err := s.solve(nil, scores)
	if err != nil {
		return math.NaN(), math.NaN(), err
	}
	tau = l.tau() + s.shift
	if s.shape.family == exponential {
		return tau, tau, nil
	}
	p := problem{shape: s.shape, scale: s.scale, scores: scores, q: q, mass: 1}
	if mass, _ := p.sum(level{tau, -s.shift, 0}); !(math.Abs(mass-1) <= 1e-6) {
		return tau, math.NaN(), ErrPrecision
	}
	var high total
	for i, x := range scores {
		_, e := s.entry(i, s.argument(l, x))
		high.add(e)
	}
	return tau, s.conjugate(l, high.value()), nil
}
