package nn

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Standardizer shifts and scales each feature,
//
//	z_j = (x_j - Mean_j) / Scale_j,
//
// to mean 0 and standard deviation 1 in the data it was fitted to. It is
// immutable and safe for concurrent use.
//
// A sparse matrix is scaled only, for shifting would make it dense: fitted to
// a CSR, Mean is 0 and Scale still the standard deviation about the true mean.
type Standardizer struct {
	Mean, Scale []float64
}

// NotFiniteError reports a number that is not finite, or that standardising has
// made so.
type NotFiniteError struct {
	Row, Column int
	Value       float64
}

func (e *NotFiniteError) Error() string {
	return fmt.Sprintf("nn: row %d, column %d is %g, which is not finite", e.Row, e.Column, e.Value)
}

// RowWeightError reports a row weight that is negative or not finite, or, where
// Row is -1, weights whose sum Value is not positive and finite: there is
// nothing to fit to.
type RowWeightError struct {
	Row   int
	Value float64
}

func (e *RowWeightError) Error() string {
	if e.Row < 0 {
		return fmt.Sprintf("nn: the weights of the rows sum to %g, not to a positive number", e.Value)
	}
	return fmt.Sprintf("nn: row %d has weight %g, which is not a finite number of at least 0", e.Row, e.Value)
}

// WidthError reports a matrix, or weights, of another size than wanted.
type WidthError struct {
	What      string // "columns" or "weights"
	Got, Want int
}

func (e *WidthError) Error() string {
	return fmt.Sprintf("nn: %d %s, want %d", e.Got, e.What, e.Want)
}

// FitStandardizer computes weighted means and standard deviations of the
// columns of x,
//
//	Mean_j = sum_i w_i x_ij / W,   Scale_j^2 = sum_i w_i (x_ij - Mean_j)^2 / W,   W = sum_i w_i.
//
// Nil weights mean 1 for each row. A weight k is as good as k equal rows, a
// weight 0 as no row: the row is not even looked at. A column that varies by no
// more than rounding, up to 8 units in the last place of its mean, counts as
// constant and gets scale 1. A *CSR is scaled only (see Standardizer) and takes
// O(n + nonzeros + d) time, other matrices O(n d).
//
// The errors are *NotFiniteError for a NaN or infinite x, *RowWeightError for
// weights that make no sense, *WidthError for another number of them than rows.
//
// The means are updated row by row (D. H. D. West, Updating mean and variance
// estimates, Comm. ACM 1979), which does not cancel; a column is scaled by a
// power of two first, so that squares neither overflow nor vanish. The zeros
// of a sparse column join as one block (Chan, Golub and LeVeque 1983).
func FitStandardizer(x mat.Matrix, weights []float64) (*Standardizer, error) {
	rows, cols := x.Dims()
	if weights != nil && len(weights) != rows {
		return nil, &WidthError{What: "weights", Got: len(weights), Want: rows}
	}
	total := 0.0
	for i := range rows {
		w := weightOf(weights, i)
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, &RowWeightError{Row: i, Value: w}
		}
		total += w
	}
	if !(total > 0) || math.IsInf(total, 0) {
		return nil, &RowWeightError{Row: -1, Value: total}
	}
	m := newMoments(cols)
	for row := range weightedRows(x, weights) {
		for p, v := range row.values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, &NotFiniteError{Row: row.index, Column: row.column(p), Value: v}
			}
			m.measure(row.column(p), v)
		}
	}
	for row := range weightedRows(x, weights) {
		w := row.weight / total
		if w == 0 { // it underflows
			continue
		}
		m.rows++
		for p, v := range row.values {
			m.add(row.column(p), v, w)
		}
	}
	s := &Standardizer{Mean: make([]float64, cols), Scale: make([]float64, cols)}
	_, sparse := x.(*CSR)
	for j := range cols {
		mean, deviation := m.of(j)
		if s.Scale[j] = deviation; !(deviation > 8*0x1p-52*math.Abs(mean)) {
			s.Scale[j] = 1
		}
		if !sparse {
			s.Mean[j] = mean
		}
	}
	return s, nil
}

