package experiment

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"gonum.org/v1/gonum/mat"
)

func TestMeanIsByWeight(t *testing.T) {
	almost.Equal(t, 2, Mean([]float64{1, 3}, nil), 1e-15, 0)
	almost.Equal(t, 1.5, Mean([]float64{1, 3}, []float64{3, 1}), 1e-15, 0)
	almost.Equal(t, 1, Mean([]float64{1, math.Inf(1)}, []float64{1, 0}), 1e-15, 0, "weight 0 is not there")
	assert.True(t, math.IsNaN(Mean(nil, nil)))
}

// fitted is a model of 3 labels after a few epochs, and test rows of unequal
// weight.
func fitted(t *testing.T, o structured.Objective[sets.Set], features bool) (*sets.Model, *structured.Data[sets.Set]) {
	train := sets.Data{}
	x := mat.NewDense(8, 1, nil)
	for i := range 8 {
		x.Set(i, 0, float64(i%3))
		train.Y = append(train.Y, sets.New(3, i%3, (i*i)%3))
	}
	if features {
		train.X = x
	}
	m, err := sets.Fit(context.Background(), train, sets.Config{Coupling: sets.Unary{}, Objective: o, Training: structured.Training{Epochs: 3, Seed: 1}})
	require.NoError(t, err)
	train.Weights = []float64{3, 0, 1, 1, 2, 1, 1, 5}
	d, err := train.Structured()
	require.NoError(t, err)
	return m, &d
}

func TestJudgeByTheDefinitions(t *testing.T) {
	ctx := context.Background()
	for _, features := range []bool{true, false} {
		m, test := fitted(t, sets.MinMin{Summed: true}, features)
		e, err := Judge(ctx, m.Model, test)
		require.NoError(t, err)
		taus, err := m.Taus(ctx, test.X)
		require.NoError(t, err)
		lps, err := m.LogProbs(ctx, sets.Data{X: test.X, Y: test.Y})
		require.NoError(t, err)
		nll, byTau, total, distance := 0.0, 0.0, 0.0, []float64{}
		for i, lp := range lps {
			tau := taus[min(i, len(taus)-1)]
			nll -= test.Weights[i] * lp.Value
			byTau -= test.Weights[i] * (lp.Value + lp.Normalizer - tau)
			total += test.Weights[i]
			if i < len(taus) {
				distance = append(distance, math.Abs(tau-lp.Normalizer))
			}
		}
		assert.Equal(t, structured.Exact, e.How)
		almost.Equal(t, nll/total, e.Scores[Score{Metric: report.NLL}], 1e-12, 0)
		almost.Equal(t, byTau/total, e.Scores[Score{Metric: report.NLLTau}], 1e-12, 0)
		almost.Equal(t, report.Median(distance), e.Scores[Score{Metric: report.LogZError}], 1e-12, 0)
		assert.Len(t, e.Scores, 3)
		assert.Equal(t, taus, e.Tau)
		assert.Len(t, e.Exact, len(taus))
	}
}

func TestJudgeSaysWhatAModelHas(t *testing.T) {
	ctx := context.Background()
	m, test := fitted(t, sets.Exact{}, true)
	e, err := Judge(ctx, m.Model, test)
	require.NoError(t, err)
	assert.Len(t, e.Scores, 1, "no tau")
	assert.Nil(t, e.Tau)

	m, test = fitted(t, sets.MinMin{Loss: fenchel.Sparsemax, Summed: true}, true)
	e, err = Judge(ctx, m.Model, test)
	require.NoError(t, err)
	assert.Contains(t, e.Scores, Score{Metric: report.ZeroProbability})
	assert.Contains(t, e.Scores, Score{Metric: report.ThresholdError})
	assert.NotContains(t, e.Scores, Score{Metric: report.LogZError})
	assert.NotContains(t, e.Scores, Score{Metric: report.NLLTau})

	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = Judge(ended, m.Model, test)
	assert.ErrorIs(t, err, context.Canceled)
}
