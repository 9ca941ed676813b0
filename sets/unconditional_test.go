package sets

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Without features log Z is summed once for all examples: the loss is that of the
// definition, the gradient its derivative, and different rows with weights count as
// the rows they stand for, also where some labels are missing.
func TestUnconditionalModels(t *testing.T) {
	const k, n = 5, 40
	rng := rand.New(rand.NewPCG(4, 4))
	ys, weights := Make(n, k), make([]float64, n)
	var observed []Set
	for i, y := range ys {
		for j := range k {
			y.Set(j, rng.IntN(3) == 0)
		}
		weights[i] = float64(rng.IntN(4))
		known := All(k)
		if i%5 == 0 {
			known.Remove(i / 5 % k)
		}
		observed = append(observed, known)
	}
	for _, of := range []Coupling{Unary{}, Pairwise{}, RBM{Hidden: 3}, Deep{Logits: nn.Off, Network: nn.MLP{Hidden: []int{3}, Activation: nn.Tanh}}, Determinantal{Shared: true, Rank: 2}} {
		for _, missing := range []bool{false, true} {
			data := Data{Y: ys, Weights: weights}
			if missing {
				data.Observed = observed
			}
			trainer, err := NewTrainer(data, Config{Coupling: of, Objective: Exact{}, Training: structured.Training{Epochs: 3, BatchSize: 16, Seed: 3}})
			require.NoError(t, err)
			params := trainer.Params()
			for i := range params {
				params[i] += 0.5 * rng.NormFloat64()
			}
			grad := make([]float64, len(params))
			got, err := trainer.Evaluate(grad)
			require.NoError(t, err)
			lps, err := trainer.Model().LogProbs(context.Background(), data)
			require.NoError(t, err)
			want, total := 0.0, 0.0
			for i, lp := range lps {
				assert.Equal(t, structured.Exact, lp.Kind)
				assert.Equal(t, lps[0].Normalizer, lp.Normalizer)
				if weights[i] > 0 {
					want -= weights[i] * lp.Value
					total += weights[i]
				}
			}
			almost.Equal(t, want/total, got, 1e-12, 1e-12, "%T %v", of, missing)
			for i, x := range params {
				const h = 1e-5
				params[i] = x + h
				up, err := trainer.Evaluate(nil)
				require.NoError(t, err)
				params[i] = x - h
				down, err := trainer.Evaluate(nil)
				require.NoError(t, err)
				params[i] = x
				almost.Equal(t, (up-down)/(2*h), grad[i], 1e-8, 1e-6, "%T %v: parameter %d", of, missing, i)
			}

			// One row after the other.
			var each Data
			for i, y := range ys {
				for range int(weights[i]) {
					each.Y = append(each.Y, y)
					if missing {
						each.Observed = append(each.Observed, observed[i])
					}
				}
			}
			again, err := NewTrainer(each, Config{Coupling: of, Reference: trainer.Model().Space().(*Space).Reference(), Objective: Exact{}, Training: structured.Training{Epochs: 3, BatchSize: 16, Seed: 3}})
			require.NoError(t, err)
			copy(again.Params(), params)
			same, err := again.Evaluate(nil)
			require.NoError(t, err)
			almost.Equal(t, got, same, 1e-12, 1e-12)
			assert.False(t, math.IsNaN(same))
		}
	}
}

// A network of no features with dropout gives each example a theta of its own.
func TestUnconditionalDropout(t *testing.T) {
	data := Data{Y: Make(30, 4)}
	cfg := Config{Network: nn.MLP{Hidden: []int{5}, Dropout: 0.5}, Objective: Exact{}, Training: structured.Training{Epochs: 4, BatchSize: 10}}
	m, err := Fit(context.Background(), data, cfg)
	require.NoError(t, err)
	assert.Len(t, m.History().Epochs, 4)
}
