package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/programtest"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

func TestLogPartitionTable(t *testing.T) {
	stdout, _, err := program.Invoke(t, "-table", "logpartition", "-json", "out.json", "-quick")
	require.NoError(t, err)
	assert.Contains(t, stdout, "50 draws per example")
	found := map[string]float64{}
	for _, r := range programtest.Records(t, "out.json") {
		found[r.Dataset+" "+r.Model+" "+r.Objective+" "+r.Decision+" "+string(r.Metric)] = r.Value
	}
	for _, row := range []string{"votes unary", "votes pairwise", "iris birkhoff", "iris permutahedron"} {
		of := func(decision, metric string) float64 {
			v, ok := found[row+" minmin "+decision+" "+metric]
			require.True(t, ok, "%s %s %s", row, decision, metric)
			return v
		}
		for _, decision := range []string{"plain", "structured", "refined"} {
			assert.LessOrEqual(t, of(decision, "log_z_error"), of(decision, "log_z_error_max"))
		}
		assert.Less(t, of("structured", "log_z_error_max"), 1e-9, row)
		assert.Greater(t, of("refined", "log_z_error"), 1e-9, row)
		assert.Greater(t, of("plain", "log_z_error"), 5*of("refined", "log_z_error"), row)
		almost.Equal(t, found[row+" exact mode nll"], of("mode", "nll"), 0.05, 0, row)
		assert.Greater(t, of("plain", "nll"), of("mode", "nll")-0.05, row)
	}
	programtest.Picture(t, "paper-votes.png")
	programtest.Picture(t, "paper-iris.png")
}

func TestLogPartitionOfOneForm(t *testing.T) {
	_, _, err := program.Invoke(t, "-table", "logpartition", "-json", "out.json", "-quick", "-dataset", "iris", "-model", "birkhoff", "-form", "refined")
	require.NoError(t, err)
	decisions := map[report.Metric][]string{}
	for _, r := range programtest.Records(t, "out.json") {
		decisions[r.Metric] = append(decisions[r.Metric], r.Decision)
	}
	assert.Equal(t, []string{"refined"}, decisions[report.LogZError])
	assert.Equal(t, []string{"plain", "mode"}, decisions[report.NLL], "of min-min and of exact likelihood")
}

func TestLogPartitionSettings(t *testing.T) {
	o, err := parse([]string{"-table", "logpartition"}, io.Discard)
	require.NoError(t, err)
	assert.Len(t, o.datasets, 11)
	assert.Equal(t, []model{unary, pairwise, birkhoff, permutahedron}, o.models)
	assert.Equal(t, 64, o.recipe.Samples)
	assert.Equal(t, []int{128}, o.recipe.Hidden)
	assert.Equal(t, 1e-2, o.recipe.forRankings(o.given).Rate)

	o, err = parse([]string{"-table", "logpartition", "-samples", "7", "-rate", "0.5", "-hidden", "3"}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 7, o.recipe.Samples)
	assert.Equal(t, []int{3}, o.recipe.Hidden)
	assert.Equal(t, 0.5, o.recipe.forRankings(o.given).Rate)

	o, err = parse(nil, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, []model{unary, pairwise}, o.models, "the other tables have no rankings")
	assert.Equal(t, standard.Samples, o.recipe.Samples)

	_, _, err = program.Invoke(t, "-table", "logpartition", "-model", "birkhoff", "-dataset", "votes")
	var usage *report.UsageError
	assert.ErrorAs(t, err, &usage)
	program.Refuses(t, map[string]string{
		"-model birkhoff": "the multilabel table is of [unary pairwise]",
		"-dataset iris":   "no multilabel data set",
		"-table logpartition -dataset iris,boston": "no multilabel data set",
	})
}

// Where log Z cannot be summed it is annealed, and the table says how well.
func TestLogPartitionAnneals(t *testing.T) {
	const n, k = 40, sets.MaxEnumerated + 1
	rng := rand.New(rand.NewPCG(3, 4))
	all := &datasets.Multilabel{X: mat.NewDense(n, 2, nil), Y: sets.Make(n, k)}
	for i, y := range all.Y {
		for j := range k {
			y.Set(j, rng.IntN(3) == 0)
		}
		all.X.(*mat.Dense).Set(i, 0, float64(y.Count()))
	}
	o, err := parse([]string{"-table", "logpartition", "-quick", "-epochs", "2"}, io.Discard)
	require.NoError(t, err)
	p, err := (&source{"own", all}).split(1)
	require.NoError(t, err)
	test, err := p.test.Structured()
	require.NoError(t, err)
	s := &subject[sets.Set]{recipe: o.recipe, forms: o.forms, test: test, kernel: sets.Gibbs{}, fit: setFit(o.recipe, pairwise, p, 1)}
	e, compared, err := s.taus(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, structured.Estimate, e.How)
	for _, f := range []form{plain, structuredForm} {
		assert.Positive(t, e.Scores[f.score(report.NormalizerError)])
		assert.LessOrEqual(t, e.Scores[f.score(report.NormalizerError)], annealedError)
		assert.Positive(t, e.Scores[f.score(report.LogZSeconds)])
	}
	at := structuredForm.score(report.LogZSeconds)
	assert.Less(t, e.Scores[structuredForm.score(report.LogZError)], 0.1)
	for _, x := range compared {
		require.Len(t, x.logZ, 8)
		if x.form == plain {
			for i, v := range x.refined {
				almost.Equal(t, x.logZ[i], v, 0.3, 0)
			}
		}
	}
	nll := e.Scores[experiment.Score{Metric: report.NLL}]
	assert.False(t, math.IsNaN(nll))
	assert.Greater(t, nll, 1.0)

	result := &experiment.Result{Dataset: "own", Model: "pairwise", Objective: "minmin"}
	result.Add(e)
	text := logPartitionText([]*experiment.Result{result}, o.recipe)
	assert.Contains(t, text, fmt.Sprintf("%.2g", e.Scores[at]))
	assert.Contains(t, text, "estimate")
}
