package sets

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everyMetricError calls every metric of the two evaluations.
func everyMetricError(e Evaluation, r RankingEvaluation) (sets, rankings map[string]error) {
	sets = map[string]error{"Validate": e.Validate()}
	_, sets["SubsetAccuracy"] = e.SubsetAccuracy()
	_, sets["HammingLoss"] = e.HammingLoss()
	_, sets["Precision"] = e.Precision(Samples)
	_, sets["Recall"] = e.Recall(Micro)
	_, sets["F1"] = e.F1(Macro)
	_, sets["FBeta"] = e.FBeta(3, Weighted)
	_, sets["Jaccard"] = e.Jaccard(Samples)
	_, sets["LabelConfusion"] = e.LabelConfusion()
	_, sets["Report"] = e.Report()
	rankings = map[string]error{"Validate": r.Validate()}
	_, rankings["RankingLoss"] = r.RankingLoss()
	_, rankings["LabelRankingAveragePrecision"] = r.LabelRankingAveragePrecision()
	_, rankings["CoverageError"] = r.CoverageError()
	_, rankings["OneError"] = r.OneError()
	_, rankings["PrecisionAt"] = r.PrecisionAt(1)
	_, rankings["RecallAt"] = r.RecallAt(1)
	_, rankings["LogLoss"] = r.LogLoss(0.1)
	_, rankings["BrierScore"] = r.BrierScore()
	return sets, rankings
}

func TestMetricErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	two := func(k int) []Set { return Make(2, k) }
	for name, c := range map[string]struct {
		truth, predicted, observed []Set
		weights, scores            []float64
		want, wantRanking          error
		text                       string
	}{
		"fine":        {truth: two(2), predicted: two(2), scores: make([]float64, 4)},
		"no rows":     {want: ErrNoRows, wantRanking: ErrNoRows},
		"no labels":   {truth: two(0), predicted: two(0), want: ErrNoLabels, wantRanking: ErrNoLabels},
		"few rows":    {truth: two(2), predicted: Make(1, 2), scores: make([]float64, 4), want: &LengthError{"Predicted", 1, 2}, text: "sets: Predicted has length 1, want 2"},
		"few scores":  {truth: two(2), predicted: two(2), scores: make([]float64, 3), wantRanking: &LengthError{"Scores", 3, 4}},
		"few masks":   {truth: two(2), predicted: two(2), observed: Make(3, 2), want: &LengthError{"Observed", 3, 2}, wantRanking: &LengthError{"Observed", 3, 2}},
		"few weights": {truth: two(2), predicted: two(2), weights: []float64{}, want: &LengthError{"Weights", 0, 2}, wantRanking: &LengthError{"Weights", 0, 2}},
		"other k": {truth: two(2), predicted: []Set{New(2), New(3)}, scores: make([]float64, 4),
			want: &LabelCountError{"Predicted", 1, 3, 2}, text: "sets: Predicted, row 1: a set over 3 labels, want 2"},
		"mixed k": {truth: []Set{New(2), New(3)}, predicted: two(2), want: &LabelCountError{"Truth", 1, 3, 2}, wantRanking: &LabelCountError{"Truth", 1, 3, 2}},
		"mask k":  {truth: two(2), predicted: two(2), observed: two(1), want: &LabelCountError{"Observed", 0, 1, 2}, wantRanking: &LabelCountError{"Observed", 0, 1, 2}},
		"negative weight": {truth: two(2), predicted: two(2), weights: []float64{1, -1}, want: &WeightError{1, -1}, wantRanking: &WeightError{1, -1},
			text: "sets: row 1: weight -1, want 0 to 1e+200"},
		"infinite weight": {truth: two(2), predicted: two(2), weights: []float64{inf, 1}, want: &WeightError{0, inf}, wantRanking: &WeightError{0, inf}},
		"huge weight":     {truth: two(2), predicted: two(2), weights: []float64{2e200, 1}, want: &WeightError{0, 2e200}, wantRanking: &WeightError{0, 2e200}},
		"zero weights":    {truth: two(2), predicted: two(2), weights: []float64{0, 0}, want: ErrZeroWeights, wantRanking: ErrZeroWeights},
		"nothing known":   {truth: two(2), predicted: two(2), observed: two(2), scores: make([]float64, 4), want: ErrNothingObserved, wantRanking: ErrNothingObserved},
		"nothing known of weight": {truth: two(2), predicted: two(2), observed: []Set{New(2), All(2)}, weights: []float64{1, 0}, scores: make([]float64, 4),
			want: ErrNothingObserved, wantRanking: ErrNothingObserved},
	} {
		e := Evaluation{Truth: c.truth, Predicted: c.predicted, Observed: c.observed, Weights: c.weights}
		r := RankingEvaluation{Truth: c.truth, Scores: c.scores, Observed: c.observed, Weights: c.weights}
		sets, rankings := everyMetricError(e, r)
		for method, err := range sets {
			assert.Equal(t, c.want, err, "%s: %s", name, method)
		}
		for method, err := range rankings {
			assert.Equal(t, c.wantRanking, err, "%s: ranking %s", name, method)
		}
		if c.text != "" {
			assert.EqualError(t, sets["Validate"], c.text)
		}
	}

	// NaN does not equal itself, so its errors are looked at one by one.
	e := Evaluation{Truth: two(2), Predicted: two(2), Weights: []float64{1, nan}}
	r := RankingEvaluation{Truth: two(2), Scores: []float64{0, 1, 0, nan}}
	sets, rankings := everyMetricError(e, r)
	for method, err := range sets {
		var bad *WeightError
		require.ErrorAs(t, err, &bad, method)
		assert.Equal(t, 1, bad.Row)
		assert.True(t, math.IsNaN(bad.Value))
	}
	for method, err := range rankings {
		var bad *ScoreError
		require.ErrorAs(t, err, &bad, method)
		assert.Equal(t, [2]int{1, 1}, [2]int{bad.Row, bad.Column})
		assert.True(t, math.IsNaN(bad.Value))
		assert.EqualError(t, err, "sets: row 1, column 1: score NaN")
	}
}

