package snl

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/integrate/quad"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// intervals is inference for separable statistics over a uniform box:
//
//	log Z = sum_j log( 1/(b_j - a_j) int_{a_j}^{b_j} exp <theta_j, T(t)> dt )
//
// by Gauss-Legendre quadrature of 16 nodes on panels that are halved until the
// exponent moves by at most maxRise on each: the error is that of rounding,
// without cancellation, for a peak of any sharpness. Gradients are the moments
// under the same rule; draws invert its distribution function.
type intervals struct {
	of        *separable
	low, high []float64
	logVolume float64
	panels    int       // to begin with
	idle      sync.Pool // of *intervalScratch
}

const (
	intervalNodes = 16
	maxRise       = 6.0
	dropBelow     = 45.0 // e^-45 of the peak is below rounding
)

// legendreRule are the nodes and weights on [-1, 1].
var legendreRule = sync.OnceValue(func() (l struct{ x, w [intervalNodes]float64 }) {
	quad.Legendre{}.FixedLocations(l.x[:], l.w[:], -1, 1)
	return l
})

var (
	_ structured.LogPartition[Point] = (*intervals)(nil)
	_ structured.ExactSampler[Point] = (*intervals)(nil)
)

// intervalPanel is a piece of an interval.
type intervalPanel struct{ lo, hi, mass float64 }

type intervalScratch struct {
	todo, done []intervalPanel
	t0, mean   []float64
	e          [intervalNodes]float64
	t          [1]float64
	peak, top  float64 // the largest exponent seen, and where
	total      float64 // mass relative to exp(peak)
	source     stream.Source
}

func newIntervals(of *separable, low, high []float64) *intervals {
	v := &intervals{of: of, low: low, high: high}
	for j := range low {
		v.logVolume += math.Log(high[j] - low[j])
	}
	// Enough that nothing of the highest statistic hides between nodes.
	v.panels = 8 + 2*of.one.Len()
	n := of.one.Len()
	v.idle.New = func() any { return &intervalScratch{t0: make([]float64, n), mean: make([]float64, n)} }
	return v
}

// exponent is <theta, T(t)>.
func (v *intervals) exponent(s *intervalScratch, theta []float64, t float64) float64 {
	s.t[0] = t
	v.of.one.Jet(s.t0, nil, nil, s.t[:], nil)
	return floats.Dot(theta, s.t0)
}

// fill evaluates the exponent at the nodes of a panel.
func (v *intervals) fill(s *intervalScratch, theta []float64, p intervalPanel) (least, most float64) {
	l := legendreRule()
	least, most = math.Inf(1), math.Inf(-1)
	for i, x := range l.x {
		t := 0.5*(p.lo+p.hi) + 0.5*(p.hi-p.lo)*x
		e := v.exponent(s, theta, t)
		s.e[i] = e
		least, most = min(least, e), max(most, e)
		if e > s.peak {
			s.peak, s.top = e, t
		}
	}
	return least, most
}

// integrate fills s with the panels that matter, their masses and the total.
func (v *intervals) integrate(s *intervalScratch, theta []float64, j int) {
	s.todo, s.done, s.peak = s.todo[:0], s.done[:0], math.Inf(-1)
	low, width := v.low[j], v.high[j]-v.low[j]
	at := func(i int) float64 { return low + width*float64(i)/float64(v.panels) }
	for i := v.panels - 1; i >= 0; i-- {
		p := intervalPanel{lo: at(i), hi: at(i + 1)}
		v.fill(s, theta, p)
		s.todo = append(s.todo, p)
	}
	for _, end := range [2]float64{v.low[j], v.high[j]} {
		if e := v.exponent(s, theta, end); e > s.peak {
			s.peak, s.top = e, end
		}
	}
	for len(s.todo) > 0 {
		p := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		least, most := v.fill(s, theta, p)
		rise := most - least
		switch mid := 0.5 * (p.lo + p.hi); {
		case most+rise < s.peak-dropBelow:
		case rise > maxRise && p.lo < mid && mid < p.hi:
			s.todo = append(s.todo, intervalPanel{lo: mid, hi: p.hi}, intervalPanel{lo: p.lo, hi: mid})
		default:
			s.done = append(s.done, p)
		}
	}
	s.total = 0
	for i := range s.done {
		s.done[i].mass = v.mass(s, theta, s.done[i])
		s.total += s.done[i].mass
	}
}

// mass is the integral over a panel, relative to exp(peak).
func (v *intervals) mass(s *intervalScratch, theta []float64, p intervalPanel) float64 {
	peak, top := s.peak, s.top // stay as they are: masses are relative to it
	v.fill(s, theta, p)
	s.peak, s.top = peak, top
	sum := 0.0
	for i, w := range legendreRule().w {
		sum += w * math.Exp(s.e[i]-peak)
	}
	return 0.5 * (p.hi - p.lo) * sum
}

