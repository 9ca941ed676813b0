package structured

import (
	"errors"
	"fmt"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// ConditionalNoiseContrastive is conditional noise contrastive estimation
// (Ceylan, Gutmann 2018): to tell which of two structures was observed and
// which was made of it by the perturbation c,
//
//	loss(x, y) = (1/M) sum_m softplus(-G(y, y_m)),   y_m ~ c(.|y),
//	G(y, y') = g(x,y) + log q(y) + log c(y'|y) - g(x,y') - log q(y') - log c(y|y').
//
// The normaliser cancels, so that it needs no tau, and the noise is near the
// data without having to be fitted. It is unbiased for what it minimises, half
// of the published one, and consistent for p(y|x) if c leads from any structure
// to any other, in steps; with small perturbations it is score matching. It is
// blind to how probable parts of the space are that c does not connect.
type ConditionalNoiseContrastive[Y any] struct {
	// Noise is c; it is needed.
	Noise Perturbation[Y]
	// Samples is M; 0 stands for 10.
	Samples int
}

// String is conditional_nce.
func (ConditionalNoiseContrastive[Y]) String() string { return "conditional_nce" }

// Validate wants Noise, and Samples that are not negative.
func (o ConditionalNoiseContrastive[Y]) Validate() error {
	if o.Noise == nil {
		return errors.New("structured: ConditionalNoiseContrastive.Noise is missing")
	}
	return validateNoise("ConditionalNoiseContrastive", o.Samples)
}

// Bind returns the errors of Validate and of the Noise.
func (o ConditionalNoiseContrastive[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	c, err := o.Noise.Bind(p)
	if err != nil {
		return nil, err
	}
	return &conditionalNoise[Y]{c: c, n: orDefault(o.Samples, 10), space: p.Space, coupling: p.Coupling}, nil
}

type conditionalNoise[Y any] struct {
	c        BoundPerturbation[Y]
	n        int
	space    Space[Y]
	coupling Coupling[Y]
}

type conditionalScratch[Y any] struct {
	ys                   []Y // the observed one, then its perturbations
	s, logq, there, back []float64
}

func (*conditionalNoise[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*conditionalNoise[Y]) UsesTau() bool                { return false }

func (c *conditionalNoise[Y]) NewScratch() Scratch {
	v := func() []float64 { return make([]float64, c.n+1) }
	return &conditionalScratch[Y]{ys: c.space.Make(c.n + 1), s: v(), logq: v(), there: v()[1:], back: v()[1:]}
}

func (c *conditionalNoise[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s, n := scratch.(*conditionalScratch[Y]), float64(c.n)
	for i := range b.Len() {
		if b.partial(i) {
			return fmt.Errorf("objective conditional_nce: %w", ErrPartial)
		}
		c.space.Copy(&s.ys[0], b.Y[i])
		c.c.Sample(s.ys[1:], b.Y[i], stream.Key(b.Key(i), streamSample))
		c.c.LogProb(s.there, s.back, s.ys[1:], b.Y[i])
		c.coupling.Score(s.s, b.Theta(i), s.ys)
		c.space.LogProb(s.logq, s.ys)
		data := s.s[0] + s.logq[0]
		loss, pulled := 0.0, 0.0
		for m := 1; m <= c.n; m++ {
			g := data + s.there[m-1] - s.s[m] - s.logq[m] - s.back[m-1]
			loss += numeric.Softplus(-g) / n
			s.s[m] = b.scale(i) * numeric.Sigmoid(-g) / n
			pulled += s.s[m]
		}
		s.s[0] = -pulled
		b.Loss[i] = loss
		if b.WantsGrad() {
			c.coupling.AddGrad(b.Grad(i), b.Theta(i), s.ys, s.s)
		}
	}
	return nil
}
