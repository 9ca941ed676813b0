package structured

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// PerturbAndMAP is the perturbed Fenchel-Young loss (Berthet, Blondel, Teboul,
// Cuturi, Vert, Bach 2020): the perceptron's loss at logits with noise,
//
//	loss(x, y) = E[ max_y' [ log q(y') + g(theta + Scale Z, y') ] - log q(y) - g(theta + Scale Z, y) ] >= 0,
//
// estimated without bias from modes alone, and its gradient; see
// fenchel.Perturbed. Unlike the perceptron's it has a minimum that is not 0, is
// smooth, and pulls until structures lead by more than the noise. It wants a
// coupling that is linear in its logits; the coupling's own parameters and any
// reference are part of the maximum.
//
// It does not fit probabilities: what the model says of those is that of
// exp g, which nothing has calibrated. Where modes are not proven the loss is a
// lower bound of the one above. Partly observed structures are ErrPartial.
//
// It reports the diagnostics standard_error, of the loss of an example (0 for a
// single sample), and unproven, the part of the modes that are not proven.
type PerturbAndMAP[Y any] struct {
	// Noise is the distribution of Z.
	Noise fenchel.Noise
	// Scale is the size of the noise; 0 stands for 1.
	Scale float64
	// Samples is the number of perturbed modes for each example; 0 stands for
	// 10. Any number is unbiased.
	Samples int
	// Antithetic draws the noise in mirrored pairs; Samples is then even.
	Antithetic bool
}

// String is perturb_and_map.
func (PerturbAndMAP[Y]) String() string { return "perturb_and_map" }

// Validate reports the first setting that makes no sense, if any.
func (o PerturbAndMAP[Y]) Validate() error {
	return fenchel.Perturbed{Of: fenchel.OracleFunc(nil), Noise: o.Noise, Scale: o.Scale, Samples: o.Samples, Antithetic: o.Antithetic}.Validate()
}

// Bind wants a coupling that finds modes and is linear in its logits: ErrNoMode,
// ErrNotLinear.
func (o PerturbAndMAP[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if p.Inference == nil {
		return nil, fmt.Errorf("objective %s: %w", o, ErrNoMode)
	}
	if err := checkLinear(p, false); err != nil {
		return nil, fmt.Errorf("objective %s: %w", o, err)
	}
	o.Samples = orDefault(o.Samples, 10)
	if o.Scale == 0 {
		o.Scale = 1
	}
	return &perturbAndMAP[Y]{o, p}, nil
}

type perturbAndMAP[Y any] struct {
	PerturbAndMAP[Y]
	p Problem[Y]
}

type perturbScratch[Y any] struct {
	ys              []Y // the mode and what was observed
	scores, logq, w [2]float64
	noise, logits   []float64
	source          stream.Source
}

func (*perturbAndMAP[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*perturbAndMAP[Y]) UsesTau() bool                { return false }

// Diagnostics are standard_error and unproven.
func (*perturbAndMAP[Y]) Diagnostics() []string { return []string{"standard_error", "unproven"} }

func (c *perturbAndMAP[Y]) NewScratch() Scratch {
	n := c.p.Coupling.NumLogits()
	return &perturbScratch[Y]{ys: c.p.Space.Make(2), noise: make([]float64, n), logits: make([]float64, n)}
}

func (c *perturbAndMAP[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*perturbScratch[Y])
	each := 1
	if c.Antithetic {
		each = 2
	}
	units := c.Samples / each
	for i, y := range b.Y {
		if b.partial(i) {
			return fmt.Errorf("objective %s: %w", c.PerturbAndMAP, ErrPartial)
		}
		c.p.Space.Copy(&s.ys[1], y)
		c.p.Space.LogProb(s.logq[1:], s.ys[1:])
		mean, squares, unproven := 0.0, 0.0, 0
		for u := range units {
			loss := 0.0
			for half := range each {
				c.Noise.Draw(s.noise, half == 1, s.source.At(stream.Key(b.Key(i), streamSample, uint64(u))))
				l, proven := c.one(b, i, s)
				loss += l / float64(each)
				if !proven {
					unproven++
				}
			}
			d := loss - mean
			mean += d / float64(u+1)
			squares += d * (loss - mean)
		}
		b.Loss[i] = mean
		if units > 1 {
			if e := math.Sqrt(squares / float64(units-1) / float64(units)); !math.IsNaN(e) && !math.IsInf(e, 0) {
				b.Diagnose(i, 0, e)
			}
		}
		b.Diagnose(i, 1, float64(unproven)/float64(c.Samples))
	}
	return nil
}

// one is the loss of example i with the noise in s, and adds its gradient.
func (c *perturbAndMAP[Y]) one(b *Batch[Y], i int, s *perturbScratch[Y]) (loss float64, proven bool) {
	theta := b.Theta(i)
	for j, z := range s.noise {
		s.logits[j] = theta.Logits[j] + c.Scale*z
	}
	theta.Logits = s.logits
	_, proven = c.p.Inference.Mode(&s.ys[0], theta, stream.Key(b.Key(i), streamMode))
	c.p.Coupling.Score(s.scores[:], theta, s.ys)
	c.p.Space.LogProb(s.logq[:1], s.ys[:1])
	loss = s.scores[0] + s.logq[0] - s.scores[1] - s.logq[1]
	if loss <= 0 { // what was observed is as good
		return 0, proven
	}
	if b.WantsGrad() {
		w := b.Scale[i] / float64(c.Samples)
		s.w = [2]float64{w, -w}
		c.p.Coupling.AddGrad(b.Grad(i), theta, s.ys, s.w[:])
	}
	return loss, proven
}
