package datasets

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// Toy1D is a conditional distribution of a number y given a number x whose
// truth is known, made by the method New of one of
//
//	SkewedSine  NoisySine  FourZones
//
// x is uniform between the bounds. All quantities are in nats. A Toy1D is
// immutable and safe for concurrent use.
type Toy1D struct {
	name string
	// low and high are the corners of the box to plot, x first.
	low, high   [2]float64
	at          func(x float64) law
	meanEntropy func() float64
}

// law is the distribution of y at one x.
type law interface {
	draw(rng *rand.Rand) float64
	logDensity(y float64) float64
	cdf(y float64) float64
	entropy() float64
}

// Toys1D returns the toys of the zero configurations, in a fixed order:
//
//	toy1  toy2  zones
func Toys1D() []*Toy1D {
	configs := []interface{ New() (*Toy1D, error) }{SkewedSine{}, NoisySine{}, FourZones{}}
	toys := make([]*Toy1D, len(configs))
	for i, c := range configs {
		t, err := c.New()
		if err != nil {
			panic(err) // the defaults are valid
		}
		toys[i] = t
	}
	return toys
}

// newToy1D makes a toy. knots cut the range of x where the entropy is not
// smooth.
func newToy1D(name string, low, high [2]float64, knots []float64, at func(x float64) law) *Toy1D {
	return &Toy1D{name: name, low: low, high: high, at: at, meanEntropy: sync.OnceValue(func() float64 {
		cuts := append(append([]float64{low[0]}, knots...), high[0])
		sum := 0.0
		for i := range len(cuts) - 1 {
			sum += integrate(cuts[i], cuts[i+1], (cuts[i+1]-cuts[i])/64, func(x float64) float64 { return at(x).entropy() })
		}
		return sum / (high[0] - low[0])
	})}
}

// Name is the name of the toy, such as toy1.
func (t *Toy1D) Name() string { return t.name }

// Bounds returns the corners of a box to plot, x before y: all x are in it,
// and nearly all y.
func (t *Toy1D) Bounds() (low, high [2]float64) { return t.low, t.high }

// Draw draws y given x. An x out of the bounds is moved to the nearer one.
func (t *Toy1D) Draw(x float64, rng *rand.Rand) float64 { return t.at(t.inside(x)).draw(rng) }

// Sample draws n rows: x uniform between the bounds, then y given x; data with
// one feature and one target. Each row has a random stream of its own, derived
// from the seed and its number, so the first rows of a longer sample are those
// of a shorter one.
//
// n must be at least 1 (ErrEmpty); if the context ends, its error is returned.
func (t *Toy1D) Sample(ctx context.Context, n int, seed uint64) (*Regression, error) {
	if n < 1 {
		return nil, fmt.Errorf("datasets: %s: %d rows: %w", t.name, n, ErrEmpty)
	}
	x := mat.NewDense(n, 1, nil)
	out := &Regression{Name: t.name, X: x, Y: makeTargets(n, 1)}
	var rows stream.Source
	for i, y := range out.Y {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rng := rows.At(stream.Key(seed, uint64(i)))
		v := t.low[0] + (t.high[0]-t.low[0])*rng.Float64()
		x.Set(i, 0, v)
		y[0] = t.Draw(v, rng)
	}
	return out, nil
}

// SampleSplits draws as many rows as the sizes sum to and cuts them, in order,
// into data sets of these sizes, for training, validation and testing.
func (t *Toy1D) SampleSplits(ctx context.Context, seed uint64, sizes ...int) ([]*Regression, error) {
	return sampleSplits(ctx, t, seed, sizes)
}

// LogDensity returns log p(y|x), -Inf outside the support. The error, for an x
// out of the bounds or numbers that are not finite, wraps ErrIndexRange or
// ErrNotFinite; so in all methods.
func (t *Toy1D) LogDensity(x, y float64) (float64, error) {
	if err := t.check(x, y); err != nil {
		return 0, err
	}
	return t.at(x).logDensity(y), nil
}

// CDF returns P(Y <= y | x).
func (t *Toy1D) CDF(x, y float64) (float64, error) {
	if err := t.check(x, y); err != nil {
		return 0, err
	}
	return t.at(x).cdf(y), nil
}

// Entropy returns -E[log p(y|x) | x]: no model has a lower expected negative
// log-likelihood at x. It is exact, or from quadrature with an error below
// 1e-9.
func (t *Toy1D) Entropy(x float64) (float64, error) {
	if err := t.check(x, 0); err != nil {
		return 0, err
	}
	return t.at(x).entropy(), nil
}

// MeanEntropy is the entropy averaged over x: no model has a lower expected
// negative log-likelihood. It is from quadrature, with an error below 1e-4 for
// zones, where the entropy at x is unbounded, and 1e-9 for the others.
func (t *Toy1D) MeanEntropy() float64 { return t.meanEntropy() }

func (t *Toy1D) inside(x float64) float64 { return min(max(x, t.low[0]), t.high[0]) }

func (t *Toy1D) check(x, y float64) error {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0) || math.IsNaN(y) || math.IsInf(y, 0):
		return fmt.Errorf("datasets: %s: x = %g, y = %g: %w", t.name, x, y, ErrNotFinite)
	case x != t.inside(x):
		return fmt.Errorf("datasets: %s: x = %g is not in the range from %g to %g: %w", t.name, x, t.low[0], t.high[0], ErrIndexRange)
	}
	return nil
}

// integrate is the Gauss-Legendre rule of 8 nodes on pieces of at most the
// width.
func integrate(from, to, width float64, f func(x float64) float64) float64 {
	pieces := int(math.Ceil((to - from) / width))
	half, sum := (to-from)/float64(pieces)/2, 0.0
	for p := range pieces {
		for _, g := range gauss8 {
			sum += f(from+(2*float64(p)+1+g[0])*half) * g[1] * half
		}
	}
	return sum
}
