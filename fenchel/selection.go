package fenchel

import "math"

// selection finds the level t at which
//
//	sum_i [s_i - top - t]_+^e = c,    e = 1 or 2
//
// (sparsemax, and with squares entmax-1.5 and the 2-normmax) without sorting.
// Passes over ever fewer candidates raise a lower bound of t by Newton's method
// until no candidate lies below it (Michelot 1986; the bound during the first
// pass is that of Condat 2016); where later passes remove few, a random pivot
// splits the candidates as in Duchi et al. (2008), so that the expected cost is
// O(n) for any input. What lies above t is then solved exactly, and refined by the
// sum of the terms themselves.
type selection struct {
	work   []float64 // work[:sure] is above the level, work[sure:open] may be
	sure   int
	open   int
	k      float64 // count, sum and sum of squares of work[:sure]
	s1, s2 float64
	c      float64
	square bool
	random uint64
}

// solve returns t and what is left of it after rounding; work is scratch as
// long as scores.
func (x *selection) solve(work, scores []float64, top, c float64, square bool) (t, rest float64) {
	*x = selection{work: work, c: c, square: square, random: 0x9e3779b97f4a7c15}
	t = x.candidates(scores, top)
	for pass := 0; ; pass++ {
		before := x.open - x.sure
		k, s1, s2, low := x.above(t)
		if k == 0 { // only by rounding: t is at the highest
			break
		}
		exact, newton := x.step(k, s1, s2)
		if exact >= 0 && low >= exact {
			t += exact
			break
		}
		if !(newton > math.Abs(t)*0x1p-53) {
			break
		}
		t += newton
		if left := x.open - x.sure; pass >= 3 && left > 64 && left > before-before/4 {
			t = max(t, x.split())
		}
	}
	return x.refine(t)
}

// candidates fills work with the scores, less top, that exceed a lower bound of
// the level, and returns the bound.
func (x *selection) candidates(scores []float64, top float64) (t float64) {
	const block = 64
	c := x.c
	t = -c
	if x.square {
		t = -math.Sqrt(c)
	}
	work, m, sum := x.work[:len(scores)], 0, 0.0
	for at := 0; at < len(scores); at += block {
		before := m
		for _, s := range scores[at:min(at+block, len(scores))] {
			w := s - top
			work[m] = w
			m += below(t, w)
		}
		if m == before {
			continue
		}
		for _, w := range work[before:m] {
			sum += w
		}
		// By convexity the level of any subset is at least that of as many
		// copies of its mean.
		k := float64(m)
		if x.square {
			t = max(t, sum/k-math.Sqrt(c/k))
		} else {
			t = max(t, (sum-c)/k)
		}
	}
	x.open = m
	return t
}

// above drops the candidates up to t and returns the count, sum and sum of
// squares of what exceeds t by how much, and the least such excess of a
// candidate.
func (x *selection) above(t float64) (k, s1, s2, low float64) {
	work := x.work[x.sure:x.open]
	m := 0
	for _, w := range work {
		work[m] = w
		m += below(t, w)
	}
	work = work[:m]
	low = math.Inf(1)
	if x.square {
		for _, w := range work {
			d := w - t
			s1 += d
			s2 += d * d
			if d < low {
				low = d
			}
		}
	} else {
		for _, w := range work {
			d := w - t
			s1 += d
			if d < low {
				low = d
			}
		}
	}
	x.open = x.sure + m
	k = x.k + float64(m)
	s1 += x.s1 - x.k*t
	s2 += x.s2 - t*(2*x.s1-x.k*t)
	return k, s1, s2, low
}

// step is by how much the level exceeds the bound if all candidates do (not
// positive, or NaN, if they cannot), and Newton's step, which is safe.
func (x *selection) step(k, s1, s2 float64) (exact, newton float64) {
	if !x.square {
		newton = (s1 - x.c) / k
		return newton, newton
	}
	r := s2 - x.c
	// The root of s2 is a norm, convex too and nearly linear.
	return r / (s1 + math.Sqrt(s1*s1-k*r)), r / (s1 * (1 + math.Sqrt(x.c/s2)))
}

