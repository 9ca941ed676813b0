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
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
)

// ownFile writes a CSV file of n rows with 2 features and the ranks of k
// labels, which are turned round where the first feature is negative.
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
		for j := range k {
			if rank := j + 1; x < 0 {
				fmt.Fprintf(&b, ",%d", k+1-rank)
			} else {
				fmt.Fprintf(&b, ",%d", rank)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()+"\n"), 0o600))
	return path
}

func TestOwnFileIsSplitAndLearned(t *testing.T) {
	path := ownFile(t, 100, 4)
	stdout, _, err := program.Invoke(t, "-data", path, "-ranks", "-4", "-quick", "-test", "0.3", "-hidden", "0", "-rate", "0.05",
		"-model", "", "-objective", "", "-weight-decay", "0", "-refit=false", "-decision", "spearman", "-png", "")
	require.NoError(t, err)
	assert.Contains(t, stdout, "own: 2 features, 4 labels; 100 rows, a share of 0.3 to test; a share of 0.2 of the training rows is left out\n")
	for _, m := range []string{"permutahedron", "birkhoff     ", "preference   "} {
		for _, o := range []string{"minmin", "sparsemax", "exact", "cd", "minmax"} {
			assert.Contains(t, stdout, "own      "+m+"  "+o)
		}
	}
	assert.Contains(t, stdout, "tau_spearman")
	assert.NotContains(t, stdout, "iris")
	assert.NoFileExists(t, "labelranking.png")

	_, _, err = program.Invoke(t, "-data", ownFile(t, 1, 3), "-ranks", "-3", "-quick")
	assert.ErrorContains(t, err, "own: 1 rows are too few")

	stdout, _, err = program.Invoke(t, "-data", path, "-ranks", "y0,y1,y2,y3", "-dataset", "iris", "-quick", "-objective", "exact", "-model", "luce")
	require.NoError(t, err)
	assert.Contains(t, stdout, "\niris     luce")
	assert.Contains(t, stdout, "\nown      luce")
	assert.FileExists(t, "labelranking-iris.png")
	assert.FileExists(t, "labelranking-own.png")
}

func TestPartialRankingsWithoutFeatures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "votes.toi")
	require.NoError(t, os.WriteFile(path, []byte("3\n1,a\n2,b\n3,c\n100,100,9\n20,1,2\n10,1,{2,3}\n5,3,2,1\n25,1,2,3\n9,1\n8,2\n7,2,1\n6,{1,2},3\n10,1,3,2\n"), 0o600))
	stdout, _, err := program.Invoke(t, "-data", path, "-quick", "-tune", "-epochs", "30", "-unlisted", "below", "-model", "birkhoff,luce", "-objective", "exact")
	require.NoError(t, err)
	assert.Contains(t, stdout, "votes: 0 features, 3 labels (some rankings partial)")
	assert.Contains(t, stdout, "votes    birkhoff  exact")
}

func TestWhatIsIntractableIsLeftOut(t *testing.T) {
	k := permutations.MaxExact + 1
	args := []string{"-data", ownFile(t, 40, k), "-ranks", fmt.Sprint(-k), "-quick", "-epochs", "2", "-samples", "5", "-json", "out.json", "-model", "preference"}
	stdout, stderr, err := program.Invoke(t, append(args, "-objective", "minmin,exact")...)
	require.NoError(t, err)
	assert.Contains(t, stdout, "left out: own preference exact")
	assert.Contains(t, stderr, "left out")
	assert.Contains(t, stdout, "estimate", "nll is by tau")
	content, err := os.ReadFile("out.json")
	require.NoError(t, err)
	assert.NotContains(t, string(content), "log_z_error")
	assert.NotContains(t, string(content), `"objective":"exact"`)
	assert.NotContains(t, string(content), `"minmin","decision":"mode","metric":"nll"`, "an estimate is not passed off as nll")

	stdout, _, err = program.Invoke(t, append(args, "-objective", "exact")...)
	assert.ErrorIs(t, err, structured.ErrIntractable)
	assert.Contains(t, stdout, "INCOMPLETE")
	assert.NoFileExists(t, "out.json")
}

