package nn

import "math"

// A Schedule multiplies the learning rate over the course of training.
type Schedule interface {
	// Scale is the factor for step, counted from 0, of a run of total steps.
	// A step below 0 counts as 0, one above total as total, a total below 1
	// as 1.
	Scale(step, total int) float64
	// Validate reports the first setting that makes no sense, if any.
	Validate() error
}

// ConstantRate leaves the learning rate as it is: the scale is 1.
type ConstantRate struct{}

// Validate returns nil.
func (ConstantRate) Validate() error { return nil }

// Scale is 1.
func (ConstantRate) Scale(int, int) float64 { return 1 }

// WarmupLinear raises the rate from zero and lowers it again, both linearly:
// with w = ceil(Warmup·total) steps of warm-up,
//
//	(step+1) / (w+1)                               step < w
//	1 - (1-Floor)·(step-w) / (total-w)             step >= w
type WarmupLinear struct {
	Warmup float64 // fraction of the steps, in [0, 1)
	Floor  float64 // in [0, 1]; what the scale would be at step = total
}

// Validate returns a *SettingError for the first setting out of its range.
func (s WarmupLinear) Validate() error { return validateWarmup("WarmupLinear", s.Warmup, s.Floor) }

// Scale is the factor for a step.
func (s WarmupLinear) Scale(step, total int) float64 {
	up, u := warmup(s.Warmup, step, total)
	return up * (1 - (1-s.Floor)*u)
}

func validateWarmup(of string, warmup, floor float64) error {
	s := settings{of: of}
	s.fraction("Warmup", warmup)
	s.want(floor >= 0 && floor <= 1, "Floor", floor, "a number in [0, 1]")
	return s.err
}

// warmup returns the factor of the warm-up, 1 after it, and how much of the
// rest of the run is over, 0 to 1.
func warmup(fraction float64, step, total int) (up, u float64) {
	step, total = within(step, total)
	w := math.Ceil(fraction * float64(total))
	if t := float64(step); t < w {
		return (t + 1) / (w + 1), 0
	}
	if w >= float64(total) {
		return 1, 1
	}
	return 1, (float64(step) - w) / (float64(total) - w)
}

// within brings total to 1 or more and step to 0..total.
func within(step, total int) (int, int) {
	total = max(total, 1)
	return min(max(step, 0), total), total
}
