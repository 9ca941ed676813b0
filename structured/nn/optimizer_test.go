package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func optimizers() []Optimizer {
	return []Optimizer{
		AdamW{}, AdamW{Rate: 0.1, Beta1: Off, Beta2: 0.5, Epsilon: 1e-3, WeightDecay: 0.3}, AdamW{WeightDecay: Off},
		Adam{}, Adam{Rate: 0.1, Beta1: 0.5, Beta2: 0.9, Epsilon: 1e-3, WeightDecay: 0.3},
		SGD{}, SGD{WeightDecay: 0.3}, SGD{Rate: 0.1, Momentum: 0.9, WeightDecay: 0.2}, SGD{Momentum: 0.9, Nesterov: true, WeightDecay: 0.2},
	}
}

// reference follows one parameter through the published formulas, one at a
// time; powers of the betas are multiplied up.
type reference struct {
	rate, b1, b2, eps, l2, decoupled, momentum float64
	adam, nesterov                             bool

	m, v, p1, p2 float64
}

func (r *reference) step(p, g, scale float64, decay bool) float64 {
	rate := r.rate * scale
	if decay {
		g += r.l2 * p
	}
	if !r.adam {
		r.m = r.momentum*r.m + g
		if r.nesterov {
			return p - rate*(g+r.momentum*r.m)
		}
		return p - rate*r.m
	}
	if r.p1 == 0 && r.p2 == 0 {
		r.p1, r.p2 = 1, 1
	}
	r.p1, r.p2 = r.p1*r.b1, r.p2*r.b2
	r.m = r.b1*r.m + (1-r.b1)*g
	r.v = r.b2*r.v + (1-r.b2)*g*g
	if decay {
		p -= rate * r.decoupled * p
	}
	return p - rate*(r.m/(1-r.p1))/(math.Sqrt(r.v/(1-r.p2))+r.eps)
}

func TestOptimizersAgainstTheirFormulas(t *testing.T) {
	for _, c := range []struct {
		o Optimizer
		r reference
	}{
		{AdamW{}, reference{adam: true, rate: 1e-3, b1: 0.9, b2: 0.999, eps: 1e-8, decoupled: 0.01}},
		{AdamW{WeightDecay: Off}, reference{adam: true, rate: 1e-3, b1: 0.9, b2: 0.999, eps: 1e-8}},
		{AdamW{Rate: 0.1, Beta1: Off, Beta2: 0.5, Epsilon: 1e-3, WeightDecay: 0.3},
			reference{adam: true, rate: 0.1, b1: 0, b2: 0.5, eps: 1e-3, decoupled: 0.3}},
		{Adam{}, reference{adam: true, rate: 1e-3, b1: 0.9, b2: 0.999, eps: 1e-8}},
		{Adam{Rate: 0.1, Beta1: 0.5, Beta2: 0.9, Epsilon: 1e-3, WeightDecay: 0.3},
			reference{adam: true, rate: 0.1, b1: 0.5, b2: 0.9, eps: 1e-3, l2: 0.3}},
		{SGD{}, reference{rate: 0.01}},
		{SGD{WeightDecay: 0.3}, reference{rate: 0.01, l2: 0.3}},
		{SGD{Rate: 0.1, Momentum: 0.9, WeightDecay: 0.2}, reference{rate: 0.1, momentum: 0.9, l2: 0.2}},
		{SGD{Momentum: 0.9, Nesterov: true, WeightDecay: 0.2}, reference{rate: 0.01, momentum: 0.9, nesterov: true, l2: 0.2}},
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		decay := []bool{true, true, false, true, false, false, true}
		params := normals(rng, len(decay))
		want, refs := clone(params), make([]reference, len(decay))
		for i := range refs {
			refs[i] = c.r
		}
		require.NoError(t, c.o.Validate())
		stepper := c.o.Start(decay)
		for step, scale := range []float64{1, 0.5, 1, 2, 0, 1, 1} {
			grad := normals(rng, len(decay))
			grad[5] = 0
			was := clone(grad)
			stepper.Step(params, grad, scale)
			almost.Same(t, was, grad, "the gradient was changed")
			for i := range want {
				want[i] = refs[i].step(want[i], was[i], scale, decay[i])
			}
			almost.Slice(t, want, params, 1e-14, 1e-13, "%+v, step %d", c.o, step)
			assert.Equal(t, step+1, stepper.Steps())
		}
	}
}

// The numbers of one step worked out by hand.
func TestOneStepByHand(t *testing.T) {
	p := []float64{1, -2}
	// Both moments of the first step are unbiased: the step is the rate times
	// the sign of the gradient, whatever its size.
	AdamW{Rate: 0.1, WeightDecay: 0.5}.Start([]bool{true, false}).Step(p, []float64{3, -4e-3}, 1)
	almost.Slice(t, []float64{1 - 0.1*0.5*1 - 0.1, -2 + 0.1}, p, 1e-6, 0)
	p = []float64{1, -2}
	Adam{Rate: 0.1, WeightDecay: 0.5}.Start([]bool{true, true}).Step(p, []float64{3, 0}, 1)
	almost.Slice(t, []float64{1 - 0.1, -2 + 0.1}, p, 1e-6, 0)
	p = []float64{1, -2}
	s := SGD{Rate: 0.1, Momentum: 0.5}.Start([]bool{true, true})
	s.Step(p, []float64{1, 2}, 1)
	s.Step(p, []float64{1, 2}, 1)
	almost.Slice(t, []float64{1 - 0.1 - 0.15, -2 - 0.2 - 0.3}, p, 1e-15, 0)
}

