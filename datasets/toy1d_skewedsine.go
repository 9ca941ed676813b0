package datasets

import (
	"cmp"
	"fmt"
	"math"
)

// SkewedSine is the first of the 1-D toys of Gustafsson, Danelljan, Bhat and
// Schon 2020 (How to train your energy-based model for regression), called
// toy1: two branches, and beside them a skewed distribution, for x ~ U(-3, 3),
//
//	x <  0:  y ~ Weight N(sin x, StdDev^2) + (1 - Weight) N(-sin x, StdDev^2)
//	x >= 0:  y = exp(Z) - 1,  Z ~ N(0, Shape^2)
//
// They train on 2,000 rows. The self-normalised likelihood was tried on 4,000:
// SampleSplits(ctx, seed, 2000, 1000, 1000).
type SkewedSine struct {
	Weight float64 // of the branch of sin x; 0 means 0.8
	StdDev float64 // 0 means 0.075
	Shape  float64 // 0 means 0.25
}

func (c SkewedSine) withDefaults() SkewedSine {
	return SkewedSine{Weight: cmp.Or(c.Weight, 0.8), StdDev: cmp.Or(c.StdDev, 0.075), Shape: cmp.Or(c.Shape, 0.25)}
}

// Validate reports the first field that makes no sense, if any.
func (c SkewedSine) Validate() error {
	d := c.withDefaults()
	if !(d.Weight > 0 && d.Weight < 1) {
		return fmt.Errorf("datasets: toy1: Weight is %g, not between 0 and 1", c.Weight)
	}
	return positive("toy1", field{"StdDev", d.StdDev}, field{"Shape", d.Shape})
}

// New returns the toy; its error is that of Validate.
func (c SkewedSine) New() (*Toy1D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	return newToy1D("toy1", [2]float64{-3, -3}, [2]float64{3, 3}, []float64{0}, func(x float64) law {
		if x >= 0 {
			return logNormalLaw{c.Shape}
		}
		s := math.Sin(x)
		reach := math.Abs(s) + 9*c.StdDev
		return mixtureLaw{
			weight: []float64{c.Weight, 1 - c.Weight}, parts: []law{normalLaw{s, c.StdDev}, normalLaw{-s, c.StdDev}},
			low: -reach, high: reach, step: c.StdDev,
		}
	}), nil
}
