package nn

import (
	"math"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSchedulesAtTheirKnots(t *testing.T) {
	for _, c := range []struct {
		s           Schedule
		step, total int
		want        float64
	}{
		{ConstantRate{}, 0, 10, 1}, {ConstantRate{}, 99, 10, 1},

		{Cosine{}, 0, 100, 1}, {Cosine{}, 25, 100, (1 + math.Sqrt2/2) / 2}, {Cosine{}, 50, 100, 0.5}, {Cosine{}, 100, 100, 0},
		{Cosine{}, -5, 100, 1}, {Cosine{}, 1000, 100, 0}, {Cosine{Floor: 0.2}, 50, 100, 0.6}, {Cosine{Floor: 0.2}, 100, 100, 0.2},
		{Cosine{Floor: 1}, 77, 100, 1},
		{Cosine{Warmup: 0.1}, 0, 100, 1.0 / 11}, {Cosine{Warmup: 0.1}, 9, 100, 10.0 / 11}, {Cosine{Warmup: 0.1}, 10, 100, 1},
		{Cosine{Warmup: 0.1}, 55, 100, 0.5}, {Cosine{Warmup: 0.1}, 100, 100, 0}, {Cosine{Warmup: 0.01}, 0, 50, 0.5},
		{Cosine{Warmup: 0.01}, 1, 50, 1}, {Cosine{Warmup: 0.9}, 0, 1, 0.5}, {Cosine{Warmup: 0.9}, 1, 1, 0}, {Cosine{}, 0, 0, 1},

		{WarmupLinear{}, 0, 4, 1}, {WarmupLinear{}, 1, 4, 0.75}, {WarmupLinear{}, 3, 4, 0.25}, {WarmupLinear{}, 4, 4, 0},
		{WarmupLinear{Warmup: 0.5, Floor: 0.5}, 0, 4, 1.0 / 3}, {WarmupLinear{Warmup: 0.5, Floor: 0.5}, 1, 4, 2.0 / 3},
		{WarmupLinear{Warmup: 0.5, Floor: 0.5}, 2, 4, 1}, {WarmupLinear{Warmup: 0.5, Floor: 0.5}, 3, 4, 0.75},
		{WarmupLinear{Warmup: 0.5, Floor: 0.5}, 9, 4, 0.5},

		{StepDecay{}, 0, 30, 1}, {StepDecay{}, 9, 30, 1}, {StepDecay{}, 10, 30, 0.1}, {StepDecay{}, 20, 30, 0.01},
		{StepDecay{}, 10, 31, 1}, {StepDecay{}, 11, 31, 0.1}, {StepDecay{}, 0, 1, 1},
		{StepDecay{Every: 4, Factor: 0.5}, 3, 100, 1}, {StepDecay{Every: 4, Factor: 0.5}, 4, 100, 0.5}, {StepDecay{Every: 4, Factor: 0.5}, 12, 100, 0.125},

		{Exponential{}, 0, 10, 1}, {Exponential{}, 5, 10, 0.1}, {Exponential{}, 10, 10, 0.01}, {Exponential{}, 11, 10, 0.01},
		{Exponential{Final: 0.25}, 5, 10, 0.5}, {Exponential{Final: 1}, 5, 10, 1},
	} {
		almost.Equal(t, c.want, c.s.Scale(c.step, c.total), 1e-15, 1e-14, "%T%+v at %d of %d", c.s, c.s, c.step, c.total)
		assert.NoError(t, c.s.Validate())
	}
}

// After the warm-up no schedule ever rises, and no step of a run has a rate
// of zero unless asked.
func TestSchedulesFall(t *testing.T) {
	for _, s := range []Schedule{ConstantRate{}, Cosine{Warmup: 0.1}, WarmupLinear{Warmup: 0.1}, StepDecay{}, Exponential{}} {
		for _, total := range []int{1, 2, 3, 10, 97} {
			last := math.Inf(1)
			for step := range total {
				v := s.Scale(step, total)
				assert.Greater(t, v, 0.0)
				assert.LessOrEqual(t, v, 1.0)
				if step >= (total+9)/10 {
					assert.LessOrEqual(t, v, last, "%T%+v at %d of %d", s, s, step, total)
					last = v
				}
			}
		}
	}
}

func TestScheduleSettingErrors(t *testing.T) {
	for _, c := range []struct {
		s Schedule
		e string
	}{
		{Cosine{Warmup: 1}, "nn: Cosine.Warmup is 1, want a number in [0, 1)"},
		{Cosine{Floor: 1.5}, "nn: Cosine.Floor is 1.5, want a number in [0, 1]"},
		{Cosine{Floor: math.NaN()}, "nn: Cosine.Floor is NaN, want a number in [0, 1]"},
		{WarmupLinear{Warmup: -1}, "nn: WarmupLinear.Warmup is -1, want a number in [0, 1)"},
		{StepDecay{Every: -1}, "nn: StepDecay.Every is -1, want a positive number, or 0 for the default"},
		{StepDecay{Factor: 2}, "nn: StepDecay.Factor is 2, want a number in (0, 1], or 0 for the default"},
		{Exponential{Final: -0.1}, "nn: Exponential.Final is -0.1, want a number in (0, 1], or 0 for the default"},
	} {
		var e *SettingError
		require.ErrorAs(t, c.s.Validate(), &e)
		assert.EqualError(t, e, c.e)
	}
}
