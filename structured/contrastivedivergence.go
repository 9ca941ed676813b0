package structured

import (
	"errors"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// ContrastiveDivergence is the gradient of Hinton (2002): that of the
// likelihood, with samples of the model replaced by the ends of short Markov
// chains that start at the data,
//
//	-grad g(x, y) + E[ grad g(x, y~) ],   y~ = chain(y).
//
// It is biased unless the chains are long, and is the gradient of no function:
// the loss it reports, g(x, y~) - g(x, y), cannot be compared between epochs,
// so that validation is by the likelihood unless Config.StopOn says otherwise.
type ContrastiveDivergence[Y any] struct {
	// Kernel is the chain, with its number of steps; it is needed.
	Kernel Kernel[Y]
	// Chains is the number of chains per example; 0 stands for 1.
	Chains int
}

// String is cd.
func (ContrastiveDivergence[Y]) String() string { return "cd" }

// Validate wants a Kernel.
func (o ContrastiveDivergence[Y]) Validate() error {
	if o.Kernel == nil {
		return errors.New("structured: ContrastiveDivergence.Kernel is missing")
	}
	if o.Chains < 0 {
		return errors.New("structured: ContrastiveDivergence.Chains is negative")
	}
	return nil
}

// Bind returns the errors of Validate and of the Kernel.
func (o ContrastiveDivergence[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	chains, err := o.Kernel.Bind(p)
	if err != nil {
		return nil, err
	}
	return &contrastiveDivergence[Y]{
		chains: chains, n: orDefault(o.Chains, 1), start: chainStart[Y]{space: p.Space},
		coupling: p.Coupling, data: newDataTerm(p, fenchel.Softmax),
	}, nil
}

type contrastiveDivergence[Y any] struct {
	chains   Chains[Y]
	n        int
	start    chainStart[Y]
	coupling Coupling[Y]
	data     dataTerm[Y]
}

type chainScratch[Y any] struct {
	data    dataScratch[Y]
	start   startScratch[Y]
	restart stream.Source
	ys      []Y
	scores  []float64
}

func newChainScratch[Y any](s Space[Y], n int) *chainScratch[Y] {
	return &chainScratch[Y]{ys: s.Make(n), scores: make([]float64, n)}
}

// contrast is the loss of example i, E[g(x, y~)] - g(x, y) over the chains in
// s, and adds its gradient with the y~ held fixed.
func (s *chainScratch[Y]) contrast(b *Batch[Y], i int, c Coupling[Y], d *dataTerm[Y]) (float64, error) {
	theta, n, mean := b.Theta(i), float64(len(s.ys)), 0.0
	c.Score(s.scores, theta, s.ys)
	for m, g := range s.scores {
		mean += g / n
		s.scores[m] = b.scale(i) / n
	}
	if b.WantsGrad() {
		c.AddGrad(b.Grad(i), theta, s.ys, s.scores)
	}
	data, err := d.evaluate(b, i, &s.data)
	return mean + data, err
}

func (*contrastiveDivergence[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*contrastiveDivergence[Y]) UsesTau() bool                { return false }
func (*contrastiveDivergence[Y]) Incomparable() bool           { return true }

func (c *contrastiveDivergence[Y]) NewScratch() Scratch {
	return newChainScratch(c.start.space, c.n)
}

func (c *contrastiveDivergence[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*chainScratch[Y])
	for i := range b.Len() {
		for m := range s.ys {
			if err := c.start.place(&s.ys[m], b, i, m, &s.start); err != nil {
				return err
			}
		}
		c.chains.Run(s.ys, b.Theta(i), stream.Key(b.Key(i), streamSample))
		var err error
		if b.Loss[i], err = s.contrast(b, i, c.coupling, &c.data); err != nil {
			return err
		}
	}
	return nil
}
