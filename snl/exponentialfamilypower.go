package snl

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Polynomial is the powers of each coordinate on its own,
//
//	T(y) = ( y_j^k / k : k = 1..Degree ),   j = 1..d, the powers of a coordinate together.
//
// Degree 2 is the Gaussian, truncated where the base is. Over an unbounded base
// an even degree with a negative last logit is needed.
type Polynomial struct {
	// Degree is at least 1; 0 stands for 4.
	Degree int
}

// Bind makes the statistics over R^dim.
func (p Polynomial) Bind(dim int) (BoundStatistics, error) {
	n := orDefault(p.Degree, 4)
	if n < 1 || n > 64 {
		return nil, fmt.Errorf("snl: Polynomial.Degree is %d: want 1 to 64, or 0 for 4", p.Degree)
	}
	return &separable{dim: dim, one: powers{n}}, nil
}

// powers are the statistics of one coordinate.
type powers struct{ degree int }

func (p powers) Len() int { return p.degree }

func (p powers) Jet(d0, d1, d2 []float64, y, v Point) {
	below, twice := 1.0, 0.0 // y^(k-1), y^(k-2)
	for k := 1; k <= p.degree; k++ {
		d0[k-1] = below * y[0] / float64(k)
		if d1 != nil {
			d1[k-1] = below * v[0]
		}
		if d2 != nil {
			d2[k-1] = float64(k-1) * twice * v[0] * v[0]
		}
		below, twice = below*y[0], below
	}
}

func (p powers) AddGradY(dst, weights []float64, y Point) {
	below := 1.0
	for _, w := range weights {
		dst[0] += w * below
		below *= y[0]
	}
}

// Trigonometric is the harmonics of each coordinate on its own, an angle,
//
//	T(y) = ( sin(k y_j), cos(k y_j) : k = 1..Order ),   j = 1..d,
//
// the statistics of the von Mises density for Order 1, and of the generalised
// one (Gatto and Jammalamadaka 2007) above. The base is uniform over a circle,
// Uniform{Low: -pi, High: pi}, with targets as they are (Config.RawTargets).
type Trigonometric struct {
	// Order is at least 1; 0 stands for 1.
	Order int
}

// Bind makes the statistics over R^dim.
func (t Trigonometric) Bind(dim int) (BoundStatistics, error) {
	n := orDefault(t.Order, 1)
	if n < 1 || n > 1024 {
		return nil, fmt.Errorf("snl: Trigonometric.Order is %d: want 1 to 1024, or 0 for 1", t.Order)
	}
	f := fourier{dim: 1, periodic: true}
	for k := range n {
		f.frequencies = append(f.frequencies, float64(k+1))
	}
	return &separable{dim: dim, one: harmonics{f}}, nil
}

// harmonics are the statistics of one coordinate.
type harmonics struct{ of fourier }

func (h harmonics) Len() int { return h.of.len() }

func (h harmonics) Jet(d0, d1, d2 []float64, y, v Point) { h.of.jet(d0, d1, d2, y, v) }

func (h harmonics) AddGradY(dst, weights []float64, y Point) { h.of.addGradY(dst, weights, y) }

// separable are the statistics of one coordinate, for each of them.
type separable struct {
	dim int
	one BoundStatistics
}

var _ StatisticsInferrer = (*separable)(nil)

func (s *separable) Len() int { return s.dim * s.one.Len() }

func (s *separable) Jet(d0, d1, d2 []float64, y, v Point) {
	n := s.one.Len()
	for j := range s.dim {
		lo, hi := j*n, (j+1)*n
		s.one.Jet(d0[lo:hi], piece(d1, lo, hi), piece(d2, lo, hi), y[j:j+1], piece(v, j, j+1))
	}
}

func (s *separable) AddGradY(dst, weights []float64, y Point) {
	n := s.one.Len()
	for j := range s.dim {
		s.one.AddGradY(dst[j:j+1], weights[j*n:(j+1)*n], y[j:j+1])
	}
}

// Infer is exact over a box, and over what a Gaussian times a Gaussian is.
func (s *separable) Infer(space structured.Space[Point]) (structured.Inference[Point], error) {
	base := space.(*Space).base
	if low, high, ok := boxOf(base); ok {
		return newIntervals(s, low, high), nil
	}
	if p, ok := s.one.(powers); ok && p.degree == 2 {
		return inferGaussian(s.dim, true, base), nil
	}
	return nil, nil
}