// split decides on which side of a random candidate the level lies. It returns
// a lower bound of the level, for above to drop what is not higher.
func (x *selection) split() float64 {
	x.random ^= x.random << 13
	x.random ^= x.random >> 7
	x.random ^= x.random << 17
	work := x.work[x.sure:x.open]
	pivot := work[x.random%uint64(len(work))]
	m, k, s1, s2 := 0, x.k, x.s1, x.s2
	for i, w := range work {
		if w >= pivot {
			work[i], work[m] = work[m], w
			m++
			k++
			s1 += w
			s2 += w * w
		}
	}
	mass := s1 - k*pivot
	if x.square {
		mass = s2 - pivot*(2*s1-k*pivot)
	}
	if mass < x.c {
		x.sure, x.k, x.s1, x.s2 = x.sure+m, k, s1, s2
		return math.Inf(-1)
	}
	x.open = x.sure + m
	return pivot
}

// refine improves t by the sum of the terms, of which those below it are none.
func (x *selection) refine(t float64) (level, rest float64) {
	for range 2 {
		var sum, slope total
		for at := 0; at < x.open; at += 64 {
			k, s1, s2 := 0, 0.0, 0.0
			for _, w := range x.work[at:min(at+64, x.open)] {
				if d := w - t; d > 0 {
					k++
					s1 += d
					s2 += d * d
				}
			}
			if x.square {
				sum.add(s2)
				slope.add(2 * s1)
			} else {
				sum.add(s1)
				slope.add(float64(k))
			}
		}
		rest = (sum.value() - x.c) / slope.value()
		next := t + rest
		if next == t || math.IsNaN(next) {
			break
		}
		rest -= next - t
		t = next
	}
	if math.IsNaN(rest) {
		rest = 0
	}
	return t, rest
}

// selects says that selection can find the level, given scratch memory.
func (s *separable) selects() bool {
	return s.q == nil && s.plain() && s.shape.family == powers && (s.shape.power.a == 2 || s.shape.power.a == 1.5)
}

// fill overwrites p with the argmax where selects holds, and returns the sums
// of p_i and of g*+(v_i) + c. It has no branch that depends on the scores.
func (s *separable) fill(p, scores []float64, l level) (mass, high float64) {
	var all, above total
	unit := s.scale
	if s.shape.power.a == 1.5 {
		unit *= 2
	}
	p = p[:len(scores)]
	for at := 0; at < len(scores); at += 64 {
		end := min(at+64, len(scores))
		block := p[at:end]
		s1, s2 := 0.0, 0.0
		switch {
		case s.shape.power.a == 1.5:
			for i, x := range scores[at:end] {
				d := positive(((x-l.top)-l.delta)-l.rest) / unit
				u := d * d
				block[i] = u
				s1 += u
				s2 += u * d
			}
			s2 /= 1.5
		case unit == 1:
			for i, x := range scores[at:end] {
				d := positive(((x - l.top) - l.delta) - l.rest)
				block[i] = d
				s1 += d
				s2 += d * d
			}
			s2 /= 2
		default:
			for i, x := range scores[at:end] {
				d := positive(((x-l.top)-l.delta)-l.rest) / unit
				block[i] = d
				s1 += d
				s2 += d * d
			}
			s2 /= 2
		}
		all.add(s1)
		above.add(s2)
	}
	return all.value(), above.value()
}

// below is 1 where x < y, else 0, without a branch: for random scores it could
// go either way, which costs more than all the rest.
func below(x, y float64) int { return int(math.Float64bits(x-y) >> 63) }

// positive is max(x, 0) without a branch.
func positive(x float64) float64 {
	b := math.Float64bits(x)
	return math.Float64frombits(b &^ uint64(int64(b)>>63))
}