func TestMetricArguments(t *testing.T) {
	e := Evaluation{Truth: Make(1, 2), Predicted: Make(1, 2)}
	r := RankingEvaluation{Truth: []Set{New(2, 0)}, Scores: []float64{0.5, 0.5}}
	for _, beta := range []float64{-1, math.NaN(), math.Inf(-1)} {
		_, err := e.FBeta(beta, Samples)
		var bad *ArgumentError
		require.ErrorAs(t, err, &bad)
		assert.Equal(t, "beta", bad.Name)
	}
	for _, m := range []int{-1, 0, 3} {
		_, err := r.PrecisionAt(m)
		assert.Equal(t, &ArgumentError{Name: "m", Value: float64(m), Want: "1 to 2"}, err)
		_, err = r.RecallAt(m)
		assert.EqualError(t, err, "sets: m is "+[]string{"-1", "0", "", "", "3"}[m+1]+", want 1 to 2")
	}
	for _, clip := range []float64{-0.1, 0.6, math.NaN()} {
		_, err := r.LogLoss(clip)
		assert.ErrorContains(t, err, "sets: clip is")
	}
	for _, avg := range []Average{-1, 4} {
		_, err := e.F1(avg)
		assert.ErrorContains(t, err, "sets: unknown Average(")
	}
	for _, z := range []ZeroDivision{-1, 4} {
		e.ZeroDivision, r.ZeroDivision = z, z
		assert.ErrorContains(t, e.Validate(), "sets: unknown ZeroDivision(")
		assert.ErrorContains(t, r.Validate(), "sets: unknown ZeroDivision(")
	}
}

func TestMarginalErrors(t *testing.T) {
	r := RankingEvaluation{Truth: []Set{New(2, 0), New(2, 1)}, Scores: []float64{0.5, 0.5, 0, 0}}
	_, err := r.LogLoss(0)
	assert.Equal(t, &InfiniteLossError{Row: 1, Column: 1, Value: 0}, err)
	assert.EqualError(t, err, "sets: row 1, column 1: infinite log loss of probability 0")
	r.Scores[2], r.Scores[3] = 1, 1
	_, err = r.LogLoss(0)
	assert.Equal(t, &InfiniteLossError{Row: 1, Column: 0, Value: 1}, err)
	_, err = r.LogLoss(1e-3)
	assert.NoError(t, err)
	r.Observed = []Set{All(2), New(2, 1)} // the impossible label is not known
	_, err = r.LogLoss(0)
	assert.NoError(t, err)
	for _, p := range []float64{-1e-9, 1.5, math.Inf(1), math.Inf(-1)} {
		r.Scores[1] = p
		_, err = r.LogLoss(0.1)
		assert.Equal(t, &ProbabilityError{Row: 0, Column: 1, Value: p}, err)
		_, err = r.BrierScore()
		assert.Equal(t, &ProbabilityError{Row: 0, Column: 1, Value: p}, err)
		assert.ErrorContains(t, err, "row 0, column 1: probability")
	}
}

func TestUndefined(t *testing.T) {
	e := Evaluation{Truth: Make(2, 3), Predicted: Make(2, 3), ZeroDivision: ZeroDivisionSkip}
	for name, f := range ratiosByName() {
		for avg := Samples; avg <= Weighted; avg++ {
			_, err := f(e, avg)
			assert.ErrorIs(t, err, ErrUndefined, "%s %s", name, avg)
		}
	}
	r := RankingEvaluation{Truth: Make(2, 3), Scores: make([]float64, 6), ZeroDivision: ZeroDivisionSkip}
	for _, f := range []func() (float64, error){r.RankingLoss, r.LabelRankingAveragePrecision,
		func() (float64, error) { return r.RecallAt(2) }} {
		_, err := f()
		assert.True(t, errors.Is(err, ErrUndefined))
	}
	_, err := r.CoverageError()
	assert.NoError(t, err)
}