func TestAFailureDoesNotStopTheOthers(t *testing.T) {
	// Each step multiplies the weights by 1 - 10 x 100.
	stdout, _, err := program.Invoke(t, "-data", ownFile(t, 60, 3), "-ranks", "-3", "-rate", "10", "-weight-decay", "100", "-batch", "2",
		"-quick", "-epochs", "60", "-model", "birkhoff", "-objective", "minmin,exact", "-json", "out.json")
	var diverged *structured.DivergedError
	require.ErrorAs(t, err, &diverged)
	assert.ErrorContains(t, err, "own birkhoff minmin: ")
	assert.ErrorContains(t, err, "own birkhoff exact: ")
	assert.Contains(t, stdout, "INCOMPLETE")
	assert.NoFileExists(t, "out.json")
}

func TestSplitsKeepTheTestRowsApart(t *testing.T) {
	o, err := parse([]string{"-dataset", "iris,vehicle"}, io.Discard)
	require.NoError(t, err)
	sources, err := open(context.Background(), o, io.Discard)
	require.NoError(t, err)
	for i, folds := range []int{6, 1} { // 24 and 135 rows validate
		s := sources[i]
		p, err := s.split(0.2, 1)
		require.NoError(t, err)
		again, err := s.split(0.2, 1)
		require.NoError(t, err)
		other, err := s.split(0.2, 2)
		require.NoError(t, err)
		assert.Equal(t, p, again)
		assert.NotEqual(t, p.test, other.test)
		assert.Equal(t, s.Len(), p.train.Len()+p.test.Len())
		require.Len(t, p.fit, folds)
		for f := range p.fit {
			assert.Equal(t, p.train.Len(), p.fit[f].Len()+p.validation[f].Len())
			assert.Equal(t, f == 0, assert.ObjectsAreEqual(p.fit[0], p.fit[f]))
		}
	}
}

func TestSquaresAreOfStandardisedFeatures(t *testing.T) {
	train := permutations.Data{X: mat.NewDense(2, 2, []float64{1, 5, 3, 5})}
	s, err := squaresOf(train)
	require.NoError(t, err)
	d, err := s.add(permutations.Data{X: mat.NewDense(1, 2, []float64{5, 5})})
	require.NoError(t, err)
	almost.Slice(t, []float64{3, 0, 9, 0}, d.X.(*mat.Dense).RawMatrix().Data, 1e-15, 0)

	same, err := (*squares)(nil).add(train)
	require.NoError(t, err)
	assert.Equal(t, train, same)
}

func TestTuningLeavesAloneWhatFlagsGive(t *testing.T) {
	candidates := func(args ...string) []recipe {
		o, err := parse(args, io.Discard)
		require.NoError(t, err)
		return o.recipe.candidates(o.given)
	}
	list := candidates()
	require.Len(t, list, 5)
	assert.Equal(t, standard.Hidden, list[0].Hidden, "the recipe is the first one")
	assert.Equal(t, []int{128, 128}, list[3].Hidden)
	assert.Equal(t, []int{0}, list[4].Hidden)
	assert.Equal(t, []int{128}, standard.Hidden)
	for _, r := range candidates("-weight-decay", "0.5") {
		assert.Equal(t, 0.5, r.WeightDecay)
	}
	for _, r := range candidates("-hidden", "7") {
		assert.Equal(t, []int{7}, r.Hidden)
	}
	for _, r := range candidates("-squares=false") {
		assert.False(t, r.Squares)
	}
	assert.Len(t, candidates("-hidden", "7", "-weight-decay", "1", "-squares"), 1)

	o, err := parse([]string{"-epochs", "7"}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, []recipe{o.recipe}, o.recipe.lengths(o.given))
	o, err = parse([]string{"-weight-decay", "2"}, io.Discard)
	require.NoError(t, err)
	list = o.recipe.lengths(o.given)
	require.Len(t, list, 2)
	assert.False(t, list[0].Hurried)
	assert.True(t, list[1].Hurried)
	assert.Len(t, list[1].adapted(minmin, o.given), 1)
	assert.Len(t, list[1].adapted(sparsemax, o.given), 2)
	assert.Len(t, list[1].adapted(minmax, func(string) bool { return false }), 3)
	list = list[1].adapted(cd, func(string) bool { return false })
	require.Len(t, list, 2)
	assert.False(t, list[0].Hurried, "the search is short as it is")
	assert.Equal(t, 0.6, list[1].WeightDecay)
}

