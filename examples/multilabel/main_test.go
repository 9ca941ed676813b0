package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/programtest"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

var program = programtest.Program(run)

func TestQuickRunGivesTableRecordsAndPicture(t *testing.T) {
	stdout, stderr, err := program.Invoke(t, "-quick", "-json", "out.json")
	require.NoError(t, err)

	assert.Contains(t, stdout, "votes: 9 features, 8 labels (some missing); 287 rows to train and 148 to test")
	for _, row := range []string{
		"votes    baseline  frequencies  4.970  exact", "votes    unary     minmin", "votes    unary     sparsemax", "votes    unary     exact",
		"votes    pairwise  minmin", "votes    pairwise  sparsemax", "votes    pairwise  exact",
	} {
		assert.Equal(t, 1, strings.Count(stdout, "\n"+row), row)
	}
	assert.NotContains(t, stdout, "INCOMPLETE")
	assert.Equal(t, 6, strings.Count(stderr, "\n"), "a line for each training where there is no terminal")
	assert.NotContains(t, stdout+stderr, "\x1b", "no escape codes in logs")

	records := programtest.Records(t, "out.json")
	found := map[string]float64{}
	for _, r := range records {
		assert.Equal(t, "votes", r.Dataset)
		if r.Decision != "mode" {
			assert.Equal(t, string(r.Metric), r.Decision, "the metric it is best for")
			found[r.Model+" "+r.Objective+" best "+string(r.Metric)] = r.Value
			continue
		}
		assert.Equal(t, 1, r.Repeats)
		assert.EqualValues(t, 1, r.Seed)
		found[r.Model+" "+r.Objective+" "+string(r.Metric)] = r.Value
	}
	for _, m := range []string{"unary", "pairwise"} {
		for _, o := range []string{"minmin", "sparsemax", "exact"} {
			for _, metric := range []string{"subset_accuracy", "hamming_loss", "f1_samples", "f1_samples_empty", "f1_micro", "f1_macro", "both_empty"} {
				assert.Contains(t, found, m+" "+o+" "+metric)
			}
			row := m + " " + o
			nll, hasNLL := found[row+" nll"]
			assert.Equal(t, o == "sparsemax", has(found, row+" zero_probability"))
			assert.Equal(t, o == "minmin", has(found, row+" log_z_error"))
			assert.Equal(t, o == "sparsemax", has(found, row+" threshold_error"))
			assert.Equal(t, o == "minmin", has(found, row+" nll_tau"))
			if o != "sparsemax" {
				assert.True(t, hasNLL)
				assert.Less(t, nll, found["baseline frequencies nll"]-1, "features help")
			} else {
				assert.Equal(t, found[row+" zero_probability"] == 0, hasNLL, "an infinite nll is left out")
			}
			assert.Greater(t, found[row+" f1_samples"], found["baseline frequencies f1_samples"]+0.1)
			assert.Greater(t, found[row+" best f1_samples"], found["baseline frequencies best f1_samples"]+0.05)
			for _, metric := range []string{"hamming_loss", "subset_accuracy", "f1_samples", "f1_samples_empty", "f1_micro", "f1_macro"} {
				assert.Contains(t, found, row+" best "+metric)
			}
		}
	}

	image := programtest.Picture(t, "multilabel.png")
	assert.Greater(t, image.Bounds().Dx(), image.Bounds().Dy(), "panels side by side")
}

func has(m map[string]float64, key string) bool { _, ok := m[key]; return ok }

func TestSameFlagsGiveTheSameNumbers(t *testing.T) {
	numbers := func(args ...string) []report.Record {
		o, err := parse(append(args, "-quick", "-repeats", "2", "-epochs", "3"), io.Discard)
		require.NoError(t, err)
		sources, err := open(context.Background(), o, io.Discard)
		require.NoError(t, err)
		results, err := compare(context.Background(), o, sources, io.Discard)
		require.NoError(t, err)
		out := experiment.Records(results, columns, o.recipe.Seed)
		for i := range out {
			out[i].Seconds = 0
		}
		return out
	}
	first := numbers("-workers", "1")
	assert.Equal(t, first, numbers("-workers", "3"))
	other := numbers("-workers", "1", "-seed", "7")
	assert.Len(t, other, len(first))
	assert.NotEqual(t, first, other)
	assert.Equal(t, 2, first[0].Repeats)
}

