package main

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/programtest"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/snl"
)

var program = programtest.Program(run)

func TestQuickRunGivesTableRecordsAndPicture(t *testing.T) {
	stdout, stderr, err := program.Invoke(t, "-quick", "-json", "out.json")
	require.NoError(t, err)
	assert.Contains(t, stdout, "faithful: 1 features, target waiting; 272 rows, a share of 0.2 to test")
	for _, dataset := range []string{"faithful", "mcycle"} {
		for _, row := range []string{"gaussian  exact", "mdn       exact", "ebm       snl", "ebm       ranking_nce", "tilted    snl", "tilted    ranking_nce"} {
			assert.Contains(t, stdout, "\n"+strings.TrimSpace(dataset+strings.Repeat(" ", 10-len(dataset))+row)+" ")
		}
	}
	assert.NotContains(t, stdout, "INCOMPLETE")
	assert.NotContains(t, stdout, "  kl", "there is no truth")
	assert.Equal(t, 12, strings.Count(stderr, "\n"), "a line for each training where there is no terminal")
	assert.NotContains(t, stdout+stderr, "\x1b", "no escape codes in logs")

	records := programtest.Records(t, "out.json")
	found := map[string]float64{}
	for _, r := range records {
		found[r.Dataset+" "+r.Model+" "+r.Objective+" "+string(r.Metric)] = r.Value
	}
	for _, metric := range []string{"nll", "z_error", "crps", "rmse", "coverage_90", "pit_p_value", "pit_rejected"} {
		assert.Contains(t, found, "faithful mdn exact "+metric)
	}
	assert.Contains(t, found, "mcycle tilted snl log_z_bias")
	assert.NotContains(t, found, "mcycle tilted ranking_nce log_z_bias")
	assert.Less(t, found["faithful mdn exact nll"], 4.03, "features help: a Gaussian of all targets has 4.03")
	assert.Less(t, found["faithful mdn exact z_error"], 1e-6)

	for _, name := range []string{"regression-faithful.png", "regression-mcycle.png"} {
		programtest.Picture(t, name)
	}
}

// numbers are those of a run.
func numbers(t *testing.T, args ...string) ([]report.Record, []*experiment.Result) {
	t.Helper()
	o, err := parse(append([]string{"-quick"}, args...), io.Discard)
	require.NoError(t, err)
	sources, err := open(context.Background(), o, io.Discard)
	require.NoError(t, err)
	results, _, err := compare(context.Background(), o, sources, io.Discard)
	require.NoError(t, err)
	out := experiment.DensityRecords(results, columns, o.recipe.Seed)
	for i := range out {
		out[i].Seconds = 0
	}
	return out, results
}

func TestSameFlagsGiveTheSameNumbers(t *testing.T) {
	args := []string{"-dataset", "mcycle", "-epochs", "2", "-repeats", "2"}
	first, _ := numbers(t, append(args, "-workers", "1")...)
	three, _ := numbers(t, append(args, "-workers", "3")...)
	assert.Equal(t, first, three)
	other, _ := numbers(t, append(args, "-seed", "7")...)
	assert.Len(t, other, len(first))
	assert.NotEqual(t, first, other)
	assert.Equal(t, 2, first[0].Repeats)
}

func TestRepeatsUseTheNextSeeds(t *testing.T) {
	scores := func(args ...string) []float64 {
		_, results := numbers(t, append(args, "-dataset", "mcycle", "-model", "mdn")...)
		require.Len(t, results, 1)
		return results[0].Scores[experiment.Score{Metric: report.NLL}]
	}
	almost.Same(t, append(scores("-seed", "4"), scores("-seed", "5")...), scores("-seed", "4", "-repeats", "2"))
}

func TestEveryObjectiveLearns(t *testing.T) {
	_, results := numbers(t, "-dataset", "mcycle", "-model", "", "-objective", "", "-epochs", "1", "-members", "1", "-samples", "4")
	assert.Len(t, results, 2+16+15)
	for _, r := range results {
		nll := r.Scores[experiment.Score{Metric: report.NLL}]
		require.Len(t, nll, 1, r.Name())
		assert.Less(t, nll[0], 8.0, r.Name())
	}
}

