package sets

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/structured"
)

// part is some rows of data.
func part(d Data, lo, hi int) Data {
	_, f := d.X.Dims()
	return Data{X: mat.DenseCopyOf(d.X.(*mat.Dense).Slice(lo, hi, 0, f)), Y: d.Y[lo:hi]}
}

// Whatever the model, even one of a few epochs whose probabilities are wrong and
// normalised by a tau that is: over calibrations and new rows, the true set is in
// C(x) as often as promised.
func TestConformalCoverage(t *testing.T) {
	const k = 4
	all := ising(4000, 3, k)
	for name, cfg := range map[string]Config{
		"unary, exact":     {},
		"pairwise, minmin": {Coupling: Pairwise{}, Objective: MinMin{Samples: 2}},
	} {
		cfg.Epochs, cfg.Seed = 2, 1
		m, err := Fit(ctx, part(all, 0, 100), cfg)
		require.NoError(t, err)
		for _, alpha := range []float64{0.1, 0.3} {
			// Each calibration has 99 rows and one new row: the coverage of each is
			// then exactly 1 - alpha, and they are independent.
			hit, n := 0, 39
			for r := range n {
				lo := 100 + r*100
				c, err := m.Calibrate(ctx, part(all, lo, lo+99), alpha)
				require.NoError(t, err)
				in, err := c.Contains(ctx, part(all, lo+99, lo+100))
				require.NoError(t, err)
				if in[0] {
					hit++
				}
			}
			lo, _ := binomial.Band(n, 1-alpha, 1e-4)
			assert.GreaterOrEqual(t, hit, lo, "%s, alpha %g", name, alpha)
		}
		// Given one calibration, new rows: within the spread of both.
		c, err := m.Calibrate(ctx, part(all, 100, 2100), 0.2)
		require.NoError(t, err)
		in, err := c.Contains(ctx, part(all, 2100, 4000))
		require.NoError(t, err)
		hits := 0
		for _, x := range in {
			if x {
				hits++
			}
		}
		sd := math.Sqrt(0.2 * 0.8 * (1./2000 + 1./1900))
		assert.Greater(t, float64(hits)/1900, 0.8-5*sd, name)
		assert.Less(t, float64(hits)/1900, 0.8+5*sd+0.2, name)
	}
}

// Regions list what Contains accepts, and nothing else.
func TestConformalRegions(t *testing.T) {
	const k = 4
	all := ising(300, 3, k)
	m, err := Fit(ctx, part(all, 0, 150), Config{Coupling: Pairwise{}, Training: structured.Training{Epochs: 5}})
	require.NoError(t, err)
	for _, alpha := range []float64{0.05, 0.3, 0.7} {
		c, err := m.Calibrate(ctx, part(all, 150, 250), alpha)
		require.NoError(t, err)
		X := part(all, 250, 260).X
		full, err := c.Regions(ctx, X, 100)
		require.NoError(t, err)
		for i, r := range full {
			require.True(t, r.Complete)
			inside := 0
			inner, outer := All(k), New(k)
			for w := range uint64(1) << k {
				y := FromUint64(k, w)
				in, err := c.Contains(ctx, Data{X: X.(*mat.Dense).Slice(i, i+1, 0, 3), Y: []Set{y}})
				require.NoError(t, err)
				if in[0] {
					inside++
					inner.IntersectWith(y)
					outer.UnionWith(y)
				}
			}
			assert.Len(t, r.Candidates, inside)
			if inside > 0 {
				a, b := r.Common()
				assert.Equal(t, inner, a)
				assert.Equal(t, outer, b)
			}
		}
		for _, limit := range []int{1, 3, 8, 15, 16} {
			cut, err := c.Regions(ctx, X, limit)
			require.NoError(t, err)
			for i, r := range cut {
				n := len(full[i].Candidates)
				assert.Len(t, r.Candidates, min(n, limit))
				assert.Equal(t, n <= limit, r.Complete, "%d of %d", limit, n)
			}
		}
	}
}

func TestConformalThreshold(t *testing.T) {
	all := ising(60, 3, 3)
	m, err := Fit(ctx, all, Config{Training: structured.Training{Epochs: 1}})
	require.NoError(t, err)
	scores, err := m.scores(ctx, part(all, 0, 19))
	require.NoError(t, err)
	// The 18th of 19 is 90 % of 20, although 20 * 0.1 is not a whole number of floats.
	for alpha, at := range map[float64]int{0.1: 18, 0.3: 14, 0.05: 19, 0.049: 20, 0.9: 2} {
		c, err := m.Calibrate(ctx, part(all, 0, 19), alpha)
		require.NoError(t, err)
		below := 0
		for _, s := range scores {
			if s <= c.Threshold {
				below++
			}
		}
		assert.Equal(t, min(at, 19), below, "alpha %g", alpha)
		assert.Equal(t, at == 20, math.IsInf(c.Threshold, 1))
	}
	// Rows of weight 0 are not there.
	d := part(all, 0, 20)
	d.Weights = make([]float64, 20)
	for i := range 19 {
		d.Weights[i] = 1
	}
	want, err := m.Calibrate(ctx, part(all, 0, 19), 0.3)
	require.NoError(t, err)
	got, err := m.Calibrate(ctx, d, 0.3)
	require.NoError(t, err)
	assert.Equal(t, want.Threshold, got.Threshold)

	for _, alpha := range []float64{0, 1, -1, math.NaN()} {
		_, err := m.Calibrate(ctx, all, alpha)
		assert.Error(t, err)
	}
	d.Weights[0] = 2
	_, err = m.Calibrate(ctx, d, 0.1)
	assert.Error(t, err)
	d.Weights = nil
	d.Observed = Make(20, 3)
	_, err = m.Calibrate(ctx, d, 0.1)
	assert.ErrorIs(t, err, structured.ErrPartial)
	_, err = want.Regions(ctx, all.X, 0)
	assert.Error(t, err)
}
