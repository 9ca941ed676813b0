package snl

import (
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// gaussians is a mixture of Gaussians as a function of its parameters phi, laid
// out as MixtureDensity says: its log-density, the derivatives of that along
// lines, and the derivatives of all of these with respect to phi.
type gaussians struct {
	k, d    int
	full    bool
	floor   float64
	offsets []float64 // K x d
	steps   []float64 // d - 1: those of a lattice, see spread
	idle    sync.Pool // of *gaussiansScratch
	records sync.Pool // of *mixtureRecord
}

// gaussiansScratch is the mixture of one phi and the memory for one point.
type gaussiansScratch struct {
	pi, logc      []float64 // weights; log weights and normalisers
	mean, inv     []float64 // K x d: m, 1/s
	slope         []float64 // K x d: dlog s/dl
	off           []float64 // o
	e, z, u       []float64 // K x d: y - m, whitened; the direction, whitened
	l0, l1, l2    []float64 // K: jets of the log-density of the components
	r, c0, c1, c2 []float64 // K: responsibilities, derivatives of a loss
	row           []float64
	shift, unit   []float64 // of a lattice
	source        stream.Source
}

func newGaussiansScratch(g *gaussians) *gaussiansScratch {
	vectors := func(n int, v ...*[]float64) {
		for _, p := range v {
			*p = make([]float64, n)
		}
	}
	s := &gaussiansScratch{}
	vectors(g.k, &s.pi, &s.logc, &s.l0, &s.l1, &s.l2, &s.r, &s.c0, &s.c1, &s.c2)
	vectors(g.k*g.d, &s.mean, &s.inv, &s.slope, &s.e, &s.z, &s.u)
	vectors(g.d, &s.row)
	return s
}

// pairs is the number of correlations of a component.
func (g *gaussians) pairs() int {
	if !g.full {
		return 0
	}
	return g.d * (g.d - 1) / 2
}

// weights is the number of logits of the weights.
func (g *gaussians) weights() int {
	if g.k == 1 {
		return 0
	}
	return g.k
}

// len is the length of phi.
func (g *gaussians) len() int { return g.weights() + g.k*(2*g.d+g.pairs()) }

// parts cuts phi, or its gradient, into its parts.
func (g *gaussians) parts(phi []float64) (a, c, l, o []float64) {
	w, n := g.weights(), g.k*g.d
	return phi[:w], phi[w : w+n], phi[w+n : w+2*n], phi[w+2*n : w+2*n+g.k*g.pairs()]
}

// get returns scratch for phi; put gives it back.
func (g *gaussians) get(phi []float64) *gaussiansScratch {
	s := g.idle.Get().(*gaussiansScratch)
	a, c, l, o := g.parts(phi)
	s.off = o
	high := 0.0
	if len(a) > 0 {
		high = numeric.LogSumExp(a)
	}
	for k := range g.k {
		logw := 0.0
		if len(a) > 0 {
			logw = a[k] - high
		}
		s.pi[k] = math.Exp(logw)
		logw -= 0.5 * float64(g.d) * logTwoPi
		for i := k * g.d; i < (k+1)*g.d; i++ {
			free := math.Exp(l[i])
			scale := g.floor + free
			s.mean[i], s.inv[i], s.slope[i] = g.offsets[i]+c[i], 1/scale, free/scale
			logw -= math.Log(scale)
		}
		s.logc[k] = logw
	}
	return s
}

func (g *gaussians) put(s *gaussiansScratch) {
	s.off = nil
	g.idle.Put(s)
}

// whiten writes (I + O) x, each coordinate divided by its scale, to z.
func (g *gaussians) whiten(s *gaussiansScratch, z, x []float64, k int) {
	inv := s.inv[k*g.d : (k+1)*g.d]
	off := s.off[k*g.pairs() : (k+1)*g.pairs()]
	at := 0
	for i := range z {
		v := x[i]
		if g.full {
			for j := range i {
				v += off[at] * x[j]
				at++
			}
		}
		z[i] = v * inv[i]
	}
}

// unwhiten adds the transposed map of whiten, applied to t with its
// coordinates already divided by their scales, times factor, to dst.
func (g *gaussians) unwhiten(s *gaussiansScratch, dst, t []float64, k int, factor float64) {
	for i, v := range t {
		dst[i] += factor * v
	}
	if !g.full {
		return
	}
	off := s.off[k*g.pairs() : (k+1)*g.pairs()]
	at := 0
	for i := range t {
		for j := range i {
			dst[j] += factor * off[at] * t[i]
			at++
		}
	}
}

// point evaluates the components at y, along v from order 1 on, and returns the
// jet of the log-density; the responsibilities are left in s.r.
func (g *gaussians) point(s *gaussiansScratch, y, v Point, order int) (value, d1, d2 float64) {
	high := math.Inf(-1)
	for k := range g.k {
		lo, hi := k*g.d, (k+1)*g.d
		e, z, u := s.e[lo:hi], s.z[lo:hi], s.u[lo:hi]
		for j, m := range s.mean[lo:hi] {
			e[j] = y[j] - m
		}
		g.whiten(s, z, e, k)
		square := 0.0
		for _, v := range z {
			square += v * v
		}
		s.l0[k] = s.logc[k] - 0.5*square
		high = max(high, s.l0[k])
		if order == 0 {
			continue
		}
		g.whiten(s, u, v, k)
		s.l1[k], s.l2[k] = 0, 0
		for j, v := range u {
			s.l1[k] -= z[j] * v
			s.l2[k] -= v * v
		}
	}
	if math.IsInf(high, -1) { // so far out that no component says anything
		for k := range s.r {
			s.r[k] = s.pi[k]
		}
		return high, 0, 0
	}
	sum := 0.0
	for k, l := range s.l0 {
		s.r[k] = math.Exp(l - high)
		sum += s.r[k]
	}
	for k := range s.r {
		s.r[k] /= sum
		if order > 0 {
			d1 += s.r[k] * s.l1[k]
			d2 += s.r[k] * (s.l2[k] + s.l1[k]*s.l1[k])
		}
	}
	return high + math.Log(sum), d1, d2 - d1*d1
}

// logDensity writes the log-density of points to dst.
func (g *gaussians) logDensity(dst, phi []float64, ys []Point) {
	b := g.records.Get().(*mixtureRecord)
	b.logDensity(dst, phi, ys)
	g.records.Put(b)
}

// gradY writes the log-densities to value, where it is not nil, and their
// derivatives in y to dst, n x d.
func (g *gaussians) gradY(value, dst, phi []float64, ys []Point) {
	s := g.get(phi)
	clear(dst[:len(ys)*g.d])
	for m, y := range ys {
		at, _, _ := g.point(s, y, nil, 0)
		if value != nil {
			value[m] = at
		}
		for k, r := range s.r {
			for i := range s.row {
				s.row[i] = s.z[k*g.d+i] * s.inv[k*g.d+i]
			}
			g.unwhiten(s, dst[m*g.d:(m+1)*g.d], s.row, k, -r)
		}
	}
	g.put(s)
}

// jet writes the log-densities and their derivatives along vs; any of value,
// d1 and d2 may be nil.
func (g *gaussians) jet(value, d1, d2, phi []float64, ys, vs []Point) {
	s, order := g.get(phi), jetOrder(d1, d2)
	for m, y := range ys {
		var v Point
		if order > 0 {
			v = vs[m]
		}
		a, b, c := g.point(s, y, v, order)
		if value != nil {
			value[m] = a
		}
		if d1 != nil {
			d1[m] = b
		}
		if d2 != nil {
			d2[m] = c
		}
	}
	g.put(s)
}

// addGrad adds sum_m w0 d(value)/dphi + w1 d(d1)/dphi + w2 d(d2)/dphi to grad.
func (g *gaussians) addGrad(grad, phi []float64, ys, vs []Point, w0, w1, w2 []float64) {
	s, order := g.get(phi), jetOrder(w1, w2)
	weight := func(w []float64, m int) float64 {
		if w == nil {
			return 0
		}
		return w[m]
	}
	for m, y := range ys {
		var v Point
		if order > 0 {
			v = vs[m]
		}
		a, b, c := weight(w0, m), weight(w1, m), weight(w2, m)
		_, d1, d2 := g.point(s, y, v, order)
		moment := d2 + d1*d1
		for k, r := range s.r {
			s.c0[k] = r * a
			if order > 0 {
				l1, l2 := s.l1[k], s.l2[k]
				s.c0[k] += r * (b*(l1-d1) + c*(l2+l1*l1-moment-2*d1*(l1-d1)))
				s.c1[k] = r * (b + 2*c*(l1-d1))
				s.c2[k] = r * c
			}
		}
		g.pull(s, grad, v, a, order)
	}
	g.put(s)
}

// pull adds to grad the derivative of a loss whose derivatives with respect to
// the jets of the components are c0, c1 and c2; those of c0 sum to total.
func (g *gaussians) pull(s *gaussiansScratch, grad []float64, v Point, total float64, order int) {
	ga, gc, gl, o := g.parts(grad)
	for k := range ga {
		ga[k] += s.c0[k] - s.pi[k]*total
	}
	for k, c0 := range s.c0 {
		lo, hi := k*g.d, (k+1)*g.d
		e, z, u, inv := s.e[lo:hi], s.z[lo:hi], s.u[lo:hi], s.inv[lo:hi]
		c1, c2 := 0.0, 0.0
		if order > 0 {
			c1, c2 = s.c1[k], s.c2[k]
		}
		off := o[k*g.pairs() : (k+1)*g.pairs()]
		at := 0
		for i, zi := range z {
			t, scale := c0*zi, c0*(zi*zi-1)
			ui := 0.0
			if order > 0 {
				ui = u[i]
				t += c1 * ui
				scale += 2 * ui * (c1*zi + c2*ui)
			}
			s.row[i] = t * inv[i]
			gl[lo+i] += scale * s.slope[lo+i]
			for j := 0; j < i && g.full; j++ {
				d := t * e[j]
				if order > 0 {
					d += (c1*zi + 2*c2*ui) * v[j]
				}
				off[at] -= d * inv[i]
				at++
			}
		}
		g.unwhiten(s, gc[lo:hi], s.row, k, 1)
	}
}
