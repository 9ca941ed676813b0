package nn

import "math"

// Cosine lowers the rate along half a cosine (Loshchilov & Hutter, 2017),
// after an optional linear warm-up: with w = ceil(Warmup·total),
//
//	(step+1) / (w+1)                                               step < w
//	Floor + (1-Floor)·(1 + cos(pi·(step-w)/(total-w)))/2           step >= w
type Cosine struct {
	Warmup float64 // fraction of the steps, in [0, 1)
	Floor  float64 // in [0, 1]; what the scale would be at step = total
}

// Validate returns a *SettingError for the first setting out of its range.
func (s Cosine) Validate() error { return validateWarmup("Cosine", s.Warmup, s.Floor) }

// Scale is the factor for a step.
func (s Cosine) Scale(step, total int) float64 {
	up, u := warmup(s.Warmup, step, total)
	return up * (s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*u))/2)
}
