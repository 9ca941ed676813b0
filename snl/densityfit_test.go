package snl

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// cloud is points around (1, -2) that are correlated.
func cloud(n int, seed uint64) []Point {
	ys := randomPoints(n, 2, seed)
	for _, y := range ys {
		y[0], y[1] = 1+2*y[0], -2+y[0]+0.5*y[1]
	}
	return ys
}

func TestFittedGaussians(t *testing.T) {
	ys, w := cloud(200, 7), make([]float64, 200)
	for i := range w {
		w[i] = float64(i % 3)
	}
	var repeated []Point
	for i, y := range ys {
		for range i % 3 {
			repeated = append(repeated, y)
		}
	}
	for _, f := range []Form{Gaussian{}, Gaussian{Widen: 2}, FullGaussian{}, Student{}, Uniform{}, KernelDensity{}} {
		a, err := FitDensity(f, ys, w, 1)
		require.NoError(t, err)
		b, err := FitDensity(f, repeated, nil, 1)
		require.NoError(t, err)
		va, vb := make([]float64, 200), make([]float64, 200)
		a.LogDensity(va, ys)
		b.LogDensity(vb, ys)
		if _, ok := f.(KernelDensity); ok {
			continue // the effective number of points differs
		}
		for i := range va {
			if !math.IsInf(va[i], -1) { // outside the box
				almost.Equal(t, vb[i], va[i], 1e-9, 1e-9, "%T: weights are repetitions", f)
			}
		}
	}
	g, err := Gaussian{}.Fit(ys, nil, 0)
	require.NoError(t, err)
	mean, std := moments(ys, nil, 2)
	almost.Slice(t, mean, g.(Gaussian).Mean, 0, 0)
	almost.Slice(t, std, g.(Gaussian).Std, 0, 0)
	again, err := g.Fit(cloud(10, 1), nil, 0)
	require.NoError(t, err)
	assert.Equal(t, g, again, "what is given stays")
	// A constant coordinate is no error.
	for _, f := range []Form{Gaussian{}, FullGaussian{}, Student{}, Uniform{}, GaussianMixture{}, KernelDensity{}} {
		_, err := FitDensity(f, []Point{{1, 3}, {2, 3}, {4, 3}}, nil, 1)
		assert.NoError(t, err, "%T", f)
		_, err = FitDensity(f, []Point{{1, 3}}, nil, 1)
		assert.NoError(t, err, "%T of one point", f)
	}
}

// The EM algorithm for t finds the maximum of the likelihood: no neighbour is
// better.
func TestStudentFitIsAMaximum(t *testing.T) {
	ys := makePoints(400, 1)
	d, err := Student{Freedom: 4, Location: []float64{3}, Scale: []float64{2}}.Bind(1)
	require.NoError(t, err)
	d.Sample(ys, rand.New(rand.NewPCG(1, 9)))
	f, err := Student{Freedom: 4}.Fit(ys, nil, 0)
	require.NoError(t, err)
	likelihood := func(location, scale float64) float64 {
		d, err := Student{Freedom: 4, Location: []float64{location}, Scale: []float64{scale}}.Bind(1)
		require.NoError(t, err)
		sum, v := 0.0, make([]float64, len(ys))
		d.LogDensity(v, ys)
		for _, l := range v {
			sum += l
		}
		return sum
	}
	s := f.(Student)
	best := likelihood(s.Location[0], s.Scale[0])
	for _, h := range []float64{-0.01, 0.01} {
		assert.Greater(t, best, likelihood(s.Location[0]+h, s.Scale[0]))
		assert.Greater(t, best, likelihood(s.Location[0], s.Scale[0]*(1+h)))
	}
}

func TestMixtureFitRecovers(t *testing.T) {
	truth := GaussianMixture{
		Weights: []float64{0.5, 0.3, 0.2}, Means: [][]float64{{-4, 0}, {3, 3}, {4, -4}},
		Covariances: [][]float64{{1, 0.5, 0.5, 1}, {0.5, 0, 0, 0.25}, {1, -0.9, -0.9, 1}},
	}
	d, err := truth.Bind(2)
	require.NoError(t, err)
	ys := makePoints(4000, 2)
	d.Sample(ys, rand.New(rand.NewPCG(2, 3)))
	f, err := GaussianMixture{Components: 3}.Fit(ys, nil, 5)
	require.NoError(t, err)
	fitted := f.(GaussianMixture)
	for k, m := range truth.Means {
		best, at := math.Inf(1), 0
		for l, got := range fitted.Means {
			if v := euclidean(m, got); v < best {
				best, at = v, l
			}
		}
		// Standard errors: sqrt(w(1-w)/n) is below 0.008; means 1/sqrt(800).
		almost.Equal(t, truth.Weights[k], fitted.Weights[at], 0.04, 0, "weight %d", k)
		almost.Slice(t, m, fitted.Means[at], 0.2, 0, "mean %d", k)
		almost.Slice(t, truth.Covariances[k], fitted.Covariances[at], 0.25, 0, "covariance %d", k)
	}
	again, err := GaussianMixture{Components: 3}.Fit(ys, nil, 5)
	require.NoError(t, err)
	assert.Equal(t, f, again, "the same key gives the same fit")
	diagonal, err := GaussianMixture{Components: 2, Diagonal: true}.Fit(ys, nil, 5)
	require.NoError(t, err)
	for _, c := range diagonal.(GaussianMixture).Covariances {
		assert.Zero(t, c[1])
		assert.Zero(t, c[2])
	}
	few, err := GaussianMixture{Components: 4}.Fit([]Point{{1}, {1}, {2}}, nil, 1)
	require.NoError(t, err)
	assert.Len(t, few.(GaussianMixture).Weights, 2, "no more components than different points")
}

// Steps of the EM algorithm never lower the likelihood by more than the floor
// on the variances costs.
func TestMixtureStepsClimb(t *testing.T) {
	ys := cloud(300, 11)
	em := newExpectationMaximization(GaussianMixture{Components: 3, Floor: 1e-9}, ys, nil, 2)
	em.start(rand.New(rand.NewPCG(1, 1)))
	last := math.Inf(-1)
	for range 50 {
		l, err := em.expect()
		require.NoError(t, err)
		assert.GreaterOrEqual(t, l, last-1e-6)
		last = l
		em.maximize()
	}
}

func TestBandwidths(t *testing.T) {
	ys := randomPoints(1000, 1, 2)
	width := func(b Bandwidth) float64 {
		f, err := KernelDensity{Bandwidth: b}.Fit(ys, nil, 1)
		require.NoError(t, err)
		return f.(KernelDensity).Bandwidths[0]
	}
	_, std := moments(ys, nil, 1)
	almost.Equal(t, std[0]*math.Pow(1000, -0.2), width(Scott), 0, 1e-12)
	almost.Equal(t, std[0]*math.Pow(750, -0.2), width(Silverman), 0, 1e-12)
	// Two far modes: Scott's rule sees the distance between them.
	for i := range ys {
		if i%2 == 0 {
			ys[i][0] += 40
		}
	}
	assert.Less(t, width(CrossValidated), 0.1*width(Scott))
	f, err := KernelDensity{MaxPoints: 100}.Fit(ys, nil, 1)
	require.NoError(t, err)
	assert.Len(t, f.(KernelDensity).Points, 100)
	assert.Equal(t, []string{"scott", "silverman", "cross-validated", "Bandwidth(9)"},
		[]string{Scott.String(), Silverman.String(), CrossValidated.String(), Bandwidth(9).String()})
}
