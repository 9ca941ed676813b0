package nn

import "math"

// StepDecay multiplies the rate by Factor every so many steps:
//
//	Factor ^ floor(step / Every)
type StepDecay struct {
	Every  int     // steps; 0 means a third of the run, rounded up
	Factor float64 // in (0, 1]; 0 means 0.1
}

// Validate returns a *SettingError for the first setting out of its range.
func (s StepDecay) Validate() error {
	v := settings{of: "StepDecay"}
	v.sizeOrDefault("Every", s.Every)
	v.want(s.Factor >= 0 && s.Factor <= 1, "Factor", s.Factor, "a number in (0, 1], or 0 for the default")
	return v.err
}

// Scale is the factor for a step.
func (s StepDecay) Scale(step, total int) float64 {
	step, total = within(step, total)
	every := or(s.Every, (total-1)/3+1)
	return math.Pow(or(s.Factor, 0.1), float64(step/every))
}
