package structured_test

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// The checkup of a tau that is learned, against exact and estimated references.
func TestDiagnose(t *testing.T) {
	data := blobs(120, 2, categories)
	cfg := config()
	cfg.Objective = structured.MinMin[int]{}
	cfg.Epochs = 30
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	d, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{Training: data.X})
	require.NoError(t, err)
	assert.Equal(t, 120, d.Exact)
	assert.Less(t, d.Absolute.Median, 0.5)
	for _, p := range d.Points {
		assert.Zero(t, p.Distance, "the training data are no distance from themselves")
	}
	cfg.Space, cfg.Coupling = category{n: categories}, logits{categories}
	m, err = structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	for _, by := range []structured.Estimator[int]{nil, structured.AnnealedImportance[int]{Kernel: structured.IndependenceMetropolis[int]{}, Chains: 1000}} {
		d, err = structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{Estimator: by})
		require.NoError(t, err)
		assert.Zero(t, d.Exact)
		assert.Greater(t, d.ReferenceError, 0.0)
	}
	// The shift that it names is the best one, and stays with the model.
	cfg = config()
	cfg.Objective, cfg.Tau, cfg.Epochs = structured.MinMin[int]{}, logpart.Constant{}, 3
	m, err = structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	before, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
	require.NoError(t, err)
	require.Greater(t, math.Abs(before.Shift), 1e-3)
	shifted, err := m.Shifted(before.Shift)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, shifted.Save(&file, nil))
	stored, err := structured.ReadStored(&file, 0)
	require.NoError(t, err)
	restored, err := structured.Restore(stored, cfg)
	require.NoError(t, err)
	for _, m := range []*structured.Model[int]{shifted, restored} {
		after, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
		require.NoError(t, err)
		almost.Equal(t, 0, after.Shift, 1e-12, 0)
		almost.Equal(t, 1, after.Mass.Mean, 1e-12, 0)
		almost.Equal(t, before.ShiftedGap, after.Gap, 1e-9, 0)
	}
	again, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
	require.NoError(t, err)
	assert.Equal(t, before.Points, again.Points, "the model is what it was")
	_, err = m.Shifted(math.NaN())
	assert.Error(t, err)
	exact, err := structured.Fit(ctx, data, config())
	require.NoError(t, err)
	_, err = exact.Shifted(1)
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)

	// Under other losses the mass is that of their probabilities.
	for _, listed := range []bool{true, false} {
		cfg := config()
		if !listed {
			cfg.Space, cfg.Coupling = category{n: categories}, logits{categories}
		}
		for _, f := range []fenchel.Generator{fenchel.Sparsemax, fenchel.Tsallis{}} {
			cfg.Objective = structured.MinMin[int]{Loss: f}
			m, err := structured.Fit(ctx, data, cfg)
			require.NoError(t, err)
			d, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
			require.NoError(t, err)
			assert.True(t, d.Threshold)
			structures := []int{0, 1, 2, 3}
			logq := make([]float64, categories)
			space.LogProb(logq, structures)
			require.NoError(t, m.EachTheta(ctx, data.X, func(i int, theta structured.Theta) error {
				scores, mass := make([]float64, categories), 0.0
				m.Coupling().Score(scores, theta, structures)
				for j, g := range scores {
					mass += math.Exp(logq[j]) * f.Ratio(g-d.Points[i].Tau)
				}
				if p := d.Points[i]; listed {
					almost.Equal(t, mass, p.Mass, 1e-12, 1e-12)
				} else {
					almost.Equal(t, mass, p.Mass, 0.3, 0)
				}
				assert.GreaterOrEqual(t, d.Points[i].Gap, -1e-12)
				return nil
			}))
			if listed {
				assert.Equal(t, len(data.Y), d.Exact)
			}
		}
	}
	cfg.Tau = logpart.Table{}
	m, err = structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	_, err = structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)
}

// Draws that do not follow the model are warned of, others are not; there are no
// numbers without reports.
func TestWarnings(t *testing.T) {
	data := blobs(64, 2, categories)
	for sharp, warned := range map[float64]bool{0.1: false, 20: true} {
		cfg := config()
		cfg.Space, cfg.Coupling = category{n: categories}, sharpened{logits{categories}, sharp}
		cfg.Objective = structured.MinMin[int]{Samples: 20}
		cfg.Epochs = 2
		var log bytes.Buffer
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		d := m.History().Epochs[1].Diagnostics
		require.NotEmpty(t, d)
		assert.Equal(t, "ess", d[0].Name)
		any := false
		for _, d := range d {
			assert.False(t, math.IsNaN(d.Mean))
			any = any || d.Warning != ""
		}
		assert.Equal(t, warned, any, "%+v", d)
		assert.Equal(t, warned, strings.Contains(log.String(), "WARN"))
	}
}

// sharpened multiplies the scores of category 3, the rarest, so that few draws of
// the reference matter.
type sharpened struct {
	logits
	by float64
}

func (s sharpened) Score(dst []float64, theta structured.Theta, ys []int) {
	s.logits.Score(dst, theta, ys)
	for m, y := range ys {
		dst[m] *= s.by
		if y == 3 {
			dst[m] += s.by
		}
	}
}
