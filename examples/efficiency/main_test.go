package main

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/programtest"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

var program = programtest.Program(run)

func TestQuickRunGivesTableRecordsAndPicture(t *testing.T) {
	stdout, _, err := program.Invoke(t, "-quick", "-json", "out.json")
	require.NoError(t, err)
	for _, row := range []string{"gaussian     n=20   ml", "double_well  n=40   snl", "von_mises    n=40   sm"} {
		assert.Contains(t, strings.Join(strings.Fields(stdout), " "), strings.Join(strings.Fields(row), " "))
	}
	assert.NotContains(t, stdout, "INCOMPLETE")
	records := programtest.Records(t, "out.json")
	assert.Greater(t, len(records), 100)
	for _, r := range records {
		if r.Objective == "ml" && r.Metric == report.RMSERatio {
			almost.Equal(t, 1, r.Value, 1e-12, 0)
			almost.Equal(t, 0, r.SE, 1e-12, 0)
		}
	}
	for _, f := range families {
		programtest.Picture(t, "efficiency-"+f.String()+".png")
	}
}

func numbers(t *testing.T, args ...string) []report.Record {
	t.Helper()
	o, err := parse(args, io.Discard)
	require.NoError(t, err)
	list, err := rows(o)
	require.NoError(t, err)
	results, err := compare(context.Background(), o, list, io.Discard)
	require.NoError(t, err)
	out := experiment.DensityRecords(results, columns, o.seed)
	for i := range out {
		out[i].Seconds = 0
	}
	return out
}

func TestSameFlagsGiveTheSameNumbers(t *testing.T) {
	first := numbers(t, "-quick", "-workers", "1")
	assert.Equal(t, first, numbers(t, "-quick", "-workers", "3"))
	assert.NotEqual(t, first, numbers(t, "-quick", "-seed", "9"))
}

// For a Gaussian score matching is maximum likelihood (Hyvärinen 2005), and the
// self-normalised likelihood is it in any family.
func TestWhatIsMaximumLikelihood(t *testing.T) {
	for _, r := range numbers(t, "-dataset", "gaussian", "-objective", "snl,sm", "-sizes", "100", "-repeats", "4", "-samples", "50") {
		switch {
		case r.Metric != report.RMSERatio:
		case r.Objective == "sm":
			almost.Equal(t, 1, r.Value, 0.005, 0)
		case r.Objective == "snl":
			almost.Equal(t, 1, r.Value, 0.05, 0)
		}
	}
}

func TestTablesAreTheTruth(t *testing.T) {
	gauss, err := gaussian.table()
	require.NoError(t, err)
	dst := make([]float64, 1)
	for _, y := range []float64{-1, 0.4, 2.2} { // N(1, 0.49)
		gauss.log(dst, []float64{y})
		almost.Equal(t, -0.5*(y-1)*(y-1)/0.49-0.5*math.Log(2*math.Pi*0.49), dst[0], 1e-6, 0)
	}
	circle, err := vonMises.table()
	require.NoError(t, err)
	kappa := math.Hypot(1, 1.5)
	bessel := 0.0 // I_0(kappa) by its series
	for k, term := 0, 1.0; k < 40; k++ {
		bessel += term
		term *= kappa * kappa / 4 / float64((k+1)*(k+1))
	}
	for _, y := range []float64{-3, 0.3, 2} {
		circle.log(dst, []float64{y})
		almost.Equal(t, math.Sin(y)+1.5*math.Cos(y)-math.Log(2*math.Pi*bessel), dst[0], 1e-6, 0)
	}
	n := 20000
	mean, square := 0.0, 0.0
	for _, y := range gauss.sample(n, rand.New(rand.NewPCG(1, 2))) {
		mean += y[0] / float64(n)
		square += (y[0] - 1) * (y[0] - 1) / float64(n)
	}
	almost.Equal(t, 1, mean, 5*0.7/math.Sqrt(float64(n)), 0)
	almost.Equal(t, 0.49, square, 5*0.49*math.Sqrt(2/float64(n)), 0)
	for _, f := range families { // nothing is missing beyond the bounds
		table, err := f.table()
		require.NoError(t, err)
		if f != vonMises {
			assert.Less(t, math.Exp(table.logp[0]), 1e-9)
			assert.Less(t, math.Exp(table.logp[tableSize-1]), 1e-9)
		}
	}
}

func TestPseudoValuesOfAMeanAreTheValues(t *testing.T) {
	values := []float64{1, 5, 2, 8}
	got := pseudo(4, func(without int) float64 { return meanWithout(values, without) })
	for i := range values {
		almost.Equal(t, values[i], got[i], 1e-12, 0)
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	program.Helps(t, "dataset objective sizes samples steps rate repeats seed workers quick json png")
}

func TestBadFlagsAreUsageErrors(t *testing.T) {
	program.Refuses(t, map[string]string{
		"-dataset cauchy": "want one of gaussian,double_well,von_mises",
		"-objective mle":  "want one of ml,snl",
		"-sizes 3":        "at least 5",
		"-repeats 1":      "at least 2",
		"-steps 1":        "at least 10",
		"-rate 0":         "a number in (0, 10]",
		"-png none/x.png": "no directory none",
		"own.csv":         "unexpected argument",
	})
}
