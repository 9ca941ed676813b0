package snl

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// mixtureRecord is what the gradient of log-densities at many points needs of
// them, component by component: the mixture of the line is evaluated by vectors
// of points, and points of more dimensions one by one, again for the gradient.
type mixtureRecord struct {
	of   *gaussians
	phi  []float64
	ys   []Point
	z, r []float64 // K x n: whitened points, responsibilities
	high []float64 // n
}

// logDensity writes the log-density of points under phi to dst.
func (b *mixtureRecord) logDensity(dst, phi []float64, ys []Point) {
	b.phi, b.ys = phi, ys
	g := b.of
	s := g.get(phi)
	defer g.put(s)
	if g.d > 1 {
		for m, y := range ys {
			dst[m], _, _ = g.point(s, y, nil, 0)
		}
		return
	}
	n := len(ys)
	b.z, b.r, b.high = numeric.Grow(b.z, g.k*n), numeric.Grow(b.r, g.k*n), numeric.Grow(b.high, n)
	for k := range g.k {
		mean, inv, logc := s.mean[k], s.inv[k], s.logc[k]
		z, l := b.z[k*n:(k+1)*n], b.r[k*n:(k+1)*n]
		for m, y := range ys {
			v := (y[0] - mean) * inv
			z[m] = v
			l[m] = logc - 0.5*(v*v)
		}
		if k == 0 {
			copy(b.high, l)
			continue
		}
		for m, v := range l {
			b.high[m] = max(b.high[m], v)
		}
	}
	if g.k == 1 {
		copy(dst, b.high)
		for m := range b.r {
			b.r[m] = 1
		}
		return
	}
	for k := range g.k {
		for m, v := range b.r[k*n : (k+1)*n] {
			b.r[k*n+m] = v - b.high[m]
		}
	}
	kernel.Exp(b.r, b.r)
	for m := range ys {
		sum := 0.0
		for at := m; at < len(b.r); at += n {
			sum += b.r[at]
		}
		if math.IsInf(b.high[m], -1) { // so far out that no component says anything
			for k, p := range s.pi {
				b.r[k*n+m] = p
			}
			dst[m] = b.high[m]
			continue
		}
		scale := 1 / sum
		for at := m; at < len(b.r); at += n {
			b.r[at] *= scale
		}
		dst[m] = b.high[m] + math.Log(sum)
	}
}

// addGrad adds sum_m weights[m] dlog p(ys[m])/dphi to grad, for what was
// evaluated last.
func (b *mixtureRecord) addGrad(grad, weights []float64) {
	g := b.of
	if g.d > 1 {
		g.addGrad(grad, b.phi, b.ys, nil, weights, nil, nil)
		return
	}
	s, n, total := g.get(b.phi), len(b.ys), 0.0
	for _, w := range weights {
		total += w
	}
	ga, gc, gl, _ := g.parts(grad)
	for k := range g.k {
		z, r := b.z[k*n:(k+1)*n], b.r[k*n:(k+1)*n]
		zeroth, first, second := 0.0, 0.0, 0.0
		for m, w := range weights {
			c := w * r[m]
			zeroth += c
			c *= z[m]
			first += c
			second += c * z[m]
		}
		if len(ga) > 0 {
			ga[k] += zeroth - s.pi[k]*total
		}
		gc[k] += first * s.inv[k]
		gl[k] += (second - zeroth) * s.slope[k]
	}
	g.put(s)
}

// Score and AddGrad make it the record of a mixtureCoupling.
func (b *mixtureRecord) Score(dst []float64, theta structured.Theta, ys []Point) {
	b.logDensity(dst, theta.Logits, ys)
}

func (b *mixtureRecord) AddGrad(grad structured.Theta, weights []float64) {
	b.addGrad(grad.Logits, weights)
}