// Validate reports whether Mean and Scale are of one length (a *WidthError),
// Mean is finite and Scale positive and finite (a *SettingError): after
// loading, for instance.
func (s *Standardizer) Validate() error {
	if len(s.Scale) != len(s.Mean) {
		return &WidthError{What: "scales", Got: len(s.Scale), Want: len(s.Mean)}
	}
	for j, v := range s.Mean {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &SettingError{Type: "Standardizer", Field: fmt.Sprintf("Mean[%d]", j), Value: v, Want: "a finite number"}
		}
	}
	for j, v := range s.Scale {
		if !(v > 0) || math.IsInf(v, 0) {
			return &SettingError{Type: "Standardizer", Field: fmt.Sprintf("Scale[%d]", j), Value: v, Want: "a positive number"}
		}
	}
	return nil
}

// Apply returns the standardised matrix, a new one: a *CSR for a *CSR, else a
// *mat.Dense. The errors are those of Validate, *WidthError for another number
// of columns, *NotFiniteError where x or the result is not finite, and
// *SettingError for a sparse matrix with a Mean that is not 0.
func (s *Standardizer) Apply(x mat.Matrix) (mat.Matrix, error) {
	return s.apply(x, s.TransformRow, s.TransformSparse)
}

// Inverse returns the matrix that Apply makes z of, up to rounding; z is as
// in Apply, and so are the errors.
func (s *Standardizer) Inverse(z mat.Matrix) (mat.Matrix, error) {
	return s.apply(z, s.InverseRow, s.InverseSparse)
}

// TransformRow sets dst to the standardised row src; dst may be src. Numbers
// that are not finite stay so: the caller checks. It panics if a length is not
// the number of columns.
func (s *Standardizer) TransformRow(dst, src []float64) {
	s.sameLength(dst, src)
	for j, v := range src {
		dst[j] = (v - s.Mean[j]) / s.Scale[j]
	}
}

// InverseRow undoes TransformRow.
func (s *Standardizer) InverseRow(dst, src []float64) {
	s.sameLength(dst, src)
	for j, v := range src {
		dst[j] = v*s.Scale[j] + s.Mean[j]
	}
}

// TransformSparse sets dst to the scaled values of a sparse row, which are in
// the given columns; Mean is taken to be 0. dst may be values. It panics if the
// lengths differ or a column does not exist.
func (s *Standardizer) TransformSparse(dst []float64, columns []int32, values []float64) {
	if len(dst) != len(values) || len(columns) != len(values) {
		panic("nn: sparse row with slices of different lengths")
	}
	for p, j := range columns {
		dst[p] = values[p] / s.Scale[j]
	}
}

// InverseSparse undoes TransformSparse.
func (s *Standardizer) InverseSparse(dst []float64, columns []int32, values []float64) {
	if len(dst) != len(values) || len(columns) != len(values) {
		panic("nn: sparse row with slices of different lengths")
	}
	for p, j := range columns {
		dst[p] = values[p] * s.Scale[j]
	}
}

func (s *Standardizer) sameLength(dst, src []float64) {
	if len(src) != len(s.Mean) || len(dst) != len(s.Mean) {
		panic("nn: row of wrong length for the standardizer")
	}
}

func (s *Standardizer) apply(x mat.Matrix, dense func(dst, src []float64), sparse func(dst []float64, columns []int32, values []float64)) (mat.Matrix, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	rows, cols := x.Dims()
	if cols != len(s.Mean) && rows > 0 {
		return nil, &WidthError{What: "columns", Got: cols, Want: len(s.Mean)}
	}
	if x, ok := x.(*CSR); ok {
		for j, v := range s.Mean {
			if v != 0 {
				return nil, &SettingError{Type: "Standardizer", Field: fmt.Sprintf("Mean[%d]", j), Value: v, Want: "0 for a sparse matrix"}
			}
		}
		values := make([]float64, len(x.Values))
		sparse(values, x.Columns, x.Values)
		out := *x // offsets and columns are shared, as no one changes them
		out.Values = values
		for i := range rows {
			for p := x.Offsets[i]; p < x.Offsets[i+1]; p++ {
				if v := values[p]; math.IsNaN(v) || math.IsInf(v, 0) {
					return nil, &NotFiniteError{Row: i, Column: int(x.Columns[p]), Value: v}
				}
			}
		}
		return &out, nil
	}
	if rows == 0 || cols == 0 {
		return &mat.Dense{}, nil
	}
	out := mat.NewDense(rows, cols, nil)
	for i := range rows {
		row := out.RawRowView(i)
		mat.Row(row, i, x)
		dense(row, row)
		for j, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, &NotFiniteError{Row: i, Column: j, Value: v}
			}
		}
	}
	return out, nil
}
