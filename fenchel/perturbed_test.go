package fenchel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/fenchel/projection"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// With Gumbel noise on the simplex everything is that of the softmax, up to
// standard errors: value, mean, loss, gradient and Jacobian.
func TestPerturbedIsTheSoftmax(t *testing.T) {
	scores, direction := []float64{0.5, -1, 1.25, 0, 0.75}, []float64{1, -0.5, 0.25, 2, -1}
	target := []float64{0, 0, 0, 1, 0}
	n := len(scores)
	for _, scale := range []float64{1, 0.5, 3} {
		exact := fenchel.Simplex{Of: fenchel.Scaled{Of: fenchel.Softmax, Scale: scale}}
		p, grad, slope := make([]float64, n), make([]float64, n), make([]float64, n)
		conjugate, err := exact.Argmax(p, scores)
		require.NoError(t, err)
		loss, err := exact.Loss(grad, scores, target)
		require.NoError(t, err)
		require.NoError(t, exact.JVP(slope, p, scores, direction))
		for _, antithetic := range []bool{false, true} {
			l := fenchel.Perturbed{Of: projection.Simplex{}, Scale: scale, Samples: 40000, Antithetic: antithetic}
			got, errs := make([]float64, n), make([]float64, n)
			within := func(want []float64, what string) {
				t.Helper()
				for i := range want {
					require.Positive(t, errs[i])
					require.Less(t, errs[i], 0.05*(1+1/scale))
					almost.Equal(t, want[i], got[i], 4.5*errs[i], 0, "%s %d, scale %g", what, i, scale)
				}
			}
			f, err := l.Argmax(got, errs, scores, 7)
			require.NoError(t, err)
			almost.Equal(t, conjugate, f.Value, 4.5*f.Error, 0)
			require.Less(t, f.Error, 0.01*scale)
			within(p, "mean")
			f, err = l.Loss(got, errs, scores, target, 8)
			require.NoError(t, err)
			almost.Equal(t, loss, f.Value, 4.5*f.Error, 0)
			within(grad, "gradient")
			require.NoError(t, l.JVP(got, errs, scores, direction, 9))
			within(slope, "Jacobian")
		}
	}
}

// With Gaussian noise: two classes are a probit, the cube is one probit per
// entry with F = E[max(s+Z, 0)], known in closed form.
func TestPerturbedGaussian(t *testing.T) {
	cdf := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	pdf := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	scores, direction := []float64{0.5, -1, 0.75}, []float64{1, 2, -1}
	for _, scale := range []float64{1, 0.5} {
		for _, antithetic := range []bool{false, true} {
			l := fenchel.Perturbed{Of: projection.Box{}, Noise: fenchel.Gaussian, Scale: scale, Samples: 40000, Antithetic: antithetic}
			mean, errs := make([]float64, 3), make([]float64, 3)
			f, err := l.Argmax(mean, errs, scores, 3)
			require.NoError(t, err)
			want := 0.0
			for i, s := range scores {
				want += s*cdf(s/scale) + scale*pdf(s/scale)
				almost.Equal(t, cdf(s/scale), mean[i], 4.5*errs[i], 0)
			}
			almost.Equal(t, want, f.Value, 4.5*f.Error, 0)
			require.NoError(t, l.JVP(mean, errs, scores, direction, 4))
			for i, s := range scores {
				almost.Equal(t, direction[i]*pdf(s/scale)/scale, mean[i], 4.5*errs[i], 0)
			}
			two := l
			two.Of = projection.Simplex{}
			_, err = two.Argmax(mean[:2], errs[:2], scores[:2], 5)
			require.NoError(t, err)
			almost.Equal(t, cdf(1.5/scale/math.Sqrt2), mean[0], 4.5*errs[0], 0)
		}
	}
}

