package snl

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Space is R^d with a base density for its reference: a structured.Space.
//
// A model works in coordinates z = (y - shift)/scale of its own, in which
// targets have mean 0 and standard deviation 1 unless Config.RawTargets says
// otherwise: the points of its Space are such z, and the densities are per unit
// of volume of z. Model translates.
type Space struct {
	dim      int
	base     Density
	proposal Density // nil where there is none but the base
	coordinates
	quadrature Quadrature
}

var (
	_ structured.Improper[Point] = (*Space)(nil)
	_ structured.Encoder[Point]  = (*Space)(nil)
)

var (
	// ErrNoCoordinates is returned for points of dimension 0.
	ErrNoCoordinates = errors.New("a point without coordinates")
	// ErrOutside is the cause of errors about points where the base density
	// is 0.
	ErrOutside = errors.New("the point is outside the support of the base density")
)

// CoordinateError reports a coordinate of a point that is no number.
type CoordinateError struct {
	Column int
	Value  float64
	Err    error
}

func (e *CoordinateError) Error() string {
	return fmt.Sprintf("snl: coordinate %d: %g: %v", e.Column, e.Value, e.Err)
}

func (e *CoordinateError) Unwrap() error { return e.Err }

// NewSpace returns the space of the base density, or of Lebesgue measure.
func NewSpace(base Density) (*Space, error) {
	if base == nil {
		return nil, errors.New("snl: a space needs a base density")
	}
	if err := checkDim(base.Dim()); err != nil {
		return nil, err
	}
	return &Space{dim: base.Dim(), base: base}, nil
}

// Dim is d.
func (s *Space) Dim() int { return s.dim }

// Base is the base density.
func (s *Space) Base() Density { return s.base }

// Improper reports whether the base is Lebesgue measure.
func (s *Space) Improper() bool { return isImproper(s.base) }

// Make returns n points in two allocations.
func (s *Space) Make(n int) []Point { return makePoints(n, s.dim) }

// Copy overwrites the coordinates of dst.
func (s *Space) Copy(dst *Point, src Point) { copy(*dst, src) }

// Check wants d finite coordinates where the base density is positive: a
// *structured.DimensionError, a *CoordinateError or ErrOutside otherwise.
func (s *Space) Check(y Point) error {
	if err := checkPoint(y, s.dim); err != nil {
		return err
	}
	var one [1]float64
	if s.base.LogDensity(one[:], []Point{y}); math.IsInf(one[0], -1) {
		return ErrOutside
	}
	return nil
}

func checkPoint(y Point, dim int) error {
	if len(y) != dim {
		return &structured.DimensionError{What: "coordinates of a point", Want: dim, Got: len(y)}
	}
	for j, v := range y {
		if !finite(v) {
			return &CoordinateError{j, v, structured.ErrNotFinite}
		}
	}
	return nil
}

// Sample draws from the base.
func (s *Space) Sample(ys []Point, rng *rand.Rand) { s.base.Sample(ys, rng) }

// LogProb is the log density of the base.
func (s *Space) LogProb(dst []float64, ys []Point) { s.base.LogDensity(dst, ys) }

// LogCardinality is +Inf.
func (s *Space) LogCardinality() float64 { return math.Inf(1) }

// Words is d.
func (s *Space) Words() int { return s.dim }

// Encode writes the bits of the coordinates; -0 counts as 0.
func (s *Space) Encode(dst []uint64, y Point) {
	for j, v := range y {
		dst[j] = math.Float64bits(v + 0)
	}
}

// Decode wants finite coordinates inside the support.
func (s *Space) Decode(dst *Point, words []uint64) error {
	if len(words) != s.dim {
		return &structured.DimensionError{What: "words of a point", Want: s.dim, Got: len(words)}
	}
	for j, w := range words {
		(*dst)[j] = math.Float64frombits(w)
	}
	return s.Check(*dst)
}
