package snl

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// A Density is a probability density over points of R^d that can be evaluated
// and drawn from: the base that scores are relative to, or what training draws
// from. It is immutable and safe for concurrent use. Its methods work on many
// points at once and do not allocate once their scratch has grown.
type Density interface {
	// Dim is d.
	Dim() int
	// LogDensity writes log q(ys[i]) to dst[i], in nats per unit of volume;
	// -Inf outside the support.
	LogDensity(dst []float64, ys []Point)
	// Sample overwrites ys, each of length d, with independent draws.
	Sample(ys []Point, rng *rand.Rand)
}

// A GradDensity also knows its derivative in y, as Langevin dynamics, score
// matching and mode finding want it.
type GradDensity interface {
	Density
	// GradLogDensity writes dlog q(ys[i])/dy to the i-th row of dst, n x d,
	// row-major; 0 where log q is -Inf.
	GradLogDensity(dst []float64, ys []Point)
}

// An Extended density knows where it lies, which is where quadrature starts.
type Extended interface {
	Density
	// Extent overwrites low and high with a box that holds all but a
	// negligible part of the density. whole reports that the density is 0
	// outside the box.
	Extent(low, high Point) (whole bool)
}

// A Form is a density as configuration: complete, or with parts that are to be
// estimated from the targets. The forms of this package are [Gaussian],
// [FullGaussian], [Student], [GaussianMixture], [KernelDensity], [Uniform],
// [Product], [Mixed], [Lebesgue] and [Given]; one of your own is a struct with
// exported fields, so that it can be saved.
type Form interface {
	// Fit returns the form with everything it lacks estimated from the
	// points, which are finite and of equal dimension; what is given stays.
	// nil weights stand for ones. Randomness derives from key.
	Fit(ys []Point, weights []float64, key uint64) (Form, error)
	// Bind makes the density over R^dim; a form that is not complete, or of
	// another dimension, is an error.
	Bind(dim int) (Density, error)
}

// FitDensity estimates a form from points and binds it.
func FitDensity(f Form, ys []Point, weights []float64, key uint64) (Density, error) {
	dim, err := checkPoints(ys, weights)
	if err != nil {
		return nil, err
	}
	complete, err := f.Fit(ys, weights, key)
	if err != nil {
		return nil, err
	}
	return complete.Bind(dim)
}

// ErrNotFitted is the cause of errors about forms that lack parameters.
var ErrNotFitted = errors.New("the density has no parameters yet: give them, or Fit it")

// Given is the form of a density that is there already. A model over it can be
// saved only where the density's type is a struct with exported fields.
type Given struct{ Density Density }

// Fit returns the form itself.
func (g Given) Fit([]Point, []float64, uint64) (Form, error) { return g, nil }

// Bind wants a density of the dimension.
func (g Given) Bind(dim int) (Density, error) {
	if g.Density == nil {
		return nil, fmt.Errorf("snl: Given: %w", ErrNotFitted)
	}
	if got := g.Density.Dim(); got != dim {
		return nil, &structured.DimensionError{What: "coordinates of the given density", Want: dim, Got: got}
	}
	return g.Density, nil
}

// checkPoints returns the dimension of the points, or what is wrong with them.
func checkPoints(ys []Point, weights []float64) (dim int, err error) {
	if weights != nil && len(weights) != len(ys) {
		return 0, &structured.DimensionError{What: "weights", Want: len(ys), Got: len(weights)}
	}
	dim, total := -1, 0.0
	for i, y := range ys {
		w := weight(weights, i)
		switch {
		case math.IsNaN(w) || math.IsInf(w, 0):
			return 0, &structured.DataError{What: "Weights", Row: i, Column: 0, Value: w, Err: structured.ErrNotFinite}
		case w < 0:
			return 0, &structured.DataError{What: "Weights", Row: i, Column: 0, Value: w, Err: structured.ErrNegativeWeight}
		case w == 0:
			continue
		}
		if dim < 0 {
			if dim = len(y); dim == 0 {
				return 0, &structured.DataError{What: "Y", Row: i, Column: -1, Err: ErrNoCoordinates}
			}
		}
		if err := checkPoint(y, dim); err != nil {
			if c := (*CoordinateError)(nil); errors.As(err, &c) {
				return 0, &structured.DataError{What: "Y", Row: i, Column: c.Column, Value: c.Value, Err: c.Err}
			}
			return 0, &structured.DataError{What: "Y", Row: i, Column: -1, Err: err}
		}
		total += w
	}
	if total == 0 {
		return 0, structured.ErrNoExamples
	}
	return dim, nil
}

// weight is weights[i], 1 where there are none.
func weight(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// moments returns the weighted mean and standard deviation of each
// coordinate, a standard deviation of 0 being replaced by 1.
func moments(ys []Point, weights []float64, dim int) (mean, std []float64) {
	mean, std = make([]float64, dim), make([]float64, dim)
	total := 0.0
	for i, y := range ys {
		w := weight(weights, i)
		if w == 0 {
			continue
		}
		total += w
		for j, v := range y { // West (1979): stable in one pass
			d := v - mean[j]
			mean[j] += w / total * d
			std[j] += w * d * (v - mean[j])
		}
	}
	for j := range std {
		if std[j] = math.Sqrt(std[j] / total); !(std[j] > 1e-12*math.Abs(mean[j])) {
			std[j] = 1
		}
	}
	return mean, std
}

// scratch is memory for one call of a density.
type scratch struct {
	one, two, three []float64
	points          []Point
	flat            []float64
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func getScratch() *scratch  { return scratches.Get().(*scratch) }
func (s *scratch) release() { scratches.Put(s) }

// vector returns n numbers, valid until the next call.
func (s *scratch) vector(n int) []float64 {
	s.one = numeric.Grow(s.one, n)
	return s.one
}

// makePoints returns n points of the dimension, valid until the next call.
func (s *scratch) makePoints(n, dim int) []Point {
	s.flat, s.points = numeric.Grow(s.flat, n*dim), numeric.Grow(s.points, n)
	for i := range s.points {
		s.points[i] = s.flat[i*dim : (i+1)*dim : (i+1)*dim]
	}
	return s.points
}

// makePoints returns n points with memory of their own.
func makePoints(n, dim int) []Point {
	return (&scratch{}).makePoints(n, dim)
}

// clonePoint copies a point.
func clonePoint(y Point) Point { return append(make(Point, 0, len(y)), y...) }

const logTwoPi = 1.8378770664093454835606594728112352797 // log 2 pi
