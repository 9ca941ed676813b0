package kernel

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// The blocked product of Goto & van de Geijn (2008, Anatomy of
// high-performance matrix multiplication): the inner dimension is cut into
// pieces of blockSteps and the columns of C into panels as wide as three
// vectors. The piece of B under a panel is copied row after row, so that it
// stays in the first cache while the rows of A go by; the piece of A is copied
// in blocks of a tile's rows where it is used often.
//
// Every entry of C has one accumulator, which starts at 0 or, with add, at
// C[i,j] and takes fma(A[i,l], B[l,j], sum) for l = 0, 1, ..., k-1. Neither
// blocking nor copying changes that order, so that all instruction sets give
// the same bits, for a row alone or among others.
const (
	blockSteps     = 256
	blockRows      = 128
	panelCols      = 24 // at most
	packRowsOfB    = 16 // rows of C from which on B is copied
	packColumnsOfA = 64 // columns of C above which A is copied
)

// A panel is what the assembly needs to know of one panel of C; strides are in
// bytes.
type panel struct {
	c, a, b     *float64
	cRow        int       // from a row of C to the next
	aRow, aStep int       // from a row of A to the next, from a column to the next
	aBlock      int       // from a block of a tile's rows of A to the next
	bRow        int       // from a row of B to the next
	rows, steps int       // of C, and the length of the sums
	add         int       // 1 to start from what C holds
	mask        uint64    // of the last vector of a row
	lanes       [4]uint64 // mask, as vectors of 4 want it
	cols        int
	tile        uintptr // where the assembly is in A; no pointer, for it ends behind
}

// A packing copies rows x cols numbers; strides are in bytes.
type packing struct {
	dst            unsafe.Pointer // to float64, or to float32 in copyRows32 and copyColumns32
	src            *float64
	dstRow, srcRow int
	rows, cols     int
	mask           uint64 // of the last vector of a row
	lanes          [4]uint64
}

type workspace struct {
	a [blockRows * blockSteps]float64
	b [blockSteps * panelCols]float64
	c [blockRows * panelCols]float64

	a32 [blockRows * blockSteps]float32
	b32 [blockSteps * panelCols32]float32
}

// idle has the work spaces that are not in use, as many as there were products
// at one time, but no more than it has room for. A sync.Pool would forget them
// at a garbage collection.
var idle [64]atomic.Pointer[workspace]

func takeWorkspace() *workspace {
	for i := range idle {
		if idle[i].Load() == nil {
			continue
		}
		if w := idle[i].Swap(nil); w != nil {
			return w
		}
	}
	return new(workspace)
}

func (w *workspace) giveBack() {
	for i := range idle {
		if idle[i].CompareAndSwap(nil, w) {
			return
		}
	}
}

const size = 8 // bytes of a float64

// packed is the product by assembly.
func packed(c []float64, ldc int, a []float64, lda int, tA bool, b []float64, ldb int, tB bool, m, n, k int, add bool) {
	g := geometries[use]
	packA := m >= g.rows && n > packColumnsOfA
	packB := tB || m >= packRowsOfB
	w := takeWorkspace()
	for l := 0; l < k; l += blockSteps {
		steps := min(blockSteps, k-l)
		for i := 0; i < m; i += blockRows {
			rows := min(blockRows, m-i)
			p := panel{cRow: ldc * size, steps: steps}
			if add || l > 0 {
				p.add = 1
			}
			p.setA(w, g, a, lda, tA, i, l, rows, packA)
			for j := 0; j < n; j += g.cols {
				cols := min(g.cols, n-j)
				p.rows, p.c = rows, &c[i*ldc+j]
				p.setMask(g, cols)
				if packB || !g.masksB && cols%g.lanes != 0 {
					p.packB(w, g, b, ldb, tB, l, j, cols)
				} else {
					p.b, p.bRow = &b[l*ldb+j], ldb*size
				}
				p.run(w)
			}
		}
	}
	w.giveBack()
}

// setA points at rows i.. and columns l.. of A, in place or copied.
func (p *panel) setA(w *workspace, g geometry, a []float64, lda int, tA bool, i, l, rows int, pack bool) {
	if tA {
		p.a, p.aRow, p.aStep = &a[l*lda+i], size, lda*size
	} else {
		p.a, p.aRow, p.aStep = &a[i*lda+l], lda*size, size
	}
	p.aBlock = g.rows * p.aRow
	if !pack {
		return
	}
	for r := 0; r < rows; r += g.rows {
		q := packing{dst: unsafe.Pointer(&w.a[r*p.steps]), dstRow: g.rows * size, srcRow: lda * size}
		block := min(g.rows, rows-r)
		if tA {
			q.src, q.rows, q.cols = &a[l*lda+i+r], p.steps, block
			q.copyRows(g)
		} else {
			q.src, q.rows, q.cols = &a[(i+r)*lda+l], block, p.steps
			q.copyColumns(g)
		}
	}
	p.a, p.aRow, p.aStep, p.aBlock = &w.a[0], size, g.rows*size, g.rows*p.steps*size
}

// packB copies the rows l.. and columns j.. of B, padded to whole vectors.
func (p *panel) packB(w *workspace, g geometry, b []float64, ldb int, tB bool, l, j, cols int) {
	wide := (cols + g.lanes - 1) / g.lanes * g.lanes
	p.b, p.bRow = &w.b[0], wide*size
	for v := 0; v < cols; v += g.lanes {
		q := packing{dst: unsafe.Pointer(&w.b[v]), dstRow: wide * size, srcRow: ldb * size}
		lanes := min(g.lanes, cols-v)
		if tB {
			q.src, q.rows, q.cols = &b[(j+v)*ldb+l], lanes, p.steps
			q.copyColumns(g)
		} else {
			q.src, q.rows, q.cols = &b[l*ldb+j+v], p.steps, lanes
			q.copyRows(g)
		}
	}
}

// setMask says how many columns the panel has.
func (p *panel) setMask(g geometry, cols int) {
	p.cols = cols
	last := (cols-1)%g.lanes + 1
	p.mask = 1<<last - 1
	p.lanes = lanes(last)
}

// lanes is the mask of the first n of 4 numbers.
func lanes(n int) (mask [4]uint64) {
	for i := range min(n, len(mask)) {
		mask[i] = math.MaxUint64
	}
	return mask
}
