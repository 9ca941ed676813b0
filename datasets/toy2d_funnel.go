package datasets

import (
	"cmp"
	"math"
	"math/rand/v2"
)

// Funnel is the funnel of Neal 2003 (Slice sampling, section 8) in two
// dimensions,
//
//	x_1 ~ N(0, StdDev^2),    x_2 | x_1 ~ N(0, exp(x_1)),
//
// with entropy log(2 pi e StdDev).
type Funnel struct {
	StdDev float64 // 0 means 3
}

// Validate reports the first field that makes no sense, if any.
func (c Funnel) Validate() error {
	return positive("funnel", field{"StdDev", cmp.Or(c.StdDev, 3)})
}

// New returns the toy; its error is that of Validate. LogDensity is exact.
func (c Funnel) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	sd := cmp.Or(c.StdDev, 3)
	draw := func(rng *rand.Rand) (x, y float64) {
		x = sd * rng.NormFloat64()
		return x, math.Exp(x/2) * rng.NormFloat64()
	}
	logDensity := func(x, y float64) float64 {
		z, w := x/sd, 0.0
		if y != 0 { // 0 times an overflow is 0 here
			w = y * math.Exp(-x/2)
		}
		return -(z*z+w*w+x)/2 - math.Log(2*math.Pi*sd)
	}
	entropy := func() float64 { return math.Log(2*math.Pi*sd) + 1 }
	return newToy2D("funnel", [2]float64{-3 * sd, -15}, [2]float64{3 * sd, 15}, draw, logDensity, entropy), nil
}
