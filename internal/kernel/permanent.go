package kernel

import "math/bits"

// A Permanent sums over the orders of k labels, 3 to 32 of them, that come one
// after another: label i as number r weighs w[r][i], an order the product. With
// F(S) for the sum over the orders of a set S,
//
//	F(S) = sum_{i in S} w[|S|-1][i] F(S-i),    F({}) = 1,
//
// F(all) is the permanent of w, and the sums over what may follow S are those
// of its complement under the weights from the last to the first. O(2^k k) each.
//
// Sets are bit masks. The 8 sets that differ in their labels 0 to 2 are the
// lanes of a vector. What labels 3 and on contribute is a sum of products of
// vectors, from the lowest label up; what labels 0 to 2 contribute makes of
// that, a, the product with a triangular 8 x 8 matrix, which depends only on
// the number of high labels: the sums over the orders of the labels that one
// set of lows has and another has not. It is added up as
//
//	((a + a_0 m_0) + (a_1 m_1 + a_2 m_2)) + ((a_3 m_3 + a_4 m_4) + (a_5 m_5 + a_6 m_6))
//
// with its columns m. Every product is rounded before it is added, so that the
// bits are the same on every machine.
//
// A Permanent holds work space, for one goroutine at a time; its zero value can
// be used.
type Permanent struct {
	c []float64 // w[h+|l|-1][3+i] at ((h-1)(k-3)+i)*8 + l, h the number of high labels
	m []float64 // column j of the matrix without its diagonal of ones, for h high labels, at (h*7+j)*8
	// mass at (h*k+i)*8 + l is that of the steps that leave h high labels, i
	// among them, and the lows l, and take i.
	mass []float64
}

// Weights are those of label i as number r at [r][i].
type Weights = [32][32]float64

// LeastPermanent is the least number of labels of a Permanent.
const LeastPermanent = lows

// lows is the number of labels whose sets are the lanes of a vector.
const lows = 3

// lane8 has a number for each set of lows.
type lane8 = [1 << lows]float64

func block(x []float64, i int) *lane8 { return (*lane8)(x[i<<lows:]) }

// Sums sets f[S] = F(S) for all 2^k sets.
func (p *Permanent) Sums(f []float64, w *Weights, k int) {
	p.tabulate(w, k, false)
	p.first(f)
	each(f, k, func(from, to int) {
		if lookups() {
			permanentSums(&f[0], &p.c[0], &p.m[0], from, to, k-lows)
			return
		}
		for h := from; h < to; h++ {
			n := bits.OnesCount(uint(h))
			var a0, a1, a2, a3, a4, a5, a6, a7 float64
			for left := uint(h); left != 0; left &= left - 1 {
				i := bits.TrailingZeros(left)
				c, x := block(p.c, (n-1)*(k-lows)+i), block(f, h&^(1<<i))
				a0 += float64(c[0] * x[0])
				a1 += float64(c[1] * x[1])
				a2 += float64(c[2] * x[2])
				a3 += float64(c[3] * x[3])
				a4 += float64(c[4] * x[4])
				a5 += float64(c[5] * x[5])
				a6 += float64(c[6] * x[6])
				a7 += float64(c[7] * x[7])
			}
			p.solve(block(f, h), &lane8{a0, a1, a2, a3, a4, a5, a6, a7}, n)
		}
	})
}

// Masses sets at[r][i] to the sum of the products of all orders that have label
// i as number r, and g[S] to the sum over what may follow the complement of S.
// f has the sums of Sums for the same weights.
func (p *Permanent) Masses(at *Weights, g, f []float64, w *Weights, k int) {
	if len(f) != 1<<k {
		panic("kernel: sums of a wrong number of sets")
	}
	p.tabulate(w, k, true)
	n := (k - lows + 1) * k << lows
	if cap(p.mass) < n {
		p.mass = make([]float64, n)
	}
	p.mass = p.mass[:n]
	clear(p.mass)
	p.first(g)
	all := 1<<(k-lows) - 1
	p.addLows(block(g, 0), block(f, all), 0, k)
	each(g, k, func(from, to int) {
		if lookups() {
			permanentMasses(&g[0], &f[0], &p.c[0], &p.m[0], &p.mass[0], from, to, k)
			return
		}
		for h := from; h < to; h++ {
			n := bits.OnesCount(uint(h))
			before := block(f, all^h)
			var a0, a1, a2, a3, a4, a5, a6, a7 float64
			for left := uint(h); left != 0; left &= left - 1 {
				i := bits.TrailingZeros(left)
				c, x, mass := block(p.c, (n-1)*(k-lows)+i), block(g, h&^(1<<i)), block(p.mass, n*k+lows+i)
				a0 += float64(c[0] * x[0])
				a1 += float64(c[1] * x[1])
				a2 += float64(c[2] * x[2])
				a3 += float64(c[3] * x[3])
				a4 += float64(c[4] * x[4])
				a5 += float64(c[5] * x[5])
				a6 += float64(c[6] * x[6])
				a7 += float64(c[7] * x[7])
				mass[0] += float64(before[7] * x[0])
				mass[1] += float64(before[6] * x[1])
				mass[2] += float64(before[5] * x[2])
				mass[3] += float64(before[4] * x[3])
				mass[4] += float64(before[3] * x[4])
				mass[5] += float64(before[2] * x[5])
				mass[6] += float64(before[1] * x[6])
				mass[7] += float64(before[0] * x[7])
			}
			p.solve(block(g, h), &lane8{a0, a1, a2, a3, a4, a5, a6, a7}, n)
			p.addLows(block(g, h), before, n, k)
		}
	})
	*at = Weights{}
	for h := range k - lows + 1 {
		for i := range k {
			for l, x := range block(p.mass, h*k+i) {
				if n := h + bits.OnesCount(uint(l)); n > 0 {
					at[(k-n)&31][i&31] += x
				}
			}
		}
	}
	for r := range k {
		for i := range k {
			at[r][i] *= w[r][i]
		}
	}
}

