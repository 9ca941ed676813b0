package snl

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// ErrBounded is the cause of errors about methods that cannot be used over a
// base that is 0 outside of a box.
var ErrBounded = errors.New("the base density is 0 outside of a box, which the method cannot see")

// scoreField is the derivative in y of the log of the model without its
// normaliser, the score of statistics,
//
//	s(x, y) = grad_y [ g(x, y) + log q(y) ].
type scoreField struct {
	name   string
	dim    int
	smooth Smooth
	base   GradDensity   // nil where log q is constant
	curved CurvedDensity // the same, where it has second derivatives
	low    Point         // the box that the points lie in, infinite where there
	high   Point         // is none
	boxed  bool
}

// bindScores wants a coupling with derivatives of the order in y and a base
// with a gradient, or Lebesgue measure.
func bindScores(p structured.Problem[Point], name string, order int) (f scoreField, err error) {
	s, ok := p.Space.(*Space)
	if !ok {
		return f, unknownSpace(name, p.Space)
	}
	f.name, f.dim = name, s.dim
	if f.smooth, err = CheckOrder(p.Coupling, order, name); err != nil {
		return f, err
	}
	f.low, f.high = make(Point, s.dim), make(Point, s.dim)
	f.boxed = boundsOf(s.base, f.low, f.high)
	switch s.base.(type) {
	case lebesgue, *uniform:
		return f, nil
	}
	if f.base, ok = s.base.(GradDensity); !ok {
		return f, fmt.Errorf("snl: %s: the base density, %T, has no gradient", name, s.base)
	}
	f.curved, _ = Curved(s.base)
	return f, nil
}

// unbounded is an error where the base is 0 outside of a box.
func (f *scoreField) unbounded() error {
	if f.boxed {
		return fmt.Errorf("snl: %s: %w", f.name, ErrBounded)
	}
	return nil
}

// boundsOf writes the box outside of which the density is 0, infinite where
// there is none, and reports whether there is any bound.
func boundsOf(d Density, low, high Point) (bounded bool) {
	switch p := d.(type) {
	case gradProduct:
		return boundsOf(p.product, low, high)
	case *product:
		for b, part := range p.parts {
			in := boundsOf(part, low[p.at[b]:p.at[b+1]], high[p.at[b]:p.at[b+1]])
			bounded = bounded || in
		}
		return bounded
	case Extended:
		if p.Extent(low, high) {
			return true
		}
	}
	for j := range low {
		low[j], high[j] = math.Inf(-1), math.Inf(1)
	}
	return false
}

// weigh is the weight h of score matching in a coordinate that lies in an
// interval, 1 in the middle and 0 at the ends, and its derivative.
func (f *scoreField) weigh(j int, y float64) (h, slope float64) {
	low, high := f.low[j], f.high[j]
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		return 1, 0
	}
	c := 4 / ((high - low) * (high - low))
	return c * (y - low) * (high - y), c * (low + high - 2*y)
}

// scoreScratch is the memory of one worker.
type scoreScratch struct {
	scores, base, curvature []float64
}

// evaluate returns the scores of points, n x d, which stay until the next call.
func (f *scoreField) evaluate(s *scoreScratch, theta structured.Theta, ys []Point) []float64 {
	s.scores = numeric.Grow(s.scores, len(ys)*f.dim)
	f.smooth.GradY(s.scores, theta, ys)
	f.addBase(s, s.scores, ys)
	return s.scores
}

// addBase adds grad log q to dst, n x d.
func (f *scoreField) addBase(s *scoreScratch, dst []float64, ys []Point) {
	if f.base == nil {
		return
	}
	s.base = numeric.Grow(s.base, len(dst))
	f.base.GradLogDensity(s.base, ys)
	floats.Add(dst, s.base)
}

// addCurvature adds the second derivatives of log q along vs to dst, if they
// are known.
func (f *scoreField) addCurvature(s *scoreScratch, dst []float64, ys, vs []Point) {
	if f.curved == nil {
		return
	}
	s.curvature = numeric.Grow(s.curvature, len(dst))
	f.curved.CurvatureLogDensity(s.curvature, ys, vs)
	floats.Add(dst, s.curvature)
}

// unnormalised is what criteria have in common that see no normaliser.
type unnormalised struct{}

func (unnormalised) Generator() fenchel.Generator { return fenchel.Softmax }
func (unnormalised) UsesTau() bool                { return false }

// eachTheta calls do for runs of examples that are scored by the same theta: for
// all at once where theta has nothing that is an example's own, so that they
// share the passes of the coupling, and one by one otherwise. An example that
// is not completely observed is an error.
func eachTheta(name string, b *structured.Batch[Point], do func(lo, hi int)) error {
	for _, e := range b.Evidence {
		if e != nil {
			return fmt.Errorf("objective %s: %w", name, structured.ErrPartial)
		}
	}
	if len(b.Logits) == 0 && len(b.Aux) == 0 {
		do(0, b.Len())
		return nil
	}
	for i := range b.Len() {
		do(i, i+1)
	}
	return nil
}

// scaleOf is the factor of example i in the gradient.
func scaleOf(b *structured.Batch[Point], i int) float64 {
	if b.Scale == nil {
		return 0
	}
	return b.Scale[i]
}
