package kernel

import (
	"sync/atomic"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// foreign is the implementation that UseBLAS was given, if any.
var foreign atomic.Pointer[blas.Float64Level3]

// UseBLAS makes every matrix product a call of impl.Dgemm; nil goes back to the
// products of this package. What NN and NT promise of their rows then holds as
// far as impl keeps it.
func UseBLAS(impl blas.Float64Level3) {
	if impl == nil {
		foreign.Store(nil)
		return
	}
	foreign.Store(&impl)
}

func level3(impl blas.Float64Level3, c []float64, ldc int, a []float64, lda int, tA bool, b []float64, ldb int, tB bool, m, n, k int, add bool) {
	transA, transB, beta := blas.NoTrans, blas.NoTrans, 0.0
	if tA {
		transA = blas.Trans
	}
	if tB {
		transB = blas.Trans
	}
	if add {
		beta = 1
	}
	impl.Dgemm(transA, transB, m, n, k, 1, a, lda, b, ldb, beta, c, ldc)
}

// gonum's Dgemm cuts C into blocks of 64 x 64 and starts goroutines, which
// allocate, from 4 blocks on; it also changes the order of summation of A·Bᵀ
// then. A tile of 3 blocks stays below: one goroutine, one order.
const (
	tileRows = 64
	tileCols = 192
)

// tiled is the product in plain Go.
func tiled(c []float64, ldc int, a []float64, lda int, tA bool, b []float64, ldb int, tB bool, m, n, k int, add bool) {
	for i := 0; i < m; i += tileRows {
		rows, ai := min(tileRows, m-i), i*lda
		if tA {
			ai = i
		}
		for j := 0; j < n; j += tileCols {
			cols, bj := min(tileCols, n-j), j
			if tB {
				bj = j * ldb
			}
			level3(gonum.Implementation{}, c[i*ldc+j:], ldc, a[ai:], lda, tA, b[bj:], ldb, tB, rows, cols, k, add)
		}
	}
}
