package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// scoredSets is random scores, with ties, and sets that follow them.
func scoredSets(n, k int, rng *rand.Rand) (*mat.Dense, []Set) {
	p, ys := mat.NewDense(n, k, nil), Make(n, k)
	for i := range n {
		for j := range k {
			v := math.Round(rng.Float64()*20) / 20
			p.Set(i, j, v)
			ys[i].Set(j, rng.Float64() < v*v)
		}
	}
	return p, ys
}

// The best threshold by trying every one, with the metrics of Evaluation.
func TestTuneThresholdsAgainstAllCuts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n, k = 25, 3
	for range 10 {
		p, ys := scoredSets(n, k, rng)
		weights, observed := make([]float64, n), make([]Set, n)
		for i := range weights {
			weights[i] = float64(rng.IntN(3))
			observed[i] = All(k)
			observed[i].Set(rng.IntN(k), rng.IntN(3) > 0)
		}
		weights[0] = 1
		for _, data := range []Data{{Y: ys}, {Y: ys, Weights: weights}, {Y: ys, Observed: observed, Weights: weights}} {
			for _, tuning := range []Tuning{{}, {ZeroDivision: ZeroDivisionOne}, {Average: Micro}, {Average: Micro, Beta: 2}, {Average: Macro}, {Average: Macro, Beta: 0.5}} {
				what := fmt.Sprintf("%+v", tuning)
				metric := func(predicted []Set) []float64 {
					e := Evaluation{Truth: ys, Predicted: predicted, Observed: data.Observed, Weights: data.Weights, ZeroDivision: tuning.ZeroDivision}
					if tuning.Average == Macro {
						out := make([]float64, k)
						b := tuning.squared()
						c, err := e.LabelConfusion()
						require.NoError(t, err)
						for j, c := range c {
							if den := (1+b)*c.TP + b*c.FN + c.FP; den > 0 {
								out[j] = (1 + b) * c.TP / den
							}
						}
						return out
					}
					f, err := e.FBeta(math.Sqrt(tuning.squared()), tuning.Average)
					require.NoError(t, err)
					return []float64{f}
				}
				best := make([]float64, len(metric(ys)))
				for cut := -0.01; cut < 1.1; cut += 0.025 {
					predicted, err := Thresholds{cut}.Sets(p)
					require.NoError(t, err)
					for j, f := range metric(predicted) {
						best[j] = max(best[j], f)
					}
				}
				got, f, err := TuneThresholds(p, data, tuning)
				require.NoError(t, err, what)
				require.Len(t, got, len(best))
				predicted, err := got.Sets(p)
				require.NoError(t, err)
				almost.Slice(t, best, metric(predicted), 1e-12, 0, what)
				mean := 0.0
				for _, b := range best {
					mean += b / float64(len(best))
				}
				almost.Equal(t, mean, f, 1e-12, 0, what)
			}
		}
	}
}

// Half the optimal F: no other threshold has a larger F of expected counts, and
// with truth drawn from the marginals the same threshold is best.
func TestExpectedThresholds(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	const n, k = 4000, 3
	p, ys := mat.NewDense(n, k, nil), Make(n, k)
	for i := range n {
		for j := range k {
			v := math.Pow(rng.Float64(), float64(2+j))
			p.Set(i, j, v)
			ys[i].Set(j, rng.Float64() < v)
		}
	}
	for _, average := range []Average{Micro, Macro} {
		for _, beta := range []float64{0, 2} {
			tuning := Tuning{Average: average, Beta: beta}
			expected, f, err := ExpectedThresholds(p, tuning)
			require.NoError(t, err)
			tuned, g, err := TuneThresholds(p, Data{Y: ys}, tuning)
			require.NoError(t, err)
			almost.Slice(t, tuned, expected, 0.08, 0)
			almost.Equal(t, g, f, 0.02, 0)
			almost.Equal(t, f/(1+tuning.squared()), expected[0], 0.15, 0)
			if average == Micro {
				almost.Equal(t, f/(1+tuning.squared()), expected[0], 1e-12, 0)
			}
		}
	}
	zeros := mat.NewDense(2, 2, nil)
	never, f, err := ExpectedThresholds(zeros, Tuning{Average: Micro})
	require.NoError(t, err)
	almost.Equal(t, 0, f, 0, 0)
	predicted, err := never.Sets(zeros)
	require.NoError(t, err)
	assert.True(t, predicted[0].Empty())
}

func TestThresholdErrors(t *testing.T) {
	p := mat.NewDense(1, 2, []float64{0.2, 0.4})
	y := Data{Y: []Set{New(2, 1)}}
	_, err := Thresholds{1, 2, 3}.Sets(p)
	assert.Error(t, err)
	for _, bad := range []Tuning{{Average: Weighted}, {Beta: -1}, {ZeroDivision: ZeroDivisionSkip}} {
		_, _, err := TuneThresholds(p, y, bad)
		assert.Error(t, err, "%+v", bad)
		_, _, err = ExpectedThresholds(p, bad)
		assert.Error(t, err, "%+v", bad)
	}
	_, _, err = ExpectedThresholds(p, Tuning{})
	assert.ErrorContains(t, err, "samples")
	_, _, err = TuneThresholds(p, Data{}, Tuning{})
	assert.ErrorIs(t, err, ErrNoRows)
	_, _, err = TuneThresholds(p, Data{Y: []Set{New(2), New(2)}}, Tuning{})
	assert.Error(t, err)
	_, _, err = TuneThresholds(p, Data{Y: []Set{New(3)}}, Tuning{})
	assert.Error(t, err)
	p.Set(0, 1, math.NaN())
	_, _, err = TuneThresholds(p, y, Tuning{})
	var score *ScoreError
	assert.ErrorAs(t, err, &score)
	_, _, err = ExpectedThresholds(p, Tuning{Average: Micro})
	var probability *ProbabilityError
	assert.ErrorAs(t, err, &probability)
}
