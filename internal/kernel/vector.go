package kernel

import "gonum.org/v1/gonum/blas/gonum"

// Axpy adds alpha times x to dst, which must be as long. Nothing happens if
// alpha is zero, so 0·Inf and 0·NaN do not show.
func Axpy(dst []float64, alpha float64, x []float64) {
	sameLength(dst, x)
	gonum.Implementation{}.Daxpy(len(x), alpha, x, 1, dst, 1)
}

// Dot is the inner product of x and y, which must be as long. The order of
// summation depends on the length alone.
func Dot(x, y []float64) float64 {
	sameLength(x, y)
	return gonum.Implementation{}.Ddot(len(x), x, 1, y, 1)
}

// Scale multiplies every element of x by alpha.
func Scale(x []float64, alpha float64) {
	for i := range x {
		x[i] *= alpha
	}
}

// SumRows adds the sum of the rows of A, len(dst) columns and leading
// dimension lda, to dst, one row after the other.
func SumRows(dst, a []float64, lda, rows int) {
	for i := range rows {
		Axpy(dst, 1, a[i*lda:i*lda+len(dst)])
	}
}

// SpreadRow overwrites each row of A, len(row) columns and leading dimension
// lda, by row.
func SpreadRow(a []float64, lda int, row []float64, rows int) {
	for i := range rows {
		copy(a[i*lda:i*lda+len(row)], row)
	}
}

func sameLength(x, y []float64) {
	if len(x) != len(y) {
		panic("kernel: vectors of different lengths")
	}
}
