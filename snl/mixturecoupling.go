package snl

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// mixtureCoupling is a MixtureDensity for a dimension.
type mixtureCoupling struct{ of *gaussians }

var (
	_ Smooth                     = (*mixtureCoupling)(nil)
	_ structured.Inferrer[Point] = (*mixtureCoupling)(nil)
	_ structured.Recorder[Point] = (*mixtureCoupling)(nil)
)

func (c *mixtureCoupling) Dim() int                  { return c.of.d }
func (c *mixtureCoupling) MaxOrder() int             { return 2 }
func (c *mixtureCoupling) NumLogits() int            { return c.of.len() }
func (c *mixtureCoupling) NumOwn() int               { return 0 }
func (c *mixtureCoupling) InitOwn([]float64, uint64) {}

func (c *mixtureCoupling) Score(dst []float64, theta structured.Theta, ys []Point) {
	c.of.logDensity(dst, theta.Logits, ys)
}

func (c *mixtureCoupling) AddGrad(grad, theta structured.Theta, ys []Point, weights []float64) {
	c.of.addGrad(grad.Logits, theta.Logits, ys, nil, weights, nil, nil)
}

func (c *mixtureCoupling) GradY(dst []float64, theta structured.Theta, ys []Point) {
	c.of.gradY(nil, dst, theta.Logits, ys)
}

func (c *mixtureCoupling) scoreGradY(score, dst []float64, theta structured.Theta, ys []Point) {
	c.of.gradY(score, dst, theta.Logits, ys)
}

func (c *mixtureCoupling) Jet(value, d1, d2 []float64, theta structured.Theta, ys, vs []Point) {
	c.of.jet(value, d1, d2, theta.Logits, ys, vs)
}

func (c *mixtureCoupling) AddGradJet(grad, theta structured.Theta, ys, vs []Point, w0, w1, w2 []float64) {
	c.of.addGrad(grad.Logits, theta.Logits, ys, vs, w0, w1, w2)
}

// NewRecord makes the coupling a structured.Recorder.
func (c *mixtureCoupling) NewRecord() structured.Record[Point] { return &mixtureRecord{of: c.of} }

// mixture is what the first logits describe: a proposal that
// follows the model draws from it.
func (c *mixtureCoupling) mixture() *gaussians { return c.of }

// Infer wants Lebesgue measure for a reference: the mixture is a density by
// itself.
func (c *mixtureCoupling) Infer(s structured.Space[Point]) (structured.Inference[Point], error) {
	if err := wantLebesgue("MixtureDensity", s); err != nil {
		return nil, err
	}
	return &mixtureInference{c.of}, nil
}

// wantLebesgue reports a space whose reference is a probability.
func wantLebesgue(what string, s structured.Space[Point]) error {
	if i, ok := s.(structured.Improper[Point]); ok && i.Improper() {
		return nil
	}
	return fmt.Errorf("snl: %s is a density by itself: its reference has to be Lebesgue measure", what)
}

// mixtureInference is exact: log Z is 0.
type mixtureInference struct{ of *gaussians }

var (
	_ structured.LogPartition[Point] = (*mixtureInference)(nil)
	_ structured.ExactSampler[Point] = (*mixtureInference)(nil)
)

func (i *mixtureInference) LogZ(structured.Theta) float64 { return 0 }

func (i *mixtureInference) AddGradLogZ(_, _ structured.Theta, _ float64) float64 { return 0 }

func (i *mixtureInference) SampleModel(ys []Point, theta structured.Theta, key uint64) {
	i.of.sample(ys, nil, theta.Logits, key)
}

// Mode climbs from the mean of every component and returns the highest place,
// which is a mode and, but for mixtures made to deceive, the highest one; it is
// proven to be for one component.
func (i *mixtureInference) Mode(dst *Point, theta structured.Theta, _ uint64) (value float64, proven bool) {
	return i.of.mode(*dst, theta.Logits), i.of.k == 1
}
