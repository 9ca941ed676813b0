package snl

import (
	"fmt"
	"slices"
)

// Empirical is a distribution on the line that gives weights to points.
type Empirical struct{ y, cdf []float64 }

// CDF is P(Y <= y).
func (e Empirical) CDF(y float64) float64 {
	if i := upperBound(e.y, y); i > 0 {
		return e.cdf[i-1]
	}
	return 0
}

// upperBound is the number of entries of sorted that are at most y.
func upperBound(sorted []float64, y float64) int {
	lo, hi := 0, len(sorted)
	for lo < hi {
		if mid := (lo + hi) / 2; sorted[mid] <= y {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// Quantile is the least y with P(Y <= y) >= prob, for prob in [0, 1].
func (e Empirical) Quantile(prob float64) (float64, error) {
	if !(prob >= 0 && prob <= 1) {
		return 0, fmt.Errorf("snl: quantile %g is not in [0, 1]", prob)
	}
	i, _ := slices.BinarySearch(e.cdf, prob)
	return e.y[min(i, len(e.y)-1)], nil
}

// Interval is the central interval of that probability, 0 < level < 1.
func (e Empirical) Interval(level float64) (Interval, error) {
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	low, _ := e.Quantile((1 - level) / 2)
	high, _ := e.Quantile((1 + level) / 2)
	return Interval{low, high}, nil
}