func TestAToyHasADivergence(t *testing.T) {
	_, results := numbers(t, "-dataset", "toy2", "-model", "mdn", "-members", "1", "-epochs", "8")
	require.Len(t, results, 1)
	kl, nll := results[0].Scores[experiment.Score{Metric: report.KL}], results[0].Scores[experiment.Score{Metric: report.NLL}]
	assert.Greater(t, kl[0], 0.0)
	// nll is the entropy of the truth and the divergence, but for the sample.
	almost.Equal(t, kl[0], nll[0]-toyNamed("toy2").MeanEntropy(), 0.15, 0)
}

func TestYourOwnFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.csv")
	var b strings.Builder
	b.WriteString("size,price,colour\n")
	for i := range 60 {
		b.WriteString(strings.Join([]string{string(rune('1' + i%9)), string(rune('1'+i%7)) + ".5", []string{"red", "blue"}[i%2]}, ",") + "\n")
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	stdout, _, err := program.Invoke(t, "-quick", "-data", path, "-target", "price", "-onehot", "-model", "gaussian")
	require.NoError(t, err)
	assert.Contains(t, stdout, "own: 3 features, target price; 60 rows")
	assert.FileExists(t, "regression.png")
}

func TestAMistakeInAFileSaysWhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b,c\n1,2,0\n1,two,0\n"), 0o600))
	stdout, stderr, err := program.Invoke(t, "-data", path, "-target", "c")
	var mistake *datasets.ParseError
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, 3, mistake.Line)
	assert.Empty(t, stdout+stderr)
	var shown bytes.Buffer
	assert.Equal(t, report.ExitFailure, report.Exit("regression", err, &shown))
	assert.Contains(t, shown.String(), path+":3:3: ")
	assert.Contains(t, shown.String(), "(how files are read is changed by the flags -target, -impute and -onehot)")

	_, _, err = program.Invoke(t, "-data", path, "-target", "nothing")
	assert.ErrorIs(t, err, datasets.ErrUnknownAttribute)
	_, _, err = program.Invoke(t, "-data", path+".gz")
	assert.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n3,4\n"), 0o600))
	_, _, err = program.Invoke(t, "-data", path)
	assert.ErrorContains(t, err, "too few")
}

func TestHelpNamesEveryFlag(t *testing.T) {
	program.Helps(t, "dataset data target model objective members examples components min-scale energy logits samples proposal hidden epochs repeats seed quick json png dropout rate weight-decay batch patience workers impute onehot")
}

func TestBadFlagsAreUsageErrors(t *testing.T) {
	program.Refuses(t, map[string]string{
		"-model linear":                  "-model: want one of gaussian,mdn,ebm,tilted",
		"-objective mle":                 "want one of exact,snl",
		"-model mdn -objective snl":      "none of [snl] fits",
		"-model tilted -objective exact": "none of [exact] fits",
		"-proposal mcmc":                 "want one of auto,base,learned,around",
		"-dataset iris":                  `no regression data set "iris"`,
		"-dataset ,":                     "no data set is named",
		"-members -1":                    "at least 0",
		"-examples 0":                    "a number in [1, 1e12]",
		"-components 0":                  "at least 1",
		"-min-scale 2":                   "a number in [0, 1]",
		"-energy 0":                      "at least 1",
		"-samples 0":                     "at least 1",
		"-refit":                         "-refit: all training rows",
		"-target y":                      "name it with -data",
		"-data own.xls":                  "not .csv",
		"-json none/x.json":              "no directory none",
		"own.csv":                        "unexpected argument",
	})
}

