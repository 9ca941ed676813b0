package datasets

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// toyInputs are inputs in every part of a toy.
func toyInputs(toy *Toy1D) []float64 {
	low, high := toy.Bounds()
	var xs []float64
	for i := range 40 {
		xs = append(xs, low[0]+(high[0]-low[0])*(float64(i)+0.31)/40)
	}
	return xs
}

func TestToys1DNames(t *testing.T) {
	var names []string
	for _, toy := range Toys1D() {
		names = append(names, toy.Name())
	}
	assert.Equal(t, []string{"toy1", "toy2", "zones"}, names)
}

// The distribution function is the integral of the density.
func TestToys1DDensity(t *testing.T) {
	for _, toy := range Toys1D() {
		for _, x := range toyInputs(toy) {
			at, step := -16.0, 0.75 // and 40 steps
			if toy.Name() != "zones" {
				at, step = -1.8, 0.125
			}
			before, err := toy.CDF(x, at)
			require.NoError(t, err)
			almost.Equal(t, 0, before, 1e-12, 0, toy.Name(), x) // 8 standard deviations and more
			for k := range 40 {
				from := at + float64(k)*step
				mass := integrate(from, from+step, step/60, func(y float64) float64 {
					l, err := toy.LogDensity(x, y)
					require.NoError(t, err)
					return math.Exp(l)
				})
				after, err := toy.CDF(x, from+step)
				require.NoError(t, err)
				// The pieces do not end where uniform ones do, nor resolve
				// the singularity of a root.
				tolerance := 1e-9
				if toy.Name() == "zones" {
					tolerance = 3e-3
				}
				almost.Equal(t, after-before, mass, tolerance, 0, toy.Name(), x, from)
				before = after
			}
			if toy.Name() == "zones" {
				almost.Equal(t, 1, before, 1e-12, 0, x)
			} else {
				assert.Greater(t, before, 0.999)
			}
		}
	}
}

// P(Y <= y|x) of a sample is uniform, in any part of the range of x.
func TestToys1DSamplesFollowTheDensity(t *testing.T) {
	const n = 20000
	for _, toy := range Toys1D() {
		sample, err := toy.Sample(context.Background(), n, 5)
		require.NoError(t, err)
		require.NoError(t, sample.Validate())
		var counts [4][10]int
		var rows [4]int
		low, high := toy.Bounds()
		for i, y := range sample.Y {
			x := sample.X.At(i, 0)
			u, err := toy.CDF(x, y[0])
			require.NoError(t, err)
			part := min(int(4*(x-low[0])/(high[0]-low[0])), 3)
			rows[part]++
			counts[part][min(int(10*u), 9)]++
		}
		for part := range counts {
			requireBinomial(t, rows[part], n, 0.25, "x of "+toy.Name())
			for _, count := range counts[part] {
				requireBinomial(t, count, rows[part], 0.1, toy.Name())
			}
		}
	}
}

// The formulas of the papers at single points.
func TestToys1DFormulas(t *testing.T) {
	toys := Toys1D()
	logDensity := func(toy int, x, y float64) float64 {
		l, err := toys[toy].LogDensity(x, y)
		require.NoError(t, err)
		return l
	}
	normal := func(y, mean, sd float64) float64 {
		return math.Exp(-(y-mean)*(y-mean)/(2*sd*sd)) / (sd * math.Sqrt(2*math.Pi))
	}
	sin := math.Sin(-1.2)
	almost.Equal(t, math.Log(0.8*normal(-0.9, sin, 0.075)+0.2*normal(-0.9, -sin, 0.075)), logDensity(0, -1.2, -0.9), 0, 1e-13)
	almost.Equal(t, math.Log(0.8*normal(1, sin, 0.075)+0.2*normal(1, -sin, 0.075)), logDensity(0, -1.2, 1), 0, 1e-13)
	almost.Equal(t, math.Log(normal(math.Log(1.3), 0, 0.25)/1.3), logDensity(0, 2, 0.3), 0, 1e-13)
	almost.Equal(t, math.Log(normal(0.7, math.Sin(0.5), 0.15/(1+math.Exp(-0.5)))), logDensity(1, 0.5, 0.7), 0, 1e-13)
	almost.Equal(t, math.Log(0.1/math.Sqrt(0.3)), logDensity(2, 0.1, 2), 0, 1e-13)
	m := 3*math.Cos(2.5) - 2
	almost.Equal(t, math.Log(normal(-4, m, -m/4)), logDensity(2, 13./38, -4), 0, 1e-12)
	almost.Equal(t, -math.Log(7.5), logDensity(2, 20.5/38, 0), 0, 1e-13) // U(-3.25, 4.25)
	almost.Equal(t, -math.Log(1.5), logDensity(2, 0.8, 8.3), 0, 1e-13)
	almost.Equal(t, -math.Log(9), logDensity(2, 0.8, 2), 0, 1e-13)
	almost.Equal(t, -math.Log(4.5), logDensity(2, 0.8, -4), 0, 1e-13)
	for _, at := range [][3]float64{{0, 1, -1}, {0, 1, -5}, {2, 0.1, 0.5}, {2, 0.1, 5.6}, {2, 0.55, 9}, {2, 0.9, 0}} {
		assert.True(t, math.IsInf(logDensity(int(at[0]), at[1], at[2]), -1), "%v", at)
	}
}

