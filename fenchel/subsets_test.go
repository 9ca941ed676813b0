package fenchel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// The optimality conditions: one tau for which p_i = min(1, q_i (f*+)'(s_i -
// tau)) adds up to K. They hold at the inner entries' common slope, which
// excluded and full entries must not contradict.
func TestSubsetsOptimality(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, f := range generators() {
		for _, k := range []float64{1, 2.5, 4, 9, 10} {
			for _, spread := range []float64{0.1, 2, 50} {
				scores, p := make([]float64, 10), make([]float64, 10)
				for i := range scores {
					scores[i] = spread * rng.NormFloat64()
				}
				_, err := fenchel.Subsets{Of: f, K: k}.Argmax(p, scores)
				require.NoError(t, err)
				sum, low, high := 0.0, math.Inf(-1), math.Inf(1)
				for i, x := range p {
					sum += x
					require.True(t, x >= 0 && x <= 1)
					if slope := scores[i] - f.Deriv(x); x > 1e-9 && x < 1 { // = tau
						low, high = max(low, slope), min(high, slope)
					}
				}
				almost.Equal(t, k, sum, 1e-12, 1e-13, "%v", f)
				if !math.IsInf(low, -1) {
					assert.LessOrEqual(t, low-high, 1e-6*(1+spread), "%v k=%g: inner entries have one tau", f, k)
				}
				for i, x := range p {
					if x == 1 && !math.IsInf(low, -1) {
						assert.GreaterOrEqual(t, scores[i]-f.Deriv(1), low-1e-6*(1+spread))
					}
					if x == 0 && !math.IsInf(low, -1) {
						assert.LessOrEqual(t, scores[i]-f.Deriv(0), low+1e-6*(1+spread))
					}
				}
			}
		}
	}
}

// At K = 1 it is Simplex, whatever the gap to the highest score it is as
// accurate, and where there are not enough entries it says so.
func TestSubsetsLimits(t *testing.T) {
	scores := []float64{0.5, 0.25, -1, 0.75}
	for _, f := range generators() {
		want, got := make([]float64, 4), make([]float64, 4)
		a, err := fenchel.Simplex{Of: f}.Argmax(want, scores)
		require.NoError(t, err)
		b, err := fenchel.Subsets{Of: f}.Argmax(got, scores)
		require.NoError(t, err)
		almost.Slice(t, want, got, 1e-14, 1e-12, "%v", f)
		almost.Equal(t, a, b, 1e-14, 1e-13, "%v", f)

		far := append([]float64{1e9, 3e8}, scores...)
		more := make([]float64, 6)
		_, err = fenchel.Subsets{Of: f, K: 3}.Argmax(more, far)
		require.NoError(t, err)
		almost.Equal(t, 1, more[0], 0, 1e-15)
		if !math.IsInf(f.F(0), 1) {
			almost.Slice(t, want, more[2:], 1e-13, 1e-12, "%v", f)
		}
		masked := []float64{1, math.Inf(-1), 2}
		_, err = fenchel.Subsets{Of: f, K: 2.5}.Argmax(got[:3], masked)
		assert.ErrorIs(t, err, fenchel.ErrBudget)
		_, err = fenchel.Subsets{Of: f, K: 2}.Argmax(got[:3], masked)
		require.NoError(t, err)
		almost.Slice(t, []float64{1, 0, 1}, got[:3], 0, 1e-15)
	}
}

func TestSubsetsTargets(t *testing.T) {
	for _, target := range [][]float64{{1.5, 0.5, 0}, {1, 0.5, 0}, {1, 1, 1}, {2, 0, 0}} {
		_, err := fenchel.Subsets{K: 2}.Loss(nil, make([]float64, 3), target)
		assert.ErrorIs(t, err, fenchel.ErrTarget, "%v", target)
	}
	_, err := fenchel.Subsets{K: 2, AtMost: true}.Loss(nil, make([]float64, 3), []float64{1, 1, 0.5})
	assert.ErrorIs(t, err, fenchel.ErrTarget)
	_, err = fenchel.Subsets{K: 2}.Loss(nil, []float64{math.Inf(-1), 0, 0, 0}, []float64{1, 1, 0, 0})
	assert.ErrorIs(t, err, fenchel.ErrExcluded)
	_, err = fenchel.OneVersusAll{}.Loss(nil, make([]float64, 2), []float64{1, 1.5})
	assert.ErrorIs(t, err, fenchel.ErrTarget)
}

// A budget that does not bind leaves every entry to itself; one that does is
// the sum.
func TestBudget(t *testing.T) {
	p := make([]float64, 4)
	scores := []float64{0.5, -1, 0.25, 2}
	_, err := fenchel.Subsets{Of: fenchel.Sparsemax, K: 3, AtMost: true}.Argmax(p, scores)
	require.NoError(t, err)
	almost.Slice(t, []float64{0.5, 0, 0.25, 1}, p, 1e-15, 0)
	_, err = fenchel.Subsets{Of: fenchel.Sparsemax, K: 1.5, AtMost: true}.Argmax(p, scores)
	require.NoError(t, err)
	almost.Slice(t, []float64{0.375, 0, 0.125, 1}, p, 1e-15, 0)
	_, err = fenchel.Subsets{K: 9, AtMost: true}.Argmax(p, scores)
	require.NoError(t, err)
	almost.Slice(t, []float64{1, math.Exp(-1), 1, 1}, p, 1e-15, 0)
}

// The 2-normmax by hand: [s - tau]_+ on the unit sphere, then normalised.
func TestNormmax(t *testing.T) {
	p := make([]float64, 4)
	// tau = 0: (0.6, 0.8) is a unit vector, -1 and 0 are out.
	v, err := fenchel.Norm{}.Argmax(p, []float64{0.6, -1, 0.8, 0})
	require.NoError(t, err)
	almost.Slice(t, []float64{0.6 / 1.4, 0, 0.8 / 1.4, 0}, p, 1e-15, 1e-15)
	almost.Equal(t, 1, v, 1e-15, 0)
	loss, err := fenchel.Norm{}.LabelLoss(nil, []float64{0.6, -1, 0.8, 0}, 0)
	require.NoError(t, err)
	almost.Equal(t, 0.4, loss, 0, 1e-14)
	// Its support is that of the entmax of 2 - 1/a.
	rng := rand.New(rand.NewPCG(10, 10))
	q := make([]float64, 30)
	for _, a := range []float64{1.25, 2, 4} {
		scores := make([]float64, 30)
		for i := range scores {
			scores[i] = rng.NormFloat64()
		}
		n := make([]float64, 30)
		_, err := fenchel.Norm{Alpha: a}.Argmax(n, scores)
		require.NoError(t, err)
		_, err = fenchel.Simplex{Of: fenchel.Scaled{Of: fenchel.Tsallis{Alpha: 2 - 1/a}, Scale: 1 - 1/a}}.Argmax(q, scores)
		require.NoError(t, err)
		for i := range q {
			assert.Equal(t, q[i] > 0, n[i] > 0)
		}
	}
}
