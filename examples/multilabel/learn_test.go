package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/structured"
)

// ownFile writes a CSV file of n rows with 2 features and k labels, which
// depend on the first feature.
func ownFile(t *testing.T, n, k int) string {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("a,b")
	for j := range k {
		fmt.Fprintf(&b, ",y%d", j)
	}
	for range n {
		x := rng.NormFloat64()
		fmt.Fprintf(&b, "\n%g,%g", x, rng.NormFloat64())
		for range k {
			label := 0
			if rng.NormFloat64()/4 < x {
				label = 1
			}
			fmt.Fprintf(&b, ",%d", label)
		}
	}
	path := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()+"\n"), 0o600))
	return path
}

func TestOwnFileIsSplitAndLearned(t *testing.T) {
	path := ownFile(t, 100, 3)
	stdout, _, err := program.Invoke(t, "-data", path, "-labels", "-3", "-quick", "-hidden", "0", "-rate", "0.05",
		"-objective", "exact,minmin", "-proposal", "marginal", "-reference", "frequencies", "-weight-decay", "0", "-refit=false", "-png", "")
	require.NoError(t, err)
	assert.Contains(t, stdout, "own: 2 features, 3 labels; 100 rows, a share of 0.2 to test")
	assert.Contains(t, stdout, "own      pairwise  minmin")
	assert.NotContains(t, stdout, "sparsemax")
	assert.NotContains(t, stdout, "votes")
	assert.NoFileExists(t, "multilabel.png")

	_, _, err = program.Invoke(t, "-data", ownFile(t, 1, 3), "-labels", "-3", "-quick")
	assert.ErrorContains(t, err, "own: 1 rows are too few")

	stdout, _, err = program.Invoke(t, "-data", path, "-dataset", "zoo", "-labels", "y0,y2", "-impute", "-onehot", "-quick", "-objective", "exact", "-model", "unary")
	require.NoError(t, err)
	assert.Contains(t, stdout, "zoo: 0 features, 15 labels", "no features: constant networks")
	assert.Contains(t, stdout, "own: 3 features, 2 labels")
	assert.FileExists(t, "multilabel-zoo.png")
	assert.FileExists(t, "multilabel-own.png")
	assert.NoFileExists(t, "multilabel.png")
}

func TestWhatIsIntractableIsLeftOut(t *testing.T) {
	path := ownFile(t, 40, 26)
	args := []string{"-data", path, "-labels", "-26", "-quick", "-epochs", "2", "-json", "out.json", "-model", "pairwise"}
	stdout, stderr, err := program.Invoke(t, append(args, "-objective", "minmin,exact", "-rank", "2", "-proposal", "frequencies")...)
	require.NoError(t, err)
	assert.Contains(t, stdout, "left out: own pairwise exact")
	assert.Contains(t, stderr, "left out")
	assert.Contains(t, stdout, "interval", "nll is by bounds")
	assert.FileExists(t, "out.json")
	content, err := os.ReadFile("out.json")
	require.NoError(t, err)
	assert.NotContains(t, string(content), "log_z_error")
	assert.NotContains(t, string(content), `"exact"`)
	assert.Contains(t, string(content), `"minmin","decision":"mode","metric":"nll_tau"`)
	for _, metric := range []string{"nll", "nll_lower", "nll_upper"} { // never without its ends
		assert.Contains(t, string(content), `"minmin","decision":"mode","metric":"`+metric+`"`)
	}

	stdout, _, err = program.Invoke(t, append(args, "-objective", "exact", "-dataset", "votes")...)
	require.NoError(t, err)
	assert.Contains(t, stdout, "left out: own pairwise exact")
	assert.FileExists(t, "multilabel-votes.png")
	assert.NoFileExists(t, "multilabel-own.png")

	stdout, _, err = program.Invoke(t, append(args, "-objective", "exact")...)
	assert.ErrorIs(t, err, structured.ErrIntractable)
	assert.Contains(t, stdout, "INCOMPLETE")
	assert.NoFileExists(t, "out.json")
}

func TestAFailureDoesNotStopTheOthers(t *testing.T) {
	// Each step multiplies the weights by 1 - 10 x 100.
	stdout, _, err := program.Invoke(t, "-data", ownFile(t, 60, 3), "-labels", "-3", "-rate", "10", "-weight-decay", "100", "-batch", "2", "-patience", "0",
		"-quick", "-epochs", "60", "-model", "pairwise", "-objective", "minmin,exact", "-json", "out.json")
	var diverged *structured.DivergedError
	require.ErrorAs(t, err, &diverged)
	assert.ErrorContains(t, err, "own pairwise minmin: ")
	assert.ErrorContains(t, err, "own pairwise exact: ")
	assert.Contains(t, stdout, "INCOMPLETE")
	assert.NoFileExists(t, "out.json")
}

func TestRefitRunsForTheBestNumberOfEpochs(t *testing.T) {
	o, err := parse([]string{"-epochs", "40", "-patience", "3", "-rate", "0.02"}, io.Discard)
	require.NoError(t, err)
	ctx := context.Background()
	sources, err := open(ctx, o, io.Discard)
	require.NoError(t, err)
	p, err := sources[0].split(1)
	require.NoError(t, err)
	again, _, history, err := o.recipe.search(p, pairwise, exact, 1).Run(ctx, func(int) {})
	require.NoError(t, err)
	require.Less(t, history.BestEpoch, 37, "overfits early")
	assert.Equal(t, "loss", history.Metric)
	assert.Equal(t, structured.EarlyStop, history.Stopped)
	assert.Len(t, again.History().Epochs, history.BestEpoch)
	assert.Empty(t, again.History().Metric)

	o.recipe.Refit = false
	best, _, history, err := o.recipe.search(p, pairwise, exact, 1).Run(ctx, func(int) {})
	require.NoError(t, err)
	assert.Equal(t, history, best.History())
	assert.NotEqual(t, best.Params(), again.Params())
}

func TestSplitsKeepTheTestRowsApart(t *testing.T) {
	o, err := parse([]string{"-dataset", "votes,zoo"}, io.Discard)
	require.NoError(t, err)
	sources, err := open(context.Background(), o, io.Discard)
	require.NoError(t, err)
	for _, s := range sources {
		p, err := s.split(1)
		require.NoError(t, err)
		again, err := s.split(1)
		require.NoError(t, err)
		other, err := s.split(2)
		require.NoError(t, err)
		assert.Equal(t, p, again)
		assert.NotEqual(t, p.fit, other.fit)
		assert.Equal(t, s.test != nil, assert.ObjectsAreEqual(p.test, other.test), "a published test part is kept")
		assert.Equal(t, len(p.train.Y), len(p.fit.Y)+len(p.validation.Y))
		rows := s.train.Len()
		if s.test != nil {
			rows += s.test.Len()
		}
		assert.Equal(t, rows, len(p.train.Y)+len(p.test.Y))
	}
}
