package snl

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Flow is the generator that an energy is by itself (Xiao, Yan, Amit 2021): the
// deterministic ascent of the log of the model, without its normaliser, from
// noise,
//
//	dy/dt = grad_y [ g(x, y) + log q(y) ],   y(0) ~ noise,   0 <= t <= Steps StepSize,
//
// Langevin dynamics without the noise on the way. Run for long it would end in
// the modes; what it is after a short time has a density of its own, which is
// not the model's: see [FlowDensity]. It needs a Smooth coupling and a base with
// a gradient and no bounds, or Lebesgue measure.
type Flow struct {
	// Steps is the number of steps; 0 stands for 20.
	Steps int
	// StepSize is the time of a step, in units of the space squared; 0 stands
	// for 0.05. It should be below 1 over the curvature of the log of the model.
	StepSize float64
	// Noise is where flows begin: a complete form, in the user's units. nil
	// stands for Config.Proposal, or the base where there is none.
	Noise Form
}

// Validate reports the first setting that makes no sense, if any.
func (f Flow) Validate() error {
	if f.Steps < 0 {
		return fmt.Errorf("snl: Flow.Steps %d is negative", f.Steps)
	}
	if !(f.StepSize >= 0) || math.IsInf(f.StepSize, 1) {
		return fmt.Errorf("snl: Flow.StepSize %g is not positive and finite", f.StepSize)
	}
	return nil
}

// bind fits the flow to a problem.
func (f Flow) bind(p structured.Problem[Point], name string, order int) (*flow, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	field, err := bindScores(p, name, order)
	if err != nil {
		return nil, err
	}
	if err := field.unbounded(); err != nil {
		return nil, err
	}
	out := &flow{field: field, steps: orDefault(f.Steps, 20), step: orDefault(f.StepSize, 0.05)}
	space := p.Space.(*Space)
	switch {
	case f.Noise != nil:
		d, err := f.Noise.Bind(space.dim)
		if err != nil {
			return nil, fmt.Errorf("the noise of the flow: %w", err)
		}
		out.noise = space.in(d)
	case space.proposal != nil:
		out.noise = space.proposal
	default:
		out.noise = space.base
	}
	if isImproper(out.noise) {
		return nil, fmt.Errorf("the noise of the flow: %w", structured.ErrImproper)
	}
	return out, nil
}

// flow is a Flow for a problem, in the coordinates of its space.
type flow struct {
	field scoreField
	noise Density
	steps int
	step  float64
}

// run moves points from noise to where the flow ends, by Euler's steps.
func (f *flow) run(ys []Point, theta structured.Theta, s *scoreScratch) {
	for range f.steps {
		scores := f.field.evaluate(s, theta, ys)
		for i, y := range ys {
			for j := range y {
				y[j] += f.step * scores[i*f.field.dim+j]
			}
		}
	}
}
