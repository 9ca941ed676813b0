package logpart

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Point is tau at one x beside the best normaliser that is known there.
type Point struct {
	Tau       float64 `json:"tau"`
	Reference float64 `json:"reference"`
	// Error is the standard error of Reference, 0 where it is exact.
	Error float64 `json:"error"`
	// Reliable says whether Reference is to be believed.
	// Points with a number that is none are not, and have 0 in its place.
	Reliable bool `json:"reliable"`
	// Distance is how far x is from the training data; NaN-free, 0 for all
	// where it was not measured.
	Distance float64 `json:"distance"`
	// Mass is E_q (f*+)'(g - tau), which is 1 where tau is the normaliser: the
	// sum of what the model says are probabilities. Gap is what the joint
	// objective at tau is above its minimum over tau. Diagnose has them in closed
	// form; DiagnoseThresholds wants them.
	Mass float64 `json:"mass"`
	Gap  float64 `json:"gap"`
}

// Distribution sums up numbers by their quantiles.
type Distribution struct {
	Mean   float64 `json:"mean"`
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
	P99    float64 `json:"p99"`
	Max    float64 `json:"max"`
}

func distribution(v []float64) Distribution {
	v = slices.Clone(v)
	slices.Sort(v)
	q := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, v, nil) }
	return Distribution{Mean: stat.Mean(v, nil), Min: v[0], Median: q(0.5), P90: q(0.9), P99: q(0.99), Max: v[len(v)-1]}
}

// Diagnosis says how far a learned tau is to be trusted.
type Diagnosis struct {
	Examples int `json:"examples"`
	// Exact and Unreliable count the references that are exact, and those
	// not to be believed, which are left out of everything below.
	Exact      int `json:"exact"`
	Unreliable int `json:"unreliable"`
	// Absolute is |tau - reference|, Bias is tau - reference, in nats.
	Absolute Distribution `json:"absolute_error"`
	Bias     Distribution `json:"bias"`
	// ReferenceError is the mean standard error of the references: Absolute
	// cannot be seen below it.
	ReferenceError float64 `json:"reference_error"`
	// Threshold says that tau is the threshold of a loss other than the
	// softmax, for which there are no Shift and ShiftedGap.
	Threshold bool `json:"threshold"`
	// Mass is that of the points, for the softmax E_q exp(g - tau): 1 for all x
	// where tau is the normaliser. MassError is the standard error of its mean
	// over the examples, PValue that of the test of a mean of 1.
	Mass      Distribution `json:"mass"`
	MassError float64      `json:"mass_error"`
	PValue    float64      `json:"p_value"`
	// Rejected counts the x at which the error of tau is beyond 1.96 standard
	// errors of the reference, or 1e-6 where that is exact.
	Rejected int `json:"rejected"`
	// Gap is the mean of that of the points, for the softmax tau + Z e^-tau - 1 -
	// log Z >= 0: what the joint objective is above the likelihood for errors of
	// tau.
	Gap float64 `json:"gap"`
	// Shift is the constant that added to tau makes it best, in closed form,
	// and ShiftedGap what of Gap is then left.
	Shift      float64 `json:"shift"`
	ShiftedGap float64 `json:"shifted_gap"`
	// Drift is the rank correlation of |tau - reference| with Distance, and
	// DriftPValue that of the test of none; 0 and 1 where distances were not
	// measured.
	Drift       float64 `json:"drift"`
	DriftPValue float64 `json:"drift_p_value"`
	Points      []Point `json:"points"`
}

// mostNats bounds the errors of tau that masses are made of, so that their
// moments are numbers.
const mostNats = 100

// ErrNoPoints is returned for a diagnosis of nothing.
var ErrNoPoints = errors.New("logpart: no x whose normaliser is known well enough to compare tau with")

// Diagnose compares tau with its references, values of log Z.
func Diagnose(points []Point) (*Diagnosis, error) {
	points = slices.Clone(points)
	for i := range points {
		// Numbers that are none are left out below.
		e := points[i].Reference - points[i].Tau
		points[i].Mass = math.Exp(min(e, mostNats))
		points[i].Gap = math.Expm1(min(e, mostNats)) - e
	}
	d, err := diagnose(points)
	if err != nil {
		return nil, err
	}
	var excess []float64
	for _, p := range d.Points {
		if p.Reliable {
			excess = append(excess, p.Reference-p.Tau)
		}
	}
	d.Shift = Shift(excess)
	for _, e := range excess {
		d.ShiftedGap += (math.Expm1(min(e-d.Shift, mostNats)) - (e - d.Shift)) / float64(len(excess))
	}
	return d, nil
}

