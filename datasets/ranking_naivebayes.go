package datasets

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// RankClasses turns a classification data set, n rows of x with their classes
// 0..k-1, into label rankings by the construction of Cheng, Huehn and
// Huellermeier (ICML 2009): a naive Bayes classifier is trained on all rows,
// and the classes are ordered in each row by their predicted probabilities
//
//	p(c|x) ~ (n_c + 1)/(n + k) * prod_j P( x_j - w_j/2 < N(m_cj, s_cj^2) < x_j + w_j/2 )
//
// of which the one of the lower number comes first where they agree to 3
// decimals. m and s^2 are the mean and the population variance of feature j in
// class c after rounding to multiples of its resolution w_j, the mean gap
// between distinct values; s is at least w/6 and a factor at least 1e-75.
//
// The paper gives none of these details. They are those of the classifier
// NaiveBayes of Weka (John and Langley 1995) with its output of 3 decimals,
// and with them the published rankings of iris, wine, glass, vehicle and vowel
// come out in all 1916 rows. Without the rounding of probabilities 0.02 to 0.76
// of the rows of each agree, with densities in place of intervals 0.90 to 0.99,
// with 10 bins of equal width in place of normal distributions 0.07 to 0.93.
//
// Rounding depends on where a feature has its zero: the published features
// were scaled to [-1, 1] before. O(n d k) time.
//
// The errors are ErrEmpty without rows or for a class without rows, ErrRagged
// for sizes that differ, ErrIndexRange for a class that is not in 0..k-1, and
// a *ValueError with ErrNotFinite.
func RankClasses(x mat.Matrix, class []int, k int) ([]permutations.Ordering, error) {
	n, d := x.Dims()
	if n == 0 {
		return nil, fmt.Errorf("datasets: %w", ErrEmpty)
	}
	if len(class) != n {
		return nil, fmt.Errorf("datasets: %w: %d classes for %d rows", ErrRagged, len(class), n)
	}
	count := make([]float64, max(k, 0))
	for i, c := range class {
		if c < 0 || c >= k {
			return nil, fmt.Errorf("datasets: row %d: class %d is not in 0..%d: %w", i, c, k-1, ErrIndexRange)
		}
		count[c]++
	}
	if c := slices.Index(count, 0); c >= 0 {
		return nil, fmt.Errorf("datasets: class %d: %w", c, ErrEmpty)
	}
	logp := mat.NewDense(n, k, nil)
	for i := range n {
		for c, m := range count {
			logp.Set(i, c, math.Log((m+1)/float64(n+k)))
		}
	}
	column := make([]float64, n)
	for j := range d {
		mat.Col(column, j, x)
		for i, v := range column {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("datasets: row %d: %w", i, &ValueError{Attribute: nameAt(nil, "x", j), Value: formatNumber(v), Err: ErrNotFinite})
			}
		}
		addNaiveBayes(logp, column, class, count)
	}
	out := permutations.Make(n, k)
	for i := range n {
		p := logp.RawRowView(i)
		roundedSoftmax(p)
		sortByScore(out[i], p)
	}
	return out, nil
}

// addNaiveBayes adds the log of the factor of one feature, which it rounds.
func addNaiveBayes(logp *mat.Dense, x []float64, class []int, count []float64) {
	width := resolution(x)
	if width == 0 {
		return // all rows have the same value, which says nothing
	}
	k := len(count)
	mean, deviation := make([]float64, k), make([]float64, k)
	for i, c := range class {
		x[i] = math.RoundToEven(x[i]/width) * width
		mean[c] += x[i] / count[c]
	}
	for i, c := range class {
		deviation[c] += (x[i] - mean[c]) * (x[i] - mean[c]) / count[c]
	}
	for c := range k {
		deviation[c] = max(math.Sqrt(deviation[c]), width/6)
	}
	for i, v := range x {
		row := logp.RawRowView(i)
		for c := range k {
			p := normalBelow((v-mean[c]+width/2)/deviation[c]) - normalBelow((v-mean[c]-width/2)/deviation[c])
			row[c] += math.Log(max(p, 1e-75))
		}
	}
}

// resolution is the mean gap between the distinct values, 0 for only one. The
// gaps are added up, for where a value is half a multiple of the result the
// last bit of it decides.
func resolution(x []float64) float64 {
	values := slices.Compact(slices.Sorted(slices.Values(x)))
	sum := 0.0
	for i := 1; i < len(values); i++ {
		sum += values[i] - values[i-1]
	}
	return sum / max(float64(len(values)-1), 1)
}

// normalBelow is the distribution function of the standard normal.
func normalBelow(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// roundedSoftmax turns logs of probabilities up to a factor into probabilities
// of 3 decimals.
func roundedSoftmax(logp []float64) {
	high, sum := slices.Max(logp), 0.0
	for c, l := range logp {
		logp[c] = math.Exp(l - high)
		sum += logp[c]
	}
	for c := range logp {
		logp[c] = math.Round(logp[c]/sum*1000) / 1000
	}
}
