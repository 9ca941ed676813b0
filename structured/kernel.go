package structured

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// A Kernel is a Markov chain on structures whose law tends to a model's,
// p(y) proportional to q(y) exp Phi(theta, y).
type Kernel[Y any] interface {
	// Bind fits the chain to a problem, or says why it does not fit.
	Bind(p Problem[Y]) (Chains[Y], error)
}

// Chains is a Kernel for a problem. It is immutable and safe for concurrent
// use.
type Chains[Y any] interface {
	// Run moves every structure of ys along a chain of its own, in place. The
	// random numbers of chain m derive from key and m.
	Run(ys []Y, theta Theta, key uint64)
}

// CoupledChains are Chains that can move two structures together, as unbiased
// estimators need (Jacob, O'Leary, Atchadé 2017).
type CoupledChains[Y any] interface {
	Chains[Y]
	// RunCoupled moves x and y in place, each of them with the law of Run, so
	// that they have a chance to become equal, and stay equal once they are.
	// It reports whether they are equal.
	RunCoupled(x, y *Y, theta Theta, key uint64) (met bool)
}

// Start says where Markov chains begin.
type Start int

const (
	// AtData is at the observed structure, or at completions of what was
	// observed.
	AtData Start = iota
	// AtReference is at draws from the reference.
	AtReference
)

// String is at_data or at_reference.
func (s Start) String() string {
	switch s {
	case AtData:
		return "at_data"
	case AtReference:
		return "at_reference"
	}
	return fmt.Sprintf("Start(%d)", int(s))
}

// chainStart puts chains where they begin.
type chainStart[Y any] struct {
	space Space[Y]
	at    Start
}

func newChainStart[Y any](s Space[Y], at Start) (chainStart[Y], error) {
	switch at {
	case AtData:
		return chainStart[Y]{s, at}, nil
	case AtReference:
		return chainStart[Y]{s, at}, drawable(s)
	}
	return chainStart[Y]{}, fmt.Errorf("structured: unknown Start %d", int(at))
}

type startScratch[Y any] struct {
	one    []Y
	logq   [1]float64
	source stream.Source
}

// place overwrites *dst with the start of chain m of example i.
func (c chainStart[Y]) place(dst *Y, b *Batch[Y], i, m int, s *startScratch[Y]) error {
	if c.at == AtData && !b.partial(i) {
		c.space.Copy(dst, b.Y[i])
		return nil
	}
	if s.one == nil {
		s.one = c.space.Make(1)
	}
	rng := s.source.At(stream.Key(b.Key(i), streamEvidence, uint64(m)))
	if c.at == AtReference {
		c.space.Sample(s.one, rng)
	} else {
		completer, ok := c.space.(Completer[Y])
		if !ok {
			return &unsupportedEvidence{}
		}
		if _, _, _, err := completer.Complete(s.one, s.logq[:], b.Evidence[i], rng); err != nil {
			return err
		}
	}
	c.space.Copy(dst, s.one[0])
	return nil
}
