package main

import (
	"bytes"
	"context"
	"io"
	"math"
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
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

var program = programtest.Program(run)

func TestQuickRunGivesTableRecordsAndPicture(t *testing.T) {
	stdout, stderr, err := program.Invoke(t, "-quick", "-json", "out.json")
	require.NoError(t, err)
	assert.Contains(t, stdout, "checkerboard: 400 rows to train, 80 to choose the epoch, 400 to test, drawn anew for each repeat; entropy 3.4657 nats")
	assert.NotContains(t, stdout, "INCOMPLETE")
	assert.Equal(t, 10, strings.Count(stderr, "\n"), "a line for each training where there is no terminal")

	records := programtest.Records(t, "out.json")
	found := map[string]float64{}
	for _, r := range records {
		found[r.Dataset+" "+r.Model+" "+r.Objective+" "+string(r.Metric)] = r.Value
	}
	for _, row := range []string{"8gaussians energy snl", "8gaussians energy nce", "checkerboard energy dsm", "checkerboard gmm em", "checkerboard kde leave_one_out"} {
		assert.Contains(t, found, row+" nll")
		assert.Greater(t, found[row+" kl"], 0.0)
	}
	assert.Contains(t, found, "8gaussians energy snl log_z_bias")
	assert.NotContains(t, found, "8gaussians energy dsm log_z_bias")
	for _, name := range []string{"density-8gaussians.png", "density-checkerboard.png"} {
		programtest.Picture(t, name)
	}
}

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
	args := []string{"-dataset", "moons", "-repeats", "2", "-epochs", "2", "-rows", "100"}
	first, _ := numbers(t, append(args, "-workers", "1")...)
	three, _ := numbers(t, append(args, "-workers", "3")...)
	assert.Equal(t, first, three)
	other, _ := numbers(t, append(args, "-seed", "7")...)
	assert.NotEqual(t, first, other)
}

func TestEveryObjectiveLearns(t *testing.T) {
	_, results := numbers(t, "-dataset", "8gaussians", "-model", "", "-objective", "", "-epochs", "1", "-rows", "100")
	assert.Len(t, results, len(objectives))
	for _, r := range results {
		nll := r.Scores[experiment.Score{Metric: report.NLL}]
		require.Len(t, nll, 1, r.Name())
		assert.Less(t, nll[0], 6.0, r.Name())
		assert.Equal(t, r.Objective == "self_adversarial", len(r.Scores[experiment.Score{Metric: report.FlowNLL}]) == 1)
	}
}

// The quadrature gives the log Z that is known: that of a Gaussian energy.
func TestNormaliserOfAGaussian(t *testing.T) {
	ctx := context.Background()
	var ys []snl.Point
	for i := range 40 {
		ys = append(ys, snl.Point{math.Sin(float64(i)), 3 * math.Cos(float64(i*i))})
	}
	m, err := snl.Fit(ctx, snl.Data{Y: ys}, snl.Config{
		Coupling: snl.ExponentialFamily{}, Objective: snl.ExactLikelihood{}, Training: structured.Training{Epochs: 30},
	})
	require.NoError(t, err)
	z, failure, err := surface{m.Standardised()}.normaliser(ctx)
	require.NoError(t, err)
	want, err := m.Normalizers(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, structured.Exact, want[0].Kind)
	almost.Equal(t, want[0].Value, z, 1e-8, 0)
	assert.Less(t, failure, 1e-6)

	lps, err := m.LogProbs(ctx, snl.Data{Y: ys})
	require.NoError(t, err)
	nll := 0.0
	for _, lp := range lps {
		nll -= lp.Value / float64(len(ys))
	}
	_, scale := m.Coordinates()
	shifted := &structured.Data[snl.Point]{}
	shift, _ := m.Coordinates()
	for _, y := range ys {
		shifted.Y = append(shifted.Y, snl.Point{(y[0] - shift[0]) / scale[0], (y[1] - shift[1]) / scale[1]})
	}
	got, err := planeNLL{}.Evaluate(ctx, m.Standardised(), shifted)
	require.NoError(t, err)
	almost.Equal(t, nll-math.Log(scale[0]*scale[1]), got, 1e-6, 0)
}

// A base may reach far beyond where the model has its mass, which the rule has to
// look for.
func TestNormaliserFindsTheMass(t *testing.T) {
	ctx := context.Background()
	var ys []snl.Point
	for i := range 60 {
		ys = append(ys, snl.Point{0.05 * math.Sin(float64(i)), 0.05 * math.Cos(float64(i*i))})
	}
	m, err := snl.Fit(ctx, snl.Data{Y: ys}, snl.Config{
		Coupling: snl.ExponentialFamily{}, Objective: snl.ExactLikelihood{}, RawTargets: true,
		Base:     snl.Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 1}},
		Training: structured.Training{Epochs: 3000, BatchSize: 60, Optimizer: nn.AdamW{Rate: 0.3, WeightDecay: nn.Off}},
	})
	require.NoError(t, err)
	z, failure, err := surface{m.Standardised()}.normaliser(ctx)
	require.NoError(t, err)
	want, err := m.Normalizers(ctx, nil)
	require.NoError(t, err)
	assert.Less(t, want[0].Value, -2.0, "the model is much narrower than the base")
	almost.Equal(t, want[0].Value, z, 1e-6, 0)
	assert.Less(t, failure, 1e-6)
}

func TestYourOwnFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.csv")
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range 60 {
		b.WriteString(strings.Join([]string{string(rune('1' + i%9)), string(rune('1'+i%7)) + ".5", "2"}, ",") + "\n")
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	stdout, _, err := program.Invoke(t, "-quick", "-data", path, "-columns", "b,a", "-model", "energy", "-objective", "snl")
	require.NoError(t, err)
	assert.Contains(t, stdout, "own: b and a; 60 rows")
	assert.NotContains(t, stdout, "kl:", "there is no truth")
	assert.FileExists(t, "density.png")

	_, _, err = program.Invoke(t, "-data", path, "-columns", "b,x")
	assert.ErrorIs(t, err, datasets.ErrUnknownAttribute)
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n1,two\n"), 0o600))
	_, _, err = program.Invoke(t, "-data", path)
	var mistake *datasets.ParseError
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, 3, mistake.Line)
}

func TestHelpNamesEveryFlag(t *testing.T) {
	program.Helps(t, "dataset data columns model objective rows frequencies samples base noise components hidden epochs repeats seed quick json png rate batch patience workers")
}

func TestBadFlagsAreUsageErrors(t *testing.T) {
	program.Refuses(t, map[string]string{
		"-model flow":               "-model: want one of energy,gmm,kde",
		"-objective mle":            "want one of snl,nce",
		"-model kde -objective snl": "none of [snl] fits",
		"-dataset cos":              `no data set "cos" of the plane`,
		"-dataset ,":                "no data set is named",
		"-base box":                 "want one of gaussian,uniform,mixture",
		"-frequencies 1,0":          "numbers in (0, 1e6]",
		"-rows 1":                   "at least 10",
		"-noise 0":                  "a number in (0, 10]",
		"-dropout 0.5":              "no dropout",
		"-refit":                    "-refit: the epoch",
		"-columns a,b":              "name it with -data",
		"-data x.csv -columns a":    "want two columns",
		"-data own.xls":             "not .csv",
		"-json none/x.json":         "no directory none",
	})
}

func TestAnInterruptWritesNoFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout bytes.Buffer
	err := run(ctx, []string{"-quick", "-json", "out.json"}, &stdout, io.Discard)
	require.ErrorIs(t, err, context.Canceled)
	assert.NoFileExists(t, "out.json")
}
