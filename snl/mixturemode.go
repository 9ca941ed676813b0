package snl

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// mode writes the highest of the modes found from the component means to dst
// and returns the log-density there. Each is climbed to by the fixed point of
// the mean shift (Carreira-Perpiñán 2000),
//
//	y <- ( sum_k r_k P_k )^-1 sum_k r_k P_k m_k,
//
// with the responsibilities r and the precisions P: an EM algorithm, which
// never goes down.
func (g *gaussians) mode(dst Point, phi []float64) float64 {
	s := g.get(phi)
	defer g.put(s)
	best, y, next := math.Inf(-1), make(Point, g.d), make(Point, g.d)
	for k := range g.k {
		copy(y, s.mean[k*g.d:(k+1)*g.d])
		at, _, _ := g.point(s, y, nil, 0)
		for range 1000 {
			if !g.shift(s, next) {
				break
			}
			up, _, _ := g.point(s, next, nil, 0)
			if !(up > at) {
				break
			}
			at = up
			copy(y, next)
		}
		if at > best || k == 0 {
			best = at
			copy(dst, y)
		}
	}
	return best
}

// shift writes the mean shift from the point last evaluated to next.
func (g *gaussians) shift(s *gaussiansScratch, next Point) bool {
	p, b := mat.NewSymDense(g.d, nil), mat.NewVecDense(g.d, nil)
	row, unit := make([]float64, g.d), make([]float64, g.d)
	for k, r := range s.r {
		for j := range g.d { // column j of P_k, as P_k m_k comes from them too
			clear(unit)
			unit[j] = 1
			g.whiten(s, s.row, unit, k)
			for i := range s.row {
				s.row[i] *= s.inv[k*g.d+i]
			}
			clear(row)
			g.unwhiten(s, row, s.row, k, r)
			for i := range j + 1 {
				p.SetSym(i, j, p.At(i, j)+row[i])
			}
			for i, v := range row {
				b.SetVec(i, b.AtVec(i)+v*s.mean[k*g.d+j])
			}
		}
	}
	var f mat.Cholesky
	if !f.Factorize(p) {
		return false
	}
	return f.SolveVecTo(mat.NewVecDense(g.d, next), b) == nil
}
