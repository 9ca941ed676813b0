package datasets

import (
	"math"
	"math/rand/v2"
)

// Line is the diagonal (x, x), x ~ U(-2.5, 2.5). It is singular: it can be
// drawn from, and has no density in the plane.
type Line struct{}

// Validate finds nothing: there is nothing to set.
func (Line) Validate() error { return nil }

// New returns the toy.
func (Line) New() (*Toy2D, error) {
	return newToy2D("line", [2]float64{-4, -4}, [2]float64{4, 4}, func(rng *rand.Rand) (x, y float64) {
		x = 5*rng.Float64() - 2.5
		return x, x
	}, nil, nil), nil
}

// Cosine is the curve (x, 2.5 sin x), x ~ U(-2.5, 2.5), which the literature
// calls cos. It is singular: it can be drawn from, and has no density in the
// plane.
type Cosine struct{}

// Validate finds nothing: there is nothing to set.
func (Cosine) Validate() error { return nil }

// New returns the toy.
func (Cosine) New() (*Toy2D, error) {
	return newToy2D("cos", [2]float64{-4, -4}, [2]float64{4, 4}, func(rng *rand.Rand) (x, y float64) {
		x = 5*rng.Float64() - 2.5
		return x, 2.5 * math.Sin(x)
	}, nil, nil), nil
}
