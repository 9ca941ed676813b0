package nn

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// AdamW is Adam with decoupled weight decay (Loshchilov & Hutter, 2019): at
// step t = 1, 2, ..., for each parameter p with gradient g and with the rate
// r = Rate·scale,
//
//	m = Beta1·m + (1-Beta1)·g
//	v = Beta2·v + (1-Beta2)·g²
//	p = p·(1 - r·WeightDecay) - r·(m/(1-Beta1^t)) / (sqrt(v/(1-Beta2^t)) + Epsilon)
//
// where the decay applies to weights and not to biases. State is m, v, which
// start at zero; an m smaller than 1e-300 is taken for zero, because numbers
// that small are slow. A step is O(parameters).
type AdamW struct {
	Rate        float64 // learning rate; 0 means 1e-3
	Beta1       float64 // in [0, 1); 0 means 0.9, Off means no momentum
	Beta2       float64 // in [0, 1); 0 means 0.999
	Epsilon     float64 // 0 means 1e-8
	WeightDecay float64 // 0 means 0.01, Off means none
}

// Adam is the optimiser of Kingma & Ba (2015) with an L2 penalty in the
// gradient: as AdamW but, with the decay on weights only,
//
//	g = g + WeightDecay·p                  before m and v
//	p = p - r·(m/(1-Beta1^t)) / (sqrt(v/(1-Beta2^t)) + Epsilon)
type Adam struct {
	Rate        float64 // learning rate; 0 means 1e-3
	Beta1       float64 // in [0, 1); 0 means 0.9, Off means no momentum
	Beta2       float64 // in [0, 1); 0 means 0.999
	Epsilon     float64 // 0 means 1e-8
	WeightDecay float64 // 0 means none
}

const defaultDecay = 0.01

// Validate returns a *SettingError for the first setting out of its range.
func (a AdamW) Validate() error {
	return validateAdam("AdamW", Adam(a), a.WeightDecay == Off)
}

// Validate returns a *SettingError for the first setting out of its range.
func (a Adam) Validate() error { return validateAdam("Adam", a, false) }

func validateAdam(of string, a Adam, decayOff bool) error {
	s := settings{of: of}
	s.positiveOrDefault("Rate", a.Rate)
	if a.Beta1 != Off {
		s.fraction("Beta1", a.Beta1)
	}
	s.fraction("Beta2", a.Beta2)
	s.positiveOrDefault("Epsilon", a.Epsilon)
	if !decayOff {
		s.notNegative("WeightDecay", a.WeightDecay)
	}
	return s.err
}

// Start returns the state for as many parameters as decay is long.
func (a AdamW) Start(decay []bool) Stepper {
	s := Adam(a).start(decay)
	s.decoupled = orOff(a.WeightDecay, defaultDecay)
	return s
}

// Start returns the state for as many parameters as decay is long.
func (a Adam) Start(decay []bool) Stepper {
	s := a.start(decay)
	s.penalty = a.WeightDecay
	return s
}

func (a Adam) start(decay []bool) *adamStepper {
	return &adamStepper{
		rate: or(a.Rate, 1e-3), beta1: orOff(a.Beta1, 0.9), beta2: or(a.Beta2, 0.999), epsilon: or(a.Epsilon, 1e-8),
		spans: spans(decay), m: make([]float64, len(decay)), v: make([]float64, len(decay)),
	}
}

type adamStepper struct {
	stepCounter
	rate, beta1, beta2, epsilon float64
	penalty, decoupled          float64 // weight decay of either kind
	spans                       []span
	m, v                        []float64
}

func (s *adamStepper) State() [][]float64 { return [][]float64{s.m, s.v} }

func (s *adamStepper) Step(params, grad []float64, scale float64) {
	mustHave(params, len(s.m))
	mustHave(grad, len(s.m))
	s.steps++
	t := float64(s.steps)
	rate := s.rate * scale
	c := kernel.AdamCoefficients{
		Beta1: s.beta1, Rest1: 1 - s.beta1, Beta2: s.beta2, Rest2: 1 - s.beta2, Epsilon: s.epsilon,
		Step: rate / (1 - math.Pow(s.beta1, t)), Root: 1 / math.Sqrt(1-math.Pow(s.beta2, t)),
	}
	for _, r := range s.spans {
		c.Penalty, c.Shrink = 0, 1
		if r.decay {
			c.Penalty, c.Shrink = s.penalty, 1-rate*s.decoupled
		}
		c.Adam(params[r.from:r.to], grad[r.from:r.to], s.m[r.from:r.to], s.v[r.from:r.to])
	}
}
