package logpart

import (
	"fmt"
	"math"
	"strings"
)

// Calibration compares stated probabilities with how often what they are of
// came true.
type Calibration struct {
	// Bins are those of the reliability diagram, of equal width over [0, 1].
	Bins []CalibrationBin `json:"bins"`
	// Error is the expected calibration error (Naeini, Cooper, Hauskrecht
	// 2015): the mean over the events of |Stated - Observed| of their bin.
	Error float64 `json:"expected_calibration_error"`
	// Brier is the mean of (p - outcome)^2 (Brier 1950).
	Brier float64 `json:"brier"`
	// Events is their number.
	Events int `json:"events"`
}

// CalibrationBin sums up the events of a bin.
type CalibrationBin struct {
	From     float64 `json:"from"`
	To       float64 `json:"to"`
	Events   int     `json:"events"`
	Stated   float64 `json:"stated"`   // mean probability, 0 without events
	Observed float64 `json:"observed"` // share that came true, 0 without events
}

// Calibrate compares probabilities with outcomes in bins of equal width; 0
// stands for 10. Slices of different lengths, and numbers that are no
// probabilities up to rounding, are errors.
func Calibrate(p []float64, outcome []bool, bins int) (Calibration, error) {
	if len(p) != len(outcome) {
		return Calibration{}, fmt.Errorf("logpart: %d probabilities and %d outcomes", len(p), len(outcome))
	}
	if bins == 0 {
		bins = 10
	}
	if bins < 0 {
		return Calibration{}, fmt.Errorf("logpart: %d bins", bins)
	}
	c := Calibration{Bins: make([]CalibrationBin, bins), Events: len(p)}
	for i := range c.Bins {
		c.Bins[i].From, c.Bins[i].To = float64(i)/float64(bins), float64(i+1)/float64(bins)
	}
	for i, p := range p {
		if !(p >= -1e-9 && p <= 1+1e-9) {
			return Calibration{}, fmt.Errorf("logpart: probability %d is %g", i, p)
		}
		p = min(max(p, 0), 1)
		b := &c.Bins[min(bins-1, int(p*float64(bins)))]
		b.Events++
		b.Stated += p
		miss := p
		if outcome[i] {
			b.Observed++
			miss = 1 - p
		}
		c.Brier += miss * miss / float64(len(outcome))
	}
	for i := range c.Bins {
		b := &c.Bins[i]
		if b.Events == 0 {
			continue
		}
		c.Error += math.Abs(b.Stated-b.Observed) / float64(len(p))
		b.Stated /= float64(b.Events)
		b.Observed /= float64(b.Events)
	}
	return c, nil
}

// String is a table.
func (c Calibration) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d events, expected calibration error %.4f, Brier score %.4f\n", c.Events, c.Error, c.Brier)
	for _, b := range c.Bins {
		if b.Events > 0 {
			fmt.Fprintf(&s, "  %4.2f to %4.2f  stated %6.4f  observed %6.4f  %8d events\n", b.From, b.To, b.Stated, b.Observed, b.Events)
		}
	}
	return s.String()
}