// part is the part of theta of coordinate j.
func (v *intervals) part(theta []float64, j int) []float64 {
	n := v.of.one.Len()
	return theta[j*n : (j+1)*n]
}

func (v *intervals) LogZ(theta structured.Theta) float64 {
	s := v.idle.Get().(*intervalScratch)
	defer v.idle.Put(s)
	logZ := -v.logVolume
	for j := range v.low {
		v.integrate(s, v.part(theta.Logits, j), j)
		logZ += s.peak + math.Log(s.total)
	}
	return logZ
}

func (v *intervals) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	s := v.idle.Get().(*intervalScratch)
	defer v.idle.Put(s)
	l, logZ := legendreRule(), -v.logVolume
	for j := range v.low {
		part := v.part(theta.Logits, j)
		v.integrate(s, part, j)
		logZ += s.peak + math.Log(s.total)
		clear(s.mean)
		for _, p := range s.done {
			for i, x := range l.x {
				half := 0.5 * (p.hi - p.lo)
				e := v.exponent(s, part, 0.5*(p.lo+p.hi)+half*x)
				floats.AddScaled(s.mean, half*l.w[i]*math.Exp(e-s.peak)/s.total, s.t0)
			}
		}
		floats.AddScaled(v.part(grad.Logits, j), weight, s.mean)
	}
	return logZ
}

// SampleModel inverts the distribution function, panel by panel.
func (v *intervals) SampleModel(ys []Point, theta structured.Theta, key uint64) {
	s := v.idle.Get().(*intervalScratch)
	defer v.idle.Put(s)
	rng := s.source.At(key)
	for j := range v.low {
		part := v.part(theta.Logits, j)
		v.integrate(s, part, j)
		for _, y := range ys {
			u := rng.Float64() * s.total
			at := 0
			for at < len(s.done)-1 && u >= s.done[at].mass {
				u -= s.done[at].mass
				at++
			}
			y[j] = v.invert(s, part, s.done[at], u)
		}
	}
}

// invert finds the t up to which a panel has the mass u, by Newton's method
// inside a bracket.
func (v *intervals) invert(s *intervalScratch, theta []float64, p intervalPanel, u float64) float64 {
	lo, hi := p.lo, p.hi
	t := lo + (hi-lo)*min(u/p.mass, 1)
	for range 100 {
		excess := v.mass(s, theta, intervalPanel{lo: p.lo, hi: t}) - u
		if excess > 0 {
			hi = t
		} else {
			lo = t
		}
		next := t - excess/math.Exp(v.exponent(s, theta, t)-s.peak)
		if !(next > lo && next < hi) {
			next = 0.5 * (lo + hi)
		}
		if math.Abs(next-t) <= 1e-9*(p.hi-p.lo) { // its square is below rounding
			return next
		}
		t = next
	}
	return t
}

// Mode refines the best node by golden sections. It is proven to be best where
// the exponent has one maximum, or two at the ends: for degree 2 and order 1.
func (v *intervals) Mode(dst *Point, theta structured.Theta, _ uint64) (value float64, proven bool) {
	s := v.idle.Get().(*intervalScratch)
	defer v.idle.Put(s)
	value = -v.logVolume
	for j := range v.low {
		part := v.part(theta.Logits, j)
		v.integrate(s, part, j)
		reach := (v.high[j] - v.low[j]) / float64(v.panels)
		for _, p := range s.done {
			if p.lo <= s.top && s.top <= p.hi {
				reach = p.hi - p.lo
			}
		}
		const golden = 0.6180339887498949
		t, e := s.top, s.peak
		lo, hi := max(v.low[j], t-reach/4), min(v.high[j], t+reach/4)
		a, b := hi-golden*(hi-lo), lo+golden*(hi-lo)
		ea, eb := v.exponent(s, part, a), v.exponent(s, part, b)
		for range 80 {
			if ea > eb {
				hi, b, eb = b, a, ea
				a = hi - golden*(hi-lo)
				ea = v.exponent(s, part, a)
			} else {
				lo, a, ea = a, b, eb
				b = lo + golden*(hi-lo)
				eb = v.exponent(s, part, b)
			}
			if max(ea, eb) > e {
				t, e = a, ea
				if eb > ea {
					t, e = b, eb
				}
			}
		}
		(*dst)[j] = t
		value += e
	}
	switch one := v.of.one.(type) {
	case powers:
		proven = one.degree <= 2
	case harmonics:
		proven = one.Len() == 2
	}
	return value, proven
}

// boxOf is the box of a uniform base.
func boxOf(base Density) (low, high []float64, ok bool) {
	u, ok := base.(*uniform)
	if !ok {
		return nil, nil, false
	}
	return u.low, u.high, true
}
