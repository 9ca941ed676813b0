package datasets

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Multilabel is a multilabel data set: n rows of d features, each with the set
// of its labels among k.
type Multilabel struct {
	// Name is the name it was opened by, or the relation name in the file.
	Name string
	// X is n x d: a *mat.Dense, or a *nn.CSR where the file was sparse. It is
	// nil when d is 0 (unconditional data).
	X mat.Matrix
	// Y has the n label sets, each over k labels. An unobserved label is
	// not in its set.
	Y []sets.Set
	// Observed says, where not nil, which labels of each row are known; the
	// others are missing, neither present nor absent.
	Observed []sets.Set
	// Features and Labels are the names of the d features and k labels, each
	// nil where the file names none (LIBSVM). A nominal feature becomes one
	// column per value, named name=value, unless its values are 0 and 1: then
	// it is one column, name.
	Features, Labels []string
}

// Len is the number of rows n.
func (m *Multilabel) Len() int { return len(m.Y) }

// D is the number of features d.
func (m *Multilabel) D() int {
	if m.X == nil {
		return 0
	}
	_, d := m.X.Dims()
	return d
}

// K is the number of labels k.
func (m *Multilabel) K() int {
	if len(m.Y) == 0 {
		return len(m.Labels)
	}
	return m.Y[0].K()
}

// FeatureName is Features[j], or x1, x2, ... where there are no names.
func (m *Multilabel) FeatureName(j int) string {
	if m.Features == nil {
		return "x" + strconv.Itoa(j+1)
	}
	return m.Features[j]
}

// LabelName is Labels[j], or y1, y2, ... where there are no names.
func (m *Multilabel) LabelName(j int) string {
	if m.Labels == nil {
		return "y" + strconv.Itoa(j+1)
	}
	return m.Labels[j]
}

// Validate reports the first thing that breaks the description of the type:
// no rows (ErrEmpty), no labels (ErrNoLabels), sizes that differ (ErrRagged),
// a NaN or infinite feature (a *ValueError with ErrNotFinite), or an
// unobserved label that is in its set. O(n (d + k/64)) time, less where X is
// sparse.
func (m *Multilabel) Validate() error {
	n, d, k := m.Len(), m.D(), m.K()
	if n == 0 {
		return fmt.Errorf("datasets: %w", ErrEmpty)
	}
	if k == 0 {
		return fmt.Errorf("datasets: %w", ErrNoLabels)
	}
	if m.X != nil {
		if rows, _ := m.X.Dims(); rows != n {
			return fmt.Errorf("datasets: %w: X has %d rows, Y %d", ErrRagged, rows, n)
		}
	}
	if m.Features != nil && len(m.Features) != d {
		return fmt.Errorf("datasets: %w: %d names for %d features", ErrRagged, len(m.Features), d)
	}
	if m.Labels != nil && len(m.Labels) != k {
		return fmt.Errorf("datasets: %w: %d names for %d labels", ErrRagged, len(m.Labels), k)
	}
	if m.Observed != nil && len(m.Observed) != n {
		return fmt.Errorf("datasets: %w: Observed has %d rows, Y %d", ErrRagged, len(m.Observed), n)
	}
	for i, y := range m.Y {
		if y.K() != k {
			return fmt.Errorf("datasets: %w: row %d is over %d labels, row 0 over %d", ErrRagged, i, y.K(), k)
		}
		if m.Observed == nil {
			continue
		}
		if o := m.Observed[i]; o.K() != k {
			return fmt.Errorf("datasets: %w: Observed of row %d is over %d labels, not %d", ErrRagged, i, o.K(), k)
		} else if !y.SubsetOf(o) {
			return fmt.Errorf("datasets: row %d has label %q, which is not observed there", i, m.LabelName(y.Difference(o).Indices()[0]))
		}
	}
	var scratch []float64
	for i := range n {
		columns, values := m.row(i, &scratch)
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

// row returns the features of row i: all of them with nil columns, or those
// that a sparse X stores. They are shared with X, or in scratch where X is a
// matrix of another kind.
func (m *Multilabel) row(i int, scratch *[]float64) (columns []int32, values []float64) {
	switch x := m.X.(type) {
	case nil:
		return nil, nil
	case *mat.Dense:
		return nil, x.RawRowView(i)
	case *nn.CSR:
		from, to := x.Offsets[i], x.Offsets[i+1]
		return x.Columns[from:to], x.Values[from:to]
	}
	*scratch = mat.Row(*scratch, i, m.X)
	return nil, *scratch
}

// columnAt is the column of the p-th value that row returns.
func columnAt(columns []int32, p int) int {
	if columns == nil {
		return p
	}
	return int(columns[p])
}

// formatNumber writes the shortest decimal that reads back as v.
func formatNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
