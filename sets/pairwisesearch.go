package sets

import (
	"fmt"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// pairwiseSearch finds modes of a pairwise coupling by coordinate ascent: from
// a start it makes the single change that gains most (add or remove a label,
// or swap two where the sizes are bounded) until none gains. It starts from
// the empty and the full set, the signs of the unary logits, and Restarts
// draws from the reference. The result is a local maximum, not proven.
type pairwiseSearch struct {
	c     *pairwise
	space *Space
	idle  sync.Pool // of *ascent
}

// Limit says why there are no exact sums.
func (inf *pairwiseSearch) Limit() string {
	return fmt.Sprintf("%d labels, pairwise sums take at most %d", inf.c.k, MaxEnumerated)
}

// Restarts is the number of random starts of the search for a mode.
const Restarts = 10

// ascent is one search; f[j] is the gain of adding j: v_j + sum_{i in y} U_ij.
type ascent struct {
	k, min, max int
	u, v, f     []float64
	y           Set
	size        int
	value       float64
}

func (inf *pairwiseSearch) Mode(dst *Set, theta structured.Theta, key uint64) (float64, bool) {
	s, ok := inf.idle.Get().(*ascent)
	if !ok {
		k := inf.c.k
		s = &ascent{k: k, u: make([]float64, k*k), v: make([]float64, k), f: make([]float64, k), y: New(k)}
	}
	defer inf.idle.Put(s)
	ref := &inf.space.ref
	u, v := inf.c.split(theta)
	s.min, s.max = ref.min, ref.max
	inf.c.dense(s.u, v)
	for j := range s.v {
		s.v[j] = u[j] + ref.odds[j]
	}
	rng := stream.New(key)
	draw := inf.space.Make(1)
	best, found := 0.0, false
	for start := range 3 + Restarts {
		switch start {
		case 0:
			draw[0].Clear()
		case 1:
			draw[0].CopyFrom(draw[0].Complement())
		case 2:
			for j, x := range s.v {
				draw[0].Set(j, x > 0)
			}
		default:
			inf.space.Sample(draw, rng)
		}
		s.start(draw[0])
		s.climb()
		if !found || s.value > best {
			best, found = s.value, true
			dst.CopyFrom(s.y)
		}
	}
	return ref.logBase + best, false
}

// start moves to y, and from there into the sizes allowed by the best single
// changes.
func (s *ascent) start(y Set) {
	s.y.Clear()
	s.size, s.value = 0, 0
	copy(s.f, s.v)
	for j := range y.Labels() {
		s.flip(j)
	}
	for s.size < s.min || s.size > s.max {
		s.flip(s.bestFlip(s.size < s.min))
	}
}

// flip changes label j, O(k).
func (s *ascent) flip(j int) {
	sign := 1.0
	if s.y.Has(j) {
		sign = -1
	}
	s.value += sign * s.f[j]
	s.size += int(sign)
	s.y.Toggle(j)
	for i, x := range s.u[j*s.k : (j+1)*s.k] {
		s.f[i] += sign * x
	}
}

// bestFlip is the label whose addition, or removal, is worth most; -1 if there
// is none to add or remove.
func (s *ascent) bestFlip(add bool) int {
	best, gain := -1, 0.0
	for j, f := range s.f {
		if s.y.Has(j) == add {
			continue
		}
		if !add {
			f = -f
		}
		if best < 0 || f > gain {
			best, gain = j, f
		}
	}
	return best
}

// tolerance is the least gain of a move, so that rounding cannot cycle.
const tolerance = 1e-12

func (s *ascent) climb() {
	for {
		move, swap, gain := -1, -1, tolerance
		if s.size < s.max {
			if j := s.bestFlip(true); j >= 0 && s.f[j] > gain {
				move, gain = j, s.f[j]
			}
		}
		if s.size > s.min {
			if j := s.bestFlip(false); j >= 0 && -s.f[j] > gain {
				move, gain = j, -s.f[j]
			}
		}
		if move < 0 && (s.min > 0 || s.max < s.k) {
			for i := range s.y.Labels() {
				for j, f := range s.f {
					if g := f - s.f[i] - s.u[i*s.k+j]; !s.y.Has(j) && g > gain {
						move, swap, gain = i, j, g
					}
				}
			}
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
