package snl_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// normalModel is the normal density of the points' mean and deviation, which
// a Gaussian base with an energy that is not trained is nearly.
func normalModel(t *testing.T, ys ...float64) *snl.Model {
	m, err := snl.Fit(context.Background(), snl.Data{Y: snl.Points(ys)}, snl.Config{
		Coupling: snl.ExponentialFamily{}, Objective: snl.ExactLikelihood{},
		Training: structured.Training{Epochs: 300, Optimizer: nn.AdamW{Rate: 0.02, WeightDecay: nn.Off}},
	})
	require.NoError(t, err)
	return m
}

func TestPoolIsTheMixtureOfItsParts(t *testing.T) {
	ctx := context.Background()
	models := []*snl.Model{normalModel(t, 4, 6), normalModel(t, 9.9, 10.1), normalModel(t, -100, 100)}
	weights, total := []float64{2, 1, 1}, 4.0
	var parts []*snl.Predictive
	var truth []distuv.Normal
	for _, m := range models {
		p, err := m.Predictive(ctx, nil)
		require.NoError(t, err)
		parts = append(parts, p)
		truth = append(truth, distuv.Normal{Mu: p.Mean(), Sigma: math.Sqrt(p.Variance())})
	}
	p, err := snl.Pool(parts, weights)
	require.NoError(t, err)

	mean, second := 0.0, 0.0
	for k, d := range truth {
		mean += weights[k] / total * d.Mu
		second += weights[k] / total * (d.Variance() + d.Mu*d.Mu)
	}
	almost.Equal(t, mean, p.Mean(), 1e-7, 0)
	almost.Equal(t, second-mean*mean, p.Variance(), 0, 1e-7)
	last := 0.0
	for _, y := range []float64{-250, -3, 4, 5.5, 9.8, 10, 10.05, 11, 60, 300} {
		pdf, cdf := 0.0, 0.0
		for k, d := range truth {
			pdf += weights[k] / total * d.Prob(y)
			cdf += weights[k] / total * d.CDF(y)
		}
		almost.Equal(t, math.Log(pdf), p.LogPDF(y), 1e-6, 0, "%g", y)
		almost.Equal(t, cdf, p.CDF(y), 1e-7, 0, "%g", y)
		assert.GreaterOrEqual(t, p.CDF(y), last)
		last = p.CDF(y)
		q, err := p.Quantile(cdf)
		require.NoError(t, err)
		almost.Equal(t, cdf, p.CDF(q), 1e-9, 0, "%g", y)
	}
	// E|Y - y| - E|Y - Y'|/2 by what is known of normal differences.
	folded := func(mu, sigma float64) float64 {
		return sigma*math.Sqrt(2/math.Pi)*math.Exp(-mu*mu/(2*sigma*sigma)) + mu*(1-2*distuv.UnitNormal.CDF(-mu/sigma))
	}
	for _, y := range []float64{-50, 5, 10} {
		crps := 0.0
		for k, a := range truth {
			crps += weights[k] / total * folded(a.Mu-y, a.Sigma)
			for l, b := range truth {
				crps -= weights[k] * weights[l] / (total * total) * folded(a.Mu-b.Mu, math.Hypot(a.Sigma, b.Sigma)) / 2
			}
		}
		almost.Equal(t, crps, p.CRPS(y), 1e-5, 1e-6, "%g", y)
	}
	entropy, h := 0.0, 0.001
	for y := -600.0; y < 600; y += h {
		pdf := 0.0
		for k, d := range truth {
			pdf += weights[k] / total * d.Prob(y)
		}
		if pdf > 0 {
			entropy -= h * pdf * math.Log(pdf)
		}
	}
	almost.Equal(t, entropy, p.Entropy(), 1e-4, 0)
	assert.Zero(t, p.LogZ().Value)
	_, has := p.Tau()
	assert.False(t, has)
	modes := p.Modes()
	require.Len(t, modes, 2)
	almost.Equal(t, 10, modes[0].Y, 1e-3, 0)
	almost.Equal(t, 5, modes[1].Y, 1e-3, 0)
}

