package kernel

import "unsafe"

// The product of packed.go in float32, of matrices of float64: operands are
// rounded as they are packed, which both always are; every entry of C has an
// accumulator in float32 for each piece of blockSteps of the inner dimension,
// which starts at 0 and is added to C in float64. So an entry does not depend on
// other rows and columns here either, and AVX-512 and AVX2 give the same bits.

// A panel32 is what the assembly needs to know; strides are in bytes.
type panel32 struct {
	c           *float64
	a, b        *float32
	cRow, bRow  int
	rows, steps int
	mask        uint64       // of the columns of C, a byte for 8
	whole       int          // 1 if no column of C is masked
	lanes       [6][4]uint64 // mask, as vectors of 4 want it
	vectors     int
}

var geometries32 = [...]geometry{
	avx2:   {4, 24, 8, false},
	avx512: {8, 48, 16, false},
}

const (
	size32      = 4  // bytes of a float32
	panelCols32 = 48 // at most
)

// packed32 adds the product to C.
func packed32(c []float64, ldc int, a []float64, lda int, tA bool, b []float64, ldb int, tB bool, m, n, k int) {
	g := geometries32[use]
	w := takeWorkspace()
	for l := 0; l < k; l += blockSteps {
		steps := min(blockSteps, k-l)
		for i := 0; i < m; i += blockRows {
			rows := min(blockRows, m-i)
			w.packA32(g, a, lda, tA, i, l, rows, steps)
			for j := 0; j < n; j += g.cols {
				p := panel32{c: &c[i*ldc+j], cRow: ldc * size, rows: rows, steps: steps, a: &w.a32[0], b: &w.b32[0]}
				cols := min(g.cols, n-j)
				p.vectors = (cols + g.lanes - 1) / g.lanes
				p.bRow = p.vectors * g.lanes * size32
				p.setMask(cols, g)
				w.packB32(p.bRow, b, ldb, tB, l, j, cols, steps)
				p.run()
			}
		}
	}
	w.giveBack()
}

func (p *panel32) setMask(cols int, g geometry) {
	p.mask = 1<<cols - 1
	if cols == p.vectors*g.lanes {
		p.whole = 1
		return
	}
	for v := range p.lanes {
		p.lanes[v] = lanes(max(0, cols-4*v))
	}
}

// packA32 copies rows i.. and columns l.. of A in blocks of a tile's rows, step
// after step, padded with rows of zeros.
func (w *workspace) packA32(g geometry, a []float64, lda int, tA bool, i, l, rows, steps int) {
	for r := 0; r < rows; r += g.rows {
		q := packing{dst: unsafe.Pointer(&w.a32[r*steps]), dstRow: g.rows * size32, srcRow: lda * size}
		block := min(g.rows, rows-r)
		if tA {
			q.src, q.rows, q.cols = &a[l*lda+i+r], steps, block
			q.copyRows32()
		} else {
			q.src, q.rows, q.cols = &a[(i+r)*lda+l], block, steps
			q.copyColumns32()
		}
	}
}

// packB32 copies the rows l.. and columns j.. of B, as many columns at a time as
// a vector has numbers of float64.
func (w *workspace) packB32(bRow int, b []float64, ldb int, tB bool, l, j, cols, steps int) {
	lanes := geometries[use].lanes
	for v := 0; v < cols; v += lanes {
		q := packing{dst: unsafe.Pointer(&w.b32[v]), dstRow: bRow, srcRow: ldb * size}
		some := min(lanes, cols-v)
		if tB {
			q.src, q.rows, q.cols = &b[(j+v)*ldb+l], some, steps
			q.copyColumns32()
		} else {
			q.src, q.rows, q.cols = &b[l*ldb+j+v], steps, some
			q.copyRows32()
		}
	}
}
