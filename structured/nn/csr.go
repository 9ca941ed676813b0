package nn

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// CSR is a sparse matrix in compressed sparse row form: row i has the values
// Values[Offsets[i]:Offsets[i+1]] in the columns
// Columns[Offsets[i]:Offsets[i+1]], strictly increasing, and zeros elsewhere.
// It is a gonum mat.Matrix. The slices must not be changed; the zero CSR has
// no rows and no columns.
type CSR struct {
	Offsets []int
	Columns []int32
	Values  []float64

	rows, cols int
}

// A CSRFault says what is wrong with a sparse matrix.
type CSRFault int

// The faults that NewCSR and Take report, with the fields of CSRError that
// they set.
const (
	CSRBadShape         CSRFault = iota + 1 // negative, or more columns than an int32 counts: rows in Row, columns in Column
	CSRBadLengths                           // lengths of the slices disagree
	CSRBadOffsets                           // offsets do not start at 0 or decrease: Row
	CSRColumnOutOfRange                     // Row, Column
	CSRColumnOrder                          // columns of a row do not increase strictly: Row, Column
	CSRNotFinite                            // a value is NaN or infinite: Row, Column, Value
	CSRRowOutOfRange                        // Row
)

// CSRError reports what is wrong with a sparse matrix and where. The fields
// that its Fault does not mention are zero.
type CSRError struct {
	Fault       CSRFault
	Row, Column int
	Value       float64
}

func (e *CSRError) Error() string {
	switch e.Fault {
	case CSRBadShape:
		return fmt.Sprintf("nn: sparse matrix of %d x %d", e.Row, e.Column)
	case CSRBadLengths:
		return "nn: sparse matrix: there must be one more offset than rows, and as many columns and values as the last offset says"
	case CSRBadOffsets:
		return fmt.Sprintf("nn: sparse matrix: bad offset of row %d", e.Row)
	case CSRColumnOutOfRange:
		return fmt.Sprintf("nn: sparse matrix: row %d has a value in column %d, which does not exist", e.Row, e.Column)
	case CSRColumnOrder:
		return fmt.Sprintf("nn: sparse matrix: row %d has column %d out of order or twice", e.Row, e.Column)
	case CSRNotFinite:
		return fmt.Sprintf("nn: sparse matrix: row %d, column %d is %g", e.Row, e.Column, e.Value)
	case CSRRowOutOfRange:
		return fmt.Sprintf("nn: sparse matrix: there is no row %d", e.Row)
	}
	return "nn: sparse matrix: unknown fault"
}

// NewCSR returns the rows x cols matrix with the given offsets, columns and
// values, which are kept, not copied. Zeros among the values are allowed. The
// error is a *CSRError. O(rows + values).
func NewCSR(rows, cols int, offsets []int, columns []int32, values []float64) (*CSR, error) {
	if rows < 0 || cols < 0 || cols > math.MaxInt32 {
		return nil, &CSRError{Fault: CSRBadShape, Row: rows, Column: cols}
	}
	if len(offsets)-1 != rows || len(columns) != len(values) {
		return nil, &CSRError{Fault: CSRBadLengths}
	}
	for i, o := range offsets {
		if i == 0 && o != 0 || i > 0 && o < offsets[i-1] {
			return nil, &CSRError{Fault: CSRBadOffsets, Row: i}
		}
	}
	if offsets[rows] != len(values) {
		return nil, &CSRError{Fault: CSRBadLengths}
	}
	for i := range rows {
		last := -1
		for p := offsets[i]; p < offsets[i+1]; p++ {
			j, v := int(columns[p]), values[p]
			fault := CSRFault(-1)
			switch {
			case j < 0 || j >= cols:
				fault = CSRColumnOutOfRange
			case j <= last:
				fault = CSRColumnOrder
			case math.IsNaN(v) || math.IsInf(v, 0):
				return nil, &CSRError{Fault: CSRNotFinite, Row: i, Column: j, Value: v}
			}
			if fault >= 0 {
				return nil, &CSRError{Fault: fault, Row: i, Column: j}
			}
			last = j
		}
	}
	return &CSR{Offsets: offsets, Columns: columns, Values: values, rows: rows, cols: cols}, nil
}

// Dims returns the numbers of rows and columns.
func (m *CSR) Dims() (rows, cols int) { return m.rows, m.cols }

// At returns the element of row i and column j, in time logarithmic in the
// nonzeros of the row. As gonum's matrices do, it panics if there is none.
func (m *CSR) At(i, j int) float64 {
	if uint(i) >= uint(m.rows) {
		panic(mat.ErrRowAccess)
	}
	if uint(j) >= uint(m.cols) {
		panic(mat.ErrColAccess)
	}
	columns, values := m.Row(i)
	p, found := slices.BinarySearch(columns, int32(j))
	if !found {
		return 0
	}
	return values[p]
}

// Row returns the columns and the values of row i, which share the matrix's
// memory.
func (m *CSR) Row(i int) (columns []int32, values []float64) {
	from, to := m.Offsets[i], m.Offsets[i+1]
	return m.Columns[from:to:to], m.Values[from:to:to]
}

// T returns the transpose, a view.
func (m *CSR) T() mat.Matrix { return mat.Transpose{Matrix: m} }

// Input returns the rows as a batch that shares the matrix's slices.
func (m *CSR) Input() Input {
	return Input{Rows: m.rows, Cols: m.cols, Offsets: m.Offsets, Columns: m.Columns, Values: m.Values}
}

// Take returns a new matrix of the given rows, in that order; repeats are
// allowed. A row that does not exist is a *CSRError.
func (m *CSR) Take(rows []int) (*CSR, error) {
	for _, i := range rows {
		if i < 0 || i >= m.rows {
			return nil, &CSRError{Fault: CSRRowOutOfRange, Row: i}
		}
	}
	out := &CSR{Offsets: make([]int, 1, len(rows)+1), rows: len(rows), cols: m.cols}
	for _, i := range rows {
		columns, values := m.Row(i)
		out.Columns = append(out.Columns, columns...)
		out.Values = append(out.Values, values...)
		out.Offsets = append(out.Offsets, len(out.Values))
	}
	return out, nil
}
