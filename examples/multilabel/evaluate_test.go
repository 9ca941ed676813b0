package main

import (
	"context"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/datasets"
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
	e := experimenter{o: opts}
	model, _, err := e.train(ctx, p, m, o, 1)
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
	e, err := evaluate(ctx, m, known)
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
	almost.Equal(t, report.Summarize(nll).Mean, e.scores[report.NLL], 1e-10, 0)
	almost.Equal(t, report.Summarize(nllTau).Mean, e.scores[report.NLLTau], 1e-10, 0)
	almost.Equal(t, report.Median(distance), e.scores[report.LogZError], 1e-10, 0)
	assert.Equal(t, structured.Exact, e.how)
	assert.Equal(t, taus, e.tau)
	assert.Len(t, e.exact, n)
}

func TestMissingLabelsCountNowhere(t *testing.T) {
	m, p := learned(t, unary, exact)
	e, err := evaluate(context.Background(), m, p.test)
	require.NoError(t, err)
	spoiled := p.test
	spoiled.Y = make([]sets.Set, len(p.test.Y))
	for i, y := range p.test.Y {
		spoiled.Y[i] = y.Union(p.test.Observed[i].Complement()) // what Y says of missing labels
	}
	again, err := evaluate(context.Background(), m, spoiled)
	require.NoError(t, err)
	assert.Equal(t, e, again)
	assert.Nil(t, e.tau)
	assert.NotContains(t, e.scores, report.NLLTau)
}

func TestSparsemaxMayGiveProbabilityZero(t *testing.T) {
	m, p := learned(t, unary, sparsemax, "-epochs", "20", "-rate", "0.01")
	ctx := context.Background()
	e, err := evaluate(ctx, m, p.test)
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
	almost.Equal(t, float64(zeros)/float64(len(lps)), e.scores[report.ZeroProbability], 1e-12, 0)
	assert.Equal(t, math.Inf(1), e.scores[report.NLL])
	r := &result{dataset: "votes", model: "unary", objective: "sparsemax"}
	r.add(e, 1)
	o := &options{recipe: recipe{Repeats: 1}, seed: 3}
	for _, record := range records(o, []*result{r}) {
		assert.NotEqual(t, report.NLL, record.Metric)
		assert.NoError(t, record.Validate())
		assert.EqualValues(t, 3, record.Seed)
	}
	assert.Contains(t, r.cells(o), "inf")
}

func TestBaselineByHand(t *testing.T) {
	y := func(labels ...int) sets.Set { return sets.New(2, labels...) }
	train := sets.Data{Y: []sets.Set{y(0), y(0), y(0, 1), y()}, Observed: []sets.Set{y(0, 1), y(0), y(0, 1), y(0, 1)}}
	// Label 0: 3 of 4, label 1: 1 of 3, smoothed 4/6 and 2/5.
	test := sets.Data{Y: []sets.Set{y(0), y(0, 1)}, Observed: []sets.Set{y(0, 1), y(0)}}
	r, err := baseline(&source{name: "hand", train: &datasets.Multilabel{}}, []*parts{{train: train, test: test}})
	require.NoError(t, err)
	want := -(math.Log(4./6) + math.Log(3./5) + math.Log(4./6)) / 2
	almost.Slice(t, []float64{want}, r.scores[report.NLL], 1e-15, 0)
	almost.Slice(t, []float64{1}, r.scores[report.SubsetAccuracy], 0, 0) // {0} is predicted, and all that is known
	assert.Equal(t, []float64{0}, r.seconds)

	_, err = baseline(&source{}, []*parts{{train: train, test: sets.Data{Y: test.Y, Observed: test.Observed[:1]}}})
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
	history := structured.History{BestEpoch: 2, Epochs: []structured.Epoch{
		{Epoch: 1, Loss: 3, Metric: 2.5}, {Epoch: 2, Loss: 2, Metric: 2}, {Epoch: 3, Loss: 1, Metric: 2.2},
	}}
	all := []*result{
		{dataset: "a", model: "baseline", objective: "frequencies"},
		{dataset: "a", model: "unary", objective: "minmin", history: history, tau: []float64{1, 2}, exact: []float64{1.5, 2}},
		{dataset: "a", model: "unary", objective: "sparsemax", history: history, tau: []float64{1, 2}},
		{dataset: "a", model: "unary", objective: "exact", history: history},
		{dataset: "b", model: "unary", objective: "exact", history: history},
	}
	f := figure("a", all)
	require.Len(t, f, 2)
	curves, cloud := f[0][0], f[0][1]
	assert.Equal(t, []float64{2.5, 2, 2.2}, curves.Lines[0].Y)
	assert.Equal(t, []float64{3, 2, 1}, curves.Lines[1].Y)
	assert.Equal(t, []float64{2}, curves.Points[0].X, "the best epoch")
	assert.Equal(t, []float64{2}, curves.Points[0].Y)
	require.Len(t, cloud.Points, 1)
	assert.Equal(t, report.Points{Name: "unary minmin", X: []float64{1.5, 2}, Y: []float64{1, 2}, Small: true}, cloud.Points[0])
	almost.Equal(t, 3.5, *curves.Top, 1e-15, 0)
	assert.Len(t, f[1], 1, "no exact threshold is known")
	assert.Nil(t, figure("c", all))
	assert.Equal(t, "dir/m.png", figurePath("dir/m.png", "a", false))
	assert.Equal(t, "dir/m-a.png", figurePath("dir/m.png", "a", true))
}
