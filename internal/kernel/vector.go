package kernel

import (
	"math"

	"gonum.org/v1/gonum/blas/gonum"
)

// Elements are worked on 8 at a time. A last piece of less goes through the
// same instructions in a vector padded with zeros, so that the result for an
// element does not depend on where it stands.
const vector = 8

// The assembly cannot be preempted: no call of it sees more numbers than this.
const preempt = 1 << 13

// Axpy adds alpha times x to dst, which must be as long.
func Axpy(dst []float64, alpha float64, x []float64) {
	sameLength(dst, x)
	if !vectors() {
		gonum.Implementation{}.Daxpy(len(x), alpha, x, 1, dst, 1)
		return
	}
	for len(x) >= vector {
		n := min(len(x), preempt) &^ (vector - 1)
		axpy(&dst[0], alpha, &x[0], n)
		dst, x = dst[n:], x[n:]
	}
	for i, v := range x {
		dst[i] = math.FMA(alpha, v, dst[i])
	}
}

// Dot is the inner product of x and y, which must be as long. The order of
// summation depends on the length alone.
func Dot(x, y []float64) float64 {
	sameLength(x, y)
	if !vectors() {
		return gonum.Implementation{}.Ddot(len(x), x, 1, y, 1)
	}
	var sum [4 * vector]float64
	for len(x) >= vector {
		n := min(len(x), preempt) &^ (vector - 1)
		dot(&x[0], &y[0], n, &sum)
		x, y = x[n:], y[n:]
	}
	for i, v := range x {
		sum[i] = math.FMA(v, y[i], sum[i])
	}
	for n := 2 * vector; n >= 1; n /= 2 {
		for i := range n {
			sum[i] += sum[i+n]
		}
	}
	return sum[0]
}

// Max is the largest element of x, -Inf if there is none, and NaN if one is
// NaN. Whether a zero that is the largest has a sign is not said.
func Max(x []float64) float64 {
	high := math.Inf(-1)
	if vectors() && len(x) >= vector {
		var lanes [vector]float64
		for i := range lanes {
			lanes[i] = high
		}
		for len(x) >= vector {
			n := min(len(x), preempt) &^ (vector - 1)
			maxOf(&x[0], n, &lanes)
			x = x[n:]
		}
		for _, v := range lanes {
			high = max(high, v)
		}
	}
	for _, v := range x {
		high = max(high, v)
	}
	return high
}

// Scale multiplies every element of x by alpha.
func Scale(x []float64, alpha float64) {
	if vectors() {
		for len(x) >= vector {
			n := min(len(x), preempt) &^ (vector - 1)
			scale(&x[0], alpha, n)
			x = x[n:]
		}
	}
	for i := range x {
		x[i] *= alpha
	}
}

// Multiply multiplies every element of dst by that of x, which must be as
// long.
func Multiply(dst, x []float64) {
	sameLength(dst, x)
	if vectors() {
		dst, x = pairs(opMultiply, dst, x)
	}
	for i, v := range x {
		dst[i] *= v
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

// An op is a function of two vectors in assembly; the first is a destination.
type op int

const (
	opReLU op = iota
	opReLUMask
	opMultiply
	opSigmoid
	opTanh
	opSiLU
	opSoftplus
)

// pairs applies f to the whole vectors of a and b and returns the rest.
func pairs(f op, a, b []float64) (restA, restB []float64) {
	for len(a) >= vector {
		n := min(len(a), preempt) &^ (vector - 1)
		call(f, &a[0], &b[0], n)
		a, b = a[n:], b[n:]
	}
	return a, b
}

// padded applies f to fewer numbers than a vector has; b is written if both.
func padded(f op, a, b []float64, both bool) {
	if len(a) == 0 {
		return
	}
	var x, y [vector]float64
	copy(x[:], a)
	copy(y[:], b)
	call(f, &x[0], &y[0], vector)
	copy(a, x[:])
	if both {
		copy(b, y[:])
	}
}

func sameLength(x, y []float64) {
	if len(x) != len(y) {
		panic("kernel: vectors of different lengths")
	}
}
