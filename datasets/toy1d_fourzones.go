package datasets

import "math"

// FourZones is the toy of Brando, Rodriguez, Vitria and Rubio 2019 (Modelling
// heterogeneous distributions with an uncountable mixture of asymmetric
// Laplacians), the second on which the self-normalised likelihood was tried,
// called zones here. Of x ~ U(0, 1) the zones have the shares 8/38, 10/38,
// 5/38 and 15/38; with u from 0 to 1 within a zone,
//
//	asymmetric   y = 1/2 + 5 V,  V ~ Beta(1/2, 1)
//	symmetric    y ~ N(m, (m/4)^2),  m = 3 cos(5 u) - 2
//	uniform      y ~ U(-2 - 2.5 u, -0.5 + 9.5 u)
//	multimodal   y ~ U(8, 8.5), U(1, 4) or U(-4.5, -3), one as likely as the other
//
// The density is unbounded at y = 1/2 in the first zone, and in the second
// where m is near 0. The original has 3,800 rows with equally spaced x, shuffled,
// half of them for testing and a tenth of the others for validation: here
// SampleSplits(ctx, seed, 1710, 190, 1900).
type FourZones struct{}

// Validate finds nothing: there is nothing to set.
func (FourZones) Validate() error { return nil }

// New returns the toy.
func (FourZones) New() (*Toy1D, error) {
	const first, second, third = 8. / 38, 18. / 38, 23. / 38
	// m is 0 where cos(5 u) = 2/3; there the entropy has a logarithm.
	zero := math.Acos(2. / 3)
	knots := []float64{first}
	for _, angle := range []float64{zero, 2*math.Pi - zero} {
		if angle < 5 {
			knots = append(knots, first+(second-first)*angle/5)
		}
	}
	knots = append(knots, second, third)
	three := mixtureLaw{
		weight: []float64{1. / 3, 1. / 3, 1. / 3},
		parts:  []law{uniformLaw{8, 8.5}, uniformLaw{1, 4}, uniformLaw{-4.5, -3}},
		low:    -4.5, high: 8.5, step: 0.5, // the ends of the parts are multiples
	}
	return newToy1D("zones", [2]float64{0, -9}, [2]float64{1, 10}, knots, func(x float64) law {
		switch {
		case x < first:
			return rootLaw{0.5, 5}
		case x < second:
			m := 3*math.Cos(5*(x-first)/(second-first)) - 2
			return normalLaw{m, max(math.Abs(m)/4, 1e-9)}
		case x < third:
			u := (x - second) / (third - second)
			return uniformLaw{-2 - 2.5*u, -0.5 + 9.5*u}
		}
		return three
	}), nil
}
