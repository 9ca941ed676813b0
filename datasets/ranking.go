package datasets

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// LabelRanking is a label-ranking data set: n rows of d features, each with
// the ordering of k labels from the best to the worst, or what is known of it.
type LabelRanking struct {
	// Name is the name it was opened by, or what the file says of itself.
	Name string
	// X is n x d; nil when d is 0 (unconditional data, such as votes).
	X mat.Matrix
	// Y has the n orderings. It is nil in a row of which only a partial
	// ranking is known.
	Y []permutations.Ordering
	// Partial has, where not nil, what is known of the rows whose Y is nil:
	// incomplete rankings and ties. In the others it is the zero Partial.
	Partial []permutations.Partial
	// Weights has the weight of each row, such as the number of voters; nil
	// stands for ones.
	Weights []float64
	// Features and Labels are the names of the d features and k labels, nil
	// where there are none. A nominal feature becomes one column per value,
	// named name=value.
	Features, Labels []string
}

// Len is the number of rows n.
func (m *LabelRanking) Len() int { return len(m.Y) }

// D is the number of features d.
func (m *LabelRanking) D() int {
	if m.X == nil {
		return 0
	}
	_, d := m.X.Dims()
	return d
}

// K is the number of labels k.
func (m *LabelRanking) K() int {
	switch {
	case len(m.Y) == 0:
		return len(m.Labels)
	case m.isPartial(0):
		return m.Partial[0].K()
	}
	return m.Y[0].K()
}

// Dims returns the numbers of rows, features and labels, n, d and k.
func (m *LabelRanking) Dims() (n, d, k int) { return m.Len(), m.D(), m.K() }

// isPartial reports whether only a partial ranking of row i is known.
func (m *LabelRanking) isPartial(i int) bool { return i < len(m.Partial) && !m.Partial[i].IsZero() }

// FeatureName is Features[j], or x1, x2, ... where there are no names.
func (m *LabelRanking) FeatureName(j int) string { return nameAt(m.Features, "x", j) }

// LabelName is Labels[j], or y1, y2, ... where there are no names.
func (m *LabelRanking) LabelName(j int) string { return nameAt(m.Labels, "y", j) }

func nameAt(names []string, letter string, j int) string {
	if names == nil {
		return letter + strconv.Itoa(j+1)
	}
	return names[j]
}

// Order is the ranking of row i by the names of the labels, the best first, as
// in a>b=c: = stands between tied labels, and labels that are not listed are
// unranked. An order column of ReadRankingCSV has this form.
func (m *LabelRanking) Order(i int) string {
	var b strings.Builder
	if !m.isPartial(i) {
		for r, j := range m.Y[i] {
			if r > 0 {
				b.WriteByte('>')
			}
			b.WriteString(m.LabelName(j))
		}
		return b.String()
	}
	for g := range m.Partial[i].Groups() {
		for t, j := range m.Partial[i].Group(g) {
			switch {
			case t > 0:
				b.WriteByte('=')
			case g > 0:
				b.WriteByte('>')
			}
			b.WriteString(m.LabelName(j))
		}
	}
	return b.String()
}

// Validate reports the first thing that breaks the description of the type:
// no rows (ErrEmpty), no labels (ErrNoLabels), sizes that differ (ErrRagged),
// an ordering that is none (a *permutations.PermutationError), a NaN or
// infinite feature (a *ValueError with ErrNotFinite) or a weight that is
// negative or not finite. O(n (d + k)).
func (m *LabelRanking) Validate() error {
	n, d, k := m.Dims()
	if n == 0 {
		return fmt.Errorf("datasets: %w", ErrEmpty)
	}
	if m.X != nil {
		if rows, _ := m.X.Dims(); rows != n {
			return fmt.Errorf("datasets: %w: X has %d rows, Y %d", ErrRagged, rows, n)
		}
	}
	if m.Partial != nil && len(m.Partial) != n {
		return fmt.Errorf("datasets: %w: Partial has %d rows, Y %d", ErrRagged, len(m.Partial), n)
	}
	if k == 0 {
		return fmt.Errorf("datasets: %w", ErrNoLabels)
	}
	if m.Features != nil && len(m.Features) != d {
		return fmt.Errorf("datasets: %w: %d names for %d features", ErrRagged, len(m.Features), d)
	}
	if m.Labels != nil && len(m.Labels) != k {
		return fmt.Errorf("datasets: %w: %d names for %d labels", ErrRagged, len(m.Labels), k)
	}
	for i := range n {
		if err := m.checkRanking(i, k); err != nil {
			return err
		}
	}
	if err := m.checkWeights(); err != nil {
		return err
	}
	return m.checkFeatures()
}

func (m *LabelRanking) checkRanking(i, k int) error {
	y := m.Y[i]
	if m.isPartial(i) {
		switch got := m.Partial[i].K(); {
		case got != k:
			return fmt.Errorf("datasets: %w: the partial ranking of row %d is over %d labels, not %d", ErrRagged, i, got, k)
		case y != nil:
			return fmt.Errorf("datasets: row %d has both an ordering and a partial ranking", i)
		}
		return nil
	}
	if len(y) != k {
		return fmt.Errorf("datasets: %w: row %d is over %d labels, not %d", ErrRagged, i, len(y), k)
	}
	if err := y.Validate(); err != nil {
		return fmt.Errorf("datasets: row %d: %w", i, err)
	}
	return nil
}

func (m *LabelRanking) checkWeights() error {
	if m.Weights == nil {
		return nil
	}
	if len(m.Weights) != len(m.Y) {
		return fmt.Errorf("datasets: %w: %d weights for %d rows", ErrRagged, len(m.Weights), len(m.Y))
	}
	for i, w := range m.Weights {
		if math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("datasets: row %d: weight %g: %w", i, w, ErrNotFinite)
		}
		if w < 0 {
			return fmt.Errorf("datasets: row %d: weight %g is negative", i, w)
		}
	}
	return nil
}

func (m *LabelRanking) checkFeatures() error {
	if m.X == nil {
		return nil
	}
	features := Multilabel{X: m.X}
	var scratch []float64
	for i := range m.Y {
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
