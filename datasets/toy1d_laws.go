package datasets

import (
	"math"
	"math/rand/v2"
)

// normalCDF is P(Z <= z) of the standard normal distribution.
func normalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// normalLaw is N(mean, sd^2).
type normalLaw struct{ mean, sd float64 }

func (l normalLaw) draw(rng *rand.Rand) float64 { return l.mean + l.sd*rng.NormFloat64() }
func (l normalLaw) cdf(y float64) float64       { return normalCDF((y - l.mean) / l.sd) }
func (l normalLaw) entropy() float64            { return 0.5 + logSqrt2Pi + math.Log(l.sd) }
func (l normalLaw) logDensity(y float64) float64 {
	z := (y - l.mean) / l.sd
	return -z*z/2 - logSqrt2Pi - math.Log(l.sd)
}

// logNormalLaw is exp(Z) - 1, Z ~ N(0, sd^2).
type logNormalLaw struct{ sd float64 }

func (l logNormalLaw) draw(rng *rand.Rand) float64 { return math.Expm1(l.sd * rng.NormFloat64()) }
func (l logNormalLaw) entropy() float64            { return normalLaw{0, l.sd}.entropy() }
func (l logNormalLaw) logDensity(y float64) float64 {
	if y <= -1 {
		return math.Inf(-1)
	}
	return normalLaw{0, l.sd}.logDensity(math.Log1p(y)) - math.Log1p(y)
}

func (l logNormalLaw) cdf(y float64) float64 {
	if y <= -1 {
		return 0
	}
	return normalCDF(math.Log1p(y) / l.sd)
}

// uniformLaw is U(low, high).
type uniformLaw struct{ low, high float64 }

func (l uniformLaw) draw(rng *rand.Rand) float64 { return l.low + (l.high-l.low)*rng.Float64() }
func (l uniformLaw) entropy() float64            { return math.Log(l.high - l.low) }
func (l uniformLaw) cdf(y float64) float64       { return min(max((y-l.low)/(l.high-l.low), 0), 1) }
func (l uniformLaw) logDensity(y float64) float64 {
	if y < l.low || y >= l.high {
		return math.Inf(-1)
	}
	return -math.Log(l.high - l.low)
}

// rootLaw is low + width V, with V ~ Beta(1/2, 1), whose distribution function
// is the square root.
type rootLaw struct{ low, width float64 }

func (l rootLaw) draw(rng *rand.Rand) float64 {
	u := rng.Float64()
	return l.low + l.width*u*u
}

// entropy: -log p = log 2 + log width + log(v)/2, and E[log V] = -2.
func (l rootLaw) entropy() float64 { return math.Ln2 + math.Log(l.width) - 1 }

func (l rootLaw) cdf(y float64) float64 { return math.Sqrt(min(max((y-l.low)/l.width, 0), 1)) }
func (l rootLaw) logDensity(y float64) float64 {
	v := (y - l.low) / l.width
	if v <= 0 || v >= 1 {
		return math.Inf(-1)
	}
	return -math.Ln2 - math.Log(v)/2 - math.Log(l.width)
}

// mixtureLaw is a mixture of laws that are not mixtures.
type mixtureLaw struct {
	weight []float64 // sums to 1
	parts  []law
	// low, high and step are the range and the width of the pieces for the
	// entropy.
	low, high, step float64
}

func (l mixtureLaw) draw(rng *rand.Rand) float64 {
	u, k := rng.Float64(), 0
	for ; k < len(l.parts)-1 && u >= l.weight[k]; k++ {
		u -= l.weight[k]
	}
	return l.parts[k].draw(rng)
}

func (l mixtureLaw) logDensity(y float64) float64 {
	best := math.Inf(-1)
	for k, p := range l.parts {
		best = max(best, math.Log(l.weight[k])+p.logDensity(y))
	}
	if math.IsInf(best, -1) {
		return best
	}
	sum := 0.0
	for k, p := range l.parts {
		sum += math.Exp(math.Log(l.weight[k]) + p.logDensity(y) - best)
	}
	return best + math.Log(sum)
}

func (l mixtureLaw) cdf(y float64) float64 {
	sum := 0.0
	for k, p := range l.parts {
		sum += l.weight[k] * p.cdf(y)
	}
	return sum
}

func (l mixtureLaw) entropy() float64 {
	return integrate(l.low, l.high, l.step, func(y float64) float64 {
		if d := l.logDensity(y); d > -700 {
			return -math.Exp(d) * d
		}
		return 0
	})
}
