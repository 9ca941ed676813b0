package datasets

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
)

// Pinwheel has arms that are normal distributions sheared into spirals: with
// r ~ N(1, RadialStdDev^2), t ~ N(0, TangentialStdDev^2) and k one of the K
// arms,
//
//	x = 2 (r cos a + t sin a, -r sin a + t cos a),    a = 2 pi k/K + Rate exp(r).
type Pinwheel struct {
	Arms             int     // K; 0 means 5
	RadialStdDev     float64 // 0 means 0.3; at most that
	TangentialStdDev float64 // 0 means 0.1
	Rate             float64 // 0 means 0.25; at most 1
}

func (c Pinwheel) withDefaults() Pinwheel {
	return Pinwheel{
		Arms: cmp.Or(c.Arms, 5), RadialStdDev: cmp.Or(c.RadialStdDev, 0.3),
		TangentialStdDev: cmp.Or(c.TangentialStdDev, 0.1), Rate: cmp.Or(c.Rate, 0.25),
	}
}

// Validate reports the first field that makes no sense, if any.
func (c Pinwheel) Validate() error {
	d := c.withDefaults()
	if d.Arms < 1 || d.Arms > 64 {
		return fmt.Errorf("datasets: pinwheel: %d arms, not 1 to 64", c.Arms)
	}
	if d.RadialStdDev > 0.3 || d.Rate > 1 { // the solutions in LogDensity would become too many
		return fmt.Errorf("datasets: pinwheel: RadialStdDev %g is above 0.3, or Rate %g above 1", d.RadialStdDev, d.Rate)
	}
	return positive("pinwheel", field{"RadialStdDev", d.RadialStdDev}, field{"TangentialStdDev", d.TangentialStdDev}, field{"Rate", d.Rate})
}

// New returns the toy; its error is that of Validate. LogDensity is exact: the
// sum of the densities of all (r, t, k) that lead to x, divided by the
// Jacobian. It is -Inf further out than 38 standard deviations of r. Around
// the points where the map folds, which has probability 1e-7 by default, the
// density is unbounded.
func (c Pinwheel) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	place := func(r, t float64, k int) (x, y float64) {
		sin, cos := math.Sincos(2*math.Pi*float64(k)/float64(c.Arms) + c.Rate*math.Exp(r))
		return 2 * (r*cos + t*sin), 2 * (-r*sin + t*cos)
	}
	draw := func(rng *rand.Rand) (x, y float64) {
		r, t := 1+c.RadialStdDev*rng.NormFloat64(), c.TangentialStdDev*rng.NormFloat64()
		return place(r, t, rng.IntN(c.Arms))
	}
	entropy := func() float64 {
		// -E[log p(x)] over (r, t) by the trapezoidal rule, of one arm: all
		// are alike.
		const reach, h = 7.5, 0.1
		sum := 0.0
		for i := -reach; i <= reach; i += h {
			for j := -reach; j <= reach; j += h {
				x, y := place(1+c.RadialStdDev*i, c.TangentialStdDev*j, 0)
				sum -= c.logDensity(x, y) * math.Exp(-(i*i+j*j)/2) / (2 * math.Pi)
			}
		}
		return sum * h * h
	}
	return newToy2D("pinwheel", [2]float64{-4, -4}, [2]float64{4, 4}, draw, c.logDensity, entropy), nil
}

// logDensity goes through the solutions: with (r, t) = rho (cos b, sin b), the
// angle of x is b - Rate exp(rho cos b) - 2 pi k/K, up to whole turns.
func (c Pinwheel) logDensity(x, y float64) float64 {
	rho, angle := math.Hypot(x, y)/2, math.Atan2(y, x)
	if rho > 1+38*c.RadialStdDev {
		return math.Inf(-1)
	}
	twist := func(b float64) (value, slope float64) {
		sin, cos := math.Sincos(b)
		e := c.Rate * math.Exp(rho*cos)
		return b - e, 1 + e*rho*sin
	}
	step := 2 * math.Pi / float64(c.Arms)
	sum := 0.0
	pieces := twistPieces(rho, twist)
	for p := range len(pieces) - 1 {
		from, to := pieces[p], pieces[p+1]
		low, _ := twist(from)
		high, _ := twist(to)
		low, high = min(low, high), max(low, high)
		for m := math.Ceil((low - angle) / step); angle+m*step < high; m++ {
			b := solveMonotone(twist, angle+m*step, from, to)
			sin, cos := math.Sincos(b)
			r, t := (rho*cos-1)/c.RadialStdDev, rho*sin/c.TangentialStdDev
			_, slope := twist(b) // 1 + Rate exp(r) t, the Jacobian of (r, t) -> x/2
			sum += math.Exp(-(r*r+t*t)/2) / max(math.Abs(slope), 1e-12)
		}
	}
	return math.Log(sum) - math.Log(2*math.Pi*c.RadialStdDev*c.TangentialStdDev*4*float64(c.Arms))
}

// twistPieces cuts [-pi, pi] where the slope of the twist is 0. The slope is 1
// at -pi, 0 and pi, and in between it has one minimum in (-pi, 0), where
// cos b = rho sin^2 b.
func twistPieces(rho float64, twist func(b float64) (value, slope float64)) []float64 {
	if rho == 0 {
		return []float64{-math.Pi, math.Pi}
	}
	// (sqrt(1 + 4 rho^2) - 1) / (2 rho) without cancellation
	lowest := -math.Acos(2 * rho / (math.Sqrt(1+4*rho*rho) + 1))
	if _, slope := twist(lowest); slope >= 0 {
		return []float64{-math.Pi, math.Pi}
	}
	root := func(positive, negative float64) float64 {
		for range 60 {
			middle := (positive + negative) / 2
			if _, slope := twist(middle); slope > 0 {
				positive = middle
			} else {
				negative = middle
			}
		}
		return (positive + negative) / 2
	}
	return []float64{-math.Pi, root(-math.Pi, lowest), root(0, lowest), math.Pi}
}

// solveMonotone finds where a function that is monotone on [from, to] has the
// value, by Newton steps that fall back to bisection.
func solveMonotone(f func(b float64) (value, slope float64), value, from, to float64) float64 {
	if at, _ := f(from); at > value {
		from, to = to, from // f(from) <= value <= f(to)
	}
	b := (from + to) / 2
	for range 100 {
		at, slope := f(b)
		if at > value {
			to = b
		} else {
			from = b
		}
		next := b - (at-value)/slope
		if !(min(from, to) < next && next < max(from, to)) {
			next = (from + to) / 2
		}
		if math.Abs(next-b) <= 1e-15*(1+math.Abs(b)) {
			return next
		}
		b = next
	}
	return b
}
