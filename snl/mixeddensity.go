package snl

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// mixed is a mixture of densities.
type mixed struct {
	dim        int
	parts      []Density
	logWeights []float64
	cumulative []float64
}

// gradMixed is one whose parts all have gradients.
type gradMixed struct{ *mixed }

// weightTolerance is how far the sum of weights may be from 1.
const weightTolerance = 1e-9

func newMixed(what string, parts []Density, weights []float64) (Density, error) {
	if len(parts) == 0 || len(parts) != len(weights) {
		return nil, &structured.DimensionError{What: "weights of " + what, Want: len(parts), Got: len(weights)}
	}
	m := &mixed{dim: parts[0].Dim(), parts: parts}
	sum, smooth := 0.0, true
	for i, w := range weights {
		if !(w > 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("snl: %s: weight %g of component %d is not positive and finite", what, w, i)
		}
		sum += w
		m.logWeights = append(m.logWeights, math.Log(w))
		m.cumulative = append(m.cumulative, sum)
		_, ok := parts[i].(GradDensity)
		smooth = smooth && ok
	}
	if math.Abs(sum-1) > weightTolerance {
		return nil, fmt.Errorf("snl: %s: the weights sum to %g, want 1", what, sum)
	}
	if smooth {
		return gradMixed{m}, nil
	}
	return m, nil
}

var (
	_ Extended    = (*mixed)(nil)
	_ GradDensity = gradMixed{}
)

func (m *mixed) Dim() int { return m.dim }

func (m *mixed) in(c coordinates) Density {
	out := *m
	out.parts = make([]Density, len(m.parts))
	for k, p := range m.parts {
		out.parts[k] = c.in(p)
	}
	return &out
}

func (m gradMixed) in(c coordinates) Density { return gradMixed{m.mixed.in(c).(*mixed)} }

func (m *mixed) LogDensity(dst []float64, ys []Point) {
	s := getScratch()
	s.two = numeric.Grow(s.two, len(ys))
	for k, p := range m.parts {
		if k == 0 {
			p.LogDensity(dst, ys)
			for i := range dst[:len(ys)] {
				dst[i] += m.logWeights[0]
			}
			continue
		}
		p.LogDensity(s.two, ys)
		for i, l := range s.two {
			dst[i] = numeric.LogAddExp(dst[i], m.logWeights[k]+l)
		}
	}
	s.release()
}

// GradLogDensity is the mean of the parts' gradients by their
// responsibilities.
func (m gradMixed) GradLogDensity(dst []float64, ys []Point) {
	n, d := len(ys), m.dim
	s := getScratch()
	s.two, s.three = numeric.Grow(s.two, 2*n), numeric.Grow(s.three, n*d)
	total, part, grad := s.two[:n], s.two[n:], s.three
	m.LogDensity(total, ys)
	clear(dst[:n*d])
	for k, p := range m.parts {
		p.LogDensity(part, ys)
		p.(GradDensity).GradLogDensity(grad, ys)
		for i := range ys {
			if math.IsInf(part[i], -1) {
				continue
			}
			r := math.Exp(m.logWeights[k] + part[i] - total[i])
			for j := range d {
				dst[i*d+j] += r * grad[i*d+j]
			}
		}
	}
	s.release()
}

func (m *mixed) Sample(ys []Point, rng *rand.Rand) {
	last := len(m.parts) - 1
	for i := range ys {
		u, k := rng.Float64()*m.cumulative[last], 0
		for k < last && u >= m.cumulative[k] {
			k++
		}
		m.parts[k].Sample(ys[i:i+1], rng)
	}
}

// Extent is the smallest box around the extents of the parts.
func (m *mixed) Extent(low, high Point) bool {
	s := getScratch()
	box := s.makePoints(2, m.dim)
	whole := true
	for k, p := range m.parts {
		if k == 0 {
			whole = extentOf(p, low, high)
			continue
		}
		w := extentOf(p, box[0], box[1])
		whole = whole && w
		for j := range low {
			low[j], high[j] = min(low[j], box[0][j]), max(high[j], box[1][j])
		}
	}
	s.release()
	return whole
}
