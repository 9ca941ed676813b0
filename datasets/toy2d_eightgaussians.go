package datasets

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
)

// EightGaussians is a mixture of normal distributions around equally spaced
// points of a circle, with equal weights,
//
//	p(x) = 1/K sum_k N(x; Radius (cos 2 pi k/K, sin 2 pi k/K), StdDev^2 I).
type EightGaussians struct {
	Modes  int     // K; 0 means 8
	Radius float64 // 0 means 4/1.414
	StdDev float64 // 0 means 0.5/1.414
}

func (c EightGaussians) withDefaults() EightGaussians {
	return EightGaussians{
		Modes: cmp.Or(c.Modes, 8), Radius: cmp.Or(c.Radius, 4/1.414), StdDev: cmp.Or(c.StdDev, 0.5/1.414),
	}
}

// Validate reports the first field that makes no sense, if any.
func (c EightGaussians) Validate() error {
	d := c.withDefaults()
	if d.Modes < 1 || d.Modes > 1<<16 {
		return fmt.Errorf("datasets: 8gaussians: %d modes", c.Modes)
	}
	return positive("8gaussians", field{"Radius", d.Radius}, field{"StdDev", d.StdDev})
}

// New returns the toy; its error is that of Validate. LogDensity is exact and
// takes O(K).
func (c EightGaussians) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	centers := make([][2]float64, c.Modes)
	for k := range centers {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(c.Modes))
		centers[k] = [2]float64{c.Radius * cos, c.Radius * sin}
	}
	draw := func(rng *rand.Rand) (x, y float64) {
		center := centers[rng.IntN(c.Modes)]
		return center[0] + c.StdDev*rng.NormFloat64(), center[1] + c.StdDev*rng.NormFloat64()
	}
	scale := 1 / (2 * c.StdDev * c.StdDev)
	constant := math.Log(2*math.Pi*c.StdDev*c.StdDev) + math.Log(float64(c.Modes))
	logDensity := func(x, y float64) float64 {
		best := math.Inf(1)
		for _, at := range centers {
			best = min(best, scale*((x-at[0])*(x-at[0])+(y-at[1])*(y-at[1])))
		}
		sum := 0.0
		for _, at := range centers {
			sum += math.Exp(best - scale*((x-at[0])*(x-at[0])+(y-at[1])*(y-at[1])))
		}
		return math.Log(sum) - best - constant
	}
	reach := c.Radius + 9*c.StdDev
	plot := max(4, c.Radius+3*c.StdDev)
	return newToy2D("8gaussians", [2]float64{-plot, -plot}, [2]float64{plot, plot}, draw, logDensity, func() float64 {
		return gridEntropy(logDensity, [2]float64{-reach, -reach}, [2]float64{reach, reach}, c.StdDev)
	}), nil
}