// Over many keys: the mean of the estimates is the truth, their spread what the
// standard errors say, and with antithetic draws no larger.
func TestPerturbedErrorsAreHonest(t *testing.T) {
	scores := []float64{0.5, -1, 1.25, 0}
	p := make([]float64, 4)
	conjugate, err := fenchel.Simplex{}.Argmax(p, scores)
	require.NoError(t, err)
	const keys = 4000
	var variance, varianceFirst [2]float64
	for a, antithetic := range []bool{false, true} {
		l := fenchel.Perturbed{Of: projection.Simplex{}, Samples: 20, Antithetic: antithetic}
		values, first, claimed, claimedFirst := make([]float64, keys), make([]float64, keys), 0.0, 0.0
		mean, errs := make([]float64, 4), make([]float64, 4)
		for key := range values {
			f, err := l.Argmax(mean, errs, scores, uint64(key))
			require.NoError(t, err)
			values[key], first[key] = f.Value, mean[2]
			claimed += f.Error * f.Error / keys
			claimedFirst += errs[2] * errs[2] / keys
		}
		m, v := stat.MeanVariance(values, nil)
		almost.Equal(t, conjugate, m, 4.5*math.Sqrt(v/keys), 0, "value")
		almost.Equal(t, v, claimed, 0, 0.12, "its variance")
		variance[a] = v
		m, v = stat.MeanVariance(first, nil)
		almost.Equal(t, p[2], m, 4.5*math.Sqrt(v/keys), 0, "probability")
		almost.Equal(t, v, claimedFirst, 0, 0.12, "its variance")
		varianceFirst[a] = v
	}
	assert.Less(t, variance[1], 0.9*variance[0], "antithetic")
	assert.Less(t, varianceFirst[1], 0.9*varianceFirst[0], "antithetic")
}

// For one key the loss is a function whose gradient is the one returned; it is
// a function of the key, not negative, and 0 where the target always wins.
func TestPerturbedLossOfOneKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, o := range []fenchel.Oracle{projection.Simplex{}, projection.CappedSimplex{K: 2}, projection.Permutahedron{}, projection.Box{}} {
		for _, noise := range []fenchel.Noise{fenchel.Gumbel, fenchel.Gaussian} {
			l := fenchel.Perturbed{Of: o, Noise: noise, Samples: 50, Antithetic: true}
			scores := normal(rng, 5, 1)
			target, grad := make([]float64, 5), make([]float64, 5)
			require.NoError(t, o.Best(target, normal(rng, 5, 1)))
			f, err := l.Loss(grad, nil, scores, target, 11)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, f.Value, 0.0)
			again, err := l.Loss(nil, nil, scores, target, 11)
			require.NoError(t, err)
			assert.Equal(t, f, again)
			other, err := l.Loss(nil, nil, scores, target, 12)
			require.NoError(t, err)
			assert.NotEqual(t, f.Value, other.Value)
			for i := range scores {
				const h = 1e-7 // piecewise linear
				moved := append([]float64(nil), scores...)
				moved[i] += h
				up, err := l.Loss(nil, nil, moved, target, 11)
				require.NoError(t, err)
				moved[i] -= 2 * h
				down, err := l.Loss(nil, nil, moved, target, 11)
				require.NoError(t, err)
				almost.Equal(t, (up.Value-down.Value)/(2*h), grad[i], 1e-6, 0)
			}
			// A target that leads by far wins every time.
			floats.Scale(1e6, scores)
			require.NoError(t, o.Best(target, scores))
			f, err = l.Loss(grad, nil, scores, target, 11)
			require.NoError(t, err)
			assert.Zero(t, f.Value)
			assert.Equal(t, make([]float64, 5), grad)
		}
	}
}

func TestPerturbedErrors(t *testing.T) {
	l := fenchel.Perturbed{Of: projection.Simplex{}, Samples: 1}
	dst, errs, scores := make([]float64, 3), make([]float64, 3), []float64{1, 0, 2}
	f, err := l.Argmax(dst, errs, scores, 1)
	require.NoError(t, err)
	assert.Equal(t, inf, f.Error, "nothing is known from one draw")
	for _, v := range []float64{math.NaN(), inf, -inf} {
		bad := []float64{0, v, 0}
		_, err := l.Argmax(dst, nil, bad, 1)
		assert.ErrorIs(t, err, fenchel.ErrNaN)
		_, err = l.Loss(dst, nil, bad, dst, 1)
		assert.ErrorIs(t, err, fenchel.ErrNaN)
		_, err = l.Loss(dst, nil, scores, bad, 1)
		assert.ErrorIs(t, err, fenchel.ErrTarget)
		assert.ErrorIs(t, l.JVP(dst, nil, bad, scores, 1), fenchel.ErrNaN)
	}
	l.Of = projection.CappedSimplex{K: 4}
	_, err = l.Argmax(dst, nil, scores, 1)
	assert.ErrorIs(t, err, fenchel.ErrBudget, "the oracle's own errors")
	for _, bad := range []fenchel.Perturbed{
		{}, {Of: projection.Simplex{}, Samples: -1}, {Of: projection.Simplex{}, Samples: 3, Antithetic: true},
		{Of: projection.Simplex{}, Scale: -1}, {Of: projection.Simplex{}, Scale: inf}, {Of: projection.Simplex{}, Noise: 2},
	} {
		assert.Error(t, bad.Validate(), "%+v", bad)
	}
	assert.NoError(t, fenchel.Perturbed{Of: projection.Simplex{}, Antithetic: true}.Validate())
}
