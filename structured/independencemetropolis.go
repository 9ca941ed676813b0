package structured

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// IndependenceMetropolis is the Markov chain over any space that proposes
// draws from one distribution r wherever it is, and accepts y' after y with
// probability
//
//	min( 1, w(y')/w(y) ),   w = q exp(g) / r
//
// (Tierney 1994). It mixes as fast as r resembles the model: geometrically at
// the rate 1 - 1/max(p/r), in no useful time where that is large. Two chains
// that are given the same proposals and the same chance meet as soon as both
// accept, so that it can be coupled.
type IndependenceMetropolis[Y any] struct {
	// Proposal is r, and has to know its probabilities (DensityProposal); nil
	// stands for the reference.
	Proposal Proposal[Y]
	// Steps is the number of steps of a run; 0 stands for 1.
	Steps int
}

// Bind returns the errors of the Proposal, ErrNoDensity, and ErrImproper.
func (k IndependenceMetropolis[Y]) Bind(p Problem[Y]) (Chains[Y], error) {
	if k.Steps < 0 {
		return nil, fmt.Errorf("structured: IndependenceMetropolis.Steps %d is negative", k.Steps)
	}
	s, err := newSource(p, k.Proposal)
	if err != nil {
		return nil, err
	}
	s.independent()
	if s.density == nil && !s.reference() {
		return nil, fmt.Errorf("IndependenceMetropolis: %w", ErrNoDensity)
	}
	if s.learner != nil {
		return nil, fmt.Errorf("structured: IndependenceMetropolis: nothing trains a learned proposal here")
	}
	c := &independence[Y]{source: s, steps: orDefault(k.Steps, 1), coupling: p.Coupling}
	c.encoder, _ = p.Space.(Encoder[Y])
	return c, nil
}

type independence[Y any] struct {
	source   source[Y]
	steps    int
	coupling Coupling[Y]
	encoder  Encoder[Y] // nil if structures cannot be compared
	idle     sync.Pool  // of *independenceScratch
}

type independenceScratch[Y any] struct {
	ys               []Y       // proposed, one per step
	logw, logr, logq []float64 // of them
	pair             []Y       // the two that move
	two              [2][]uint64
	source           stream.Source
}

func (c *independence[Y]) scratch() *independenceScratch[Y] {
	if s, ok := c.idle.Get().(*independenceScratch[Y]); ok {
		return s
	}
	n := max(2, c.steps)
	s := &independenceScratch[Y]{ys: c.source.space.Make(c.steps)}
	s.logw, s.logr, s.logq = make([]float64, n), make([]float64, n), make([]float64, n)
	if c.encoder != nil {
		for i := range s.two {
			s.two[i] = make([]uint64, c.encoder.Words())
		}
	}
	return s
}

// weigh overwrites s.logw with log w of the structures.
func (c *independence[Y]) weigh(ys []Y, theta Theta, s *independenceScratch[Y]) []float64 {
	n := len(ys)
	c.coupling.Score(s.logw[:n], theta, ys)
	if !c.source.reference() {
		c.source.space.LogProb(s.logq[:n], ys)
		c.source.density.LogProb(s.logr[:n], ys, theta)
		for i := range ys {
			s.logw[i] += s.logq[i] - s.logr[i]
		}
	}
	return s.logw[:n]
}

// propose fills s with the proposals of a run and their weights.
func (c *independence[Y]) propose(theta Theta, key uint64, s *independenceScratch[Y]) []float64 {
	if p := c.source.proposal; p != nil {
		p.Sample(s.ys, s.logr[:c.steps], theta, stream.Key(key, 1))
	} else {
		c.source.space.Sample(s.ys, s.source.At(stream.Key(key, 1)))
	}
	return c.weigh(s.ys, theta, s)
}

func (c *independence[Y]) Run(ys []Y, theta Theta, key uint64) {
	s := c.scratch()
	defer c.idle.Put(s)
	for m := range ys {
		c.run(s, ys[m:m+1], theta, stream.Key(key, uint64(m)))
	}
}

// RunCoupled gives both chains the same proposals and the same chance.
func (c *independence[Y]) RunCoupled(x, y *Y, theta Theta, key uint64) bool {
	s := c.scratch()
	defer c.idle.Put(s)
	s.pair = append(s.pair[:0], *x, *y)
	met := c.run(s, s.pair, theta, stream.Key(key, 0))
	*x, *y = s.pair[0], s.pair[1]
	return met
}

// run moves the one or two structures of ys by the steps of a chain, with the
// same proposals, and reports whether they are equal in the end.
func (c *independence[Y]) run(s *independenceScratch[Y], ys []Y, theta Theta, key uint64) bool {
	var at [2]float64
	copy(at[:], c.weigh(ys, theta, s))
	proposed := c.propose(theta, key, s)
	rng := s.source.At(stream.Key(key, 2))
	met := c.equal(ys, s)
	for t, w := range proposed {
		u, accepted := rng.Float64(), 0
		for i := range ys {
			if u < math.Exp(w-at[i]) {
				c.source.space.Copy(&ys[i], s.ys[t])
				at[i] = w
				accepted++
			}
		}
		met = met || accepted == len(ys)
	}
	return met
}

// accept reports whether a move that gains so much log probability is made.
func accept(gain, u float64) bool { return gain >= 0 || u < math.Exp(gain) }

// equal reports whether two structures are known to be the same.
func (c *independence[Y]) equal(ys []Y, s *independenceScratch[Y]) bool {
	if len(ys) < 2 || c.encoder == nil {
		return false
	}
	for i, y := range ys {
		c.encoder.Encode(s.two[i], y)
	}
	return slices.Equal(s.two[0], s.two[1])
}
