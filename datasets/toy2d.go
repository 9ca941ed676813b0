package datasets

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// ErrSingular is the error for the density of a distribution that has none:
// all its mass is on a curve.
var ErrSingular = errors.New("datasets: the distribution is on a curve and has no density in the plane")

// Toy2D is a distribution of points of the plane whose truth is known, made by
// the method New of one of
//
//	EightGaussians  Checkerboard  Rings  Moons  Pinwheel  TwoSpirals  SwissRoll  Funnel  Line  Cosine
//
// The zero values of these are the toys of Grathwohl, Chen, Bettencourt,
// Sutskever and Duvenaud 2019 (FFJORD; lib/toy_data.py), and Neal's funnel.
// There, points are equally spaced on rings and arcs and shuffled; here they
// are independent draws of the distribution that this approximates.
//
// All quantities are in nats. A Toy2D is immutable and safe for concurrent
// use.
type Toy2D struct {
	name string
	// low and high are the corners of the box to plot.
	low, high  [2]float64
	draw       func(rng *rand.Rand) (x, y float64)
	logDensity func(x, y float64) float64 // nil if singular
	entropy    func() float64             // nil if singular
}

// Toys2D returns the toys of the zero configurations, in a fixed order:
//
//	8gaussians  checkerboard  rings  circles  moons  pinwheel  2spirals  swissroll  funnel  line  cos
//
// The last two are singular. It takes about a millisecond.
func Toys2D() []*Toy2D {
	configs := []interface{ New() (*Toy2D, error) }{
		EightGaussians{}, Checkerboard{}, Rings{}, Circles(), Moons{}, Pinwheel{}, TwoSpirals{}, SwissRoll{}, Funnel{}, Line{}, Cosine{},
	}
	toys := make([]*Toy2D, len(configs))
	for i, c := range configs {
		t, err := c.New()
		if err != nil {
			panic(err) // the defaults are valid
		}
		toys[i] = t
	}
	return toys
}

// newToy2D makes a toy; entropy is evaluated once, when it is asked for.
func newToy2D(name string, low, high [2]float64, draw func(*rand.Rand) (x, y float64), logDensity func(x, y float64) float64, entropy func() float64) *Toy2D {
	t := &Toy2D{name: name, low: low, high: high, draw: draw, logDensity: logDensity}
	if entropy != nil {
		t.entropy = sync.OnceValue(entropy)
	}
	return t
}

// Name is the name of the toy in the literature, such as 8gaussians.
func (t *Toy2D) Name() string { return t.name }

// Bounds returns the corners of a box to plot: nearly all mass is in it, but
// 3 in 100 of funnel, whose tail is long.
func (t *Toy2D) Bounds() (low, high [2]float64) { return t.low, t.high }

// Singular reports whether all mass is on a curve, so that there is no
// density.
func (t *Toy2D) Singular() bool { return t.logDensity == nil }

// Draw overwrites dst, of length 2, with a point.
func (t *Toy2D) Draw(dst []float64, rng *rand.Rand) { dst[0], dst[1] = t.draw(rng) }

// Sample draws n points: data with two targets and no features. Each row has a
// random stream of its own, derived from the seed and its number, so the first
// rows of a longer sample are those of a shorter one.
//
// n must be at least 1 (ErrEmpty); if the context ends, its error is returned.
func (t *Toy2D) Sample(ctx context.Context, n int, seed uint64) (*Regression, error) {
	if n < 1 {
		return nil, fmt.Errorf("datasets: %s: %d rows: %w", t.name, n, ErrEmpty)
	}
	out := &Regression{Name: t.name, Y: makeTargets(n, 2)}
	var rows stream.Source
	for i, y := range out.Y {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t.Draw(y, rows.At(stream.Key(seed, uint64(i))))
	}
	return out, nil
}

// SampleSplits draws as many points as the sizes sum to and cuts them, in
// order, into data sets of these sizes, such as 10000, 1000, 1000 for
// training, validation and testing.
func (t *Toy2D) SampleSplits(ctx context.Context, seed uint64, sizes ...int) ([]*Regression, error) {
	return sampleSplits(ctx, t, seed, sizes)
}

