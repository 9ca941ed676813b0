package snl

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Point is an output y, a point of R^d.
type Point = []float64

// A Coupling says how the scores of points are made of logits: [Joint],
// [ExponentialFamily], [MixtureDensity], [Tilted], or one of your own. It is
// configuration that makes a structured coupling once the dimension d of the
// points is known.
type Coupling interface {
	Bind(dim int) (Smooth, error)
}

// Smooth is a coupling over points that can be differentiated in y too: what
// Langevin chains, score matching and flows need. It is immutable and safe for
// concurrent use. Implementations keep the memory of a call in a pool, so that
// there is none to allocate once batches have reached their size.
//
// In what follows n is len(ys), d the dimension, and the derivatives of order k
// along v are those of the curve t -> Phi(theta, y + t v) at t = 0:
//
//	k = 1:  <v, grad_y Phi>        k = 2:  v' (Hessian_y Phi) v
type Smooth interface {
	structured.Coupling[Point]
	// Dim is the dimension d of the points.
	Dim() int
	// MaxOrder is the highest order of derivative in y that exists everywhere
	// and that the methods below give: 2, or 1 for a network whose units have
	// kinks. To ask for more is a programming error; see CheckOrder.
	MaxOrder() int
	// GradY writes dPhi(theta, ys[m])/dy to the m-th row of dst, n x d,
	// row-major.
	GradY(dst []float64, theta structured.Theta, ys []Point)
	// Jet writes the scores to value and their first and second derivatives
	// along vs[m] to d1[m] and d2[m]. value may be nil, and so may d2, which
	// then is not computed.
	Jet(value, d1, d2 []float64, theta structured.Theta, ys, vs []Point)
	// AddGradJet adds to grad, whose slices are as long as those of theta,
	//
	//	sum_m  w0[m] dPhi/dtheta + w1[m] d(d1[m])/dtheta + w2[m] d(d2[m])/dtheta
	//
	// with vs held fixed. A nil slice of weights stands for zeros.
	AddGradJet(grad, theta structured.Theta, ys, vs []Point, w0, w1, w2 []float64)
}

// OrderError reports a coupling that has too few derivatives in y for what was
// asked of it.
type OrderError struct {
	For        string // what needs the derivatives
	Want, Have int
}

func (e *OrderError) Error() string {
	if e.Have == 0 {
		return fmt.Sprintf("snl: %s needs derivatives of order %d in y, which the coupling does not have", e.For, e.Want)
	}
	return fmt.Sprintf("snl: %s needs derivatives of order %d in y; the coupling has order %d: use a smooth activation, such as nn.SiLU", e.For, e.Want, e.Have)
}

// CheckOrder returns c as a Smooth coupling with derivatives of the given order
// in y, or an *OrderError that says what needs them.
func CheckOrder(c structured.Coupling[Point], order int, what string) (Smooth, error) {
	s, ok := c.(Smooth)
	if !ok {
		return nil, &OrderError{For: what, Want: order}
	}
	if have := s.MaxOrder(); have < order {
		return nil, &OrderError{For: what, Want: order, Have: have}
	}
	return s, nil
}

// checkDim reports a dimension that no space has.
func checkDim(dim int) error {
	if dim < 1 {
		return &structured.DimensionError{What: "dimension of a point", Want: 1, Got: dim}
	}
	return nil
}

// flatten copies points to the rows of dst, n x d.
func flatten(dst []float64, ys []Point, d int) {
	for m, y := range ys {
		copy(dst[m*d:(m+1)*d], y[:d])
	}
}

// scoreGrader is a coupling that gives scores and their derivatives in y in one
// pass.
type scoreGrader interface {
	scoreGradY(score, dst []float64, theta structured.Theta, ys []Point)
}

// scoreGradY writes scores to score and their derivatives in y to dst.
func scoreGradY(c Smooth, score, dst []float64, theta structured.Theta, ys []Point) {
	if s, ok := c.(scoreGrader); ok {
		s.scoreGradY(score, dst, theta, ys)
		return
	}
	c.Score(score, theta, ys)
	c.GradY(dst, theta, ys)
}
