package snl

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// A CurvedDensity also knows its second derivatives in y, as score matching and
// the densities of flows want them. Whether a density has them, mixtures and
// products of densities included, is what [Curved] says.
type CurvedDensity interface {
	GradDensity
	// CurvatureLogDensity writes vs[i]' H vs[i] to dst[i], H being the matrix
	// of second derivatives of log q at ys[i]; 0 where log q is -Inf.
	CurvatureLogDensity(dst []float64, ys, vs []Point)
}

// Curved returns d with its second derivatives, if it has them.
func Curved(d Density) (CurvedDensity, bool) {
	switch d := d.(type) {
	case CurvedDensity:
		return d, true
	case gradMixed:
		parts, ok := allCurved(d.parts)
		return curvedMixed{d, parts}, ok
	case gradProduct:
		parts, ok := allCurved(d.parts)
		return curvedProduct{d, parts}, ok
	case gradTransformed:
		of, ok := Curved(d.of)
		return curvedTransformed{d, of}, ok
	}
	return nil, false
}

func allCurved(parts []Density) (out []CurvedDensity, ok bool) {
	for _, p := range parts {
		c, ok := Curved(p)
		if !ok {
			return nil, false
		}
		out = append(out, c)
	}
	return out, true
}

var (
	_ CurvedDensity = (*gaussian)(nil)
	_ CurvedDensity = (*fullGaussian)(nil)
	_ CurvedDensity = (*student)(nil)
	_ CurvedDensity = (*kernelDensity)(nil)
	_ CurvedDensity = (*uniform)(nil)
	_ CurvedDensity = lebesgue{}
)

func (*uniform) CurvatureLogDensity(dst []float64, _, _ []Point) { clear(dst) }
func (lebesgue) CurvatureLogDensity(dst []float64, _, _ []Point) { clear(dst) }

func (g *gaussian) CurvatureLogDensity(dst []float64, _, vs []Point) {
	for i, v := range vs {
		dst[i] = 0
		for j, s := range g.inverse {
			dst[i] -= v[j] * s * v[j] * s
		}
	}
}

func (g *fullGaussian) CurvatureLogDensity(dst []float64, _, vs []Point) {
	s := getScratch()
	s.one = numeric.Zeroed(s.one, 2*g.dim)
	for i, v := range vs {
		dst[i] = -g.whiten(s.one[:g.dim], v, s.one[g.dim:])
	}
	s.release()
}

// CurvatureLogDensity is with z = L^-1 (y - m) and u = L^-1 v
//
//	-(n + d) ( u'u/(n + z'z) - 2 (z'u)^2/(n + z'z)^2 ).
func (t *student) CurvatureLogDensity(dst []float64, ys, vs []Point) {
	s := getScratch()
	s.one = numeric.Zeroed(s.one, 3*t.dim)
	z, u, zero := s.one[:t.dim], s.one[t.dim:2*t.dim], s.one[2*t.dim:]
	for i, y := range ys {
		below := t.freedom + t.whiten(z, y, t.location)
		square, dot := t.whiten(u, vs[i], zero), 0.0
		for j := range z {
			dot += z[j] * u[j] / below
		}
		dst[i] = -(t.freedom + float64(t.dim)) * (square/below - 2*dot*dot)
	}
	s.release()
}

func (k *kernelDensity) CurvatureLogDensity(dst []float64, ys, vs []Point) {
	s := getScratch()
	terms := s.vector(len(k.logWeights))
	for i, y := range ys {
		k.terms(terms, y)
		total, mean, square, curvature := numeric.LogSumExp(terms), 0.0, 0.0, 0.0
		for j, h := range k.inverse {
			curvature -= vs[i][j] * h * vs[i][j] * h
		}
		for n, l := range terms {
			slope := 0.0
			for j, h := range k.inverse {
				slope += vs[i][j] * (k.points[n*k.dim+j] - y[j]) * h * h
			}
			r := math.Exp(l - total)
			mean += r * slope
			square += r * slope * slope
		}
		dst[i] = curvature + square - mean*mean
	}
	s.release()
}

// curvedMixed is a mixture of which all parts have second derivatives.
type curvedMixed struct {
	gradMixed
	curved []CurvedDensity
}

// CurvatureLogDensity is with slopes a_k and curvatures c_k of the parts along v
// and their responsibilities r_k
//
//	sum_k r_k (c_k + a_k^2) - (sum_k r_k a_k)^2.
func (m curvedMixed) CurvatureLogDensity(dst []float64, ys, vs []Point) {
	n, d := len(ys), m.dim
	s := getScratch()
	s.two, s.three = numeric.Grow(s.two, 4*n), numeric.Grow(s.three, n*d)
	total, part, curvature, mean := s.two[:n], s.two[n:2*n], s.two[2*n:3*n], s.two[3*n:]
	m.LogDensity(total, ys)
	clear(dst[:n])
	clear(mean)
	for k, p := range m.curved {
		p.LogDensity(part, ys)
		p.GradLogDensity(s.three, ys)
		p.CurvatureLogDensity(curvature, ys, vs)
		for i, v := range vs {
			if math.IsInf(part[i], -1) {
				continue
			}
			slope := 0.0
			for j, g := range s.three[i*d : (i+1)*d] {
				slope += g * v[j]
			}
			r := math.Exp(m.logWeights[k] + part[i] - total[i])
			mean[i] += r * slope
			dst[i] += r * (curvature[i] + slope*slope)
		}
	}
	for i, a := range mean {
		dst[i] -= a * a
	}
	s.release()
}

// curvedProduct is a product of which all blocks have second derivatives.
type curvedProduct struct {
	gradProduct
	curved []CurvedDensity
}

func (p curvedProduct) CurvatureLogDensity(dst []float64, ys, vs []Point) {
	s, other := getScratch(), getScratch()
	s.two = numeric.Grow(s.two, len(ys))
	clear(dst[:len(ys)])
	for b, part := range p.curved {
		part.CurvatureLogDensity(s.two, p.block(s, ys, b), p.block(other, vs, b))
		for i, c := range s.two {
			dst[i] += c
		}
	}
	p.LogDensity(s.two, ys)
	for i, l := range s.two {
		if !finite(l) {
			dst[i] = 0
		}
	}
	other.release()
	s.release()
}

// curvedTransformed is a density in other coordinates with second derivatives.
type curvedTransformed struct {
	gradTransformed
	curved CurvedDensity
}

func (t curvedTransformed) CurvatureLogDensity(dst []float64, ys, vs []Point) {
	s, other := getScratch(), getScratch()
	along := other.makePoints(len(vs), t.of.Dim())
	for i, v := range vs {
		for j := range along[i] {
			along[i][j] = t.scale[j] * v[j]
		}
	}
	t.curved.CurvatureLogDensity(dst, t.original(s, ys), along)
	other.release()
	s.release()
}
