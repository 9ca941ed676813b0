package structured

import (
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// NoiseContrastive is noise contrastive estimation (Gutmann, Hyvärinen 2010):
// the model, with tau(x) for its log-partition, learns to tell the observed
// structure from nu draws of the noise r,
//
//	loss(x, y) = softplus(-h(y)) + sum_m softplus(h(y_m)),
//	h(y) = g(x,y) + log q(y) - tau(x) - log r(y|x) - log nu,
//
// the sum of the cross-entropies of nu+1 decisions. It is unbiased for what it
// minimises, whose optimum over g and tau together is the distribution of the
// data, normalised: tau = log Z. With nu its gradient tends to that of the
// likelihood; with noise far from the data it learns little. A loss of one
// epoch compares with another only as long as the noise is the same.
//
// A Learned proposal is noise that adapts: to the model, to the data, or
// against the model.
type NoiseContrastive[Y any] struct {
	// Samples is nu; 0 stands for 100.
	Samples int
	// Proposal is the noise, and has to know its probabilities
	// (DensityProposal) unless it is Around the data; nil stands for the
	// reference.
	Proposal Proposal[Y]
	// Jitter moves the observed structure before it is compared, for labels
	// that are not exact (NCE+; Gustafsson, Danelljan, Timofte, Schön 2020);
	// nil for none. What is learned is then the distribution of what is moved.
	Jitter Perturbation[Y]
}

// String is nce.
func (NoiseContrastive[Y]) String() string { return "nce" }

// Validate wants Samples that are not negative.
func (o NoiseContrastive[Y]) Validate() error { return validateNoise("NoiseContrastive", o.Samples) }

// Bind returns the errors of Validate, of the Proposal and of the Jitter,
// ErrNoDensity, and ErrImproper.
func (o NoiseContrastive[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	n, err := bindNoise(p, o.String(), o.Samples, o.Proposal, o.Jitter)
	if err != nil {
		return nil, err
	}
	return &noiseContrastive[Y]{n}, n.weighable()
}

type noiseContrastive[Y any] struct{ noise[Y] }

func (*noiseContrastive[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*noiseContrastive[Y]) UsesTau() bool                { return true }

// adversarial reports whether the noise climbs the loss.
func (c *noiseContrastive[Y]) adversarial() bool {
	return c.learner != nil && c.learner.Teacher() == Adversarial
}

func (c *noiseContrastive[Y]) Incomparable() bool { return c.learner != nil || c.follows() }

func (c *noiseContrastive[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s, logNu := scratch.(*noiseScratch[Y]), math.Log(float64(c.n))
	for i := range b.Len() {
		if err := c.gather(b, i, s); err != nil {
			return err
		}
		h := s.s
		for m := range h {
			h[m] -= b.Tau[i] + logNu
		}
		loss := numeric.Softplus(-h[0])
		for _, v := range h[1:] {
			loss += numeric.Softplus(v)
		}
		b.Loss[i] = loss
		if b.WantsGrad() {
			if c.adversarial() {
				c.climb(b, i, s)
			}
			s.weight[0] = -numeric.Sigmoid(-h[0])
			for m, v := range h[1:] {
				s.weight[m+1] = numeric.Sigmoid(v)
			}
			for _, w := range s.weight {
				b.DTau[i] -= b.Scale[i] * w
			}
			c.pull(b, i, s.weight, s)
		}
		if err := c.learn(b, i, s.ys[1:], h[1:], s); err != nil {
			return err
		}
	}
	return nil
}

// climb adds the gradient of minus the loss with respect to the noise: through
// the log r in h, and through the law of the draws, by REINFORCE with the mean
// of the other draws for a baseline.
func (c *noiseContrastive[Y]) climb(b *Batch[Y], i int, s *noiseScratch[Y]) {
	mean, n := 0.0, float64(c.n)
	for _, v := range s.s[1:] {
		mean += numeric.Softplus(v) / n
	}
	s.weight[0] = -b.Scale[i] * numeric.Sigmoid(-s.s[0])
	for m, v := range s.s[1:] {
		reward := numeric.Softplus(v)
		if c.n > 1 {
			reward = (reward - mean) * n / (n - 1)
		}
		s.weight[m+1] = -b.Scale[i] * (reward - numeric.Sigmoid(v))
	}
	c.learner.AddGradLogProb(b.Grad(i).Aux, b.Theta(i), s.ys, s.weight)
}
