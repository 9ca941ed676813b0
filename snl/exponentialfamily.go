package snl

import (
	"errors"
	"fmt"
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
	"gonum.org/v1/gonum/floats"
)

// ExponentialFamily scores points by sufficient statistics, with a logit each:
//
//	Phi(theta, y) = <theta, T(y)>
//
// Relative to the base q that is the natural exponential family of T, of which
// log Z is convex in theta: with a linear h the likelihood, and the joint
// objective over theta and tau, are concave. Where T and q allow it, log Z, its
// gradient, modes and samples are exact:
//
//	Quadratic        over Gaussian, FullGaussian (any coordinates), Lebesgue
//	                 a Gaussian again, where Z is finite; log Z is +Inf where not
//	Quadratic{Diagonal: true}, Trigonometric, Polynomial   over Uniform
//	                 truncated Gaussians, von Mises densities, ...: products of
//	                 integrals over intervals, by quadrature to rounding
type ExponentialFamily struct {
	// Statistics is T; nil stands for Quadratic{}.
	Statistics Statistics
}

// Statistics is T as configuration: [Quadratic], [Trigonometric], [Polynomial],
// or one of your own.
type Statistics interface {
	Bind(dim int) (BoundStatistics, error)
}

// BoundStatistics is T over R^d. It is immutable and safe for concurrent use.
type BoundStatistics interface {
	// Len is the number of statistics.
	Len() int
	// Jet writes T(y) to d0 and its first and second derivatives along v to d1
	// and d2, each of length Len. d2 may be nil, and d1 with it; v is then not
	// used.
	Jet(d0, d1, d2 []float64, y, v Point)
	// AddGradY adds sum_k weights[k] dT_k(y)/dy to dst, of length d.
	AddGradY(dst, weights []float64, y Point)
}

// A StatisticsInferrer knows exact sums over some bases; see
// structured.Inferrer.
type StatisticsInferrer interface {
	BoundStatistics
	Infer(s structured.Space[Point]) (structured.Inference[Point], error)
}

// Bind makes the coupling for points of R^dim.
func (c ExponentialFamily) Bind(dim int) (Smooth, error) {
	if err := checkDim(dim); err != nil {
		return nil, err
	}
	of := c.Statistics
	if of == nil {
		of = Quadratic{}
	}
	t, err := of.Bind(dim)
	if err != nil {
		return nil, err
	}
	if t.Len() < 1 {
		return nil, errors.New("snl: ExponentialFamily.Statistics has no statistics")
	}
	f := &exponentialFamily{dim: dim, statistics: t}
	n := t.Len()
	f.idle.New = func() any {
		s := make([]float64, 3*n)
		return &statisticsScratch{s[:n], s[n : 2*n], s[2*n:]}
	}
	return f, nil
}

type exponentialFamily struct {
	dim        int
	statistics BoundStatistics
	idle       sync.Pool // of *statisticsScratch
}

// statisticsScratch is the jet of the statistics at one point.
type statisticsScratch struct{ d0, d1, d2 []float64 }

var (
	_ Smooth                     = (*exponentialFamily)(nil)
	_ structured.Inferrer[Point] = (*exponentialFamily)(nil)
)

func (f *exponentialFamily) Dim() int                  { return f.dim }
func (f *exponentialFamily) MaxOrder() int             { return 2 }
func (f *exponentialFamily) NumLogits() int            { return f.statistics.Len() }
func (f *exponentialFamily) NumOwn() int               { return 0 }
func (f *exponentialFamily) InitOwn([]float64, uint64) {}

// jet evaluates the statistics up to an order.
func (f *exponentialFamily) jet(s *statisticsScratch, ys, vs []Point, m, order int) {
	switch order {
	case 0:
		f.statistics.Jet(s.d0, nil, nil, ys[m], nil)
	case 1:
		f.statistics.Jet(s.d0, s.d1, nil, ys[m], vs[m])
	default:
		f.statistics.Jet(s.d0, s.d1, s.d2, ys[m], vs[m])
	}
}

func (f *exponentialFamily) Score(dst []float64, theta structured.Theta, ys []Point) {
	f.Jet(dst, nil, nil, theta, ys, nil)
}

func (f *exponentialFamily) AddGrad(grad, theta structured.Theta, ys []Point, weights []float64) {
	f.AddGradJet(grad, theta, ys, nil, weights, nil, nil)
}

func (f *exponentialFamily) GradY(dst []float64, theta structured.Theta, ys []Point) {
	clear(dst[:len(ys)*f.dim])
	for m, y := range ys {
		f.statistics.AddGradY(dst[m*f.dim:(m+1)*f.dim], theta.Logits, y)
	}
}

func (f *exponentialFamily) Jet(value, d1, d2 []float64, theta structured.Theta, ys, vs []Point) {
	s, order := f.idle.Get().(*statisticsScratch), jetOrder(d1, d2)
	for m := range ys {
		f.jet(s, ys, vs, m, order)
		if value != nil {
			value[m] = floats.Dot(theta.Logits, s.d0)
		}
		if d1 != nil {
			d1[m] = floats.Dot(theta.Logits, s.d1)
		}
		if d2 != nil {
			d2[m] = floats.Dot(theta.Logits, s.d2)
		}
	}
	f.idle.Put(s)
}

func (f *exponentialFamily) AddGradJet(grad, theta structured.Theta, ys, vs []Point, w0, w1, w2 []float64) {
	s, order := f.idle.Get().(*statisticsScratch), jetOrder(w1, w2)
	for m := range ys {
		f.jet(s, ys, vs, m, order)
		for k, w := range [...][]float64{w0, w1, w2} {
			if w != nil {
				floats.AddScaled(grad.Logits, w[m], [...][]float64{s.d0, s.d1, s.d2}[k])
			}
		}
	}
	f.idle.Put(s)
}

// Infer returns what is exact over the base; nil where nothing is.
func (f *exponentialFamily) Infer(s structured.Space[Point]) (structured.Inference[Point], error) {
	space, ok := s.(*Space)
	if !ok {
		return nil, fmt.Errorf("snl: inference over a space of type %T: want *snl.Space", s)
	}
	if space.dim != f.dim {
		return nil, &structured.DimensionError{What: "dimension of the space", Want: f.dim, Got: space.dim}
	}
	if i, ok := f.statistics.(StatisticsInferrer); ok {
		return i.Infer(s)
	}
	return nil, nil
}
