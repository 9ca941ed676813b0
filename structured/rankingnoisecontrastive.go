package structured

import (
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// RankingNoiseContrastive is the ranking form of noise contrastive estimation
// (Jozefowicz et al. 2016; Ma, Collins 2018): to pick the observed structure y
// among M draws of the noise r,
//
//	loss(x, y) = log sum_{m=0}^{M} exp s(y_m) - s(y),   y_0 = y,
//	s(y) = g(x,y) + log q(y) - log r(y|x).
//
// Whatever depends on x alone cancels, so that it needs no tau, and is
// consistent for p(y|x) with any M, in g up to a function of x. As M grows the
// gradient tends to that of the likelihood.
//
// With Around for a proposal, and with or without a Jitter, it is the NCE+ or
// the NCE of Gustafsson, Danelljan, Timofte and Schön (2020) for regression.
type RankingNoiseContrastive[Y any] struct {
	// Samples is M; 0 stands for 100.
	Samples int
	// Proposal is the noise, and has to know its probabilities
	// (DensityProposal) unless it is Around the data; nil stands for the
	// reference.
	Proposal Proposal[Y]
	// Jitter moves the observed structure before it is compared; nil for none.
	// Beside noise Around the data it keeps the observed structure from being
	// always the one in the middle.
	Jitter Perturbation[Y]
}

// String is ranking_nce.
func (RankingNoiseContrastive[Y]) String() string { return "ranking_nce" }

// Validate wants Samples that are not negative.
func (o RankingNoiseContrastive[Y]) Validate() error {
	return validateNoise("RankingNoiseContrastive", o.Samples)
}

// Bind returns the errors of Validate, of the Proposal and of the Jitter,
// ErrNoDensity, and ErrImproper.
func (o RankingNoiseContrastive[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	n, err := bindNoise(p, o.String(), o.Samples, o.Proposal, o.Jitter)
	if err != nil {
		return nil, err
	}
	if err := n.weighable(); err != nil {
		return nil, err
	}
	n.independent() // the observed one hides among them only then
	return &rankingNoiseContrastive[Y]{n}, n.notAdversarial(o.String())
}

type rankingNoiseContrastive[Y any] struct{ noise[Y] }

func (*rankingNoiseContrastive[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*rankingNoiseContrastive[Y]) UsesTau() bool                { return false }
func (c *rankingNoiseContrastive[Y]) Incomparable() bool         { return c.learner != nil || c.follows() }

func (c *rankingNoiseContrastive[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*noiseScratch[Y])
	for i := range b.Len() {
		if err := c.gather(b, i, s); err != nil {
			return err
		}
		l := numeric.LogSumExp(s.s)
		b.Loss[i] = l - s.s[0]
		if b.WantsGrad() {
			for m, v := range s.s {
				s.weight[m] = math.Exp(v - l)
			}
			s.weight[0]--
			c.pull(b, i, s.weight, s)
		}
		if err := c.learn(b, i, s.ys[1:], s.s[1:], s); err != nil {
			return err
		}
	}
	return nil
}
