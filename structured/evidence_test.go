package structured_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Evidence counts with what it says: exact where the completions fit.
func TestEvidence(t *testing.T) {
	data := blobs(60, 2, categories)
	data.Evidence = make([]structured.Evidence[int], data.Len())
	for i := range data.Evidence {
		if i%2 == 0 {
			data.Evidence[i] = oneOf{data.Y[i], (data.Y[i] + 1) % categories}
			data.Y[i] = -1 // must not be looked at
		}
	}
	for _, objective := range []structured.Objective[int]{
		structured.ExactLikelihood[int]{}, structured.MinMin[int]{Summed: true}, structured.MinMin[int]{Loss: fenchel.Sparsemax, Summed: true},
	} {
		cfg := config()
		cfg.Objective = objective
		tr, err := structured.NewTrainer(data, cfg)
		require.NoError(t, err)
		loss, err := tr.Evaluate(nil)
		require.NoError(t, err)
		if _, ok := objective.(structured.ExactLikelihood[int]); ok {
			require.NoError(t, tr.Run(ctx))
			m := tr.Model()
			lps, err := m.LogProbs(ctx, &data)
			require.NoError(t, err)
			for i, e := range data.Evidence {
				sum := 0.0
				for y := range categories {
					if e == nil && y != data.Y[i] || e != nil && !e.Allows(y) {
						continue
					}
					lp, err := m.LogProb(mat.Row(nil, i, data.X), y)
					require.NoError(t, err)
					sum += math.Exp(lp.Value)
				}
				almost.Equal(t, math.Log(sum), lps[i].Value, 1e-12, 0, "row %d", i)
			}
			nll, err := structured.NLL[int]{}.Evaluate(ctx, m, &data)
			require.NoError(t, err)
			after, err := tr.Evaluate(nil)
			require.NoError(t, err)
			almost.Equal(t, after, nll, 1e-12, 0, "the loss is the likelihood of the evidence")
			assert.Less(t, after, loss)
			continue
		}
		grad := make([]float64, len(tr.Params()))
		_, err = tr.Evaluate(grad)
		require.NoError(t, err)
		p := tr.Params()
		for i := range p {
			const h = 1e-5
			at := p[i]
			p[i] = at + h
			up, _ := tr.Evaluate(nil)
			p[i] = at - h
			down, _ := tr.Evaluate(nil)
			p[i] = at
			almost.Equal(t, (up-down)/(2*h), grad[i], 1e-6, 1e-5, "%v, parameter %d", objective, i)
		}
	}
	data.Evidence[0] = other{}
	_, err := structured.Fit(ctx, data, config())
	assert.ErrorContains(t, err, "evidence of type")
}

type other struct{}

func (other) Allows(int) bool { return true }
