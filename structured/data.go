package structured

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Data is n examples. It is never changed by the library.
type Data[Y any] struct {
	// X has the features, n x d, one row per example: a *mat.Dense, an
	// *nn.CSR, or any other mat.Matrix. nil means that there are no
	// features, d = 0: an unconditional model. All numbers must be finite,
	// also in rows of weight 0.
	X mat.Matrix
	// Y has the n structures.
	Y []Y
	// Evidence says, for the rows where it is not nil, that of Y only this is
	// known. It is nil where everything is.
	Evidence []Evidence[Y]
	// Weights has the weight of each example; nil stands for ones. A weight
	// of k counts as k copies of the example, 0 as none.
	Weights []float64
}

// Len is the number of examples.
func (d *Data[Y]) Len() int { return len(d.Y) }

// Features is the number of features, 0 where X is nil.
func (d *Data[Y]) Features() int {
	if d.X == nil {
		return 0
	}
	_, c := d.X.Dims()
	return c
}

// evidence is the evidence of row i, nil where the row is fully observed.
func (d *Data[Y]) evidence(i int) Evidence[Y] {
	if d.Evidence == nil {
		return nil
	}
	return d.Evidence[i]
}

// CheckRows reports sizes and weights that make no sense, and the first error
// that check has for a row of positive weight, as a *DataError with the row.
func (d *Data[Y]) CheckRows(check func(i int) error) error {
	n := len(d.Y)
	if d.X != nil {
		if r, _ := d.X.Dims(); r != n {
			return &DimensionError{What: "rows of X", Want: n, Got: r}
		}
	}
	if d.Weights != nil && len(d.Weights) != n {
		return &DimensionError{What: "weights", Want: n, Got: len(d.Weights)}
	}
	if d.Evidence != nil && len(d.Evidence) != n {
		return &DimensionError{What: "evidence", Want: n, Got: len(d.Evidence)}
	}
	for i := range n {
		w := d.weight(i)
		switch {
		case math.IsNaN(w) || math.IsInf(w, 0):
			return &DataError{What: "Weights", Row: i, Column: 0, Value: w, Err: ErrNotFinite}
		case w < 0:
			return &DataError{What: "Weights", Row: i, Column: 0, Value: w, Err: ErrNegativeWeight}
		case w == 0:
			continue
		}
		if err := check(i); err != nil {
			return &DataError{What: "Y", Row: i, Column: -1, Err: err}
		}
	}
	return nil
}

// validate checks sizes, numbers and structures, and returns the rows with a
// positive weight.
func (d *Data[Y]) validate(s Space[Y]) (rows []int, err error) {
	if err := checkMatrix(d.X); err != nil {
		return nil, err
	}
	err = d.CheckRows(func(i int) error {
		rows = append(rows, i)
		e := d.evidence(i)
		if e == nil {
			return s.Check(d.Y[i])
		}
		if c, ok := s.(EvidenceChecker[Y]); ok {
			return c.CheckEvidence(e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNoExamples
	}
	return rows, checkFinite(d.X)
}

// masked returns the data with the structures of rows of weight 0, which may
// be anything, replaced by one that is valid; kept has the other rows.
func (d *Data[Y]) masked(kept []int) *Data[Y] {
	if len(kept) == len(d.Y) {
		return d
	}
	m := *d
	m.Y, m.Evidence = slices.Clone(d.Y), slices.Clone(d.Evidence)
	for i := range m.Y {
		if d.weight(i) == 0 {
			m.Y[i] = d.Y[kept[0]]
			if m.Evidence != nil {
				m.Evidence[i] = d.Evidence[kept[0]]
			}
		}
	}
	return &m
}

// weight is the weight of row i.
func (d *Data[Y]) weight(i int) float64 {
	if d.Weights == nil {
		return 1
	}
	return d.Weights[i]
}

// String gives the numbers of examples and features.
func (d *Data[Y]) String() string {
	return fmt.Sprintf("%d examples of %d features", d.Len(), d.Features())
}
