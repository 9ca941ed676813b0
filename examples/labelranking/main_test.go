package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// invoke runs the program in a directory of its own.
func invoke(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	t.Chdir(t.TempDir())
	var out, log bytes.Buffer
	err = run(context.Background(), args, &out, &log)
	return out.String(), log.String(), err
}

// learnt is what the flags give, without files.
func learnt(t *testing.T, args ...string) (*options, []*experiment.Result) {
	t.Helper()
	o, err := parse(args, io.Discard)
	require.NoError(t, err)
	sources, err := open(context.Background(), o, io.Discard)
	require.NoError(t, err)
	results, err := compare(context.Background(), o, sources, io.Discard)
	require.NoError(t, err)
	return o, results
}

func TestQuickRunGivesTableRecordsAndPictures(t *testing.T) {
	stdout, stderr, err := invoke(t, "-quick", "-json", "out.json")
	require.NoError(t, err)

	assert.Contains(t, stdout, "iris: 4 features, 3 labels; 150 rows, a share of 0.2 to test; a share of 0.2 of the training rows draws the learning curves, then all train\n")
	for _, row := range []string{
		"iris     baseline  borda      1.792  exact", "iris     birkhoff  minmin", "iris     birkhoff  exact", "iris     luce      exact",
		"wine     baseline  borda      1.792  exact", "wine     birkhoff  minmin", "wine     birkhoff  exact", "wine     luce      exact",
	} {
		assert.Equal(t, 1, strings.Count(stdout, "\n"+row), row)
	}
	assert.NotContains(t, stdout, "INCOMPLETE")
	assert.NotContains(t, stdout, "luce      minmin", "luce is normalised as it is")
	assert.Equal(t, 6, strings.Count(stderr, "\n"), "a line for each training where there is no terminal")
	assert.NotContains(t, stdout+stderr, "\x1b", "no escape codes in logs")

	content, err := os.ReadFile("out.json")
	require.NoError(t, err)
	var flat []map[string]any
	require.NoError(t, json.Unmarshal(content, &flat))
	var records []report.Record
	require.NoError(t, json.Unmarshal(content, &records))
	found := map[string]float64{}
	for i, r := range records {
		require.NoError(t, r.Validate())
		assert.Len(t, flat[i], 10)
		assert.Equal(t, 1, r.Repeats)
		assert.EqualValues(t, 1, r.Seed)
		found[strings.Join([]string{r.Dataset, r.Model, r.Objective, r.Decision, string(r.Metric)}, " ")] = r.Value
	}
	for _, data := range []string{"iris", "wine"} {
		for _, row := range []string{"birkhoff minmin", "birkhoff exact", "luce exact"} {
			for _, d := range []string{"mode", "kendall_tau"} {
				for _, metric := range []string{"kendall_tau", "spearman_rho", "exact_match"} {
					key := data + " " + row + " " + d + " " + metric
					require.Contains(t, found, key)
					assert.Greater(t, found[key], found[data+" baseline borda "+d+" "+metric]+0.2, key)
				}
			}
			assert.Less(t, found[data+" "+row+" mode nll"], found[data+" baseline borda mode nll"]-0.5, "features help")
			assert.Equal(t, row == "birkhoff minmin", has(found, data+" "+row+" mode log_z_error"))
			assert.Equal(t, row == "birkhoff minmin", has(found, data+" "+row+" mode nll_tau"))
		}
	}

	for _, name := range []string{"labelranking-iris.png", "labelranking-wine.png"} {
		f, err := os.Open(name)
		require.NoError(t, err)
		defer f.Close()
		_, err = png.Decode(f)
		require.NoError(t, err)
	}
	assert.NoFileExists(t, "labelranking.png")
}

func has(m map[string]float64, key string) bool { _, ok := m[key]; return ok }

func TestSameFlagsGiveTheSameNumbers(t *testing.T) {
	numbers := func(args ...string) []report.Record {
		o, results := learnt(t, append(args, "-quick", "-tune", "-dataset", "iris", "-model", "birkhoff,preference", "-objective", "minmin,exact,cd",
			"-samples", "10", "-repeats", "2", "-epochs", "4")...)
		out := experiment.Records(results, o.numbers(), o.recipe.Seed)
		for i := range out {
			out[i].Seconds = 0
		}
		return out
	}
	first := numbers("-workers", "1")
	assert.Equal(t, first, numbers("-workers", "3"))
	other := numbers("-workers", "20", "-seed", "7")
	assert.Len(t, other, len(first))
	assert.NotEqual(t, first, other)
	assert.Equal(t, 2, first[0].Repeats)
}

func TestRepeatsUseTheNextSeeds(t *testing.T) {
	scores := func(args ...string) []float64 {
		_, results := learnt(t, append(args, "-quick", "-dataset", "iris", "-model", "permutahedron", "-objective", "minmin")...)
		require.Len(t, results, 2)
		nll := experiment.Score{Metric: report.NLL}
		return append(results[0].Scores[nll], results[1].Scores[nll]...)
	}
	a, b, both := scores("-seed", "4"), scores("-seed", "5"), scores("-seed", "4", "-repeats", "2")
	almost.Same(t, []float64{a[0], b[0], a[1], b[1]}, both)
}

func TestHelpNamesEveryFlag(t *testing.T) {
	stdout, stderr, err := invoke(t, "-h")
	assert.ErrorIs(t, err, flag.ErrHelp)
	assert.Empty(t, stderr)
	for _, name := range strings.Fields("dataset data ranks order unlisted impute onehot model objective samples proposal steps weights squares decision test " +
		"hidden dropout rate weight-decay clip batch epochs patience refit repeats seed workers work tune quick json png") {
		assert.Contains(t, stdout, "\n  -"+name+"=")
	}
	assert.Contains(t, stdout, "-dataset=iris,wine,glass,vehicle,vowel\n")
	assert.Contains(t, stdout, "-model=birkhoff,luce\n")
}

