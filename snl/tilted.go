package snl

import (
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Tilted is an energy relative to a conditional density of its own, a mixture
// that the first logits describe (exponential tilting):
//
//	Phi(theta, y) = log mdn(y; theta_1) + energy(theta_2, y)
//
// relative to Lebesgue measure. With [MixtureProposal] the importance weights
// are exp(energy), near 1 at the start, and log Z starts near 0: what the
// mixture cannot say is left to the energy.
type Tilted struct {
	Base MixtureDensity
	// Energy is the tilt; nil stands for Joint{}.
	Energy Coupling
}

// Bind makes the coupling for points of R^dim.
func (c Tilted) Bind(dim int) (Smooth, error) {
	base, err := c.Base.bind(dim)
	if err != nil {
		return nil, err
	}
	energy := c.Energy
	if energy == nil {
		energy = Joint{}
	}
	e, err := energy.Bind(dim)
	if err != nil {
		return nil, err
	}
	t := &tilted{base: base, energy: e, at: base.len()}
	t.idle.New = func() any { return new(tiltedScratch) }
	return t, nil
}

type tilted struct {
	base   *gaussians
	energy Smooth
	at     int       // where the energy's logits start
	idle   sync.Pool // of *tiltedScratch
}

// tiltedScratch is the memory for what the energy adds.
type tiltedScratch struct{ v0, v1, v2 []float64 }

var (
	_ Smooth                     = (*tilted)(nil)
	_ structured.Inferrer[Point] = (*tilted)(nil)
	_ structured.Recorder[Point] = (*tilted)(nil)
)

func (t *tilted) Dim() int            { return t.base.d }
func (t *tilted) MaxOrder() int       { return min(2, t.energy.MaxOrder()) }
func (t *tilted) NumLogits() int      { return t.at + t.energy.NumLogits() }
func (t *tilted) NumOwn() int         { return t.energy.NumOwn() }
func (t *tilted) mixture() *gaussians { return t.base }

func (t *tilted) InitOwn(own []float64, key uint64) { t.energy.InitOwn(own, key) }

// rest is the energy's part of theta, or of its gradient.
func (t *tilted) rest(theta structured.Theta) structured.Theta {
	return structured.Theta{Logits: theta.Logits[t.at:], Own: theta.Own}
}

func (t *tilted) Score(dst []float64, theta structured.Theta, ys []Point) {
	s := t.idle.Get().(*tiltedScratch)
	s.v0 = numeric.Grow(s.v0, len(ys))
	t.base.logDensity(dst, theta.Logits[:t.at], ys)
	t.energy.Score(s.v0, t.rest(theta), ys)
	floats.Add(dst[:len(ys)], s.v0)
	t.idle.Put(s)
}

// NewRecord makes the coupling a structured.Recorder.
func (t *tilted) NewRecord() structured.Record[Point] {
	return &tiltedRecord{of: t, base: mixtureRecord{of: t.base}, energy: newRecord(t.energy)}
}

// tiltedRecord is the record of both parts.
type tiltedRecord struct {
	of     *tilted
	base   mixtureRecord
	energy structured.Record[Point] // nil where the energy has none
	theta  structured.Theta
	ys     []Point
	v      []float64
}

func (r *tiltedRecord) Score(dst []float64, theta structured.Theta, ys []Point) {
	t := r.of
	r.theta, r.ys, r.v = theta, ys, numeric.Grow(r.v, len(ys))
	r.base.logDensity(dst, theta.Logits[:t.at], ys)
	if r.energy != nil {
		r.energy.Score(r.v, t.rest(theta), ys)
	} else {
		t.energy.Score(r.v, t.rest(theta), ys)
	}
	floats.Add(dst[:len(ys)], r.v)
}

func (r *tiltedRecord) AddGrad(grad structured.Theta, weights []float64) {
	t := r.of
	r.base.addGrad(grad.Logits[:t.at], weights)
	if r.energy != nil {
		r.energy.AddGrad(t.rest(grad), weights)
		return
	}
	t.energy.AddGrad(t.rest(grad), t.rest(r.theta), r.ys, weights)
}

func (t *tilted) AddGrad(grad, theta structured.Theta, ys []Point, weights []float64) {
	t.base.addGrad(grad.Logits[:t.at], theta.Logits[:t.at], ys, nil, weights, nil, nil)
	t.energy.AddGrad(t.rest(grad), t.rest(theta), ys, weights)
}

func (t *tilted) GradY(dst []float64, theta structured.Theta, ys []Point) {
	t.scoreGradY(nil, dst, theta, ys)
}

func (t *tilted) scoreGradY(score, dst []float64, theta structured.Theta, ys []Point) {
	s, n := t.idle.Get().(*tiltedScratch), len(ys)*t.base.d
	s.v1 = numeric.Grow(s.v1, n)
	t.base.gradY(score, dst, theta.Logits[:t.at], ys)
	if score == nil {
		t.energy.GradY(s.v1, t.rest(theta), ys)
	} else {
		s.v0 = numeric.Grow(s.v0, len(ys))
		scoreGradY(t.energy, s.v0, s.v1, t.rest(theta), ys)
		floats.Add(score[:len(ys)], s.v0)
	}
	floats.Add(dst[:n], s.v1)
	t.idle.Put(s)
}

func (t *tilted) Jet(value, d1, d2 []float64, theta structured.Theta, ys, vs []Point) {
	s, n := t.idle.Get().(*tiltedScratch), len(ys)
	t.base.jet(value, d1, d2, theta.Logits[:t.at], ys, vs)
	into := func(v []float64, buffer *[]float64) []float64 {
		if v == nil {
			return nil
		}
		*buffer = numeric.Grow(*buffer, n)
		return *buffer
	}
	e0, e1, e2 := into(value, &s.v0), into(d1, &s.v1), into(d2, &s.v2)
	t.energy.Jet(e0, e1, e2, t.rest(theta), ys, vs)
	for k, v := range [...][]float64{value, d1, d2} {
		if v != nil {
			floats.Add(v[:n], [...][]float64{e0, e1, e2}[k])
		}
	}
	t.idle.Put(s)
}

func (t *tilted) AddGradJet(grad, theta structured.Theta, ys, vs []Point, w0, w1, w2 []float64) {
	t.base.addGrad(grad.Logits[:t.at], theta.Logits[:t.at], ys, vs, w0, w1, w2)
	t.energy.AddGradJet(t.rest(grad), t.rest(theta), ys, vs, w0, w1, w2)
}

// Infer wants Lebesgue measure for a reference. Nothing is known exactly of an
// energy.
func (t *tilted) Infer(s structured.Space[Point]) (structured.Inference[Point], error) {
	return nil, wantLebesgue("Tilted", s)
}
