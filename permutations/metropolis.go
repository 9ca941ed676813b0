package permutations

import (
	"fmt"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Metropolis runs Markov chains on orderings whose law tends to the model,
// p(y|x) proportional to q(y) exp g(x,y) (Metropolis et al. 1953): a step
// proposes to swap two labels and accepts with probability
// min(1, p(proposed)/p(current)). It is a sampler for any k and any coupling,
// consistent in the number of steps and not exact for any.
//
// A step costs O(1) for the permutahedron and Birkhoff, O(k) for preferences
// (the distance of the ranks that are swapped), O(k) more for a reference that
// is not uniform, and two evaluations of a score for other couplings.
type Metropolis struct {
	// Steps is the number of steps of every chain; 0 stands for 10 k.
	Steps int
	// Swap is how steps are proposed.
	Swap Swap
}

// Swap says which labels a step may swap. Every k-th step on average stays
// where it is: without that, chains at a flat model would go back and forth
// between the even and the odd permutations.
type Swap int

const (
	// AnySwap swaps the labels at two ranks drawn independently and uniformly.
	AnySwap Swap = iota
	// AdjacentSwap swaps a label with the next one: more steps are accepted
	// where the model is sure, but labels move by one rank at a time.
	AdjacentSwap
)

func (s Swap) String() string {
	switch s {
	case AnySwap:
		return "any"
	case AdjacentSwap:
		return "adjacent"
	}
	return fmt.Sprintf("Swap(%d)", int(s))
}

// Validate reports the first setting that makes no sense, if any.
func (m Metropolis) Validate() error {
	if m.Steps < 0 {
		return fmt.Errorf("permutations: Metropolis.Steps %d is negative", m.Steps)
	}
	if m.Swap != AnySwap && m.Swap != AdjacentSwap {
		return fmt.Errorf("permutations: unknown Metropolis.Swap %d", int(m.Swap))
	}
	return nil
}

// swapper is implemented by couplings that know at once what a swap gains.
type swapper interface {
	// swapGain is the change of the score of y if the labels at the ranks r
	// and s, which differ, are swapped.
	swapGain(theta structured.Theta, y Ordering, r, s int) float64
}

// Bind makes the sampler ready for a coupling and a *Space.
func (m Metropolis) Bind(p structured.Problem[Ordering]) (structured.Chains[Ordering], error) {
	return m.bind(p)
}

func (m Metropolis) bind(p structured.Problem[Ordering]) (*metropolis, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	space, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("permutations: Metropolis over a space of type %T: want *permutations.Space", p.Space)
	}
	c := &metropolis{steps: m.Steps, swap: m.Swap, space: space, coupling: p.Coupling}
	if c.steps == 0 {
		c.steps = 10 * space.k
	}
	c.gains, _ = p.Coupling.(swapper)
	return c, nil
}

// metropolis is Metropolis bound to a model.
type metropolis struct {
	steps    int
	swap     Swap
	space    *Space
	coupling structured.Coupling[Ordering]
	gains    swapper // nil for couplings of users
	idle     sync.Pool
}

type chain struct {
	source stream.Source
	one    [1]Ordering
	value  [2]float64
}

// Run moves every ordering of ys by the steps of a chain of its own, in place.
// The random numbers of chain m derive from key and m.
func (c *metropolis) Run(ys []Ordering, theta structured.Theta, key uint64) {
	c.run(ys, theta, 1, key)
}

// run is Run under q exp(b g).
func (c *metropolis) run(ys []Ordering, theta structured.Theta, b float64, key uint64) {
	s, ok := c.idle.Get().(*chain)
	if !ok {
		s = &chain{}
	}
	defer c.idle.Put(s)
	uniform := c.space.Uniform()
	for m, y := range ys {
		rng := s.source.At(stream.Key(key, uint64(m)))
		s.one[0] = y
		rest := c.rest(s, theta, b, uniform)
		for range c.steps {
			r := rng.IntN(len(y))
			to := r + 1
			if c.swap == AnySwap {
				to = rng.IntN(len(y))
			}
			if to == r || to == len(y) {
				continue
			}
			gain := 0.0
			if c.gains != nil {
				gain = b * c.gains.swapGain(theta, y, r, to)
			}
			y[r], y[to] = y[to], y[r]
			next := rest
			if c.gains == nil || !uniform {
				next = c.rest(s, theta, b, uniform)
			}
			gain += next - rest
			if gain >= 0 || rng.Float64() < math.Exp(gain) {
				rest = next
			} else {
				y[r], y[to] = y[to], y[r]
			}
		}
	}
}

// rest is the part of log q + b g that swapGain does not cover.
func (c *metropolis) rest(s *chain, theta structured.Theta, b float64, uniform bool) float64 {
	v := 0.0
	if !uniform {
		c.space.LogProb(s.value[:1], s.one[:])
		v += s.value[0]
	}
	if c.gains == nil {
		c.coupling.Score(s.value[1:], theta, s.one[:])
		v += b * s.value[1]
	}
	return v
}
