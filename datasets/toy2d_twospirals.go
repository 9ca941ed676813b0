package datasets

import (
	"cmp"
	"math"
	"math/rand/v2"
)

// TwoSpirals are two spirals of one and a half turns, one turned by half a
// turn against the other, with uniform and normal noise,
//
//	±( -r cos r + u/2, r sin r + v/2 ) / 3 + N(0, StdDev^2 I),    r = 3 pi sqrt(w),
//
// with u, v and w ~ U(0, 1).
type TwoSpirals struct {
	StdDev float64 // 0 means 0.1
}

// Validate reports the first field that makes no sense, if any.
func (c TwoSpirals) Validate() error {
	return cmp.Or(positive("2spirals", field{"StdDev", cmp.Or(c.StdDev, 0.1)}), atLeast("2spirals", cmp.Or(c.StdDev, 0.1)))
}

// New returns the toy; its error is that of Validate. LogDensity is by
// quadrature along the spirals, with a relative error of the density below
// 1e-8 within 10 standard deviations of them.
func (c TwoSpirals) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	sd := cmp.Or(c.StdDev, 0.1)
	const turns, width = 3 * math.Pi, 1. / 6
	draw := func(rng *rand.Rand) (x, y float64) {
		r := turns * math.Sqrt(rng.Float64())
		x = -r*math.Cos(r)/3 + width*rng.Float64()
		y = r*math.Sin(r)/3 + width*rng.Float64()
		if rng.IntN(2) == 1 {
			x, y = -x, -y
		}
		return x + sd*rng.NormFloat64(), y + sd*rng.NormFloat64()
	}
	curve := &smoothCurve{sd: sd, w: width / sd, box: newBoxNormal(width / sd)}
	for _, second := range []bool{false, true} {
		curve.add(0, turns, math.Hypot(1, turns)/3, func(r float64) (x, y, density float64) {
			x, y = -r*math.Cos(r)/3, r*math.Sin(r)/3
			if second { // the box is turned as well
				x, y = -x-width, -y-width
			}
			return x, y, r / (turns * turns) // 2 r / turns^2, halved for each arm
		})
	}
	return newToy2D("2spirals", [2]float64{-4, -4}, [2]float64{4, 4}, draw, curve.logDensity, curve.entropy), nil
}
