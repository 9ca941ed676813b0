package main

import (
	"context"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/programtest"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

var program = programtest.Program(run)

func TestMultilabelTable(t *testing.T) {
	stdout, _, err := program.Invoke(t, "-json", "out.json", "-quick", "-baselines")
	require.NoError(t, err)
	assert.Contains(t, stdout, "a random share of 0.2 to test, a quarter of the others")
	found := map[string]float64{}
	for _, r := range programtest.Records(t, "out.json") {
		found[r.Model+" "+r.Objective+" "+r.Decision+" "+string(r.Metric)] = r.Value
	}
	for _, row := range []string{
		"constant best", "unary minmin", "unary sparsemax", "unary exact", "unary gfy", "unary cd", "unary minmax",
		"pairwise minmin", "pairwise sparsemax", "pairwise exact", "pairwise gfy", "pairwise cd", "pairwise minmax",
		"independent exact", "chain exact", "powerset exact",
	} {
		for _, metric := range []string{"f1_samples", "f1_samples_empty", "f1_micro", "f1_macro", "hamming_loss"} {
			for _, decision := range []string{"mode", metric} {
				_, ok := found[row+" "+decision+" "+metric]
				assert.True(t, ok, "%s %s %s", row, decision, metric)
			}
		}
	}
	assert.Equal(t, 4, strings.Count(stdout, "\ndataset  minmin  sparsemax  exact"), "a table per model and decision")
	programtest.Picture(t, "paper.png")
	// The entropic loss of unary scores is the likelihood.
	almost.Equal(t, found["unary exact mode nll"], found["unary gfy mode nll"], 1e-2, 0)
}

func TestConvergenceTable(t *testing.T) {
	stdout, _, err := program.Invoke(t, "-json", "out.json", "-quick", "-table", "convergence", "-dataset", "votes", "-steps", "60")
	require.NoError(t, err)
	assert.Contains(t, stdout, "minmin, 10 samples")
	records := programtest.Records(t, "out.json")
	require.Len(t, records, 9)
	for _, r := range records {
		if r.Metric == report.TrainNLL {
			assert.Less(t, r.Value, 8*math.Ln2, "less than where all sets are alike")
		}
	}
	programtest.Picture(t, "paper.png")
}

func TestSplitsAreThoseOfTheProtocol(t *testing.T) {
	sources, err := open(context.Background(), []string{"votes"}, io.Discard)
	require.NoError(t, err)
	a, err := sources[0].split(1)
	require.NoError(t, err)
	n := sources[0].all.Len()
	assert.Less(t, n, 435, "rows with missing labels are left out")
	assert.Nil(t, a.train.Observed)
	almost.Equal(t, 0.2*float64(n), float64(len(a.test.Y)), 0.5, 0)
	assert.Len(t, a.train.Y, n-len(a.test.Y))
	sum := 0
	for i := range quarters {
		fit, held := a.fold(i)
		assert.Len(t, a.train.Y, len(fit.Y)+len(held.Y))
		almost.Equal(t, 0.2*float64(n), float64(len(held.Y)), 1, 0)
		sum += len(held.Y)
	}
	assert.Len(t, a.train.Y, sum)
	b, err := sources[0].split(2)
	require.NoError(t, err)
	assert.NotEqual(t, a.test.Y, b.test.Y)
}

func TestSettingsThatWereGivenAreNotTuned(t *testing.T) {
	count := func(args ...string) int {
		o, err := parse(args, io.Discard)
		require.NoError(t, err)
		return len(o.recipe.candidates(o.given))
	}
	assert.Equal(t, 2, count())
	assert.Equal(t, 5, count("-candidates", "5"))
	assert.Equal(t, 2, count("-candidates", "5", "-weight-decay", "1"))
	assert.Equal(t, 3, count("-candidates", "5", "-hidden", "0"))
	assert.Equal(t, 1, count("-candidates", "1"))
	assert.Equal(t, 1, count("-quick"))
}

func TestBadFlagsAreUsageErrors(t *testing.T) {
	program.Refuses(t, map[string]string{
		"-table ranking":                        "want one of multilabel,convergence,logpartition",
		"-dataset enron":                        "no multilabel data set",
		"-table convergence -dataset votes,zoo": "of one data set",
		"-objective mle":                        "want one of minmin",
		"-folds 5":                              "there are 4",
		"-candidates 6":                         "there are 5",
		"-table density -dataset yeast":         "no sets data set",
		"-steps 0":                              "at least 1",
		"-json none/x.json":                     "no directory none",
	})
}
