package structured

import (
	"errors"

	"github.com/gibbs-ebm/gibbs/fenchel"
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
		chains: chains, n: orDefault(o.Chains, 1), space: p.Space, coupling: p.Coupling, data: newDataTerm(p, fenchel.Softmax),
	}, nil
}

type contrastiveDivergence[Y any] struct {
	chains   Chains[Y]
	n        int
	space    Space[Y]
	coupling Coupling[Y]
	data     dataTerm[Y]
}

type chainScratch[Y any] struct {
	data   dataScratch[Y]
	ys     []Y
	scores []float64
}

func (*contrastiveDivergence[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*contrastiveDivergence[Y]) UsesTau() bool                { return false }
func (*contrastiveDivergence[Y]) surrogate()                   {}

func (c *contrastiveDivergence[Y]) NewScratch() Scratch {
	return &chainScratch[Y]{ys: c.space.Make(c.n), scores: make([]float64, c.n)}
}

func (c *contrastiveDivergence[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*chainScratch[Y])
	for i := range b.Len() {
		theta := b.Theta(i)
		if err := c.start(b, i, s); err != nil {
			return err
		}
		c.chains.Run(s.ys, theta, stream.Key(b.Key(i), streamSample))
		c.coupling.Score(s.scores, theta, s.ys)
		mean := 0.0
		for m, g := range s.scores {
			mean += g / float64(c.n)
			s.scores[m] = b.scale(i) / float64(c.n)
		}
		if b.WantsGrad() {
			c.coupling.AddGrad(b.Grad(i), theta, s.ys, s.scores)
		}
		data, err := c.data.evaluate(b, i, &s.data)
		if err != nil {
			return err
		}
		b.Loss[i] = mean + data
	}
	return nil
}

// start puts the chains at the data, or at completions of it.
func (c *contrastiveDivergence[Y]) start(b *Batch[Y], i int, s *chainScratch[Y]) error {
	if b.Evidence == nil || b.Evidence[i] == nil {
		for m := range s.ys {
			c.space.Copy(&s.ys[m], b.Y[i])
		}
		return nil
	}
	completer, ok := c.space.(Completer[Y])
	if !ok {
		return &unsupportedEvidence{}
	}
	ys, logq := c.space.Make(1), make([]float64, 1)
	for m := range s.ys {
		rng := stream.New(stream.Key(b.Key(i), streamEvidence, uint64(m)))
		if _, _, _, err := completer.Complete(ys, logq, b.Evidence[i], rng); err != nil {
			return err
		}
		c.space.Copy(&s.ys[m], ys[0])
	}
	return nil
}
