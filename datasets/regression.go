package datasets

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Regression is a data set with real targets: n rows of d features, each with
// a vector of m targets. Without features it is data for density estimation.
type Regression struct {
	// Name is the name it was opened by.
	Name string
	// X is n x d; nil when d is 0.
	X mat.Matrix
	// Y has the n vectors of m targets.
	Y [][]float64
	// Features and Targets are the names of the d features and m targets, nil
	// where there are none. A nominal feature becomes one column per value,
	// named name=value.
	Features, Targets []string
}

// Len is the number of rows n.
func (m *Regression) Len() int { return len(m.Y) }

// D is the number of features d.
func (m *Regression) D() int {
	if m.X == nil {
		return 0
	}
	_, d := m.X.Dims()
	return d
}

// M is the number of targets m.
func (m *Regression) M() int {
	if len(m.Y) == 0 {
		return len(m.Targets)
	}
	return len(m.Y[0])
}

// Dims returns the numbers of rows, features and targets, n, d and m.
func (m *Regression) Dims() (rows, features, targets int) { return m.Len(), m.D(), m.M() }

// FeatureName is Features[j], or x1, x2, ... where there are no names.
func (m *Regression) FeatureName(j int) string { return nameAt(m.Features, "x", j) }

// TargetName is Targets[j], or y1, y2, ... where there are no names.
func (m *Regression) TargetName(j int) string { return nameAt(m.Targets, "y", j) }

// Data returns the data set in the form that structured.Fit takes. It shares
// memory with the data set.
func (m *Regression) Data() structured.Data[[]float64] {
	return structured.Data[[]float64]{X: m.X, Y: m.Y}
}

// Rows returns the data set of the given rows, in their order; a row may be
// given more than once. It shares no numbers with m, only the names. It panics
// if a row is not in 0..n-1.
//
// X stays dense or sparse as it was, and nil if it was nil; no rows of a dense
// X are an empty matrix without columns, for gonum has no 0 x d matrix. O of
// the size of the result.
func (m *Regression) Rows(idx []int) *Regression {
	out := &Regression{
		Name: m.Name, X: matrixRows(m.X, idx), Y: makeTargets(len(idx), m.M()), Features: m.Features, Targets: m.Targets,
	}
	for r, i := range idx {
		copy(out.Y[r], m.Y[i])
	}
	return out
}

// Joint returns the data for estimating the joint density of the features and
// the targets: vectors of d + m numbers, the features first, and no features.
// It shares nothing with m.
func (m *Regression) Joint() *Regression {
	n, d, targets := m.Dims()
	out := &Regression{Name: m.Name, Y: makeTargets(n, d+targets)}
	for i, y := range out.Y {
		if d > 0 {
			mat.Row(y[:d], i, m.X)
		}
		copy(y[d:], m.Y[i])
	}
	if m.Features == nil && m.Targets == nil {
		return out
	}
	for j := range d {
		out.Targets = append(out.Targets, m.FeatureName(j))
	}
	for j := range targets {
		out.Targets = append(out.Targets, m.TargetName(j))
	}
	return out
}

// Validate reports the first thing that breaks the description of the type:
// no rows (ErrEmpty), no targets (ErrNoTargets), sizes that differ (ErrRagged),
// or a NaN or infinite number (a *ValueError with ErrNotFinite). O(n (d + m)).
func (m *Regression) Validate() error {
	n, d, targets := m.Dims()
	if n == 0 {
		return fmt.Errorf("datasets: %w", ErrEmpty)
	}
	if targets == 0 {
		return fmt.Errorf("datasets: %w", ErrNoTargets)
	}
	if m.X != nil {
		if rows, _ := m.X.Dims(); rows != n {
			return fmt.Errorf("datasets: %w: X has %d rows, Y %d", ErrRagged, rows, n)
		}
	}
	if m.Features != nil && len(m.Features) != d {
		return fmt.Errorf("datasets: %w: %d names for %d features", ErrRagged, len(m.Features), d)
	}
	if m.Targets != nil && len(m.Targets) != targets {
		return fmt.Errorf("datasets: %w: %d names for %d targets", ErrRagged, len(m.Targets), targets)
	}
	features := Multilabel{X: m.X}
	var scratch []float64
	for i, y := range m.Y {
		if len(y) != targets {
			return fmt.Errorf("datasets: %w: row %d has %d targets, row 0 has %d", ErrRagged, i, len(y), targets)
		}
		for j, v := range y {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("datasets: row %d: %w", i, &ValueError{Attribute: m.TargetName(j), Value: formatNumber(v), Err: ErrNotFinite})
			}
		}
		columns, values := features.row(i, &scratch)
		for p, v := range values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("datasets: row %d: %w", i, &ValueError{
					Attribute: m.FeatureName(columnAt(columns, p)), Value: formatNumber(v), Err: ErrNotFinite,
				})
			}
		}
	}
	return nil
}

// makeTargets returns n vectors of m zeros, in one piece of memory.
func makeTargets(n, m int) [][]float64 { return cutTargets(make([]float64, n*m), n, m) }

// cutTargets cuts the numbers into n vectors.
func cutTargets(v []float64, n, m int) [][]float64 {
	y := make([][]float64, n)
	for i := range y {
		y[i] = v[i*m : (i+1)*m : (i+1)*m]
	}
	return y
}