// Labels are in the order of the distances of x to as many points, so that
// squares of x help a linear model, which is all there is to choose.
func TestTuningChoosesWhatHelps(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("x,near,far\n")
	for range 300 {
		if x := rng.NormFloat64(); x*x < 0.5 {
			fmt.Fprintf(&b, "%g,1,2\n", x)
		} else {
			fmt.Fprintf(&b, "%g,2,1\n", x)
		}
	}
	path := filepath.Join(t.TempDir(), "own.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	_, stderr, err := program.Invoke(t, "-data", path, "-ranks", "near,far", "-hidden", "0", "-weight-decay", "0", "-rate", "0.1", "-epochs", "60", "-model", "luce")
	require.NoError(t, err)
	assert.Contains(t, stderr, "chosen: hidden 0, squares, weight decay 0")
}

func TestEpochsFitIntoTheWork(t *testing.T) {
	r := standard
	r.Epochs, r.Work, r.Samples = 100, 1e5, 120
	assert.Equal(t, 100, r.epochs(luce, exact, 1000, 12), "no sum over subsets")
	assert.Equal(t, 28, r.epochs(birkhoff, exact, 1000, 12), "1 + 12 x 2^12 / 20000 a row")
	assert.Equal(t, 7, r.epochs(birkhoff, minmin, 1000, 12))
	assert.Equal(t, 1, r.epochs(birkhoff, minmin, 1e6, 12))
	r.Samples = 0
	assert.Equal(t, 28, r.epochs(birkhoff, minmin, 1000, 12))
	assert.Equal(t, 16, r.epochs(birkhoff, sparsemax, 1000, 5), "5! orderings are listed: 1 + 120 x 5 / 120")
}

func TestRefitIsTrainedOnAllRows(t *testing.T) {
	o, err := parse([]string{"-quick", "-dataset", "wine", "-patience", "2", "-rate", "0.05"}, io.Discard)
	require.NoError(t, err)
	sources, err := open(context.Background(), o, io.Discard)
	require.NoError(t, err)
	p, err := sources[0].split(o.testShare, 1)
	require.NoError(t, err)
	search := func() experiment.Search[recipe, *learned] {
		return (&task{options: o, parts: p, model: birkhoff, objective: exact, seed: 1, workers: 1}).final(o.recipe)
	}
	again, _, history, err := search().Run(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, "kendall_tau", history.Metric)
	assert.Equal(t, structured.EarlyStop, history.Stopped)
	assert.Len(t, again.History().Epochs, history.BestEpoch)
	assert.Empty(t, again.History().Metric)

	o.recipe.Refit = false
	best, _, history, err := search().Run(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, history, best.History())
	assert.NotEqual(t, best.Params(), again.Params())
}

func TestFigureHasARowPerModel(t *testing.T) {
	history := structured.History{Metric: "kendall_tau", BestEpoch: 2, Epochs: []structured.Epoch{
		{Epoch: 1, Loss: 3, Metric: 0.5}, {Epoch: 2, Loss: 2, Metric: 0.8}, {Epoch: 3, Loss: 1, Metric: 0.7},
	}}
	all := []*experiment.Result{
		{Dataset: "a", Model: "baseline", Objective: "borda"},
		{Dataset: "a", Model: "birkhoff", Objective: "minmin", History: history, Tau: []float64{1, 2}, Exact: []float64{1.5, 2}},
		{Dataset: "a", Model: "birkhoff", Objective: "sparsemax", History: history, Tau: []float64{1, 2}, Exact: []float64{1.5, 2}},
		{Dataset: "a", Model: "luce", Objective: "exact", History: history},
		{Dataset: "b", Model: "luce", Objective: "exact", History: history},
	}
	f := figure("a", all)
	require.Len(t, f, 2)
	require.Len(t, f[0], 3, "curves, log-partition, threshold")
	assert.Len(t, f[1], 1)
	assert.Equal(t, "birkhoff minmin", f[0][0].Lines[0].Name)
	assert.Nil(t, figure("c", all))
}
