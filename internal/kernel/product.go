package kernel

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// gonum's Dgemm cuts C into blocks of 64 x 64 and starts goroutines, which
// allocate, from 4 blocks on; it also changes the order of summation of A·Bᵀ
// then. A tile of 3 blocks stays below: one goroutine, one order.
const (
	tileRows = 64
	tileCols = 192
)

// NN computes the product of the matrices A, m x k, and B, k x n:
//
//	C = A·B    or, with add,    C = C + A·B
//
// Row i of C depends on row i of A and on B alone, to the last bit: it is the
// same whether computed in a product of one row or of many. A zero in A may
// be skipped, so 0·Inf and 0·NaN need not show. O(m n k).
func NN(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	product(blas.NoTrans, blas.NoTrans, c, ldc, a, lda, b, ldb, m, n, k, add)
}

// TN computes the product of the transpose of A, k x m, and B, k x n:
//
//	C = Aᵀ·B    or, with add,    C = C + Aᵀ·B
//
// A zero in A may be skipped, so 0·Inf and 0·NaN need not show. O(m n k).
func TN(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	product(blas.Trans, blas.NoTrans, c, ldc, a, lda, b, ldb, m, n, k, add)
}

// NT computes the product of A, m x k, and the transpose of B, n x k:
//
//	C = A·Bᵀ    or, with add,    C = C + A·Bᵀ
//
// As for NN, row i of C depends on row i of A and on B alone, to the last
// bit. O(m n k).
func NT(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	product(blas.NoTrans, blas.Trans, c, ldc, a, lda, b, ldb, m, n, k, add)
}

func product(tA, tB blas.Transpose, c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	if m == 0 || n == 0 {
		return
	}
	if k == 0 { // A and B may have no leading dimension to speak of
		if !add {
			for i := range m {
				clear(c[i*ldc : i*ldc+n])
			}
		}
		return
	}
	beta := 0.0
	if add {
		beta = 1
	}
	var impl gonum.Implementation
	for i := 0; i < m; i += tileRows {
		rows := min(tileRows, m-i)
		ai := i * lda
		if tA == blas.Trans {
			ai = i
		}
		for j := 0; j < n; j += tileCols {
			bj := j
			if tB == blas.Trans {
				bj = j * ldb
			}
			impl.Dgemm(tA, tB, rows, min(tileCols, n-j), k, 1, a[ai:], lda, b[bj:], ldb, beta, c[i*ldc+j:], ldc)
		}
	}
}
