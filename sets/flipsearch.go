package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// flipSearch finds modes of any coupling by steepest ascent: it scores every set
// that differs in one label (and, where sizes are bounded and none gains, those with
// two labels swapped) together, and moves to the best of them until none gains. It
// starts from the rounded mean field where the coupling has one, the empty and the
// full set, and Restarts random ones. The result is a local maximum, not proven.
type flipSearch struct {
	c     structured.Coupling[Set]
	space *Space
	limit string
}

// Limit says why there are no exact sums.
func (inf *flipSearch) Limit() string { return inf.limit }

// Mode costs k scores a step.
func (inf *flipSearch) Mode(dst *Set, theta structured.Theta, key uint64) (float64, bool) {
	k := inf.space.k
	s := &flips{flipSearch: inf, theta: theta, y: New(k)}
	rng, start, best := stream.New(key), inf.space.Make(1), math.Inf(-1)
	mean, hasMean := inf.c.(MeanFielder)
	for i := range 3 + Restarts {
		switch y := start[0]; i {
		case 0:
			if !hasMean {
				continue
			}
			m := make([]float64, k)
			mean.MeanField(m, theta, inf.space.ref.odds)
			for j, x := range m {
				y.Set(j, x > 0.5)
			}
		case 1:
			y.Clear()
		case 2:
			y.Fill()
		default:
			inf.space.Sample(start, rng)
		}
		if value := s.climb(start[0]); value > best || math.IsInf(best, -1) {
			best = value
			dst.CopyFrom(s.y)
		}
	}
	return best, false
}

// flips is one search.
type flips struct {
	*flipSearch
	theta      structured.Theta
	y          Set
	near       []Set
	value, add []float64
	bits       bitScore
}

// values are those of sets of any size.
func (s *flips) values(ys []Set) []float64 {
	s.value, s.add = numeric.Grow(s.value, len(ys)), numeric.Grow(s.add, len(ys))
	s.c.Score(s.value, s.theta, ys)
	s.bits.dot(s.add, s.space.ref.odds, ys)
	for i, x := range s.add {
		s.value[i] += x + s.space.ref.logBase
	}
	return s.value
}

// climb leaves the local maximum above a set in y and returns its value.
func (s *flips) climb(from Set) float64 {
	s.y.CopyFrom(from)
	ref, size := &s.space.ref, s.y.Count()
	for ; size < ref.min || size > ref.max; size = s.y.Count() {
		s.step(s.each(size < ref.min, size > ref.max), math.Inf(-1))
	}
	value := s.values([]Set{s.y})[0]
	for {
		next, ok := s.step(s.each(size < ref.max, size > ref.min), value+tolerance)
		if !ok && ref.bounded() {
			next, ok = s.step(s.swaps(), value+tolerance)
		}
		if !ok {
			return value
		}
		value, size = next, s.y.Count()
	}
}

// step moves to the best of some sets, if it is above least, or all are that low
// that none is above -Inf.
func (s *flips) step(to []Set, least float64) (value float64, ok bool) {
	if len(to) == 0 {
		return 0, false
	}
	v, at := s.values(to), 0
	for i, x := range v {
		if x > v[at] {
			at = i
		}
	}
	if !(v[at] > least) && !math.IsInf(least, -1) {
		return 0, false
	}
	s.y.CopyFrom(to[at])
	return v[at], true
}

// each lists the sets with one label added or removed.
func (s *flips) each(add, remove bool) []Set {
	n := 0
	for j := range s.space.k {
		if in := has(s.y, j); in && remove || !in && add {
			s.near = s.room(n)
			s.near[n].Toggle(j)
			n++
		}
	}
	return s.near[:n]
}

// swaps lists the sets with one label for another.
func (s *flips) swaps() []Set {
	n := 0
	for i := range s.y.Labels() {
		for j := range s.space.k {
			if !has(s.y, j) {
				s.near = s.room(n)
				s.near[n].Toggle(i)
				s.near[n].Toggle(j)
				n++
			}
		}
	}
	return s.near[:n]
}

// room is near with a copy of y at n.
func (s *flips) room(n int) []Set {
	if n == len(s.near) {
		s.near = append(s.near, s.space.Make(1+n/2)...)
	}
	s.near[n].CopyFrom(s.y)
	return s.near
}