func TestBadFlagsAreUsageErrors(t *testing.T) {
	for args, want := range map[string]string{
		"-model unary":                     "-model: want one of permutahedron,birkhoff,preference,luce",
		"-objective mle":                   "want one of minmin,sparsemax,exact,cd,minmax",
		"-proposal mallows":                "want one of uniform,plackettluce",
		"-decision footrule":               "want one of mode,kemeny,spearman",
		"-weights 3":                       "want one of steps,variance1",
		"-unlisted above":                  "want one of anywhere,below",
		"-dataset enron":                   `data set "enron"`,
		"-dataset votes":                   `data set "votes"`,
		"-dataset ,":                       "no data set is named",
		"-test 0":                          "a number in (0, 1)",
		"-test 1":                          "a number in (0, 1)",
		"-test NaN":                        "a number in (0, 1)",
		"-work 0":                          "a number of at least 1",
		"-dropout 1":                       "a number in [0, 1)",
		"-rate 0":                          "a number in (0, 10]",
		"-weight-decay -1":                 "a number in [0, 100]",
		"-clip -1":                         "a number in [0, 1e9]",
		"-epochs 0":                        "at least 1",
		"-samples -1":                      "at least 0",
		"-steps -1":                        "at least 0",
		"-batch 0":                         "at least 1",
		"-repeats 0":                       "at least 1",
		"-workers 0":                       "at least 1",
		"-patience -1":                     "at least 0",
		"-hidden 64,0":                     "a layer of no units",
		"-seed x":                          "-seed",
		"-model luce -objective minmin,cd": "luce is learned by exact only",
		"-samples 1 -objective minmax":     "minmax needs at least 2 samples",
		"-json none/x.json":                "no directory none",
		"-png none/x.png":                  "no directory none",
		"-ranks 3":                         "name it with -data",
		"-unlisted below":                  "name it with -data",
		"-data own.csv -ranks 3 -order y":  "one or the other",
		"-data own.csv -ranks 0":           "counted from 1",
		"-data own.csv -order 0":           "counted from 1",
		"-data own.csv -onehot":            "need -ranks or -order",
		"-data own.soc -ranks 3":           "are about CSV files",
		"-data own.xls":                    "none of .csv, .txt, .soc, .soi, .toc, .toi",
		"own.csv":                          "unexpected argument",
	} {
		stdout, stderr, err := invoke(t, strings.Fields(args)...)
		var usage *report.UsageError
		require.ErrorAs(t, err, &usage, args)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
		assert.Empty(t, stdout+stderr)
	}
}

func TestAllIsEveryDataSet(t *testing.T) {
	o, err := parse([]string{"-dataset", "iris,all,wine"}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, experiment.Known(datasets.RankingTask), o.datasets)
	assert.Subset(t, o.datasets, strings.Fields("authorship bodyfat calhousing cold cpu-small diau dtt elevators fried glass housing iris pendigits spo vehicle vowel wine wisconsin algae"))
}

func TestAMistakeInAFileSaysWhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b,order\n1,2,x>y>z\n1,two,z>y>x\n"), 0o600))
	stdout, stderr, err := invoke(t, "-data", path, "-order", "order")
	var mistake *datasets.ParseError
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, 3, mistake.Line)
	assert.Equal(t, 3, mistake.Column)
	assert.Empty(t, stdout+stderr)
	var shown bytes.Buffer
	assert.Equal(t, report.ExitFailure, report.Exit("labelranking", err, &shown))
	assert.Equal(t, "labelranking: "+path+`:3:3: "two" is not a number, which attribute "b" wants (how files are read is changed by the flags -ranks, -order, -unlisted, -impute and -onehot)`+"\n", shown.String())

	require.NoError(t, os.WriteFile(path, []byte("a,order\n1,x>y>z\n2,x>x>y\n"), 0o600))
	_, _, err = invoke(t, "-data", path, "-order", "-1")
	assert.ErrorContains(t, err, path+":3:")

	_, _, err = invoke(t, "-data", path, "-order", "best")
	assert.ErrorContains(t, err, `"best"`)

	_, _, err = invoke(t, "-data", path+".gz", "-order", "1")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// canceller cancels when something is written to it.
type canceller struct {
	bytes.Buffer
	cancel func()
}

func (c *canceller) Write(b []byte) (int, error) { c.cancel(); return c.Buffer.Write(b) }

func TestAnInterruptPrintsWhatWasFinished(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stderr := &canceller{cancel: cancel} // at the first line: after the first training
	var stdout bytes.Buffer
	err := run(ctx, []string{"-quick", "-workers", "1", "-repeats", "2", "-json", "out.json"}, &stdout, stderr)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, report.ExitInterrupted, report.Exit("labelranking", err, &bytes.Buffer{}))
	assert.True(t, strings.HasPrefix(stdout.String(), "INCOMPLETE"), stdout.String())
	assert.Contains(t, stdout.String(), "minmin (1 of 2 repeats)")
	assert.NotContains(t, stdout.String(), "birkhoff  exact")
	assert.NoFileExists(t, "out.json")
	assert.NoFileExists(t, "labelranking-iris.png")

	stdout.Reset()
	err = run(ctx, nil, &stdout, stderr)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, stdout.String())
}

type brokenWriter struct{ error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.error }

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Chdir(t.TempDir())
	full := errors.New("disk full")
	err := run(context.Background(), []string{"-quick", "-dataset", "iris", "-objective", "exact"}, brokenWriter{full}, &bytes.Buffer{})
	assert.ErrorIs(t, err, full)
}
