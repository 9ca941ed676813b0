package sets

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// everyMetric is all metrics of both evaluations on the same data, those that
// are 0/0 everywhere as -1.
func everyMetric(t *testing.T, e Evaluation, r RankingEvaluation) []float64 {
	t.Helper()
	var out []float64
	add := func(v float64, err error) {
		if err != nil {
			require.ErrorIs(t, err, ErrUndefined)
			v = -1
		}
		out = append(out, v)
	}
	add(e.SubsetAccuracy())
	add(e.HammingLoss())
	for z := ZeroDivisionDefault; z <= ZeroDivisionSkip; z++ {
		e.ZeroDivision, r.ZeroDivision = z, z
		for _, avg := range []Average{Samples, Micro, Macro, Weighted} {
			add(e.Precision(avg))
			add(e.Recall(avg))
			add(e.F1(avg))
			add(e.FBeta(2, avg))
			add(e.Jaccard(avg))
		}
		add(r.RankingLoss())
		add(r.LabelRankingAveragePrecision())
		add(r.RecallAt(1))
	}
	add(r.CoverageError())
	add(r.PrecisionAt(1))
	add(r.PrecisionAt(r.Truth[0].K()))
	add(r.OneError())
	add(r.LogLoss(1e-9))
	add(r.BrierScore())
	return out
}

func randomBoth(rng *rand.Rand) (Evaluation, RankingEvaluation) {
	e := randomEvaluation(rng)
	r := RankingEvaluation{Truth: e.Truth, Observed: e.Observed, Weights: e.Weights}
	r.Scores = make([]float64, len(e.Truth)*e.Truth[0].K())
	for i := range r.Scores {
		r.Scores[i] = float64(rng.IntN(9)) / 8 // with ties, and marginals of 0 and 1
	}
	return e, r
}

func TestUnobservedLabelsCountNowhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		e, r := randomBoth(rng)
		want := everyMetric(t, e, r)
		k := e.Truth[0].K()
		for i := range e.Truth {
			for j := range k {
				if !e.known(i, j) { // unobserved, or in a row of no weight
					e.Truth[i].Set(j, rng.IntN(2) == 0)
					e.Predicted[i].Set(j, rng.IntN(2) == 0)
					r.Scores[i*k+j] = rng.Float64()
				}
			}
		}
		almost.Same(t, want, everyMetric(t, e, r))
	}
}

// TestObservedIsRestriction: labels that no row knows may as well not exist.
func TestObservedIsRestriction(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 60 {
		e, r := randomBoth(rng)
		n, k := len(e.Truth), e.Truth[0].K()
		keep := bernoulliSets(1, k, 0.5, rng)[0]
		keep.Add(rng.IntN(k))
		labels := keep.Indices()
		e.Observed = make([]Set, n)
		small := Evaluation{Truth: Make(n, len(labels)), Predicted: Make(n, len(labels)), Weights: e.Weights}
		var scores []float64
		for i := range n {
			e.Observed[i] = keep
			for at, j := range labels {
				small.Truth[i].Set(at, e.Truth[i].Has(j))
				small.Predicted[i].Set(at, e.Predicted[i].Has(j))
				scores = append(scores, r.Scores[i*k+j])
			}
		}
		r.Observed = e.Observed
		smallRanking := RankingEvaluation{Truth: small.Truth, Scores: scores, Weights: e.Weights}
		almost.Slice(t, everyMetric(t, small, smallRanking), everyMetric(t, e, r), 1e-12, 0)
	}
}

// TestWeightIsRepetition: a weight of m equals the row m times, in any order.
func TestWeightIsRepetition(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 60 {
		e, r := randomBoth(rng)
		k := e.Truth[0].K()
		e.Weights = make([]float64, len(e.Truth))
		var long Evaluation
		var scores []float64
		for pass := range 3 {
			for i := range e.Truth {
				if pass == 0 {
					e.Weights[i] = float64(rng.IntN(4))
					e.Weights[0] = 2
				}
				if float64(pass) < e.Weights[i] {
					long.Truth = append(long.Truth, e.Truth[i])
					long.Predicted = append(long.Predicted, e.Predicted[i])
					scores = append(scores, r.Scores[i*k:(i+1)*k]...)
					if e.Observed != nil {
						long.Observed = append(long.Observed, e.Observed[i])
					}
				}
			}
		}
		r.Weights = e.Weights
		longRanking := RankingEvaluation{Truth: long.Truth, Scores: scores, Observed: long.Observed}
		want := everyMetric(t, long, longRanking)
		almost.Slice(t, want, everyMetric(t, e, r), 1e-12, 0)

		// Only proportions count, down to weights that are barely numbers.
		for _, scale := range []float64{0x1p-1074, 1e-250, 1e199} {
			for i := range e.Weights {
				e.Weights[i] *= scale
			}
			almost.Slice(t, want, everyMetric(t, e, r), 1e-12, 0, "scaled by %g", scale)
			for i := range e.Weights {
				e.Weights[i] /= scale
			}
		}
	}
}

func TestConfusionKeepsTheWeights(t *testing.T) {
	e := Evaluation{Truth: []Set{New(1, 0)}, Predicted: []Set{New(1, 0)}}
	for _, w := range []float64{0x1p-1074, 1e-201, 3, 1e200} {
		e.Weights = []float64{w}
		c, err := e.LabelConfusion()
		require.NoError(t, err)
		assert.Equal(t, []Confusion{{TP: w}}, c)
	}
}

func TestPerfectPrediction(t *testing.T) {
	y := []Set{New(3, 0), New(3, 1, 2), New(3, 0, 1, 2), New(3, 2)}
	e := Evaluation{Truth: y, Predicted: y}
	r := RankingEvaluation{Truth: y}
	for _, s := range y {
		for _, in := range s.Bools() {
			r.Scores = append(r.Scores, zeroOne(in))
		}
	}
	for _, avg := range []Average{Samples, Micro, Macro, Weighted} {
		v, err := e.F1(avg)
		require.NoError(t, err)
		assert.Equal(t, 1.0, v)
	}
	for name, f := range map[string]func() (float64, error){
		"loss": r.RankingLoss, "one": r.OneError, "brier": r.BrierScore, "hamming": e.HammingLoss,
		"log": func() (float64, error) { return r.LogLoss(0) },
	} {
		v, err := f()
		require.NoError(t, err, name)
		assert.Zero(t, v, name)
	}
}

func TestMetricsDoNotAllocatePerRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	allocs := func(n int) []float64 {
		e := Evaluation{Truth: bernoulliSets(n, 70, 0.3, rng), Predicted: bernoulliSets(n, 70, 0.3, rng), Observed: bernoulliSets(n, 70, 0.9, rng)}
		r := RankingEvaluation{Truth: e.Truth, Observed: e.Observed, Scores: make([]float64, n*70)}
		var out []float64
		for _, f := range []func() (float64, error){
			e.SubsetAccuracy, e.HammingLoss, r.RankingLoss, r.LabelRankingAveragePrecision, r.CoverageError, r.OneError, r.BrierScore,
			func() (float64, error) { return e.F1(Samples) },
			func() (float64, error) { return e.F1(Macro) },
			func() (float64, error) { _, err := e.Report(); return 0, err },
			func() (float64, error) { return r.RecallAt(3) },
			func() (float64, error) { return r.LogLoss(0.1) },
		} {
			out = append(out, testing.AllocsPerRun(5, func() { _, _ = f() }))
		}
		return out
	}
	few := allocs(3)
	almost.Same(t, few, allocs(100))
	for _, a := range few {
		assert.LessOrEqual(t, a, 8.0)
	}
}
