package logpart

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// rankCorrelation is Spearman's, with the p-value of the normal approximation;
// 0 and 1 where one of the two does not vary.
func rankCorrelation(x, y []float64) (rho, p float64) {
	if len(x) < 3 {
		return 0, 1
	}
	a, b := ranks(x), ranks(y)
	rho = stat.Correlation(a, b, nil)
	if math.IsNaN(rho) {
		return 0, 1
	}
	return rho, math.Erfc(math.Abs(rho) * math.Sqrt(float64(len(x)-1)) / math.Sqrt2)
}

// ranks of the entries, ties sharing their mean.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case v[i] < v[j]:
			return -1
		case v[i] > v[j]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(v))
	for at := 0; at < len(order); {
		end := at
		for end < len(order) && v[order[end]] == v[order[at]] {
			end++
		}
		for _, i := range order[at:end] {
			out[i] = float64(at+end-1) / 2
		}
		at = end
	}
	return out
}
