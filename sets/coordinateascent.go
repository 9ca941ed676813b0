package sets

// ascent climbs from a set by the single change that gains most (a label added or
// removed, or two swapped where sizes are not free) until none gains. field[j] is
// the gain of adding j without h: v_j + sum_{i in y} U_ij.
type ascent struct {
	p     *quadratic
	field []float64
	y     Set
	size  int
	value float64
}

func newAscent(p *quadratic) *ascent {
	return &ascent{p: p, field: make([]float64, p.n), y: New(p.n)}
}

// sized is the gain of h from one size to another.
func (s *ascent) sized(from, to int) float64 {
	if s.p.h == nil {
		return 0
	}
	return s.p.h[to] - s.p.h[from]
}

// start moves to y, and from there into the sizes allowed by the best single
// changes.
func (s *ascent) start(y Set) {
	s.y.Clear()
	s.size, s.value = 0, s.sized0()
	copy(s.field, s.p.v)
	for j := range y.Labels() {
		s.flip(j)
	}
	for s.size < s.p.min || s.size > s.p.max {
		j, _ := s.bestFlip(s.size < s.p.min)
		s.flip(j)
	}
}

// sized0 is h of the empty set.
func (s *ascent) sized0() float64 {
	if s.p.h == nil {
		return 0
	}
	return s.p.h[0]
}

// flip changes label j, O(neighbours).
func (s *ascent) flip(j int) {
	sign, to := 1.0, s.size+1
	if has(s.y, j) {
		sign, to = -1, s.size-1
	}
	s.value += sign*s.field[j] + s.sized(s.size, to)
	s.size = to
	s.y.Toggle(j)
	lo, hi := s.p.row(j)
	for a := lo; a < hi; a++ {
		s.field[s.p.to[a]] += sign * s.p.u[a]
	}
}

// bestFlip is the label whose addition, or removal, gains most, and the gain
// without h; -1 if there is none to add or remove.
func (s *ascent) bestFlip(add bool) (best int, gain float64) {
	best = -1
	for j, f := range s.field {
		if has(s.y, j) == add {
			continue
		}
		if !add {
			f = -f
		}
		if best < 0 || f > gain {
			best, gain = j, f
		}
	}
	return best, gain
}

// tolerance is the least gain of a move, so that rounding cannot cycle.
const tolerance = 1e-12

func (s *ascent) climb() {
	for {
		move, swap, gain := -1, -1, tolerance
		if s.size < s.p.max {
			if j, f := s.bestFlip(true); j >= 0 && f+s.sized(s.size, s.size+1) > gain {
				move, gain = j, f+s.sized(s.size, s.size+1)
			}
		}
		if s.size > s.p.min {
			if j, f := s.bestFlip(false); j >= 0 && f+s.sized(s.size, s.size-1) > gain {
				move, gain = j, f+s.sized(s.size, s.size-1)
			}
		}
		if move < 0 && !s.p.free() {
			move, swap = s.bestSwap(gain)
		}
		if move < 0 {
			return
		}
		s.flip(move)
		if swap >= 0 {
			s.flip(swap)
		}
	}
}

// bestSwap is the label to remove for one to add that gain most, if more than
// least; -1 where none do. O(|y| k + arcs).
func (s *ascent) bestSwap(least float64) (out, in int) {
	out, in = -1, -1
	for i := range s.y.Labels() {
		at, hi := s.p.row(i)
		for j, f := range s.field {
			for ; at < hi && int(s.p.to[at]) < j; at++ {
			}
			if at < hi && int(s.p.to[at]) == j {
				f -= s.p.u[at]
			}
			if g := f - s.field[i]; g > least && !has(s.y, j) {
				out, in, least = i, j, g
			}
		}
	}
	return out, in
}
