package report

import (
	"fmt"
	"math"
	"slices"
)

// Summary is the mean of a number over repeats.
type Summary struct {
	Mean    float64 // +Inf or -Inf where a value is
	SE      float64 // standard error of the mean, 0 where it is of one value or infinite
	Repeats int     // how many values
}

// Summarize returns mean and standard error of the values,
//
//	SE = s / sqrt(n),   s^2 = sum_i (v_i - mean)^2 / (n-1).
//
// Of no values the mean is NaN.
func Summarize(values []float64) Summary {
	n := float64(len(values))
	s := Summary{Repeats: len(values)}
	for _, v := range values {
		s.Mean += v / n
	}
	if len(values) == 0 {
		s.Mean = math.NaN()
	}
	if len(values) < 2 || math.IsInf(s.Mean, 0) {
		return s
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - s.Mean) * (v - s.Mean)
	}
	s.SE = math.Sqrt(squares / (n - 1) / n)
	return s
}

// Finite reports whether the mean is a finite number.
func (s Summary) Finite() bool { return !math.IsNaN(s.Mean) && !math.IsInf(s.Mean, 0) }

// Text is the mean with the given number of decimals, with the standard error
// where there are several repeats: 0.623 or 0.623±0.004; inf for an infinite
// mean and - for one of no values.
func (s Summary) Text(decimals int) string {
	switch {
	case s.Repeats == 0:
		return "-"
	case math.IsInf(s.Mean, 1):
		return "inf"
	case s.Repeats == 1 || !s.Finite():
		return fmt.Sprintf("%.*f", decimals, s.Mean)
	}
	return fmt.Sprintf("%.*f±%.*f", decimals, s.Mean, decimals, s.SE)
}

// Median is the middle value, or the mean of the middle two; NaN of no values
// or where one is NaN.
func Median(values []float64) float64 {
	v := slices.Clone(values)
	slices.Sort(v) // NaN comes first
	n := len(v)
	if n == 0 || math.IsNaN(v[0]) {
		return math.NaN()
	}
	if n%2 == 1 || v[n/2-1] == v[n/2] {
		return v[n/2]
	}
	return v[n/2-1] + (v[n/2]-v[n/2-1])/2
}
