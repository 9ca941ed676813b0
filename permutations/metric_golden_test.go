package permutations

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// TestScipy compares the metrics with those of scipy and scikit-learn, in
// testdata/metrics.json, written by testdata/metrics.py.
func TestScipy(t *testing.T) {
	raw, err := os.ReadFile("testdata/metrics.json")
	require.NoError(t, err)
	var golden struct {
		Versions map[string]string
		Cases    []struct {
			Name      string
			Truth     []Partial
			Predicted []Ordering
			Weights   []float64
			Want      map[string]float64
		}
	}
	require.NoError(t, json.Unmarshal(raw, &golden))
	require.Contains(t, golden.Versions, "scipy")
	require.Len(t, golden.Cases, 13)
	for _, c := range golden.Cases {
		t.Run(c.Name, func(t *testing.T) {
			as := map[string]Evaluation{"partial": {Partial: c.Truth, Predicted: c.Predicted, Weights: c.Weights}}
			complete := Evaluation{Predicted: c.Predicted, Weights: c.Weights}
			for _, p := range c.Truth {
				if y, ok := p.Complete(); ok {
					complete.Truth = append(complete.Truth, y)
				}
			}
			if len(complete.Truth) == len(c.Truth) {
				as["complete"] = complete
			}
			for form, e := range as {
				at := func(m int, f func(Evaluation, int) (float64, error)) func(Evaluation) (float64, error) {
					return func(e Evaluation) (float64, error) { return f(e, m) }
				}
				used := 0
				for name, metric := range map[string]func(Evaluation) (float64, error){
					"tau": Evaluation.KendallTau, "tau_a": Evaluation.KendallTauA, "tau_b": Evaluation.KendallTauB,
					"rho": Evaluation.SpearmanRho, "footrule": Evaluation.Footrule,
					"ndcg1": at(1, Evaluation.NDCG), "ndcg2": at(2, Evaluation.NDCG), "ndcg5": at(5, Evaluation.NDCG),
					"hit1": at(1, Evaluation.TopHit), "hit2": at(2, Evaluation.TopHit), "hit5": at(5, Evaluation.TopHit),
				} {
					want, ok := c.Want[name]
					if !ok {
						continue
					}
					used++
					got, err := metric(e)
					require.NoError(t, err, name)
					almost.Equal(t, want, got, 1e-12, 0, "%s, truth as %s", name, form)
				}
				assert.Equal(t, len(c.Want), used, "every value of the file is compared")
			}
		})
	}
}
