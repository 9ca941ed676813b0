package datasets

import (
	"cmp"
	"math"
	"math/rand/v2"
)

// Moons are two half circles of radius 2 that reach into each other, with
// normal noise: 2 make_moons of scikit-learn, shifted by (-1, -0.2),
//
//	2 (cos t, sin t) or 2 (1 - cos t, 1/2 - sin t), t ~ U(0, pi), + (-1, -0.2) + N(0, StdDev^2 I).
type Moons struct {
	StdDev float64 // 0 means 0.2, twice the noise of make_moons
}

// Validate reports the first field that makes no sense, if any.
func (c Moons) Validate() error {
	return cmp.Or(positive("moons", field{"StdDev", cmp.Or(c.StdDev, 0.2)}), atLeast("moons", cmp.Or(c.StdDev, 0.2)))
}

// New returns the toy; its error is that of Validate. LogDensity is by
// quadrature along the arcs, with a relative error of the density below 1e-8
// within 10 standard deviations of them.
func (c Moons) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	sd := cmp.Or(c.StdDev, 0.2)
	at := func(t float64, second bool) (x, y float64) {
		sin, cos := math.Sincos(t)
		if second {
			return 2*(1-cos) - 1, 2*(0.5-sin) - 0.2
		}
		return 2*cos - 1, 2*sin - 0.2
	}
	curve := &smoothCurve{sd: sd}
	for _, second := range []bool{false, true} {
		curve.add(0, math.Pi, 2, func(t float64) (x, y, density float64) {
			x, y = at(t, second)
			return x, y, 1 / (2 * math.Pi)
		})
	}
	draw := func(rng *rand.Rand) (x, y float64) {
		x, y = at(math.Pi*rng.Float64(), rng.IntN(2) == 1)
		return x + sd*rng.NormFloat64(), y + sd*rng.NormFloat64()
	}
	return newToy2D("moons", [2]float64{-4, -4}, [2]float64{4, 4}, draw, curve.logDensity, curve.entropy), nil
}
