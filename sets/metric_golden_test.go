package sets

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// metricGolden is testdata/metrics.json, written by testdata/metrics.py.
type metricGolden struct {
	Versions map[string]string
	Cases    []struct {
		Name      string
		Truth     []Set
		Predicted []Set
		Weights   []float64
		Scores    []float64
		Marginals []float64
		Confusion [][4]float64 `json:"confusion_tn_fp_fn_tp"`
		Want      map[string]*float64
	}
}

// TestScikitLearn compares every metric that scikit-learn has with its value.
func TestScikitLearn(t *testing.T) {
	raw, err := os.ReadFile("testdata/metrics.json")
	require.NoError(t, err)
	var g metricGolden
	require.NoError(t, json.Unmarshal(raw, &g))
	require.Contains(t, g.Versions, "scikit-learn")
	require.Len(t, g.Cases, 20)

	for _, c := range g.Cases {
		t.Run(c.Name, func(t *testing.T) {
			used := 0
			check := func(name string, got float64, err error) {
				t.Helper()
				want, ok := c.Want[name]
				if !ok {
					assert.Equal(t, "brier", name, "no value in the file")
					return
				}
				used++
				if want == nil {
					assert.ErrorIs(t, err, ErrUndefined, name)
					return
				}
				if assert.NoError(t, err, name) {
					almost.Equal(t, *want, got, 1e-12, 0, name)
				}
			}
			e := Evaluation{Truth: c.Truth, Predicted: c.Predicted, Weights: c.Weights}
			v, err := e.SubsetAccuracy()
			check("subset", v, err)
			v, err = e.HammingLoss()
			check("hamming", v, err)
			for name, f := range ratiosByName() {
				for _, avg := range []Average{Samples, Micro, Macro, Weighted} {
					for zd, z := range map[string]ZeroDivision{"0": ZeroDivisionZero, "1": ZeroDivisionOne, "skip": ZeroDivisionSkip} {
						e.ZeroDivision = z
						v, err := f(e, avg)
						check(name+"/"+avg.String()+"/"+zd, v, err)
					}
					e.ZeroDivision = ZeroDivisionDefault
					byDefault, err := f(e, avg)
					require.NoError(t, err)
					almost.Equal(t, *c.Want[name+"/"+avg.String()+"/0"], byDefault, 1e-12, 0, name)
				}
			}
			labels, err := e.LabelConfusion()
			require.NoError(t, err)
			require.Len(t, labels, len(c.Confusion))
			for j, want := range c.Confusion {
				l := labels[j]
				almost.Slice(t, want[:], []float64{l.TN, l.FP, l.FN, l.TP}, 1e-12, 0, "label %d", j)
			}
			r := RankingEvaluation{Truth: c.Truth, Scores: c.Scores, Weights: c.Weights}
			v, err = r.CoverageError()
			check("coverage", v, err)
			v, err = r.LabelRankingAveragePrecision()
			check("lrap", v, err)
			v, err = r.RankingLoss()
			check("rankingloss", v, err)
			r.Scores = c.Marginals
			v, err = r.LogLoss(0x1p-52)
			check("logloss", v, err)
			v, err = r.BrierScore()
			check("brier", v, err)
			assert.Equal(t, len(c.Want), used, "every value of the file is compared")
		})
	}
}

// ratiosByName are the metrics that take an average, by their names in the
// golden file.
func ratiosByName() map[string]func(Evaluation, Average) (float64, error) {
	beta := func(b float64) func(Evaluation, Average) (float64, error) {
		return func(e Evaluation, avg Average) (float64, error) { return e.FBeta(b, avg) }
	}
	return map[string]func(Evaluation, Average) (float64, error){
		"precision": Evaluation.Precision,
		"recall":    Evaluation.Recall,
		"f1":        Evaluation.F1,
		"jaccard":   Evaluation.Jaccard,
		"fbeta0":    beta(0),
		"fbeta0.5":  beta(0.5),
		"fbeta2":    beta(2),
		"fbetaInf":  beta(math.Inf(1)),
	}
}