func TestRepeatsUseTheNextSeeds(t *testing.T) {
	scores := func(args ...string) []float64 {
		o, err := parse(append(args, "-quick", "-dataset", "zoo", "-model", "unary", "-objective", "minmin"), io.Discard)
		require.NoError(t, err)
		sources, err := open(context.Background(), o, io.Discard)
		require.NoError(t, err)
		results, err := compare(context.Background(), o, sources, io.Discard)
		require.NoError(t, err)
		require.Len(t, results, 2)
		nll := experiment.Score{Metric: report.NLL}
		return append(results[0].Scores[nll], results[1].Scores[nll]...)
	}
	a, b, both := scores("-seed", "4"), scores("-seed", "5"), scores("-seed", "4", "-repeats", "2")
	almost.Same(t, []float64{a[0], b[0], a[1], b[1]}, both)
}

func TestHelpNamesEveryFlag(t *testing.T) {
	program.Helps(t, "dataset data labels model objective samples hidden epochs repeats seed quick json png proposal reference dropout rate weight-decay batch patience workers refit rank impute onehot")
}

func TestBadFlagsAreUsageErrors(t *testing.T) {
	program.Refuses(t, map[string]string{
		"-model linear":           "-model: want one of unary,pairwise",
		"-objective mle":          "want one of minmin,sparsemax,exact",
		"-proposal mcmc":          "want one of uniform,frequencies,marginal",
		"-reference marginal":     "want one of uniform,frequencies",
		"-dataset enron":          `no multilabel data set "enron"`,
		"-dataset iris":           `no multilabel data set "iris"`,
		"-dataset ,":              "no data set is named",
		"-dropout 1":              "a number in [0, 1)",
		"-rate 0":                 "a number in (0, 10]",
		"-weight-decay -1":        "a number in [0, 100]",
		"-epochs 0":               "at least 1",
		"-samples -1":             "at least 0",
		"-batch 0":                "at least 1",
		"-repeats 0":              "at least 1",
		"-workers 0":              "at least 1",
		"-patience -1":            "at least 0",
		"-rank -1":                "at least 0",
		"-hidden 64,0":            "a layer of no units",
		"-seed x":                 "-seed",
		"-json none/x.json":       "no directory none",
		"-png none/x.png":         "no directory none",
		"-labels 3":               "name it with -data",
		"-data own.csv":           "-labels has to say",
		"-data own.csv -labels 0": "there have to be labels",
		"-data own.svm -labels 3": "at the start of each line",
		"-data own.xls":           "none of .arff, .csv",
		"own.csv":                 "unexpected argument",
	})
}

func TestAMistakeInAFileSaysWhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b,urgent,spam\n1,2,0,1\n1,two,0,1\n"), 0o600))
	stdout, stderr, err := program.Invoke(t, "-data", path, "-labels", "urgent,spam")
	var mistake *datasets.ParseError
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, 3, mistake.Line)
	assert.Equal(t, 3, mistake.Column)
	assert.Empty(t, stdout+stderr)
	var shown bytes.Buffer
	assert.Equal(t, report.ExitFailure, report.Exit("multilabel", err, &shown))
	assert.Equal(t, "multilabel: "+path+`:3:3: "two" is not a number, which attribute "b" wants (how files are read is changed by the flags -labels, -impute and -onehot)`+"\n", shown.String())

	_, _, err = program.Invoke(t, "-data", path+".gz", "-labels", "-2")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestAnInterruptPrintsWhatWasFinished(t *testing.T) {
	stdout := program.Interrupt(t, "multilabel", "-quick", "-repeats", "2", "-json", "out.json")
	assert.True(t, strings.HasPrefix(stdout, "INCOMPLETE"), stdout)
	assert.Contains(t, stdout, "minmin (1 of 2 repeats)")
	assert.NotContains(t, stdout, "unary     exact")
	assert.NoFileExists(t, "out.json")
	assert.NoFileExists(t, "multilabel.png")
}

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	program.ReportsBrokenOutput(t, "-quick", "-model", "unary", "-objective", "exact")
}
