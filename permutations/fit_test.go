package permutations

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// The whole way: fit, stop on a metric, decide, save, load.
func TestFit(t *testing.T) {
	ctx := context.Background()
	all := ranked(400, 2, 4)
	rows := func(lo, hi int) Data {
		return Data{X: mat.DenseCopyOf(all.X.(*mat.Dense).Slice(lo, hi, 0, 2)), Y: all.Y[lo:hi]}
	}
	train, validation, test := rows(0, 250), rows(250, 300), rows(300, 400)
	baseline := 0.0
	for _, of := range []Coupling{nil, Permutahedron{}, Preference{}} {
		for _, objective := range []structured.Objective[Ordering]{nil, MinMin{Proposal: PlackettLuceProposal{}}} {
			name := fmt.Sprintf("%T, %v", of, objective)
			cfg := Config{Coupling: of, Objective: objective, Validation: &validation, StopOn: KendallTau}
			cfg.Epochs, cfg.Seed = 40, 1
			m, err := Fit(ctx, train, cfg)
			require.NoError(t, err, name)
			modes, err := m.Predict(ctx, test.X)
			require.NoError(t, err)
			tau, err := Evaluation{Truth: test.Y, Predicted: modes}.KendallTau()
			require.NoError(t, err)
			assert.Greater(t, tau, baseline+0.4, name)
			decisions, err := m.Decide(ctx, test.X, KendallLoss{})
			require.NoError(t, err)
			pairs, err := m.PairMarginals(ctx, test.X)
			require.NoError(t, err)
			loss := 0.0
			for a, i := range decisions[0].Y {
				for _, j := range decisions[0].Y[a+1:] {
					loss += pairs[0].At(j, i)
				}
			}
			almost.Equal(t, loss, decisions[0].Loss, 1e-9, 0, name)
			positions, err := m.PositionMarginals(ctx, test.X)
			require.NoError(t, err)
			almost.Equal(t, 1, mat.Sum(positions[0].RowView(0)), 1e-9, 0)

			var file bytes.Buffer
			require.NoError(t, m.Save(&file), name)
			again, err := Load(&file)
			require.NoError(t, err, name)
			a, err := m.LogProbs(ctx, test)
			require.NoError(t, err)
			b, err := again.LogProbs(ctx, test)
			require.NoError(t, err)
			assert.Equal(t, a, b)
			assert.Equal(t, structured.Exact, a[0].Kind)
		}
	}
}
