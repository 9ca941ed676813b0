package nn

import "github.com/gibbs-ebm/gibbs/internal/kernel"

// SGD is stochastic gradient descent: for each parameter p with gradient g
// and with the rate r = Rate·scale,
//
//	g = g + WeightDecay·p          weights only, not biases
//	u = Momentum·u + g
//	p = p - r·u                    or, with Nesterov, p - r·(g + Momentum·u)
//
// after Polyak (1964) and, for Nesterov's form, Sutskever et al. (2013).
// State is u, which starts at zero, or nothing without momentum. A step is
// O(parameters).
type SGD struct {
	Rate        float64 // learning rate; 0 means 0.01
	Momentum    float64 // in [0, 1); 0 means none
	Nesterov    bool    // needs Momentum
	WeightDecay float64 // 0 means none
}

// Validate returns a *SettingError for the first setting out of its range.
func (o SGD) Validate() error {
	s := settings{of: "SGD"}
	s.positiveOrDefault("Rate", o.Rate)
	s.fraction("Momentum", o.Momentum)
	s.want(!o.Nesterov || o.Momentum != 0, "Momentum", o.Momentum, "a number in (0, 1) with Nesterov")
	s.notNegative("WeightDecay", o.WeightDecay)
	return s.err
}

// Start returns the state for as many parameters as decay is long.
func (o SGD) Start(decay []bool) Stepper {
	o.Rate = or(o.Rate, 0.01)
	s := &sgdStepper{SGD: o, spans: spans(decay), params: len(decay)}
	if o.Momentum != 0 {
		s.u = make([]float64, len(decay))
	}
	return s
}

type sgdStepper struct {
	stepCounter
	SGD
	spans  []span
	params int
	u      []float64
}

func (s *sgdStepper) State() [][]float64 {
	if s.u == nil {
		return nil
	}
	return [][]float64{s.u}
}

func (s *sgdStepper) Step(params, grad []float64, scale float64) {
	mustHave(params, s.params)
	mustHave(grad, s.params)
	s.steps++
	rate := s.Rate * scale
	// A step along the velocity or to Nesterov's look ahead.
	c := kernel.MomentumCoefficients{Momentum: s.Momentum, Velocity: rate}
	if s.Nesterov {
		c.Gradient, c.Velocity = rate, rate*s.Momentum
	}
	for _, r := range s.spans {
		penalty := 0.0
		if r.decay {
			penalty = s.WeightDecay
		}
		p, g := params[r.from:r.to], grad[r.from:r.to]
		if s.u == nil {
			if penalty != 0 {
				kernel.Scale(p, 1-rate*penalty)
			}
			kernel.Axpy(p, -rate, g)
			continue
		}
		c.Penalty = penalty
		c.Descend(p, g, s.u[r.from:r.to])
	}
}