func TestAnInterruptPrintsWhatWasFinished(t *testing.T) {
	stdout := program.Interrupt(t, "regression", "-quick", "-workers", "1", "-json", "out.json")
	assert.True(t, strings.HasPrefix(stdout, "INCOMPLETE"), stdout)
	assert.NoFileExists(t, "out.json")
	assert.NoFileExists(t, "regression-faithful.png")
}

func TestFloorIsTheErrorOfRounding(t *testing.T) {
	targets := func(values ...float64) (ys [][]float64) {
		for _, v := range values {
			ys = append(ys, []float64{v})
		}
		return ys
	}
	r := recipe{MinScale: 0.001}
	whole := targets(3, 4, 5, 6, 7, 3, 5, 5, 6) // standard deviation sqrt(134/81)
	almost.Equal(t, 1/math.Sqrt(12)/math.Sqrt(134.0/81), r.floor(whole).MinScale, 1e-12, 0)
	assert.Equal(t, 0.001, r.floor(targets(5, 5, 5)).MinScale, "nothing to see")
	almost.Equal(t, 2/math.Sqrt(12), r.floor(targets(0, 1)).MinScale, 1e-12, 0)
	var many [][]float64
	for i := range 1000 {
		many = append(many, []float64{math.Sqrt(float64(i))})
	}
	assert.Less(t, r.floor(many).MinScale, 0.005)
	// Rounding is the same in any unit.
	for _, y := range whole {
		y[0] = 1e6 + 10*y[0]
	}
	almost.Equal(t, 1/math.Sqrt(12)/math.Sqrt(134.0/81), r.floor(whole).MinScale, 1e-9, 0)
}

// Jittered targets are uniform within their rounding error; the rest stays.
func TestJitterHidesTheDigits(t *testing.T) {
	data := snl.Data{X: mat.NewDense(400, 1, nil), Y: snl.Points(make([]float64, 400))}
	for i, y := range data.Y {
		y[0] = 3 + 2*float64(i%4)
	}
	require.Equal(t, 2.0, resolution(data.Y))
	got := jitter(data, resolution(data.Y), rand.New(rand.NewPCG(1, 2)))
	var moved []float64
	for i, y := range got.Y {
		assert.Equal(t, 3+2*float64(i%4), data.Y[i][0], "the data were changed")
		moved = append(moved, (y[0]-data.Y[i][0])/2+0.5)
	}
	assert.Greater(t, snl.TestUniform(moved).PValue, 0.001)
	assert.Zero(t, resolution(snl.Points([]float64{5, 5})))
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.0, median([]float64{3, 1, 2}))
	assert.Equal(t, 2.5, median([]float64{4, 1, 2, 3}))
}

func TestBestRepeatsAreThoseOfTheLeastDivergence(t *testing.T) {
	r := &experiment.Result{Dataset: "toy1", Model: "ebm", Objective: "snl", Scores: map[experiment.Score][]float64{
		{Metric: report.KL}: {0.9, 0.1, 0.2, 0.8, 0.3, 0.4, 0.5},
	}}
	assert.Equal(t, "toy1 ebm snl: mean kl of the best 5 of 7 repeats 0.3000\n", bestRepeats([]*experiment.Result{r}))
	r.Scores[experiment.Score{Metric: report.KL}] = []float64{1, 2}
	assert.Empty(t, bestRepeats([]*experiment.Result{r}))
}

func TestFoldsShareOutTheTrainingRows(t *testing.T) {
	train := &datasets.Regression{}
	for i := range 23 {
		train.Y = append(train.Y, []float64{float64(i)})
	}
	p := &parts{train: train, seed: 3}
	seen := map[float64]int{}
	for k := range 5 {
		fit, validation := p.fold(k)
		assert.Equal(t, 23, fit.Len()+validation.Len())
		for _, y := range validation.Y {
			seen[y[0]]++
			assert.NotContains(t, fit.Y, y)
		}
	}
	assert.Len(t, seen, 23, "each row validates once")
	_, again := p.fold(5)
	_, first := p.fold(0)
	assert.NotEqual(t, first.Y, again.Y, "other folds")
}
