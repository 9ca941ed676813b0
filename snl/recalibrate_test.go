package snl

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// After a shift the mean of Z(x) exp(-tau(x)) is 1: on the line by quadrature.
func TestRecalibratedOnTheLine(t *testing.T) {
	data := noisy(200, 1)
	m, err := Fit(ctx, data, Config{
		Network: nn.MLP{Hidden: []int{8}}, Objective: MinMin{Samples: 8}, Training: structured.Training{Epochs: 2, Seed: 1},
	})
	require.NoError(t, err)
	r, err := m.Recalibrated(ctx, data.X, Importance{})
	require.NoError(t, err)
	mean := func(m *Model) float64 {
		taus, err := m.Taus(ctx, data.X)
		require.NoError(t, err)
		logZ, err := m.Normalizers(ctx, data.X)
		require.NoError(t, err)
		sum := 0.0
		for i, tau := range taus {
			sum += math.Exp(logZ[i].Value-tau) / float64(len(taus))
		}
		return sum
	}
	assert.Greater(t, math.Abs(mean(m)-1), 0.01, "there is nothing to correct")
	almost.Equal(t, 1, mean(r), 1e-12, 0)
	x := mat.Row(nil, 3, data.X)
	before, err := m.Score(x, data.Y[3])
	require.NoError(t, err)
	after, err := r.Score(x, data.Y[3])
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

// Beyond the line tau becomes the estimate from fresh draws.
func TestRecalibratedBeyondTheLine(t *testing.T) {
	ys := randomPoints(300, 2, 4)
	m, err := Fit(ctx, Data{Y: ys}, Config{
		Coupling: Joint{Logits: nn.Off, Network: nn.MLP{Hidden: []int{8}, Activation: nn.SiLU}}, Training: structured.Training{Epochs: 1, Seed: 1},
	})
	require.NoError(t, err)
	o := Importance{Draws: 5000, Key: 3}
	p, err := m.Multivariate(ctx, nil, o)
	require.NoError(t, err)
	r, err := m.Recalibrated(ctx, nil, o)
	require.NoError(t, err)
	taus, err := r.Taus(ctx, nil)
	require.NoError(t, err)
	almost.Equal(t, p.LogZ().Value, taus[0], 1e-12, 0)
}

func TestRecalibrationThatIsNotPossible(t *testing.T) {
	data := noisy(50, 1)
	fit := func(cfg Config) *Model {
		cfg.Network, cfg.Training = nn.Linear{}, structured.Training{Epochs: 1, Seed: 1}
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err)
		return m
	}
	_, err := fit(Config{Objective: RankingNoiseContrastive{Samples: 4}}).Recalibrated(ctx, data.X, Importance{})
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)
	m := fit(Config{Tau: logpart.Network{Of: nn.Linear{NoBias: true}}, Objective: MinMin{Samples: 4}})
	_, err = m.Recalibrated(ctx, data.X, Importance{})
	assert.ErrorIs(t, err, structured.ErrFixedTau)
	_, err = m.Standardised().Recalibrated(ctx, data.X, []float64{1})
	var size *structured.DimensionError
	assert.ErrorAs(t, err, &size)
	logZ := make([]float64, 50)
	logZ[7] = math.NaN()
	_, err = m.Standardised().Recalibrated(ctx, data.X, logZ)
	var bad *structured.DataError
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, 7, bad.Row)
}