// DiagnoseThresholds compares tau with its references under a loss other than the
// softmax, of which each point has its Mass and its Gap.
func DiagnoseThresholds(points []Point) (*Diagnosis, error) {
	d, err := diagnose(slices.Clone(points))
	if err == nil {
		d.Threshold = true
	}
	return d, err
}

// diagnose is what does not depend on the loss. It keeps points.
func diagnose(points []Point) (*Diagnosis, error) {
	d := &Diagnosis{Examples: len(points), Points: points}
	var absolute, bias, mass, distance []float64
	for i := range d.Points {
		p := &d.Points[i]
		for _, v := range []*float64{&p.Tau, &p.Reference, &p.Error, &p.Distance, &p.Mass, &p.Gap} {
			if math.IsNaN(*v) || math.IsInf(*v, 0) {
				*v, p.Reliable = 0, false
			}
		}
		if !p.Reliable {
			d.Unreliable++
			continue
		}
		if p.Error == 0 {
			d.Exact++
		}
		e := p.Tau - p.Reference
		absolute, bias, mass = append(absolute, math.Abs(e)), append(bias, e), append(mass, p.Mass)
		distance = append(distance, p.Distance)
		d.ReferenceError += p.Error
		d.Gap += p.Gap
		if math.Abs(e) > max(1.96*p.Error, 1e-6*(1+math.Abs(p.Reference))) {
			d.Rejected++
		}
	}
	n := float64(len(bias))
	if n == 0 {
		return nil, ErrNoPoints
	}
	d.ReferenceError /= n
	d.Gap /= n
	d.Absolute, d.Bias, d.Mass = distribution(absolute), distribution(bias), distribution(mass)
	d.MassError = d.ReferenceError * d.Mass.Mean // of one point: that of its reference
	if n > 1 {
		d.MassError = stat.StdDev(mass, nil) / math.Sqrt(n)
	}
	d.PValue = testOfOne(d.Mass.Mean, d.MassError)
	d.Drift, d.DriftPValue = rankCorrelation(absolute, distance)
	return d, nil
}

// testOfOne is the p-value of a mean of 1; where the mean has no error, 1 or 0.
func testOfOne(mean, e float64) float64 {
	switch {
	case math.Abs(mean-1) <= 1e-9:
		return 1
	case e == 0:
		return 0
	}
	return math.Erfc(math.Abs(mean-1) / e / math.Sqrt2)
}

// String is a report of a few lines.
func (d *Diagnosis) String() string {
	var s strings.Builder
	of, mass := "log Z", "E exp(g - tau)"
	if d.Threshold {
		of, mass = "threshold", "of p"
	}
	fmt.Fprintf(&s, "tau at %d x: %d references exact, %d not to be believed and left out, mean standard error %.3g\n", d.Examples, d.Exact, d.Unreliable, d.ReferenceError)
	fmt.Fprintf(&s, "  |tau - %s|   median %.3g  90%% %.3g  99%% %.3g  max %.3g nats\n", of, d.Absolute.Median, d.Absolute.P90, d.Absolute.P99, d.Absolute.Max)
	fmt.Fprintf(&s, "  tau - %s     mean %+.3g, from %+.3g to %+.3g; beyond the error of the reference at %d\n", of, d.Bias.Mean, d.Bias.Min, d.Bias.Max, d.Rejected)
	fmt.Fprintf(&s, "  mass %s  mean %.4g +- %.2g, test of 1: p = %.3g\n", mass, d.Mass.Mean, d.MassError, d.PValue)
	if d.Threshold {
		fmt.Fprintf(&s, "  objective above its minimum over tau by %.3g\n", d.Gap)
	} else {
		fmt.Fprintf(&s, "  objective above the likelihood by %.3g nats; by %.3g after a shift of tau by %+.4g\n", d.Gap, d.ShiftedGap, d.Shift)
	}
	if d.DriftPValue < 1 {
		fmt.Fprintf(&s, "  rank correlation of the error with the distance from the training data %+.2f (p = %.3g)\n", d.Drift, d.DriftPValue)
	}
	return s.String()
}

// WriteJSON writes the report, the points included.
func (d *Diagnosis) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}
