//go:build !purego

package kernel

import "unsafe"

func available() []level { return []level{neon, portable} }

//go:noescape
func panel1NEON(p *panel)

//go:noescape
func panel2NEON(p *panel)

//go:noescape
func panel3NEON(p *panel)

// run computes the panel. One whose width is not a multiple of 4 is computed
// aside.
func (p *panel) run(w *workspace) {
	wide := (p.cols + 3) / 4
	c, row := p.c, p.cRow
	if p.cols%4 != 0 {
		p.c, p.cRow = &w.c[0], 4*wide*size
		copyBlock(p.c, p.cRow, c, row, p.rows, p.cols)
	}
	switch wide {
	case 1:
		panel1NEON(p)
	case 2:
		panel2NEON(p)
	default:
		panel3NEON(p)
	}
	if p.cols%4 != 0 {
		copyBlock(c, row, p.c, p.cRow, p.rows, p.cols)
		p.c, p.cRow = c, row
	}
}

func copyBlock(dst *float64, dstRow int, src *float64, srcRow, rows, cols int) {
	for r := range rows {
		copy(rowAt(dst, r*dstRow, cols), rowAt(src, r*srcRow, cols))
	}
}

// rowAt is the n numbers that lie offset bytes after p.
func rowAt(p *float64, offset, n int) []float64 {
	return unsafe.Slice((*float64)(unsafe.Add(unsafe.Pointer(p), offset)), n)
}

// copyRows copies rows of at most a vector, padded with zeros to one.
func (q *packing) copyRows(g geometry) {
	for l := range q.rows {
		dst := rowAt((*float64)(q.dst), l*q.dstRow, g.lanes)
		clear(dst[copy(dst, rowAt(q.src, l*q.srcRow, q.cols)):])
	}
}

// copyColumns copies the columns of at most as many rows as a vector is long
// to rows, padded with zeros to a vector.
func (q *packing) copyColumns(g geometry) {
	step := q.dstRow / size
	dst := rowAt((*float64)(q.dst), 0, (q.cols-1)*step+g.lanes)
	for r := range g.lanes {
		if r >= q.rows {
			for l := range q.cols {
				dst[l*step+r] = 0
			}
			continue
		}
		for l, v := range rowAt(q.src, r*q.srcRow, q.cols) {
			dst[l*step+r] = v
		}
	}
}

// singles reports whether products in float32 can be computed.
func singles() bool { return false }

func (p *panel32) run()           { panic("kernel: no assembly") }
func (q *packing) copyRows32()    { panic("kernel: no assembly") }
func (q *packing) copyColumns32() { panic("kernel: no assembly") }
