package snl

import (
	"math"

	"github.com/gibbs-ebm/gibbs/structured"
)

// lineCoupling is a coupling over the line together with what quadrature can
// do for it.
type lineCoupling struct{ Smooth }

// followedLine is one with a mixture in it.
type followedLine struct {
	lineCoupling
	follower
}

// withQuadrature adds inference by quadrature to a coupling over the line that
// does not know its log-partition itself.
func withQuadrature(c Smooth, s *Space) (structured.Coupling[Point], error) {
	if own, ok := c.(structured.Inferrer[Point]); ok {
		inf, err := own.Infer(s)
		if err != nil {
			return nil, err
		}
		if _, exact := inf.(structured.LogPartition[Point]); exact {
			return c, nil
		}
	}
	if f, ok := c.(follower); ok {
		return followedLine{lineCoupling{c}, f}, nil
	}
	return lineCoupling{c}, nil
}

// NewRecord is that of the coupling, which is nil where it has none.
func (c lineCoupling) NewRecord() structured.Record[Point] { return newRecord(c.Smooth) }

// newRecord is the record of a coupling, or nil.
func newRecord(c Smooth) structured.Record[Point] {
	if r, ok := c.(structured.Recorder[Point]); ok {
		return r.NewRecord()
	}
	return nil
}

// Infer wants a *Space over the line.
func (c lineCoupling) Infer(s structured.Space[Point]) (structured.Inference[Point], error) {
	space, ok := s.(*Space)
	if !ok {
		return nil, unknownSpace("quadrature", s)
	}
	if space.dim != 1 {
		return nil, ErrNotOnLine
	}
	return &quadratureInference{space: space, coupling: c.Smooth}, nil
}

// quadratureInference integrates over the line: log Z with an estimated error.
type quadratureInference struct {
	space    *Space
	coupling Smooth
}

var _ structured.LogPartitionEstimate[Point] = (*quadratureInference)(nil)

func (inf *quadratureInference) line(theta structured.Theta) (*line, *integrand, error) {
	g := &integrand{space: inf.space, coupling: inf.coupling, theta: theta}
	l, err := g.integrate()
	return l, g, err
}

// EstimateLogZ is by adaptive quadrature; there is nothing random in it.
func (inf *quadratureInference) EstimateLogZ(theta structured.Theta, _ uint64) (structured.Normalizer, error) {
	l, _, err := inf.line(theta)
	if err != nil {
		return structured.Normalizer{}, err
	}
	return structured.EstimatedWithin(l.logZ, l.error), nil
}

// Mode is the highest of the maxima seen from the nodes of the quadrature, made
// exact by golden sections. It is not proven.
func (inf *quadratureInference) Mode(dst *Point, theta structured.Theta, _ uint64) (float64, bool) {
	l, g, err := inf.line(theta)
	if err != nil {
		(*dst)[0] = 0
		var v [1]float64
		g.log(v[:], []Point{*dst})
		return v[0], false
	}
	at, best := 0.0, math.Inf(-1)
	var lo, hi float64
	for i := range l.panels {
		p := &l.panels[i]
		for k, v := range p.logf {
			if v > best {
				at, best = p.node(k), v
				lo, hi = p.a, p.b
				if k > 0 {
					lo = p.node(k - 1)
				}
				if k < kronrodNodes-1 {
					hi = p.node(k + 1)
				}
				// A maximum in the first or last node of a panel may lie in
				// the next one.
				if k == 0 && i > 0 {
					lo = l.panels[i-1].node(kronrodNodes - 1)
				}
				if k == kronrodNodes-1 && i+1 < len(l.panels) {
					hi = l.panels[i+1].node(0)
				}
			}
		}
	}
	one := func(y float64) float64 {
		var v [1]float64
		g.onLine(v[:], []float64{y})
		return v[0]
	}
	y, v := goldenSections(one, lo, hi)
	if v < best {
		y, v = at, best
	}
	(*dst)[0] = y
	return v, false
}

// goldenSections finds a maximum of f between lo and hi, to about 1e-9 of what
// is of order 1.
func goldenSections(f func(float64) float64, lo, hi float64) (at, value float64) {
	const golden = 0.6180339887498949
	a, b := hi-golden*(hi-lo), lo+golden*(hi-lo)
	fa, fb := f(a), f(b)
	for range 60 {
		if hi-lo <= 1e-9 {
			break
		}
		if fa >= fb {
			hi, b, fb = b, a, fa
			a = hi - golden*(hi-lo)
			fa = f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + golden*(hi-lo)
			fb = f(b)
		}
	}
	at = 0.5 * (lo + hi)
	value = f(at)
	for _, y := range [2]float64{lo, hi} { // a maximum at the edge of the support
		if v := f(y); v > value {
			at, value = y, v
		}
	}
	return at, value
}
