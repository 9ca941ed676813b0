package structured

import (
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// ImportanceSampledLikelihood is maximum likelihood with the log-partition
// replaced by the log of its estimate from M draws of a proposal r,
//
//	loss(x, y) = log (1/M) sum_m exp s(y_m) - g(x,y) - log q(y),
//	s(y) = g(x,y) + log q(y) - log r(y|x).
//
// Its mean is below -log p(y|x), by about the variance of the weights over
// 2 M: it is biased, and with few draws it can be lowered by scores that the
// draws do not see. MinMin is the same without that bias.
//
// With a Target it is the divergence of a distribution of labels around the
// observed one from the model, KL(c(.|y), p(.|x)) up to a constant, estimated
// with the same draws (Gustafsson, Danelljan, Timofte, Schön 2020):
//
//	loss(x, y) = log (1/M) sum_m exp s(y_m)
//	           - (1/M) sum_m c(y_m|y)/r(y_m|x) ( g(x,y_m) + log q(y_m) ).
type ImportanceSampledLikelihood[Y any] struct {
	// Samples is M; 0 stands for 100.
	Samples int
	// Proposal is r; nil stands for the reference.
	Proposal Proposal[Y]
	// Target is c; nil stands for the observed structure itself.
	Target Perturbation[Y]
}

// String is ml_is, and kld_is with a Target.
func (o ImportanceSampledLikelihood[Y]) String() string {
	if o.Target != nil {
		return "kld_is"
	}
	return "ml_is"
}

// Validate wants Samples that are not negative.
func (o ImportanceSampledLikelihood[Y]) Validate() error {
	return validateNoise("ImportanceSampledLikelihood", o.Samples)
}

// Bind returns the errors of Validate, of the Proposal and of the Target, and
// ErrImproper.
func (o ImportanceSampledLikelihood[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	n, err := bindNoise(p, o.String(), o.Samples, o.Proposal, o.Target)
	if err != nil {
		return nil, err
	}
	return &importanceSampled[Y]{n}, n.notAdversarial(o.String())
}

type importanceSampled[Y any] struct{ noise[Y] }

func (*importanceSampled[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*importanceSampled[Y]) UsesTau() bool                { return false }

func (c *importanceSampled[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*noiseScratch[Y])
	ys, logw, v, weight := s.ys[1:], s.logw[1:], s.s[1:], s.weight[1:]
	n := float64(c.n)
	for i := range b.Len() {
		if err := c.draw(ys, logw, b, i, &s.source); err != nil {
			return err
		}
		c.score(v, b, i, ys, s)
		target := 0.0
		clear(weight)
		if c.jitter != nil {
			var err error
			if target, err = c.target(b, i, s, weight); err != nil {
				return err
			}
		}
		for m, w := range logw {
			v[m] += w
		}
		l := numeric.LogSumExp(v)
		b.Loss[i] = l - math.Log(n) - target
		if b.WantsGrad() {
			for m := range v {
				weight[m] += math.Exp(v[m] - l)
			}
			c.pull(b, i, weight, s)
		}
		if c.jitter == nil {
			data, err := c.data.evaluate(b, i, &s.data)
			if err != nil {
				return err
			}
			b.Loss[i] += data
		}
		if err := c.learn(b, i, ys, v, s); err != nil {
			return err
		}
	}
	return nil
}

// target returns the estimate of E_c[g + log q] and overwrites weight with the
// factors of its gradient in the loss. The scores are in s.s.
func (c *importanceSampled[Y]) target(b *Batch[Y], i int, s *noiseScratch[Y], weight []float64) (float64, error) {
	if b.partial(i) {
		return 0, ErrPartial
	}
	ys, logw, scores := s.ys[1:], s.logw[1:], s.s[1:]
	s.logc, s.logq = numeric.Grow(s.logc, c.n), numeric.Grow(s.logq, c.n)
	logc, logq := s.logc, s.logq
	c.jitter.LogProb(logc, nil, ys, b.Y[i])
	c.space.LogProb(logq, ys)
	sum := 0.0
	for m := range ys {
		if math.IsInf(logq[m], -1) || math.IsInf(logc[m], -1) {
			continue // not a structure, or not a label: it does not count
		}
		w := math.Exp(logc[m]-logq[m]+logw[m]) / float64(c.n) // c/r, log r = log q - logw
		sum += w * (scores[m] + logq[m])
		weight[m] = -w
	}
	return sum, nil
}
