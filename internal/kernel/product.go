package kernel

// NN computes the product of the matrices A, m x k, and B, k x n:
//
//	C = A·B    or, with add,    C = C + A·B
//
// Row i of C depends on row i of A and on B alone, to the last bit: it is the
// same whether computed in a product of one row or of many. O(m n k).
func NN(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	Float64.product(c, ldc, a, lda, false, b, ldb, false, m, n, k, add)
}

// TN computes the product of the transpose of A, k x m, and B, k x n:
//
//	C = Aᵀ·B    or, with add,    C = C + Aᵀ·B
//
// O(m n k).
func TN(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	Float64.product(c, ldc, a, lda, true, b, ldb, false, m, n, k, add)
}

// NT computes the product of A, m x k, and the transpose of B, n x k:
//
//	C = A·Bᵀ    or, with add,    C = C + A·Bᵀ
//
// As for NN, row i of C depends on row i of A and on B alone, to the last
// bit. O(m n k).
func NT(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	Float64.product(c, ldc, a, lda, false, b, ldb, true, m, n, k, add)
}

// Arithmetic is what the multiply-adds of a product are computed in.
type Arithmetic int

const (
	Float64 Arithmetic = iota
	// Float32 rounds the numbers of A and B to float32 and sums pieces of up to
	// 256 products of them in float32, and these in float64, where there is
	// assembly for that: on amd64. Elsewhere, and for a C of one column, it is
	// Float64. What is said of the
	// rows of C holds of it too.
	Float32
)

// NN is the function of that name in another arithmetic.
func (x Arithmetic) NN(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	x.product(c, ldc, a, lda, false, b, ldb, false, m, n, k, add)
}

// TN is the function of that name in another arithmetic.
func (x Arithmetic) TN(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	x.product(c, ldc, a, lda, true, b, ldb, false, m, n, k, add)
}

// NT is the function of that name in another arithmetic.
func (x Arithmetic) NT(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	x.product(c, ldc, a, lda, false, b, ldb, true, m, n, k, add)
}

func (x Arithmetic) product(c []float64, ldc int, a []float64, lda int, tA bool, b []float64, ldb int, tB bool, m, n, k int, add bool) {
	mustHold(c, ldc, m, n)
	if tA {
		mustHold(a, lda, k, m)
	} else {
		mustHold(a, lda, m, k)
	}
	if tB {
		mustHold(b, ldb, n, k)
	} else {
		mustHold(b, ldb, k, n)
	}
	switch {
	case m == 0 || n == 0:
	case k == 0: // A and B may have no leading dimension to speak of
		if !add {
			for i := range m {
				clear(c[i*ldc : i*ldc+n])
			}
		}
	case foreign.Load() != nil:
		level3(*foreign.Load(), c, ldc, a, lda, tA, b, ldb, tB, m, n, k, add)
	case use == portable:
		tiled(c, ldc, a, lda, tA, b, ldb, tB, m, n, k, add)
	case x == Float32 && n > 1 && singles(): // one column would leave most of a vector empty
		if !add {
			for i := range m {
				clear(c[i*ldc : i*ldc+n])
			}
		}
		packed32(c, ldc, a, lda, tA, b, ldb, tB, m, n, k)
	case n == 1 && ldc == 1: // Cᵀ = Bᵀ·Aᵀ, whose row has whole vectors
		packed(c, m, b, ldb, !tB, a, lda, !tA, 1, m, k, add)
	default:
		packed(c, ldc, a, lda, tA, b, ldb, tB, m, n, k, add)
	}
}

// mustHold panics unless x can hold rows x cols numbers: what runs in assembly
// is not checked otherwise.
func mustHold(x []float64, ld, rows, cols int) {
	if rows < 0 || cols < 0 {
		panic("kernel: matrix of a negative size")
	}
	if rows == 0 || cols == 0 {
		return
	}
	if ld < cols {
		panic("kernel: leading dimension below the number of columns")
	}
	if len(x) < cols || (len(x)-cols)/ld < rows-1 {
		panic("kernel: matrix beyond the end of its slice")
	}
}
