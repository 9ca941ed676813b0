package fenchel

import "math"

// The loss is summed from terms that are all nonnegative, so that it keeps a
// small relative error as it vanishes:
//
//	L = scale sum_i q_i (g(y_i/q_i) + g*+(v_i) - v_i y_i/q_i)
//
// which is Omega*(s) + Omega(y) - <s,y> because y and p have the same sum.

// entryGap is the term of entry i without the scale, and p_i.
func (s *separable) entryGap(i int, y, v float64) (p, gap float64) {
	w := 1.0
	if s.q != nil {
		w = s.q[i]
	}
	if s.capped {
		if full := s.shape.deriv(1 / w); v >= full {
			return 1, w*s.shape.gap(y/w, full) + (v-full)*(1-y)
		}
	}
	return w * s.shape.ratio(v), w * s.shape.gap(y/w, v)
}

// loss is the loss of a target in the polytope. grad may be nil, or scores.
func (s *separable) loss(grad, scores, target []float64) (float64, error) {
	if len(target) != len(scores) || grad != nil && len(grad) != len(scores) {
		panic("fenchel: Loss: wrong lengths")
	}
	if err := s.check(target); err != nil {
		return math.NaN(), err
	}
	l, err := s.solve(scratch(grad, scores), scores)
	if err != nil {
		return math.NaN(), err
	}
	var sum, mass total
	alike := true // that p is the target, if all of it but for rounding
	for i, x := range scores {
		y := target[i]
		v := s.argument(l, x)
		var p, e float64
		switch {
		case y == 0 && s.shape.family != anyOther:
			p, e = s.entry(i, v)
		case math.IsInf(v, -1) || s.q != nil && s.q[i] == 0:
			if y > 0 {
				return math.Inf(1), &EntryError{i, x, ErrExcluded}
			}
		default:
			p, e = s.entryGap(i, y, v)
		}
		sum.add(e)
		mass.add(y)
		alike = alike && (p == y || y > 0 && (y == s.mass && !s.atMost || math.Abs(p-y) <= y*0x1p-52))
		if grad != nil {
			grad[i] = p - y
		}
	}
	value := s.scale * sum.value()
	switch {
	case alike:
		value = 0
	case s.atMost: // what the target leaves of the budget, at its price
		value += max(0, l.tau()+s.shift) * max(0, s.mass-mass.value())
	}
	if math.IsInf(value, 0) || math.IsNaN(value) {
		return math.Inf(1), s.infinite()
	}
	return value, nil
}

// infinite is why a loss is not finite.
func (s *separable) infinite() error {
	if math.IsInf(s.shape.f(0), 1) {
		return ErrTarget
	}
	return ErrPrecision
}

// check wants a target in the polytope, up to rounding of its sum.
func (s *separable) check(target []float64) error {
	var sum total
	for i, y := range target {
		if !(y >= 0) || math.IsInf(y, 1) || s.capped && y > 1 {
			return &EntryError{i, y, ErrTarget}
		}
		sum.add(y)
	}
	switch excess := sum.value() - s.mass; {
	case s.atMost && excess < 0:
		return nil
	case !(math.Abs(excess) <= 1e-9*s.mass):
		return ErrTarget
	}
	return nil
}

// labelLoss is the loss of a single entry, over the simplex.
func (s *separable) labelLoss(grad, scores []float64, label int) (float64, error) {
	if grad != nil && len(grad) != len(scores) {
		panic("fenchel: LabelLoss: wrong lengths")
	}
	if label < 0 || label >= len(scores) {
		return math.NaN(), ErrTarget
	}
	at := scores[label]
	if s.shape.family == exponential && s.q == nil && grad != nil {
		return s.softmaxLoss(grad, scores, label)
	}
	l, err := s.solve(scratch(grad, scores), scores)
	if err != nil {
		return math.NaN(), err
	}
	w := 1.0
	if s.q != nil {
		w = s.q[label]
	}
	if w == 0 || math.IsInf(at, -1) {
		return math.Inf(1), &EntryError{label, at, ErrExcluded}
	}
	var sum, others total
	sparse := s.shape.sparse()
	fast := grad != nil && s.selects()
	if fast {
		for _, part := range [2][2]int{{0, label}, {label + 1, len(scores)}} {
			p, e := s.fill(grad[part[0]:part[1]], scores[part[0]:part[1]], l)
			sum.add(e)
			others.add(p)
		}
	}
	for i, x := range scores {
		if fast {
			break
		}
		v := (x - l.top) - l.delta
		if sparse && v <= 0 || i == label {
			if grad != nil {
				grad[i] = 0
			}
			continue
		}
		p, e := s.entry(i, (v-l.rest)/s.scale)
		sum.add(e)
		others.add(p)
		if grad != nil {
			grad[i] = p
		}
	}
	if grad != nil {
		grad[label] = 0 - others.value() // p - 1
	}
	if others.value() == 0 { // the label has all probability
		return 0, nil
	}
	sum.add(w * s.shape.gap(1/w, s.argument(l, at)))
	value := s.scale * sum.value()
	if math.IsInf(value, 0) || math.IsNaN(value) || math.IsInf(s.shape.f(0), 1) {
		return math.Inf(1), s.infinite()
	}
	return value, nil
}

// softmaxLoss is labelLoss for the plain softmax, with one exponential per
// entry.
func (s *separable) softmaxLoss(grad, scores []float64, label int) (float64, error) {
	at := scores[label]
	l, err := s.softmax(grad, scores)
	if err != nil {
		return math.NaN(), err
	}
	if math.IsInf(at, -1) {
		return math.Inf(1), &EntryError{label, at, ErrExcluded}
	}
	others := sum(grad[:label]) + sum(grad[label+1:])
	grad[label] = 0 - others
	return s.scale * (others + s.shape.gap(1, s.argument(l, at))), nil
}
