package structured

import (
	"errors"
	"fmt"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// UnbiasedContrastiveDivergence estimates the gradient of the likelihood
// without bias by Markov chains of finite, random length (Qiu, Zhang, Wang
// 2020). Two chains with one law, the second a step behind the first, are
// coupled until they meet at the time T = min{t : X_t = Y_{t-1}}. Then, for
// h = grad g(x, .),
//
//	H_{k:l} = 1/(l-k+1) sum_{t=k}^{l} h(X_t)
//	        + sum_{t=k+1}^{T-1} min(1, (t-k)/(l-k+1)) ( h(X_t) - h(Y_{t-1}) )
//
// has the mean E_p[h] (Jacob, O'Leary, Atchadé 2017, eq. 2.1), whatever k and
// l. A larger k makes the correction rarer, and with it the variance lower; a
// larger l averages over the chain. The cost of an example is max(l, T)
// applications of the kernel, the first max(0, T-1) of them to pairs. (Chains
// that are equal at t = 1 are seen to be so at t = 2; their difference is 0.)
//
// T has no bound. Chains that have not met after MaxSteps are given up, with
// the correction so far: the estimate of that example is then biased, and the
// diagnostic capped of the epoch says how often. The loss that is reported
// estimates E_p[g] - g(x, y), which cannot be compared between epochs.
type UnbiasedContrastiveDivergence[Y any] struct {
	// Kernel is the chain; it is needed, and what it binds to must be
	// CoupledChains.
	Kernel Kernel[Y]
	// BurnIn is k.
	BurnIn int
	// Average is the number of states that are averaged, l-k+1; 0 stands for 1.
	Average int
	// Pairs is the number of independent estimates per example; 0 stands
	// for 1.
	Pairs int
	// Start is where chains begin.
	Start Start
	// MaxSteps is the most applications of the kernel per pair; 0 stands for
	// 1,000 more than it needs without meeting.
	MaxSteps int
}

// String is ucd.
func (UnbiasedContrastiveDivergence[Y]) String() string { return "ucd" }

func (o UnbiasedContrastiveDivergence[Y]) last() int { return o.BurnIn + orDefault(o.Average, 1) - 1 }

// Validate wants a Kernel, and MaxSteps that leave room for BurnIn and Average.
func (o UnbiasedContrastiveDivergence[Y]) Validate() error {
	if o.Kernel == nil {
		return errors.New("structured: UnbiasedContrastiveDivergence.Kernel is missing")
	}
	for _, c := range []struct {
		name string
		v    int
	}{{"BurnIn", o.BurnIn}, {"Average", o.Average}, {"Pairs", o.Pairs}, {"MaxSteps", o.MaxSteps}} {
		if c.v < 0 {
			return fmt.Errorf("structured: UnbiasedContrastiveDivergence.%s %d is negative", c.name, c.v)
		}
	}
	if o.MaxSteps > 0 && o.MaxSteps <= o.last() {
		return fmt.Errorf("structured: UnbiasedContrastiveDivergence.MaxSteps %d is not above BurnIn + Average - 1 = %d", o.MaxSteps, o.last())
	}
	return nil
}

// Bind returns the errors of Validate and of the Kernel, one for a Kernel that
// cannot be coupled, and ErrImproper for chains that begin at a reference that
// cannot be drawn from.
func (o UnbiasedContrastiveDivergence[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	chains, err := o.Kernel.Bind(p)
	if err != nil {
		return nil, err
	}
	coupled, ok := chains.(CoupledChains[Y])
	if !ok {
		return nil, fmt.Errorf("structured: the chains of a %T cannot be coupled", o.Kernel)
	}
	start, err := newChainStart(p.Space, o.Start)
	if err != nil {
		return nil, err
	}
	return &unbiased[Y]{
		chains: coupled, first: o.BurnIn, last: o.last(), pairs: orDefault(o.Pairs, 1),
		steps: orDefault(o.MaxSteps, o.last()+1000), start: start, coupling: p.Coupling, data: newDataTerm(p, fenchel.Softmax),
	}, nil
}

type unbiased[Y any] struct {
	chains       CoupledChains[Y]
	first, last  int // k and l
	pairs, steps int
	start        chainStart[Y]
	coupling     Coupling[Y]
	data         dataTerm[Y]
}

type unbiasedScratch[Y any] struct {
	data    dataScratch[Y]
	start   startScratch[Y]
	ys      []Y // X_t and Y_{t-1}
	scores  [2]float64
	weights [2]float64
}

func (*unbiased[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*unbiased[Y]) UsesTau() bool                { return false }
func (*unbiased[Y]) Incomparable() bool           { return true }
func (*unbiased[Y]) Diagnostics() []string        { return []string{"meeting", "capped"} }
func (c *unbiased[Y]) NewScratch() Scratch {
	return &unbiasedScratch[Y]{ys: c.start.space.Make(2)}
}

func (c *unbiased[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*unbiasedScratch[Y])
	for i := range b.Len() {
		mean, meeting, capped := 0.0, 0.0, 0.0
		n := float64(c.pairs)
		for pair := range c.pairs {
			value, met, err := c.estimate(b, i, pair, s)
			if err != nil {
				return err
			}
			mean += value / n
			if met == 0 {
				capped += 1 / n
				met = c.steps
			}
			meeting += float64(met) / n
		}
		b.Diagnose(i, 0, meeting)
		b.Diagnose(i, 1, capped)
		data, err := c.data.evaluate(b, i, &s.data)
		if err != nil {
			return err
		}
		b.Loss[i] = mean + data
	}
	return nil
}

// estimate returns H_{k:l} for the score, adds it for its gradient, and
// returns the meeting time, 0 where the chains did not meet in time.
func (c *unbiased[Y]) estimate(b *Batch[Y], i, pair int, s *unbiasedScratch[Y]) (value float64, met int, err error) {
	theta, key := b.Theta(i), stream.Key(b.Key(i), streamSample, uint64(pair))
	for j := range s.ys {
		if err := c.start.place(&s.ys[j], b, i, 2*pair+j, &s.start); err != nil {
			return 0, 0, err
		}
	}
	length := float64(c.last - c.first + 1)
	for t := 0; ; t++ {
		switch step := stream.Key(key, uint64(t)); {
		case t == 0:
		case t == 1 || met > 0:
			c.chains.Run(s.ys[:1], theta, step)
		case c.chains.RunCoupled(&s.ys[0], &s.ys[1], theta, step):
			met = t
		}
		x, y := 0.0, 0.0 // the factors of h(X_t) and h(Y_{t-1})
		if t >= c.first && t <= c.last {
			x = 1 / length
		}
		if t > c.first && met == 0 {
			y = -min(1, float64(t-c.first)/length)
			x -= y
		}
		value += c.add(b, i, x, y, theta, s)
		if t >= c.last && (met > 0 || t >= c.steps) {
			return value, met, nil
		}
	}
}

// add returns x h(X) + y h(Y) for the score, and adds it for its gradient.
func (c *unbiased[Y]) add(b *Batch[Y], i int, x, y float64, theta Theta, s *unbiasedScratch[Y]) float64 {
	n := 2
	switch {
	case x == 0 && y == 0:
		return 0
	case y == 0:
		n = 1
	}
	c.coupling.Score(s.scores[:n], theta, s.ys[:n])
	if b.WantsGrad() {
		scale := b.Scale[i] / float64(c.pairs)
		s.weights = [2]float64{scale * x, scale * y}
		c.coupling.AddGrad(b.Grad(i), theta, s.ys[:n], s.weights[:n])
	}
	value := x * s.scores[0]
	if n == 2 {
		value += y * s.scores[1]
	}
	return value
}
