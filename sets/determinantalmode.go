package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// determinantalSearch finds modes of a determinantal coupling. What a label adds
// falls as the set grows: one that adds nothing to the labels that are present in
// every mode is in none, and one that adds something to all that could be present
// is in every one, and so on in turns. Up to openLabels left open are enumerated,
// and the mode is proven; with more of them it is the best that greedy ascent by
// single changes (swaps too where sizes are bounded) finds, from the least and the
// largest set possible and Restarts random ones.
type determinantalSearch struct {
	c     *determinantal
	space *Space
}

const openLabels = 12

// Mode costs O(k r^2) a change.
func (inf *determinantalSearch) Mode(dst *Set, theta structured.Theta, key uint64) (float64, bool) {
	s := &determinantalAscent{c: inf.c, ref: &inf.space.ref, volume: inf.c.volume()}
	defer inf.c.idle.Put(s.volume)
	var u []float64
	u, s.v = inf.c.split(theta)
	for j, b := range s.ref.odds {
		s.field[j] = u[j] + b
	}
	least, most := New(s.c.k), All(s.c.k)
	open := s.bracket(least, most)
	if len(open) <= openLabels {
		s.enumerate(*dst, least, open)
		if size := dst.Count(); size >= s.ref.min && size <= s.ref.max {
			return s.ref.logBase + s.value(*dst), true
		}
	}
	rng, best, start := stream.New(key), math.Inf(-1), make([]Set, 1)
	start[0] = New(s.c.k)
	for i := range 2 + Restarts {
		switch i {
		case 0:
			start[0].CopyFrom(least)
		case 1:
			start[0].CopyFrom(most)
		default:
			inf.space.Sample(start, rng)
		}
		s.climb(start[0])
		if x := s.value(start[0]); i == 0 || x > best {
			best = x
			dst.CopyFrom(start[0])
		}
	}
	return s.ref.logBase + best, false
}

type determinantalAscent struct {
	c   *determinantal
	ref *reference
	*volume
	v []float64
}

func (s *determinantalAscent) row(j int) []float64 { return s.v[j*s.r : (j+1)*s.r] }

// value is g and the odds of a set.
func (s *determinantalAscent) value(y Set) float64 {
	sum := s.of(s.v, y)
	for _, j := range s.list {
		sum += s.field[j]
	}
	return sum
}

// at readies the gains of changes of y.
func (s *determinantalAscent) at(y Set) {
	s.of(s.v, y)
	s.invert()
}

// gain is what label j adds to a set without it.
func (s *determinantalAscent) gain(j int) float64 {
	return s.field[j] + math.Log1p(s.times(s.row(j)))
}

// worth is what label j adds to the rest of a set with it.
func (s *determinantalAscent) worth(j int) float64 {
	return s.field[j] - math.Log1p(-min(s.times(s.row(j)), 1))
}

// bracket moves labels into least and out of most as far as submodularity goes,
// where sizes are free, and returns those between.
func (s *determinantalAscent) bracket(least, most Set) (open []int) {
	for changed := true; changed; {
		changed = false
		s.at(least)
		for j := range s.c.k {
			if has(most, j) && !has(least, j) && s.gain(j) <= 0 {
				most.Remove(j)
				changed = true
			}
		}
		s.at(most)
		for j := range s.c.k {
			if has(most, j) && !has(least, j) && s.worth(j) > 0 {
				least.Add(j)
				changed = true
			}
		}
	}
	return members(nil, most.Difference(least).words)
}

// enumerate overwrites y with the best of the sets that have least and some of the
// open labels.
func (s *determinantalAscent) enumerate(y, least Set, open []int) {
	best, z := math.Inf(-1), least.Clone()
	y.CopyFrom(least)
	for w := range 1 << len(open) {
		for i, j := range open {
			z.Set(j, w>>i&1 != 0)
		}
		if x := s.value(z); x > best {
			best = x
			y.CopyFrom(z)
		}
	}
}

// climb changes y by the best single changes, into the sizes allowed first, until
// none gains.
func (s *determinantalAscent) climb(y Set) {
	size, bounded := y.Count(), s.ref.bounded()
	for {
		s.at(y)
		move, gain := -1, tolerance
		need := 0
		if size < s.ref.min {
			need = 1
		} else if size > s.ref.max {
			need = -1
		}
		if need != 0 {
			gain = math.Inf(-1)
		}
		for j := range s.c.k {
			g := 0.0
			switch in := has(y, j); {
			case in && (need < 0 || need == 0 && size > s.ref.min):
				g = -s.worth(j)
			case !in && (need > 0 || need == 0 && size < s.ref.max):
				g = s.gain(j)
			default:
				continue
			}
			if g > gain || move < 0 && need != 0 {
				move, gain = j, g
			}
		}
		if move < 0 && bounded && s.swap(y) {
			continue
		}
		if move < 0 {
			return
		}
		y.Toggle(move)
		size = y.Count()
	}
}

// swap makes the first swap of two labels that gains, if there is one.
func (s *determinantalAscent) swap(y Set) bool {
	s.chosen = members(s.chosen[:0], y.words)
	for _, i := range s.chosen {
		s.at(y)
		worth := s.worth(i)
		y.Remove(i)
		s.at(y)
		for j := range s.c.k {
			if j != i && !has(y, j) && s.gain(j)-worth > tolerance {
				y.Add(j)
				return true
			}
		}
		y.Add(i)
	}
	return false
}
