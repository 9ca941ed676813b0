package snl

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// A density of any loss relative to the measure of volume is one in the user's
// units, whatever those are, and its normaliser belongs to the scores.
func TestLossesOverVolume(t *testing.T) {
	const scale = 50.0
	rng := rand.New(rand.NewPCG(5, 6))
	data := Data{}
	for range 200 {
		data.Y = append(data.Y, Point{scale * rng.NormFloat64()})
	}
	for _, f := range []fenchel.Generator{fenchel.Softmax, fenchel.Sparsemax, fenchel.Tsallis{Alpha: 1.5}} {
		m, err := Fit(context.Background(), data, Config{
			Base: Lebesgue{}, Objective: structured.MinMin[Point]{Loss: f, Samples: 80, Proposal: Fixed{}},
			Training: structured.Training{Epochs: 60, Seed: 1},
		})
		require.NoError(t, err)
		taus, err := m.Taus(context.Background(), nil)
		require.NoError(t, err)
		sum, inside := 0.0, 0
		const step = 4.0
		for y := -8 * scale; y < 8*scale; y += step {
			lp, err := m.LogProb(nil, Point{y})
			require.NoError(t, err)
			sum += step * math.Exp(lp.Value)
			g, err := m.Score(nil, Point{y})
			require.NoError(t, err)
			volume := m.space().logVolume()
			if f == fenchel.Softmax {
				volume = 0 // is in the normaliser
			} else {
				almost.Equal(t, taus[0], lp.Normalizer, 1e-12, 1e-12)
			}
			if p := f.Ratio(g - lp.Normalizer); p > 0 {
				inside++
				almost.Equal(t, math.Log(p)-volume, lp.Value, 1e-9, 1e-9)
			}
		}
		almost.Equal(t, 1, sum, 0.1, 0, "%v", f)
		assert.Greater(t, inside, 15)
		_, err = m.Standardised().Sparsities(context.Background(), nil)
		assert.ErrorIs(t, err, structured.ErrImproper)
	}
}
