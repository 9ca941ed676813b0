package permutations

import (
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// searchInference looks for modes where there is nothing exact: pairs of more
// than MaxExact labels, and references that do not fit the recursion. It climbs
// by moving single labels, from Borda's order or the best assignment of labels
// to ranks, and from Restarts draws of the reference, to a local optimum. That
// is not proven, unless all pairs agree with it.
type searchInference struct {
	inference
	idle sync.Pool // of *search
}

// Restarts is the number of random starts of a search for a mode.
const Restarts = 10

var _ structured.Inference[Ordering] = (*searchInference)(nil)

// search is the memory of one search; ys are the orderings that differ from
// the current one by the rank of one label.
type search struct {
	pairs        *linearOrdering
	assignment   *assignment
	ys           []Ordering
	values, logq []float64
	draw         []Ordering
	one          [1]Ordering
	value        [2]float64
	source       stream.Source
}

func (inf *searchInference) scratch() *search {
	if s, ok := inf.idle.Get().(*search); ok {
		return s
	}
	k := inf.k
	s := &search{ys: Make(k, k), values: make([]float64, k), logq: make([]float64, k), draw: Make(1, k)}
	s.pairs, s.assignment = newLinearOrdering(k, false), newAssignment(k)
	return s
}

func (inf *searchInference) Mode(dst *Ordering, theta structured.Theta, key uint64) (float64, bool) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	rng := s.source.At(key)
	byPairs := inf.byPairs()
	if inf.c.pairs() {
		inf.pairTerms(s.pairs.a, theta)
	}
	best, y := 0.0, s.draw[0]
	s.one[0] = y
	for start := range 1 + Restarts {
		switch {
		case start > 0:
			inf.space.Sample(s.draw, rng)
		case inf.c.pairs():
			s.pairs.borda(y)
		default:
			inf.positionMode(y, theta, s.pairs.a, s.assignment)
		}
		value := 0.0
		if byPairs {
			s.pairs.climb(y)
			value = inf.value(theta, s.one[:], &s.value)
		} else {
			value = inf.climb(s, theta, y)
		}
		if start == 0 || value > best {
			best = value
			copy(*dst, y)
		}
	}
	return best, byPairs && s.pairs.unanimous(*dst)
}

// climb is linearOrdering.climb for any log q + g, with an evaluation of all k
// places of a label.
func (inf *searchInference) climb(s *search, theta structured.Theta, y Ordering) float64 {
	value := inf.value(theta, s.one[:], &s.value)
	for improved := true; improved; {
		improved = false
		for label := range y {
			from := 0
			for y[from] != label {
				from++
			}
			for to, z := range s.ys {
				copy(z, y)
				move(z, from, to)
			}
			inf.c.Score(s.values, theta, s.ys)
			inf.space.LogProb(s.logq, s.ys)
			at := from
			for to := range s.ys {
				if v := s.values[to] + s.logq[to]; v > value+leastGain*max(1, value, -value) {
					at, value, improved = to, v, true
				}
			}
			copy(y, s.ys[at])
		}
	}
	return value
}