// Stopping, saving, restoring and going on gives the bits of not stopping.
func TestOptimizersResume(t *testing.T) {
	for _, o := range optimizers() {
		rng := rand.New(rand.NewPCG(2, 2))
		decay := []bool{true, false, true, true}
		params := normals(rng, 4)
		grads := make([][]float64, 10)
		for i := range grads {
			grads[i] = normals(rng, 4)
		}
		first := o.Start(decay)
		for _, g := range grads[:6] {
			first.Step(params, g, 0.7)
		}
		resumed, other := clone(params), o.Start(decay)
		for i, v := range other.State() {
			require.Len(t, v, 4)
			copy(v, first.State()[i])
		}
		other.SetSteps(first.Steps())
		for _, g := range grads[6:] {
			first.Step(params, g, 0.7)
			other.Step(resumed, g, 0.7)
		}
		almost.Same(t, params, resumed, "%+v", o)
		assert.Equal(t, 10, other.Steps())
		assert.Panics(t, func() { other.SetSteps(-1) })
	}
	assert.Empty(t, SGD{}.Start([]bool{true}).State())
	assert.Len(t, SGD{Momentum: 0.1}.Start([]bool{true}).State(), 1)
	assert.Len(t, AdamW{}.Start([]bool{true}).State(), 2)
}

func TestOptimizersReachTheMinimum(t *testing.T) {
	for _, o := range []Optimizer{AdamW{Rate: 0.05, WeightDecay: Off}, Adam{Rate: 0.05}, SGD{}, SGD{Momentum: 0.9, Nesterov: true}} {
		p, s := []float64{3, -2}, o.Start([]bool{true, true})
		for i := range 3000 {
			// (p0-1)^2 / 2 + 5 (p1+1)^2
			s.Step(p, []float64{p[0] - 1, 10 * (p[1] + 1)}, Cosine{}.Scale(i, 3000))
		}
		almost.Slice(t, []float64{1, -1}, p, 1e-4, 0, "%+v", o)
	}
}

func TestTinyMomentsBecomeZero(t *testing.T) {
	s := AdamW{}.Start([]bool{false})
	p := []float64{1}
	s.Step(p, []float64{1}, 1)
	for range 8000 {
		s.Step(p, []float64{0}, 1)
	}
	almost.Same(t, []float64{0}, s.State()[0])
	assert.Greater(t, s.State()[1][0], 0.0)
}

func TestStepsDoNotAllocateAndCheckLengths(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	params, grad := normals(rng, 100), normals(rng, 100)
	for _, o := range optimizers() {
		s := o.Start(make([]bool, 100))
		assert.Zero(t, testing.AllocsPerRun(5, func() { s.Step(params, grad, 1) }))
		assert.Panics(t, func() { s.Step(params[1:], grad, 1) })
		assert.Panics(t, func() { s.Step(params, grad[1:], 1) })
		o.Start(nil).Step(nil, nil, 1)
	}
}

func TestSpans(t *testing.T) {
	assert.Nil(t, spans(nil))
	assert.Equal(t, []span{{0, 2, true}, {2, 3, false}, {3, 4, true}}, spans([]bool{true, true, false, true}))
}

func TestOptimizerSettingErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		o     Optimizer
		field string
	}{
		{AdamW{Rate: -1}, "Rate"}, {AdamW{Rate: nan}, "Rate"}, {AdamW{Rate: inf}, "Rate"},
		{AdamW{Beta1: 1}, "Beta1"}, {AdamW{Beta1: -0.5}, "Beta1"}, {AdamW{Beta2: 1}, "Beta2"}, {AdamW{Beta2: Off}, "Beta2"},
		{AdamW{Epsilon: -1}, "Epsilon"}, {AdamW{WeightDecay: -2}, "WeightDecay"}, {AdamW{WeightDecay: nan}, "WeightDecay"},
		{Adam{Rate: inf}, "Rate"}, {Adam{Beta1: nan}, "Beta1"}, {Adam{Beta2: 2}, "Beta2"}, {Adam{Epsilon: Off}, "Epsilon"},
		{Adam{WeightDecay: Off}, "WeightDecay"},
		{SGD{Rate: Off}, "Rate"}, {SGD{Momentum: 1}, "Momentum"}, {SGD{Nesterov: true}, "Momentum"}, {SGD{WeightDecay: inf}, "WeightDecay"},
	} {
		var e *SettingError
		require.ErrorAs(t, c.o.Validate(), &e, "%+v", c.o)
		assert.Equal(t, c.field, e.Field, "%+v", c.o)
	}
	assert.EqualError(t, SGD{Rate: -1}.Validate(), "nn: SGD.Rate is -1, want a positive number, or 0 for the default")
	assert.EqualError(t, AdamW{WeightDecay: -3}.Validate(), "nn: AdamW.WeightDecay is -3, want a number that is not negative")
}

func BenchmarkStep(b *testing.B) {
	const n = 100_000
	rng := rand.New(rand.NewPCG(1, 1))
	decay := make([]bool, n)
	for i := range decay {
		decay[i] = i%500 != 0
	}
	for name, o := range map[string]Optimizer{"AdamW": AdamW{}, "Adam": Adam{}, "SGD": SGD{}, "SGD+momentum": SGD{Momentum: 0.9}} {
		b.Run(name, func(b *testing.B) {
			params, grad, s := normals(rng, n), normals(rng, n), o.Start(decay)
			b.ReportAllocs()
			for b.Loop() {
				s.Step(params, grad, 1)
			}
		})
	}
}
