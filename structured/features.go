package structured

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

var errNilMatrix = errors.New("structured: X is a nil pointer; leave X nil where there are no features")

// checkMatrix reports a nil pointer.
func checkMatrix(x mat.Matrix) error {
	if d, ok := x.(*mat.Dense); ok && d == nil {
		return errNilMatrix
	}
	if s, ok := x.(*nn.CSR); ok && s == nil {
		return errNilMatrix
	}
	return nil
}

// checkFinite returns a *DataError for the first NaN or infinity of x.
func checkFinite(x mat.Matrix) error {
	if x == nil {
		return nil
	}
	bad := func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
	rows, cols := x.Dims()
	if s, ok := x.(*nn.CSR); ok {
		for i := range rows {
			columns, values := s.Row(i)
			for at, v := range values {
				if bad(v) {
					return &DataError{What: "X", Row: i, Column: int(columns[at]), Value: v, Err: ErrNotFinite}
				}
			}
		}
		return nil
	}
	at := x.At
	if d, ok := x.(mat.RawMatrixer); ok {
		raw := d.RawMatrix()
		at = func(i, j int) float64 { return raw.Data[i*raw.Stride+j] }
	}
	for i := range rows {
		for j := range cols {
			if v := at(i, j); bad(v) {
				return &DataError{What: "X", Row: i, Column: j, Value: v, Err: ErrNotFinite}
			}
		}
	}
	return nil
}

// features reads rows of a matrix into batches, standardised. It holds no
// scratch and is safe for concurrent use.
type features struct {
	x      mat.Matrix
	raw    blas64.General // of a dense x
	dense  bool
	sparse *nn.CSR
	cols   int
	std    *nn.Standardizer // nil for raw features
}

func newFeatures(x mat.Matrix, std *nn.Standardizer) features {
	f := features{x: x, std: std}
	if x == nil {
		return f
	}
	_, f.cols = x.Dims()
	switch x := x.(type) {
	case *nn.CSR:
		f.sparse = x
	case mat.RawMatrixer:
		f.raw, f.dense = x.RawMatrix(), true
	}
	return f
}

// featureBuffer is the memory of one batch; it grows to the largest one.
type featureBuffer struct {
	dense   []float64
	offsets []int
	columns []int32
	values  []float64
}

// gather copies n rows, row(0) to row(n-1), into the buffer.
func (f *features) gather(b *featureBuffer, n int, row func(i int) int) nn.Input {
	if f.sparse != nil {
		b.offsets, b.columns, b.values = append(b.offsets[:0], 0), b.columns[:0], b.values[:0]
		for i := range n {
			columns, values := f.sparse.Row(row(i))
			b.columns = append(b.columns, columns...)
			b.values = append(b.values, values...)
			if f.std != nil {
				from := b.offsets[i]
				f.std.TransformSparse(b.values[from:], columns, values)
			}
			b.offsets = append(b.offsets, len(b.values))
		}
		return nn.Input{Rows: n, Cols: f.cols, Offsets: b.offsets, Columns: b.columns, Values: b.values}
	}
	if need := n * f.cols; cap(b.dense) < need {
		b.dense = make([]float64, need)
	}
	b.dense = b.dense[:n*f.cols]
	for i := range n {
		dst, at := b.dense[i*f.cols:(i+1)*f.cols], row(i)
		if f.dense {
			copy(dst, f.raw.Data[at*f.raw.Stride:at*f.raw.Stride+f.cols])
		} else {
			for j := range dst {
				dst[j] = f.x.At(at, j)
			}
		}
		if f.std != nil {
			f.std.TransformRow(dst, dst)
		}
	}
	return nn.DenseInput(b.dense, n, f.cols)
}
