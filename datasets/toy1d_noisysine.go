package datasets

import (
	"cmp"
	"math"
)

// NoisySine is the second of the 1-D toys of Gustafsson, Danelljan, Bhat and
// Schon 2020 (How to train your energy-based model for regression), called
// toy2: noise that grows with x ~ U(-3, 3),
//
//	y ~ N(sin x, (Scale / (1 + exp(-x)))^2).
//
// They train on 2,000 rows.
type NoisySine struct {
	Scale float64 // 0 means 0.15
}

// Validate reports the first field that makes no sense, if any.
func (c NoisySine) Validate() error {
	return positive("toy2", field{"Scale", cmp.Or(c.Scale, 0.15)})
}

// New returns the toy; its error is that of Validate.
func (c NoisySine) New() (*Toy1D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	scale := cmp.Or(c.Scale, 0.15)
	return newToy1D("toy2", [2]float64{-3, -3}, [2]float64{3, 3}, nil, func(x float64) law {
		return normalLaw{math.Sin(x), scale / (1 + math.Exp(-x))}
	}), nil
}
