package fenchel

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Noise is what [Perturbed] adds to scores: independent for each of them, with
// mean 0.
type Noise int

const (
	// Gumbel is the standard Gumbel distribution less its mean, Euler's constant:
	// variance pi^2/6. On the simplex it makes the softmax.
	Gumbel Noise = iota
	// Gaussian is the standard normal distribution.
	Gaussian
)

// eulerGamma is the mean of the standard Gumbel distribution.
const eulerGamma = 0.57721566490153286060651209008240243

// String is gumbel or gaussian.
func (n Noise) String() string {
	switch n {
	case Gumbel:
		return "gumbel"
	case Gaussian:
		return "gaussian"
	}
	return fmt.Sprintf("Noise(%d)", int(n))
}

// Draw overwrites z with noise. mirrored gives, from the same random numbers,
// what is antithetic to it: -z for Gaussian, the quantile 1-u in place of u for
// Gumbel.
func (n Noise) Draw(z []float64, mirrored bool, rng *rand.Rand) {
	for i := range z {
		if n == Gaussian {
			z[i] = rng.NormFloat64()
			if mirrored {
				z[i] = -z[i]
			}
			continue
		}
		e := rng.ExpFloat64() // e^-e is uniform
		if mirrored {
			if e > math.Ln2 {
				e = -math.Log1p(-math.Exp(-e))
			} else {
				e = -math.Log(-math.Expm1(-e))
			}
		}
		z[i] = -math.Log(e) - eulerGamma
	}
}

// slope is minus the derivative of the log-density at z: its mean is 0, and that
// of slope times a function of z is the mean derivative of the function.
func (n Noise) slope(z float64) float64 {
	if n == Gaussian {
		return z
	}
	return 1 - math.Exp(-z-eulerGamma)
}

// Validate wants a noise there is.
func (n Noise) Validate() error {
	if n != Gumbel && n != Gaussian {
		return fmt.Errorf("fenchel: unknown Noise %d", int(n))
	}
	return nil
}
