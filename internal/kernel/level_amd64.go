//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

func available() []level {
	x, list := &cpu.X86, []level{portable}
	if x.HasAVX2 && x.HasFMA {
		list = append([]level{avx2}, list...)
		if x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW {
			list = append([]level{avx512}, list...)
		}
	}
	return list
}

//go:noescape
func panel1AVX2(p *panel)

//go:noescape
func panel2AVX2(p *panel)

//go:noescape
func panel3AVX2(p *panel)

//go:noescape
func panel1AVX512(p *panel)

//go:noescape
func panel2AVX512(p *panel)

//go:noescape
func panel3AVX512(p *panel)

//go:noescape
func panel1x32AVX2(p *panel32)

//go:noescape
func panel1x32AVX512(p *panel32)

//go:noescape
func panel2x32AVX2(p *panel32)

//go:noescape
func panel2x32AVX512(p *panel32)

//go:noescape
func panel3x32AVX2(p *panel32)

//go:noescape
func panel3x32AVX512(p *panel32)

//go:noescape
func packRowsAVX2(p *packing)

//go:noescape
func packColumnsAVX2(p *packing)

//go:noescape
func packRowsAVX512(p *packing)

//go:noescape
func packColumnsAVX512(p *packing)

//go:noescape
func packRows32AVX2(p *packing)

//go:noescape
func packColumns32AVX2(p *packing)

//go:noescape
func packRows32AVX512(p *packing)

//go:noescape
func packColumns32AVX512(p *packing)

// run computes the panel.
func (p *panel) run(*workspace) {
	if use == avx512 {
		switch (p.cols - 1) / 8 {
		case 0:
			panel1AVX512(p)
		case 1:
			panel2AVX512(p)
		default:
			panel3AVX512(p)
		}
		return
	}
	switch (p.cols - 1) / 4 {
	case 0:
		panel1AVX2(p)
	case 1:
		panel2AVX2(p)
	default:
		panel3AVX2(p)
	}
}

// copyRows copies rows of at most a vector, padded with zeros to one.
func (q *packing) copyRows(geometry) {
	q.mask, q.lanes = 1<<q.cols-1, lanes(q.cols)
	if use == avx512 {
		packRowsAVX512(q)
	} else {
		packRowsAVX2(q)
	}
}

// copyColumns copies the columns of at most as many rows as a vector is long
// to rows, padded with zeros to a vector.
func (q *packing) copyColumns(geometry) {
	if use == avx512 {
		packColumnsAVX512(q)
		return
	}
	q.lanes = lanes(q.cols % 4)
	packColumnsAVX2(q)
}

// singles reports whether products in float32 can be computed.
func singles() bool { return use != portable }

// run adds the panel to C.
func (p *panel32) run() {
	if use == avx512 {
		switch p.vectors {
		case 1:
			panel1x32AVX512(p)
		case 2:
			panel2x32AVX512(p)
		default:
			panel3x32AVX512(p)
		}
		return
	}
	switch p.vectors {
	case 1:
		panel1x32AVX2(p)
	case 2:
		panel2x32AVX2(p)
	default:
		panel3x32AVX2(p)
	}
}

// copyRows32 is copyRows to float32.
func (q *packing) copyRows32() {
	q.mask, q.lanes = 1<<q.cols-1, lanes(q.cols)
	if use == avx512 {
		packRows32AVX512(q)
	} else {
		packRows32AVX2(q)
	}
}

// copyColumns32 is copyColumns to float32.
func (q *packing) copyColumns32() {
	if use == avx512 {
		packColumns32AVX512(q)
		return
	}
	q.lanes = lanes(q.cols % 4)
	packColumns32AVX2(q)
}
