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
	stdout, stderr, err := program.Invoke(t, "-quick", "-json", "out.json")
	require.NoError(t, err)

	assert.Contains(t, stdout, "iris: 4 features, 3 labels; 150 rows, a share of 0.2 to test; all others train\n")
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

	records := programtest.Records(t, "out.json")
	found := map[string]float64{}
	for _, r := range records {
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
		programtest.Picture(t, name)
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
	stdout := program.Helps(t, "dataset data ranks order unlisted impute onehot model objective samples proposal steps weights squares decision test "+
		"hidden dropout rate weight-decay clip batch epochs patience refit repeats seed workers work tune quick json png")
	assert.Contains(t, stdout, "-dataset=iris,wine,glass,vehicle,vowel\n")
	assert.Contains(t, stdout, "-model=birkhoff,luce\n")
}

func TestBadFlagsAreUsageErrors(t *testing.T) {
	program.Refuses(t, map[string]string{
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
	})
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
	stdout, stderr, err := program.Invoke(t, "-data", path, "-order", "order")
	var mistake *datasets.ParseError
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, 3, mistake.Line)
	assert.Equal(t, 3, mistake.Column)
	assert.Empty(t, stdout+stderr)
	var shown bytes.Buffer
	assert.Equal(t, report.ExitFailure, report.Exit("labelranking", err, &shown))
	assert.Equal(t, "labelranking: "+path+`:3:3: "two" is not a number, which attribute "b" wants (how files are read is changed by the flags -ranks, -order, -unlisted, -impute and -onehot)`+"\n", shown.String())

	require.NoError(t, os.WriteFile(path, []byte("a,order\n1,x>y>z\n2,x>x>y\n"), 0o600))
	_, _, err = program.Invoke(t, "-data", path, "-order", "-1")
	assert.ErrorContains(t, err, path+":3:")

	_, _, err = program.Invoke(t, "-data", path, "-order", "best")
	assert.ErrorContains(t, err, `"best"`)

	_, _, err = program.Invoke(t, "-data", path+".gz", "-order", "1")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestAnInterruptPrintsWhatWasFinished(t *testing.T) {
	stdout := program.Interrupt(t, "labelranking", "-quick", "-workers", "1", "-repeats", "2", "-json", "out.json")
	assert.True(t, strings.HasPrefix(stdout, "INCOMPLETE"), stdout)
	assert.Contains(t, stdout, "minmin (1 of 2 repeats)")
	assert.NotContains(t, stdout, "birkhoff  exact")
	assert.NoFileExists(t, "out.json")
	assert.NoFileExists(t, "labelranking-iris.png")
}

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	program.ReportsBrokenOutput(t, "-quick", "-dataset", "iris", "-objective", "exact")
}
