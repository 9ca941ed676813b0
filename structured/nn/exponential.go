package nn

import "math"

// Exponential lowers the rate by the same factor at every step, to Final of
// what it was at the end of the run:
//
//	Final ^ (step / total)
type Exponential struct {
	Final float64 // in (0, 1]; 0 means 0.01
}

// Validate returns a *SettingError for the first setting out of its range.
func (s Exponential) Validate() error {
	v := settings{of: "Exponential"}
	v.want(s.Final >= 0 && s.Final <= 1, "Final", s.Final, "a number in (0, 1], or 0 for the default")
	return v.err
}

// Scale is the factor for a step.
func (s Exponential) Scale(step, total int) float64 {
	step, total = within(step, total)
	return math.Pow(or(s.Final, 0.01), float64(step)/float64(total))
}