func TestPoolOfOneIsItself(t *testing.T) {
	one, err := normalModel(t, 1, 2, 5).Predictive(context.Background(), nil)
	require.NoError(t, err)
	p, err := snl.Pool([]*snl.Predictive{one, one}, []float64{1, 3})
	require.NoError(t, err)
	for _, y := range []float64{-1, 2, 3.3, 9} {
		almost.Equal(t, one.LogPDF(y), p.LogPDF(y), 1e-12, 0)
		almost.Equal(t, one.CDF(y), p.CDF(y), 1e-12, 0)
		almost.Equal(t, one.CRPS(y), p.CRPS(y), 1e-9, 0)
	}
	almost.Equal(t, one.Mean(), p.Mean(), 1e-12, 0)
	almost.Equal(t, one.Variance(), p.Variance(), 1e-12, 0)
	almost.Equal(t, one.Entropy(), p.Entropy(), 1e-7, 0)
}

func TestPoolRefuses(t *testing.T) {
	one, err := normalModel(t, 1, 2).Predictive(context.Background(), nil)
	require.NoError(t, err)
	_, err = snl.Pool(nil, nil)
	assert.ErrorIs(t, err, snl.ErrNoMembers)
	for _, w := range [][]float64{{1, 2}, {0}, {-1}, {math.NaN()}, {math.Inf(1)}} {
		_, err = snl.Pool([]*snl.Predictive{one}, w)
		assert.Error(t, err, "%v", w)
	}
}

func TestEnsembleIsJudgedAsItsMixture(t *testing.T) {
	ctx := context.Background()
	x, y := mat.NewDense(60, 1, nil), make([]float64, 60)
	for i := range y {
		x.Set(i, 0, float64(i%7))
		y[i] = 3*float64(i%7) + math.Sin(float64(i))
	}
	d := snl.Data{X: x, Y: snl.Points(y), Weights: make([]float64, 60)}
	for i := range d.Weights {
		d.Weights[i] = float64(i % 3)
	}
	var e snl.Ensemble
	for seed := range uint64(3) {
		m, err := snl.Fit(ctx, snl.Data{X: x, Y: d.Y}, snl.Config{
			Coupling: snl.MixtureDensity{Components: 2}, Network: nn.MLP{Hidden: []int{8}},
			Training: structured.Training{Epochs: 3, Seed: seed},
		})
		require.NoError(t, err)
		e.Members = append(e.Members, m)
	}
	report, err := e.Evaluate(ctx, d)
	require.NoError(t, err)
	assert.Equal(t, 40, report.Rows)
	assert.False(t, report.HasTau)
	assert.Len(t, report.PIT, 40)

	ps, err := e.Predictives(ctx, x)
	require.NoError(t, err)
	nll, crps, total := 0.0, 0.0, 0.0
	for i, w := range d.Weights {
		pdf := 0.0
		for _, m := range e.Members {
			lp, err := m.LogProb([]float64{x.At(i, 0)}, d.Y[i])
			require.NoError(t, err)
			pdf += math.Exp(lp.Value) / 3
		}
		almost.Equal(t, math.Log(pdf), ps[i].LogPDF(y[i]), 1e-7, 0)
		nll -= w * math.Log(pdf)
		crps += w * ps[i].CRPS(y[i])
		total += w
	}
	almost.Equal(t, nll/total, report.NLL, 1e-7, 0)
	almost.Equal(t, crps/total, report.CRPS, 1e-9, 0)

	// Of one member it is that of the member.
	alone, err := snl.Ensemble{Members: e.Members[:1]}.Evaluate(ctx, d)
	require.NoError(t, err)
	want, err := snl.Evaluate(ctx, e.Members[0], d)
	require.NoError(t, err)
	almost.Equal(t, want.NLL, alone.NLL, 1e-9, 0)
	almost.Equal(t, want.CRPS, alone.CRPS, 1e-9, 0)

	grid := make([]float64, 2001)
	for i := range grid {
		grid[i] = -40 + 0.05*float64(i)
	}
	kl, err := e.Divergence(ctx, x, grid, func(dst []float64, row int, ys []float64) { ps[row].LogPDFs(dst, ys) })
	require.NoError(t, err)
	almost.Equal(t, 0, kl, 1e-12, 0, "of itself")

	_, err = snl.Ensemble{}.Evaluate(ctx, d)
	assert.ErrorIs(t, err, snl.ErrNoMembers)
	_, err = e.Evaluate(ctx, snl.Data{X: x, Y: make([]snl.Point, 60)})
	assert.Error(t, err)
}
