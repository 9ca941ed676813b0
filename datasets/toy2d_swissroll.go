package datasets

import (
	"cmp"
	"math"
	"math/rand/v2"
)

// SwissRoll is a spiral of one and a half turns with normal noise, the columns
// 0 and 2 of make_swiss_roll of scikit-learn divided by 5,
//
//	t (cos t, sin t) / 5 + N(0, StdDev^2 I),    t ~ U(1.5 pi, 4.5 pi).
type SwissRoll struct {
	StdDev float64 // 0 means 0.2, a fifth of the noise of make_swiss_roll
}

// Validate reports the first field that makes no sense, if any.
func (c SwissRoll) Validate() error {
	return cmp.Or(positive("swissroll", field{"StdDev", cmp.Or(c.StdDev, 0.2)}), atLeast("swissroll", cmp.Or(c.StdDev, 0.2)))
}

// New returns the toy; its error is that of Validate. LogDensity is by
// quadrature along the spiral, with a relative error of the density below 1e-8
// within 10 standard deviations of it.
func (c SwissRoll) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	sd := cmp.Or(c.StdDev, 0.2)
	const from, to = 1.5 * math.Pi, 4.5 * math.Pi
	curve := &smoothCurve{sd: sd}
	curve.add(from, to, math.Hypot(1, to)/5, func(t float64) (x, y, density float64) {
		return t * math.Cos(t) / 5, t * math.Sin(t) / 5, 1 / (to - from)
	})
	draw := func(rng *rand.Rand) (x, y float64) {
		t := from + (to-from)*rng.Float64()
		return t*math.Cos(t)/5 + sd*rng.NormFloat64(), t*math.Sin(t)/5 + sd*rng.NormFloat64()
	}
	return newToy2D("swissroll", [2]float64{-4, -4}, [2]float64{4, 4}, draw, curve.logDensity, curve.entropy), nil
}
