package sets

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

var _ structured.AnnealingKernel[Set] = Gibbs{}

// BindAnnealing anneals by sweeps of single labels in turn, one a move; Sweeps
// and Block do not matter. Pairwise scores start from independent labels with
// the probabilities of mean field, and a sweep costs O(k), and O(k) for each
// label that changes. Other couplings start from the reference, and a sweep costs
// an evaluation of a score a label. Where the reference bounds sizes a sweep also
// exchanges labels present for labels absent.
func (g Gibbs) BindAnnealing(p structured.Problem[Set]) (structured.Annealing[Set], error) {
	space, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("sets: Gibbs over a space of type %T: want *sets.Space", p.Space)
	}
	if c, ok := p.Coupling.(*pairwise); ok {
		return &pairwiseAnnealing{c: c, space: space}, nil
	}
	return labelAnnealing{p.Coupling, space}, nil
}

// labelAnnealing anneals any coupling.
type labelAnnealing struct {
	c     structured.Coupling[Set]
	space *Space
}

func (a labelAnnealing) Begin(n int, theta structured.Theta) structured.AnnealedChains[Set] {
	return &labelChains{labelAnnealing: a, theta: theta, ys: a.space.Make(n), next: a.space.Make(1), members: make([]int, a.space.k)}
}

type labelChains struct {
	labelAnnealing
	theta    structured.Theta
	ys, next []Set
	members  []int
	score    [1]float64
	source   stream.Source
}

func (s *labelChains) States() []Set { return s.ys }
func (s *labelChains) End()          {}

func (s *labelChains) Start(v []float64, key uint64) {
	s.space.Sample(s.ys, s.source.At(key))
	s.c.Score(v, s.theta, s.ys)
}

func (s *labelChains) Place(v []float64, ys []Set) {
	for i, y := range ys {
		s.ys[i].CopyFrom(y)
	}
	s.c.Score(v, s.theta, s.ys)
}

func (s *labelChains) Move(v []float64, b float64, key uint64) {
	ref := &s.space.ref
	for i, y := range s.ys {
		rng := s.source.At(stream.Key(key, uint64(i)))
		size := y.Count()
		s.next[0].CopyFrom(y)
		// try moves to next with the probability of heat bath.
		try := func(odds float64) bool {
			s.c.Score(s.score[:], s.theta, s.next)
			if rng.Float64() < numeric.Sigmoid(b*(s.score[0]-v[i])+odds) {
				v[i] = s.score[0]
				y.CopyFrom(s.next[0])
				return true
			}
			s.next[0].CopyFrom(y)
			return false
		}
		for j := range s.space.k {
			sign := 1
			if y.Has(j) {
				sign = -1
			}
			if to := size + sign; to < ref.min || to > ref.max {
				continue
			}
			s.next[0].Toggle(j)
			if try(float64(sign) * ref.odds[j]) {
				size += sign
			}
		}
		if !ref.bounded() || size == 0 || size == s.space.k {
			continue
		}
		// Labels absent first, then those present.
		absent := 0
		present := len(s.members)
		for j := range s.members {
			if y.Has(j) {
				present--
				s.members[present] = j
			} else {
				s.members[absent] = j
				absent++
			}
		}
		for range len(s.members) - present {
			at, to := present+rng.IntN(len(s.members)-present), rng.IntN(absent)
			out, in := s.members[at], s.members[to]
			s.next[0].Toggle(out)
			s.next[0].Toggle(in)
			if try(ref.odds[in] - ref.odds[out]) {
				s.members[at], s.members[to] = in, out
			}
		}
	}
}
