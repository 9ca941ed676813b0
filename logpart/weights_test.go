package logpart_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/logpart"
)

// Weights u^-k have a Pareto tail of shape k.
func TestParetoKFindsTheShape(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 20_000
	for _, shape := range []float64{0.1, 0.3, 0.5, 0.7, 1, 2} {
		mean := 0.0
		for range 10 {
			logw := make([]float64, n)
			for i := range logw {
				logw[i] = 1e3 - shape*math.Log(rng.Float64())
			}
			k, ok := logpart.ParetoK(logw)
			require.True(t, ok)
			mean += k / 10
		}
		// 424 in the tail: a standard error of (1+k)/sqrt(424) for each, and of
		// the prior 10/434 of the way to 0.5.
		want := (424*shape + 5) / 434
		almost.Equal(t, want, mean, 4*(1+shape)/math.Sqrt(424*10), 0, "shape %g", shape)
	}
	// Bounded weights have none, k < 0: the density of the uniform at its end.
	logw := make([]float64, n)
	for i := range logw {
		logw[i] = math.Log(rng.Float64())
	}
	k, ok := logpart.ParetoK(logw)
	require.True(t, ok)
	assert.Less(t, k, -0.5)
}

func TestParetoKOfNothing(t *testing.T) {
	for _, logw := range [][]float64{nil, {1}, make([]float64, 10), make([]float64, 1000), {0, 1, 2, 3, math.NaN(), 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7}} {
		_, ok := logpart.ParetoK(logw)
		assert.False(t, ok)
	}
	infinite := make([]float64, 100)
	infinite[3] = math.Inf(1)
	_, ok := logpart.ParetoK(infinite)
	assert.False(t, ok)
	almost.Equal(t, 0.7, logpart.ParetoLimit(1e6), 0, 0)
	almost.Equal(t, 0.5, logpart.ParetoLimit(100), 1e-15, 0)
	assert.Zero(t, logpart.ParetoLimit(2))
}

// The mean and its error, against exponential weights of known moments, at any
// scale.
func TestWeigh(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	square, jensen, n := 0.0, 0.0, 400.0
	for range int(n) {
		logw := make([]float64, 1000)
		for i := range logw {
			logw[i] = -5000 + math.Log(rng.ExpFloat64())
		}
		w, err := logpart.Weigh(logw)
		require.NoError(t, err)
		z := (w.LogMean + 5000) / w.Error
		square += z * z
		jensen += w.Jensen / n
		almost.Equal(t, 500, w.Effective, 100, 0) // E[w]^2/E[w^2] = 1/2
	}
	almost.Equal(t, n, square, 5*math.Sqrt(2*n), 0)
	almost.Equal(t, -5000-0.5772156649, jensen, 0.01, 0) // E log w is minus Euler's constant
	even, err := logpart.Weigh([]float64{2, 2, 2})
	require.NoError(t, err)
	almost.Equal(t, 2, even.LogMean, 1e-15, 0)
	almost.Equal(t, 0, even.Error, 1e-7, 0)
	almost.Equal(t, 3, even.Effective, 1e-12, 0)
	one := make([]float64, 1000)
	one[7] = 800
	w, err := logpart.Weigh(one)
	require.NoError(t, err)
	assert.False(t, w.Reliable())
	for _, bad := range [][]float64{nil, {1}, {math.NaN(), 1}, {math.Inf(1), 0}, {math.Inf(-1), math.Inf(-1)}} {
		_, err := logpart.Weigh(bad)
		assert.ErrorIs(t, err, logpart.ErrNoWeights)
	}
}

// Intervals hold as often as they say, for weights of which most are small.
func TestBoundsHold(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const runs, confidence = 2000, 0.9
	held, markov := 0, 0
	for range runs {
		p := rng.Float64() * 0.05
		logw := make([]float64, 100)
		for i := range logw {
			if logw[i] = math.Log(0.01); rng.Float64() < p {
				logw[i] = 0
			}
		}
		exact := math.Log(p + (1-p)*0.01)
		b, err := logpart.EmpiricalBernstein(logw, 0, confidence)
		require.NoError(t, err)
		almost.Equal(t, confidence, b.Confidence, 0, 0)
		if b.Lower <= exact && exact <= b.Upper {
			held++
		}
		w, err := logpart.Weigh(logw)
		require.NoError(t, err)
		if m := logpart.Markov(w.LogMean, confidence); m.Lower <= exact {
			markov++
		}
	}
	for _, n := range []int{held, markov} {
		lo, _ := binomial.Band(runs, confidence, 1e-6)
		assert.GreaterOrEqual(t, n, lo)
	}
	for _, bad := range []float64{0, 1, -1, math.NaN()} {
		_, err := logpart.EmpiricalBernstein([]float64{0, 0}, 0, bad)
		assert.Error(t, err)
	}
	_, err := logpart.EmpiricalBernstein([]float64{0, 0.1}, 0, 0.9)
	assert.Error(t, err, "a weight above the bound")
	_, err = logpart.EmpiricalBernstein([]float64{0}, 0, 0.9)
	assert.Error(t, err)
}

func TestBoundsTogether(t *testing.T) {
	a := logpart.Bounds{Lower: 0, Upper: 2, Confidence: 0.95}
	b := logpart.Bounds{Lower: 1, Upper: 3, Confidence: 1}
	both := a.And(b)
	almost.Slice(t, []float64{1, 2, 0.95}, []float64{both.Lower, both.Upper, both.Confidence}, 1e-15, 0)
	far := a.And(logpart.Bounds{Lower: 4, Upper: 5, Confidence: 0.9})
	almost.Slice(t, []float64{3, 3, 0.85}, []float64{far.Lower, far.Upper, far.Confidence}, 1e-15, 0)
	assert.Equal(t, a, a.And(logpart.Everything()))
	// tau + Z e^-tau - 1 is above log Z, with equality at it.
	for _, tau := range []float64{-3, 0, 1.5, 2} {
		assert.GreaterOrEqual(t, logpart.FromTau(tau, 1.5), 1.5)
	}
	almost.Equal(t, 1.5, logpart.FromTau(1.5, 1.5), 0, 0)
}
