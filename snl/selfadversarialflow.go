package snl

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// SelfAdversarialFlow trains an energy as the critic of the generator that its
// own gradient flow is (Xiao, Yan, Amit 2021): with E = -g - log q and G the
// Flow,
//
//	loss(x, y) = E(x, y) - (1/M) sum_m E(x, G(z_m)),   z_m ~ noise,
//
// of which the gradient is taken with G held fixed. It is the gradient of
// contrastive divergence from noise, with the noise of the Langevin steps left
// out: no likelihood, and consistent for the model's density in no sense that
// is known. What it trains is the generator, whose density is a FlowDensity.
//
// The loss is that of no function and cannot be compared between epochs, so that
// validation is by the likelihood of the model unless Config.StopOn says
// otherwise; see FlowNLL. A flow that runs away ends training with a
// *structured.DivergedError: take smaller steps. An example costs M Steps
// gradients in y, and nothing is drawn but the start.
type SelfAdversarialFlow struct {
	// Flow is G.
	Flow Flow
	// Samples is M; 0 stands for 1.
	Samples int
}

// String is self_adversarial.
func (SelfAdversarialFlow) String() string { return "self_adversarial" }

// Validate reports the first setting that makes no sense, if any.
func (o SelfAdversarialFlow) Validate() error {
	if o.Samples < 0 {
		return fmt.Errorf("snl: SelfAdversarialFlow.Samples %d is negative", o.Samples)
	}
	return o.Flow.Validate()
}

// Bind returns the errors of Validate, an *OrderError for a coupling that is not
// Smooth, ErrBounded, an error for a base without a gradient, and
// structured.ErrImproper where there is no noise to begin at.
func (o SelfAdversarialFlow) Bind(p structured.Problem[Point]) (structured.Criterion[Point], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	f, err := o.Flow.bind(p, "SelfAdversarialFlow", 1)
	if err != nil {
		return nil, err
	}
	return &selfAdversarial{flow: f, space: p.Space.(*Space), n: orDefault(o.Samples, 1)}, nil
}

type selfAdversarial struct {
	unnormalised
	flow  *flow
	space *Space
	n     int
}

type selfAdversarialScratch struct {
	scoreScratch
	points       scratch // the data, then the ends of flows
	scores, logq []float64
}

var _ structured.Incomparable = (*selfAdversarial)(nil)

func (*selfAdversarial) Incomparable() bool               { return true }
func (c *selfAdversarial) NewScratch() structured.Scratch { return new(selfAdversarialScratch) }

func (c *selfAdversarial) Evaluate(b *structured.Batch[Point], scratch structured.Scratch) error {
	s := scratch.(*selfAdversarialScratch)
	return eachTheta("self_adversarial", b, func(lo, hi int) { c.run(b, s, lo, hi) })
}

func (c *selfAdversarial) run(b *structured.Batch[Point], s *selfAdversarialScratch, lo, hi int) {
	theta, n := b.Theta(lo), hi-lo
	ys := s.points.makePoints(n*(1+c.n), c.space.dim)
	for i := range n {
		copy(ys[i], b.Y[lo+i])
		c.flow.noise.Sample(ys[n+i*c.n:n+(i+1)*c.n], b.Rand(lo+i))
	}
	c.flow.run(ys[n:], theta, &s.scoreScratch)
	s.scores, s.logq = numeric.Grow(s.scores, len(ys)), numeric.Grow(s.logq, len(ys))
	c.flow.field.smooth.Score(s.scores, theta, ys)
	c.space.LogProb(s.logq, ys)
	for i := range n {
		scale, weight := scaleOf(b, lo+i), scaleOf(b, lo+i)/float64(c.n)
		mean := 0.0
		for at := n + i*c.n; at < n+(i+1)*c.n; at++ {
			mean += (s.scores[at] + s.logq[at]) / float64(c.n)
			s.scores[at] = weight
		}
		b.Loss[lo+i] = mean - s.scores[i] - s.logq[i]
		s.scores[i] = -scale
	}
	if b.WantsGrad() {
		c.flow.field.smooth.AddGrad(b.Grad(lo), theta, ys, s.scores)
	}
}