// LogDensity returns log p(x), of a point of two coordinates, relative to the
// area. It is -Inf outside the support, and where a density is below the
// smallest float64.
//
// A toy on a curve is ErrSingular; a point of another length wraps ErrRagged,
// one that is not finite ErrNotFinite.
func (t *Toy2D) LogDensity(x []float64) (float64, error) {
	switch {
	case t.Singular():
		return 0, fmt.Errorf("%w: %s", ErrSingular, t.name)
	case len(x) != 2:
		return 0, fmt.Errorf("datasets: %s: a point of %d coordinates: %w", t.name, len(x), ErrRagged)
	}
	for j, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, fmt.Errorf("datasets: %s: coordinate %d is %g: %w", t.name, j, v, ErrNotFinite)
		}
		if math.Abs(v) > 1e100 { // squares would overflow; the density did long before
			return math.Inf(-1), nil
		}
	}
	return t.logDensity(x[0], x[1]), nil
}

// Entropy returns -E[log p(x)]: no model has a lower expected negative
// log-likelihood, and the excess is its Kullback-Leibler divergence from the
// truth. It is exact for checkerboard and funnel; for the others it comes from
// quadrature, with an error below 1e-6, when it is first asked for (up to a
// second or two). A toy on a curve is ErrSingular.
func (t *Toy2D) Entropy() (float64, error) {
	if t.Singular() {
		return 0, fmt.Errorf("%w: %s", ErrSingular, t.name)
	}
	return t.entropy(), nil
}

// gridEntropy is the trapezoidal rule for -p log p over a box. For a density
// that is smoothed by a normal distribution of the standard deviation sd and
// negligible at the border, it converges faster than any power of the step h:
// the error is 1e-6 at h = sd/1.5, and 1e-8 at the sd/2 that is taken.
func gridEntropy(logDensity func(x, y float64) float64, low, high [2]float64, sd float64) float64 {
	const perSD = 2
	nx := int(math.Ceil((high[0] - low[0]) / sd * perSD))
	ny := int(math.Ceil((high[1] - low[1]) / sd * perSD))
	hx, hy := (high[0]-low[0])/float64(nx), (high[1]-low[1])/float64(ny)
	sum := 0.0
	for i := range nx + 1 {
		for j := range ny + 1 {
			l := logDensity(low[0]+float64(i)*hx, low[1]+float64(j)*hy)
			if p := math.Exp(l); p > 0 {
				sum -= p * l
			}
		}
	}
	return sum * hx * hy
}

// sampleSplits cuts one sample.
func sampleSplits(ctx context.Context, t interface {
	Name() string
	Sample(ctx context.Context, n int, seed uint64) (*Regression, error)
}, seed uint64, sizes []int) ([]*Regression, error) {
	n := 0
	for _, size := range sizes {
		if size < 1 || n > math.MaxInt-size {
			return nil, fmt.Errorf("datasets: %s: a part of %d rows: %w", t.Name(), size, ErrEmpty)
		}
		n += size
	}
	if n == 0 {
		return nil, fmt.Errorf("datasets: %s: no parts: %w", t.Name(), ErrEmpty)
	}
	all, err := t.Sample(ctx, n, seed)
	if err != nil {
		return nil, err
	}
	parts := make([]*Regression, len(sizes))
	at := 0
	for p, size := range sizes {
		rows := make([]int, size)
		for i := range rows {
			rows[i] = at + i
		}
		parts[p] = all.Rows(rows)
		at += size
	}
	return parts, nil
}

// positive reports the first number that is not finite and above 0.
func positive(toy string, fields ...struct {
	name  string
	value float64
}) error {
	for _, f := range fields {
		if !(f.value > 0) || math.IsInf(f.value, 0) {
			return fmt.Errorf("datasets: %s: %s is %g, not a positive number", toy, f.name, f.value)
		}
	}
	return nil
}

type field = struct {
	name  string
	value float64
}
