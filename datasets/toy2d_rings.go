package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Rings are circles around 0, one as likely as the other, with normal noise,
//
//	p(x) = 1/K sum_k exp( -(|x|^2 + R_k^2) / (2 s^2) ) I_0(|x| R_k / s^2) / (2 pi s^2),
//
// where R are the Radii, s is the StdDev and I_0 the modified Bessel function.
// The zero value is the toy called rings; [Circles] is another.
type Rings struct {
	Radii  []float64 // nil means 3, 2.25, 1.5, 0.75
	StdDev float64   // of the noise in each coordinate; 0 means 0.08
}

// Circles is the toy called circles: 3 times make_circles of scikit-learn with
// the factor 0.5 and the noise 0.08.
func Circles() Rings { return Rings{Radii: []float64{3, 1.5}, StdDev: 0.24} }

func (c Rings) withDefaults() Rings {
	if c.Radii == nil {
		c.Radii = []float64{3, 2.25, 1.5, 0.75}
	}
	if c.StdDev == 0 {
		c.StdDev = 0.08
	}
	c.Radii = slices.Clone(c.Radii)
	return c
}

// Validate reports the first field that makes no sense, if any.
func (c Rings) Validate() error {
	d := c.withDefaults()
	if len(d.Radii) == 0 {
		return fmt.Errorf("datasets: rings: no radii")
	}
	for _, r := range d.Radii {
		if err := positive("rings", field{"a radius", r}); err != nil {
			return err
		}
	}
	return positive("rings", field{"StdDev", d.StdDev})
}

// New returns the toy; its error is that of Validate. LogDensity is exact, in
// closed form.
func (c Rings) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	variance, k := c.StdDev*c.StdDev, float64(len(c.Radii))
	draw := func(rng *rand.Rand) (x, y float64) {
		sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
		r := c.Radii[rng.IntN(len(c.Radii))]
		return r*cos + c.StdDev*rng.NormFloat64(), r*sin + c.StdDev*rng.NormFloat64()
	}
	radial := func(rho float64) float64 {
		best := math.Inf(1) // -(rho - R)^2 / (2 s^2) is what I_0e leaves of the exponent
		for _, r := range c.Radii {
			best = min(best, (rho-r)*(rho-r)/(2*variance))
		}
		sum := 0.0
		for _, r := range c.Radii {
			sum += math.Exp(best - (rho-r)*(rho-r)/(2*variance) + logBesselI0e(rho*r/variance))
		}
		return math.Log(sum) - best - math.Log(2*math.Pi*variance*k)
	}
	outer := slices.Max(c.Radii)
	plot := max(4, outer+4*c.StdDev)
	name := "rings"
	if d := Circles(); c.StdDev == d.StdDev && slices.Equal(c.Radii, d.Radii) {
		name = "circles"
	}
	return newToy2D(name, [2]float64{-plot, -plot}, [2]float64{plot, plot}, draw,
		func(x, y float64) float64 { return radial(math.Hypot(x, y)) },
		func() float64 { return radialEntropy(radial, outer+9*c.StdDev, c.StdDev) }), nil
}

// radialEntropy is the entropy of a density of the distance from 0, by
// Gauss-Legendre quadrature on pieces of half the standard deviation.
func radialEntropy(logDensity func(rho float64) float64, reach, sd float64) float64 {
	pieces := int(math.Ceil(2 * reach / sd))
	half, sum := reach/float64(pieces)/2, 0.0
	for p := range pieces {
		for _, g := range gauss8 {
			rho := (2*float64(p) + 1 + g[0]) * half
			if l := logDensity(rho); l > -700 {
				sum -= math.Exp(l) * l * 2 * math.Pi * rho * g[1] * half
			}
		}
	}
	return sum
}
