package main

import (
	"context"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/multilabel"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// learned is a model of votes after a few epochs, and the split.
func learned(t *testing.T, m model, o objective, args ...string) (*sets.Model, *parts) {
	opts, err := parse(append(args, "-quick"), io.Discard)
	require.NoError(t, err)
	ctx := context.Background()
	sources, err := open(ctx, opts, io.Discard)
	require.NoError(t, err)
	p, err := sources[0].split(1)
	require.NoError(t, err)
	model, _, _, err := opts.recipe.search(p, m, o, 1).Run(ctx, func(int) {})
	require.NoError(t, err)
	return model, p
}

// logZ is log sum_y q(y) exp g(x,y) by listing all sets.
func logZ(m *sets.Model, theta structured.Theta) float64 {
	space := m.Space().(*sets.Space)
	sum := 0.0
	for ys := range space.Enumerate(64) {
		score, logq := make([]float64, len(ys)), make([]float64, len(ys))
		m.Coupling().Score(score, theta, ys)
		space.LogProb(logq, ys)
		for i := range ys {
			sum += math.Exp(score[i] + logq[i])
		}
	}
	return math.Log(sum)
}

func TestProbabilitiesAreThoseOfTheDefinition(t *testing.T) {
	m, p := learned(t, pairwise, minmin, "-reference", "frequencies")
	ctx := context.Background()
	known := p.test
	known.Observed = nil // take unknown labels for absent: no marginalisation
	e, err := multilabel.Judge(ctx, m, known, nil)
	require.NoError(t, err)

	taus, err := m.Taus(ctx, known.X)
	require.NoError(t, err)
	n := len(known.Y)
	nll, nllTau, distance := make([]float64, n), make([]float64, n), make([]float64, n)
	require.NoError(t, m.EachTheta(ctx, known.X, func(i int, theta structured.Theta) error {
		var score, logq [1]float64
		m.Coupling().Score(score[:], theta, known.Y[i:i+1])
		m.Space().LogProb(logq[:], known.Y[i:i+1])
		z := logZ(m, theta)
		nll[i], nllTau[i], distance[i] = z-score[0]-logq[0], taus[i]-score[0]-logq[0], math.Abs(taus[i]-z)
		return nil
	}))
	almost.Equal(t, report.Summarize(nll).Mean, e.Scores[experiment.Score{Metric: report.NLL}], 1e-10, 0)
	almost.Equal(t, report.Summarize(nllTau).Mean, e.Scores[experiment.Score{Metric: report.NLLTau}], 1e-10, 0)
	almost.Equal(t, report.Median(distance), e.Scores[experiment.Score{Metric: report.LogZError}], 1e-10, 0)
	assert.Equal(t, structured.Exact, e.How)
	assert.Equal(t, taus, e.Tau)
	assert.Len(t, e.Exact, n)
}

func TestMissingLabelsCountNowhere(t *testing.T) {
	m, p := learned(t, unary, exact)
	e, err := evaluate(context.Background(), m, m, p)
	require.NoError(t, err)
	spoiled := p.test
	spoiled.Y = make([]sets.Set, len(p.test.Y))
	for i, y := range p.test.Y {
		spoiled.Y[i] = y.Union(p.test.Observed[i].Complement()) // what Y says of missing labels
	}
	p.test = spoiled
	again, err := evaluate(context.Background(), m, m, p)
	require.NoError(t, err)
	assert.Equal(t, e, again)
	assert.Nil(t, e.Tau)
	assert.NotContains(t, e.Scores, experiment.Score{Metric: report.NLLTau})
}

func TestSparsemaxMayGiveProbabilityZero(t *testing.T) {
	m, p := learned(t, unary, sparsemax, "-epochs", "20", "-rate", "0.01")
	ctx := context.Background()
	e, err := evaluate(ctx, m, m, p)
	require.NoError(t, err)
	lps, err := m.LogProbs(ctx, p.test)
	require.NoError(t, err)
	zeros := 0
	for _, lp := range lps {
		if math.IsInf(lp.Value, -1) {
			zeros++
		}
	}
	require.Positive(t, zeros)
	almost.Equal(t, float64(zeros)/float64(len(lps)), e.Scores[experiment.Score{Metric: report.ZeroProbability}], 1e-12, 0)
	assert.Equal(t, math.Inf(1), e.Scores[experiment.Score{Metric: report.NLL}])
}

func TestBaselineByHand(t *testing.T) {
	y := func(labels ...int) sets.Set { return sets.New(2, labels...) }
	train := sets.Data{Y: []sets.Set{y(0), y(0), y(0, 1), y()}, Observed: []sets.Set{y(0, 1), y(0), y(0, 1), y(0, 1)}}
	// Label 0: 3 of 4, label 1: 1 of 3, smoothed 4/6 and 2/5.
	test := sets.Data{Y: []sets.Set{y(0), y(0, 1)}, Observed: []sets.Set{y(0, 1), y(0)}}
	e, err := baseline(&parts{train: train, test: test})
	require.NoError(t, err)
	want := -(math.Log(4./6) + math.Log(3./5) + math.Log(4./6)) / 2
	almost.Equal(t, want, e.Scores[experiment.Score{Metric: report.NLL}], 1e-15, 0)
	almost.Equal(t, 1, e.Scores[multilabel.Mode(report.SubsetAccuracy)], 0, 0) // {0} is predicted, and all that is known

	_, err = baseline(&parts{train: train, test: sets.Data{Y: test.Y, Observed: test.Observed[:1]}})
	assert.Error(t, err)
}

func TestProposalsAndReferences(t *testing.T) {
	data := sets.Data{Y: []sets.Set{sets.New(2, 0), sets.New(2)}} // frequencies 2/4 and 1/4
	p := sets.Bernoulli{P: []float64{0.5, 0.25}}
	of := func(reference, proposal distribution, o objective) sets.MinMin {
		r := standard
		r.Reference, r.Proposal = reference, proposal
		cfg, err := r.config(unary, o, data)
		require.NoError(t, err)
		assert.Equal(t, map[distribution]sets.Reference{uniform: sets.Uniform{}, frequencies: p}[reference], cfg.Reference)
		return cfg.Objective.(sets.MinMin)
	}
	assert.Nil(t, of(uniform, uniform, minmin).Proposal, "the reference itself")
	assert.Nil(t, of(frequencies, frequencies, minmin).Proposal)
	assert.Equal(t, sets.Fixed{Of: p}, of(uniform, frequencies, minmin).Proposal)
	assert.Equal(t, sets.Fixed{Of: sets.Uniform{}}, of(frequencies, uniform, sparsemax).Proposal)
	assert.Equal(t, sets.Marginal{}, of(uniform, marginal, minmin).Proposal)
	assert.Equal(t, standard.Sparsemax, of(uniform, uniform, sparsemax).Loss)
	cfg, err := recipe{Samples: 7}.config(unary, minmin, data)
	require.NoError(t, err)
	assert.Equal(t, 7, cfg.Objective.(sets.MinMin).Samples)
	assert.Equal(t, minmin.String(), sets.MinMin{}.String())
	assert.Equal(t, sparsemax.String(), sets.MinMin{Loss: standard.Sparsemax}.String())
	assert.Equal(t, exact.String(), sets.Exact{}.String())
}

func TestFigureHasTwoPanelsPerLoss(t *testing.T) {
	history := structured.History{Metric: "loss", BestEpoch: 2, Epochs: []structured.Epoch{
		{Epoch: 1, Loss: 3, Metric: 2.5}, {Epoch: 2, Loss: 2, Metric: 2}, {Epoch: 3, Loss: 1, Metric: 2.2},
	}}
	all := []*experiment.Result{
		{Dataset: "a", Model: "baseline", Objective: "frequencies"},
		{Dataset: "a", Model: "unary", Objective: "minmin", History: history, Tau: []float64{1, 2}, Exact: []float64{1.5, 2}},
		{Dataset: "a", Model: "unary", Objective: "sparsemax", History: history, Tau: []float64{1, 2}},
		{Dataset: "a", Model: "unary", Objective: "exact", History: history},
		{Dataset: "b", Model: "unary", Objective: "exact", History: history},
	}
	f := figure("a", all)
	require.Len(t, f, 2)
	require.Len(t, f[0], 2)
	assert.Equal(t, "unary minmin", f[0][0].Lines[0].Name)
	assert.Equal(t, "unary exact", f[0][0].Lines[2].Name, "each with training and validation")
	assert.Len(t, f[0][1].Points, 1)
	assert.Len(t, f[1], 1, "no exact threshold is known")
	assert.Equal(t, "unary sparsemax", f[1][0].Lines[0].Name)
	assert.Nil(t, figure("c", all))
}
