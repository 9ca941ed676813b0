package structured

import (
	"errors"
	"fmt"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// MinMax is the adversarial objective
//
//	min_g max_p  E_{y'~p(.|x)}[ g(x,y') - log p(y'|x) + log q(y') ] - g(x, y),
//
// whose inner maximum, over all p, is log Z(x) - g(x, y): any p gives a lower
// bound of it (the min-max baseline of Sander et al. 2025). p is a second
// network, Config.Auxiliary, trained by REINFORCE with the mean reward of the
// other samples for a baseline (Kool, van Hoof, Welling 2019); its gradient is
// unbiased, of high variance. The loss it reports rises with p as well as it
// falls with g, so that validation is by the likelihood unless Config.StopOn
// says otherwise.
type MinMax[Y any] struct {
	// Family is what p is made of; it is needed.
	Family Family[Y]
	// Samples is the number of draws from p per example, at least 2; 0 stands
	// for 10.
	Samples int
}

// String is minmax.
func (MinMax[Y]) String() string { return "minmax" }

// Validate wants a Family and at least 2 Samples.
func (o MinMax[Y]) Validate() error {
	if o.Family == nil {
		return errors.New("structured: MinMax.Family is missing")
	}
	if s := orDefault(o.Samples, 10); s < 2 {
		return fmt.Errorf("structured: MinMax.Samples %d is below 2", s)
	}
	return nil
}

// Bind returns the errors of Validate and of the Family.
func (o MinMax[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	family, err := o.Family.Bind(p)
	if err != nil {
		return nil, err
	}
	return &minMax[Y]{
		family: family, n: orDefault(o.Samples, 10), space: p.Space, coupling: p.Coupling, data: newDataTerm(p, fenchel.Softmax),
	}, nil
}

type minMax[Y any] struct {
	family   BoundFamily[Y]
	n        int
	space    Space[Y]
	coupling Coupling[Y]
	data     dataTerm[Y]
}

type minMaxScratch[Y any] struct {
	data                      dataScratch[Y]
	ys                        []Y
	score, logp, logq, reward []float64
}

func (*minMax[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*minMax[Y]) UsesTau() bool                { return false }
func (*minMax[Y]) Incomparable() bool           { return true }
func (c *minMax[Y]) AuxLogits() int             { return c.family.NumLogits() }

func (c *minMax[Y]) NewScratch() Scratch {
	v := func() []float64 { return make([]float64, c.n) }
	return &minMaxScratch[Y]{ys: c.space.Make(c.n), score: v(), logp: v(), logq: v(), reward: v()}
}

func (c *minMax[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s, p, n := scratch.(*minMaxScratch[Y]), c.family.NumLogits(), float64(c.n)
	for i := range b.Len() {
		theta, phi := b.Theta(i), b.Aux[i*p:(i+1)*p]
		c.family.Sample(s.ys, s.logp, phi, stream.Key(b.Key(i), streamSample))
		c.coupling.Score(s.score, theta, s.ys)
		c.space.LogProb(s.logq, s.ys)
		mean := 0.0
		for m := range s.reward {
			s.reward[m] = s.score[m] - s.logp[m] + s.logq[m]
			mean += s.reward[m] / n
		}
		if b.WantsGrad() {
			for m, r := range s.reward {
				s.score[m] = b.Scale[i] / n
				// Up the bound, with the mean of the other rewards taken off.
				s.reward[m] = -b.Scale[i] * (r - mean) / (n - 1)
			}
			c.coupling.AddGrad(b.Grad(i), theta, s.ys, s.score)
			c.family.AddGradLogProb(b.DAux[i*p:(i+1)*p], phi, s.ys, s.reward)
		}
		data, err := c.data.evaluate(b, i, &s.data)
		if err != nil {
			return err
		}
		b.Loss[i] = mean + data
	}
	return nil
}