// The mean entropies, by quadrature of this package, and the mean of -log p
// over a sample, which agrees within 5 standard errors.
func TestToys1DEntropy(t *testing.T) {
	for i, want := range []float64{-0.3265669, -1.4859436, 1.25401} {
		toy := Toys1D()[i]
		almost.Equal(t, want, toy.MeanEntropy(), 1e-5, 0, toy.Name())
		const n = 20000
		sample, err := toy.Sample(context.Background(), n, 1)
		require.NoError(t, err)
		mean, square := 0.0, 0.0
		for i, y := range sample.Y {
			l, err := toy.LogDensity(sample.X.At(i, 0), y[0])
			require.NoError(t, err)
			mean -= l / n
			square += l * l / n
		}
		almost.Equal(t, toy.MeanEntropy(), mean, 5*math.Sqrt((square-mean*mean)/n), 0, toy.Name())
		for _, x := range toyInputs(toy)[:4] {
			h, err := toy.Entropy(x)
			require.NoError(t, err)
			almost.Equal(t, toy.at(x).entropy(), h, 0, 0)
		}
	}
	// Branches that do not overlap: ln of the weights beside a normal entropy.
	h, err := Toys1D()[0].Entropy(-math.Pi / 2)
	require.NoError(t, err)
	almost.Equal(t, 0.5+logSqrt2Pi+math.Log(0.075)-0.8*math.Log(0.8)-0.2*math.Log(0.2), h, 1e-9, 0)
}

// The split of the self-normalised likelihood.
func TestToy1DSplits(t *testing.T) {
	ctx := context.Background()
	toy := Toys1D()[0]
	parts, err := toy.SampleSplits(ctx, 1, 2000, 1000, 1000)
	require.NoError(t, err)
	all, err := toy.Sample(ctx, 4000, 1)
	require.NoError(t, err)
	assert.Equal(t, []int{2000, 1000, 1000}, []int{parts[0].Len(), parts[1].Len(), parts[2].Len()})
	assert.Equal(t, all.Y[3000:], parts[2].Y)
	almost.Equal(t, all.X.At(2000, 0), parts[1].X.At(0, 0), 0, 0)
	_, err = toy.Sample(ctx, 0, 1)
	assert.ErrorIs(t, err, ErrEmpty)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = toy.Sample(cancelled, 1, 1)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestToy1DErrors(t *testing.T) {
	toy := Toys1D()[1]
	_, err := toy.LogDensity(3.01, 0)
	assert.ErrorIs(t, err, ErrIndexRange)
	_, err = toy.CDF(math.NaN(), 0)
	assert.ErrorIs(t, err, ErrNotFinite)
	_, err = toy.CDF(0, math.Inf(1))
	assert.ErrorIs(t, err, ErrNotFinite)
	_, err = toy.Entropy(-4)
	assert.ErrorIs(t, err, ErrIndexRange)
	for _, c := range []interface{ New() (*Toy1D, error) }{
		SkewedSine{Weight: 1}, SkewedSine{Weight: -1}, SkewedSine{StdDev: -1}, SkewedSine{Shape: math.NaN()}, NoisySine{Scale: -1},
	} {
		_, err := c.New()
		assert.ErrorContains(t, err, "datasets: toy")
	}
	assert.NoError(t, FourZones{}.Validate())
}
