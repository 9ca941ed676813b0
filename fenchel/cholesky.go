package fenchel

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// growing is the Cholesky factor of a matrix that rows and columns are added to
// and taken from, in O(m^2) each (Golub and Van Loan 2013, section 6.5.4). L is
// lower triangular, its rows one after the other.
type growing struct {
	l []float64
	m int
}

// dependent is how much of the length of a row has to be new.
const dependent = 1e-13

func (g *growing) reset() { g.l, g.m = g.l[:0], 0 }

func (g *growing) triangle() blas64.TriangularPacked {
	return blas64.TriangularPacked{N: g.m, Data: g.l, Uplo: blas.Lower, Diag: blas.NonUnit}
}

// forward overwrites x with L^-1 x.
func (g *growing) forward(x []float64) {
	blas64.Tpsv(blas.NoTrans, g.triangle(), blas64.Vector{N: g.m, Data: x, Inc: 1})
}

// backward overwrites x with L^-T x.
func (g *growing) backward(x []float64) {
	blas64.Tpsv(blas.Trans, g.triangle(), blas64.Vector{N: g.m, Data: x, Inc: 1})
}

// push adds a last row, whose m+1 entries end on the diagonal. It reports false,
// and changes nothing, where the matrix would not be positive definite.
func (g *growing) push(row []float64) bool {
	at := len(g.l)
	g.l = append(g.l, row...)
	last := g.l[at:]
	if g.m > 0 {
		blas64.Tpsv(blas.NoTrans, blas64.TriangularPacked{N: g.m, Data: g.l[:at], Uplo: blas.Lower, Diag: blas.NonUnit},
			blas64.Vector{N: g.m, Data: last[:g.m], Inc: 1})
	}
	rest := row[g.m]
	for _, v := range last[:g.m] {
		rest -= v * v
	}
	if !(rest > dependent*row[g.m]) {
		g.l = g.l[:at]
		return false
	}
	last[g.m] = math.Sqrt(rest)
	g.m++
	return true
}

// remove takes row and column i out: the rows below keep their inner products
// by rotations of their columns i and i+1, i+1 and i+2, and so on.
func (g *growing) remove(i int) {
	to := i * (i + 1) / 2
	for r := i + 1; r < g.m; r++ {
		row := g.l[r*(r+1)/2 : (r+1)*(r+2)/2]
		// Row r now has one entry more than the triangle has room for: the last
		// rotation makes it 0.
		a, b := row[r-1], row[r]
		length := math.Hypot(a, b)
		cos, sin := a/length, b/length
		for s := r; s < g.m; s++ {
			below := g.l[s*(s+1)/2:]
			x, y := below[r-1], below[r]
			below[r-1], below[r] = cos*x+sin*y, cos*y-sin*x
		}
		to += copy(g.l[to:], row[:r])
	}
	g.l = g.l[:to]
	g.m--
}
