package structured

import (
	"errors"
	"fmt"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// PersistentContrastiveDivergence is the gradient of Tieleman (2008): that of
// [ContrastiveDivergence],
//
//	-grad g(x, y) + E[ grad g(x, y~) ],
//
// with chains that go on where they ended when the example was last visited,
// so that they follow the model from epoch to epoch instead of beginning anew.
// Since p(y|x) differs from example to example, so do the chains: each example
// has its own. With a chance to begin anew it is a replay buffer with partial
// re-initialisation (Du, Mordatch 2019).
//
// The bias is that of chains which lag behind the parameters by an epoch; it
// vanishes with the learning rate. As for ContrastiveDivergence the loss that
// is reported, g(x, y~) - g(x, y), cannot be compared between epochs; on
// validation data, which have no chains of their own, chains begin at Start.
type PersistentContrastiveDivergence[Y any] struct {
	// Kernel is the chain, with its number of steps per visit; it is needed.
	Kernel Kernel[Y]
	// Chains is the number of chains per example; 0 stands for 1.
	Chains int
	// Start is where chains begin.
	Start Start
	// Restart is the probability with which a chain begins anew at a visit,
	// in [0, 1]. Du and Mordatch use 0.05.
	Restart float64
}

// String is pcd.
func (PersistentContrastiveDivergence[Y]) String() string { return "pcd" }

// Validate wants a Kernel and a probability.
func (o PersistentContrastiveDivergence[Y]) Validate() error {
	if o.Kernel == nil {
		return errors.New("structured: PersistentContrastiveDivergence.Kernel is missing")
	}
	if o.Chains < 0 {
		return errors.New("structured: PersistentContrastiveDivergence.Chains is negative")
	}
	if !(o.Restart >= 0 && o.Restart <= 1) {
		return fmt.Errorf("structured: PersistentContrastiveDivergence.Restart %g is not a probability", o.Restart)
	}
	return nil
}

// Bind returns the errors of Validate and of the Kernel, and ErrImproper for
// chains that begin at a reference that cannot be drawn from.
func (o PersistentContrastiveDivergence[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	chains, err := o.Kernel.Bind(p)
	if err != nil {
		return nil, err
	}
	start, err := newChainStart(p.Space, o.Start)
	if err != nil {
		return nil, err
	}
	return &persistent[Y]{
		chains: chains, n: orDefault(o.Chains, 1), restart: o.Restart, start: start,
		coupling: p.Coupling, data: newDataTerm(p, fenchel.Softmax),
	}, nil
}

type persistent[Y any] struct {
	chains   Chains[Y]
	n        int
	restart  float64
	start    chainStart[Y]
	coupling Coupling[Y]
	data     dataTerm[Y]
}

func (*persistent[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*persistent[Y]) UsesTau() bool                { return false }
func (*persistent[Y]) Incomparable() bool           { return true }
func (c *persistent[Y]) Memory() int                { return c.n }
func (c *persistent[Y]) NewScratch() Scratch        { return newChainScratch(c.start.space, c.n) }

func (c *persistent[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*chainScratch[Y])
	for i := range b.Len() {
		known := b.Recall(i, s.ys)
		rng := s.restart.At(stream.Key(b.Key(i), streamRestart))
		for m := range s.ys {
			if u := rng.Float64(); known && u >= c.restart {
				continue
			}
			if err := c.start.place(&s.ys[m], b, i, m, &s.start); err != nil {
				return err
			}
		}
		c.chains.Run(s.ys, b.Theta(i), stream.Key(b.Key(i), streamSample))
		b.Remember(i, s.ys)
		var err error
		if b.Loss[i], err = s.contrast(b, i, c.coupling, &c.data); err != nil {
			return err
		}
	}
	return nil
}