// each calls f with consecutive numbers of sets of high labels from 1 on, few
// enough for the scheduler to get its turn.
func each(x []float64, k int, f func(from, to int)) {
	if k < lows || k > 32 || len(x) != 1<<k {
		panic("kernel: sums of a wrong number of sets")
	}
	for from, end := 1, 1<<(k-lows); from < end; from += preempt / 16 {
		f(from, min(end, from+preempt/16))
	}
}

// addLows adds the mass of the steps that take a low label, given the sums of
// what follows, and before, from the last set of lows to the first.
func (p *Permanent) addLows(g, before *lane8, h, k int) {
	m0, m1, m2 := block(p.mass, h*k), block(p.mass, h*k+1), block(p.mass, h*k+2)
	m0[1] += float64(before[6] * g[0])
	m0[3] += float64(before[4] * g[2])
	m0[5] += float64(before[2] * g[4])
	m0[7] += float64(before[0] * g[6])
	m1[2] += float64(before[5] * g[0])
	m1[3] += float64(before[4] * g[1])
	m1[6] += float64(before[1] * g[4])
	m1[7] += float64(before[0] * g[5])
	m2[4] += float64(before[3] * g[0])
	m2[5] += float64(before[2] * g[1])
	m2[6] += float64(before[1] * g[2])
	m2[7] += float64(before[0] * g[3])
}

// solve is the product with the matrix for n high labels.
func (p *Permanent) solve(dst, a *lane8, n int) {
	at := n * 7
	m0, m1, m2, m3 := block(p.m, at), block(p.m, at+1), block(p.m, at+2), block(p.m, at+3)
	m4, m5, m6 := block(p.m, at+4), block(p.m, at+5), block(p.m, at+6)
	a0, a1, a2, a3, a4, a5, a6 := a[0], a[1], a[2], a[3], a[4], a[5], a[6]
	// Most entries of the matrix are 0, and add nothing.
	dst[0] = a0
	dst[1] = a1 + float64(a0*m0[1])
	dst[2] = a2 + float64(a0*m0[2])
	dst[3] = (a3 + float64(a0*m0[3])) + (float64(a1*m1[3]) + float64(a2*m2[3]))
	dst[4] = a4 + float64(a0*m0[4])
	dst[5] = ((a[5] + float64(a0*m0[5])) + float64(a1*m1[5])) + float64(a4*m4[5])
	dst[6] = ((a[6] + float64(a0*m0[6])) + float64(a2*m2[6])) + float64(a4*m4[6])
	dst[7] = ((a[7] + float64(a0*m0[7])) + (float64(a1*m1[7]) + float64(a2*m2[7]))) +
		((float64(a3*m3[7]) + float64(a4*m4[7])) + (float64(a5*m5[7]) + float64(a6*m6[7])))
}

// first sets the sums of the sets without high labels.
func (p *Permanent) first(f []float64) {
	copy(f[:8], p.m[:8])
	f[0] = 1
}

// tabulate fills c and m, with the weights from the last to the first if that
// is wanted.
func (p *Permanent) tabulate(w *Weights, k int, reversed bool) {
	high := k - lows
	if n := high * high << lows; cap(p.c) < n+8 { // never empty
		p.c, p.m = make([]float64, n+8), make([]float64, (high+1)*7<<lows)
	}
	row := func(r int) *[32]float64 {
		if reversed {
			r = k - 1 - r
		}
		return &w[r&31]
	}
	for h := range high + 1 {
		r0, r1, r2, r3 := row(max(h-1, 0)), row(h), row(h+1), row(h+2)
		for i := range high {
			if h > 0 {
				a, b, c, d := r0[(i+lows)&31], r1[(i+lows)&31], r2[(i+lows)&31], r3[(i+lows)&31]
				*block(p.c, (h-1)*high+i) = lane8{a, b, b, c, b, c, c, d}
			}
		}
		a, b, c := r1, r2, r3 // of a first, second and third low label
		first, pairs := p.m[h*7<<lows:], [3]float64{
			float64(b[1]*a[2]) + float64(b[2]*a[1]), // all but label 0
			float64(b[0]*a[2]) + float64(b[2]*a[0]),
			float64(b[0]*a[1]) + float64(b[1]*a[0]),
		}
		copy(first[:56], []float64{
			0, a[0], a[1], pairs[2], a[2], pairs[1], pairs[0],
			float64(c[0]*pairs[0]) + float64(c[1]*pairs[1]) + float64(c[2]*pairs[2]),
			0, 0, 0, b[1], 0, b[2], 0, float64(c[1]*b[2]) + float64(c[2]*b[1]),
			0, 0, 0, b[0], 0, 0, b[2], float64(c[0]*b[2]) + float64(c[2]*b[0]),
			0, 0, 0, 0, 0, 0, 0, c[2],
			0, 0, 0, 0, 0, b[0], b[1], float64(c[0]*b[1]) + float64(c[1]*b[0]),
			0, 0, 0, 0, 0, 0, 0, c[1],
			0, 0, 0, 0, 0, 0, 0, c[0],
		})
	}
}
