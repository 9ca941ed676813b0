package structured_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// estimatedLogits knows log Z to a hundredth, and nothing beyond 50.
type estimatedLogits struct{ logits }

func (l estimatedLogits) Infer(s structured.Space[int]) (structured.Inference[int], error) {
	return estimated{logSumExp{l.logits, s}}, nil
}

type estimated struct{ of logSumExp }

var errDiverges = errors.New("the integral diverges")

func (e estimated) Mode(dst *int, theta structured.Theta, key uint64) (float64, bool) {
	return e.of.Mode(dst, theta, key)
}

func (e estimated) EstimateLogZ(theta structured.Theta, key uint64) (structured.Normalizer, error) {
	v := e.of.LogZ(theta)
	if math.Abs(v) > 50 {
		return structured.Normalizer{}, errDiverges
	}
	return structured.EstimatedWithin(v+0.01, 0.02), nil
}

// An estimate of the inference is used before tau, with its error, and never
// passed off as more.
func TestEstimatedNormalizers(t *testing.T) {
	data := blobs(80, 2, categories)
	cfg := config()
	cfg.Space, cfg.Coupling, cfg.Objective = category{n: categories}, estimatedLogits{logits{categories}}, structured.MinMin[int]{}
	cfg.Network = nn.Linear{}
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	n, err := m.Normalizers(ctx, data.X)
	require.NoError(t, err)
	lps, err := m.LogProbs(ctx, &data)
	require.NoError(t, err)
	exact := logSumExp{logits{categories}, space}
	require.NoError(t, m.EachTheta(ctx, data.X, func(i int, theta structured.Theta) error {
		want := structured.Normalizer{
			Value: exact.LogZ(theta) + 0.01, Kind: structured.Estimate, Lower: math.Inf(-1), Upper: math.Inf(1), Error: 0.02,
		}
		assert.Equal(t, want, n[i])
		assert.Equal(t, structured.Estimate, lps[i].Kind)
		assert.Equal(t, 0.02, lps[i].Error)
		assert.Equal(t, want.Value, lps[i].Normalizer)
		assert.Equal(t, math.Inf(1), lps[i].Upper)
		return nil
	}))
	_, err = m.LogProb([]float64{1e6, 2e5}, 1)
	assert.ErrorIs(t, err, errDiverges)

	cfg.Coupling = logits{categories}
	m, err = structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	lp, err := m.LogProb([]float64{0, 0}, 1)
	require.NoError(t, err)
	assert.Zero(t, lp.Error, "of tau no error is known")
	assert.Equal(t, structured.Estimate, lp.Kind)
}

// The standard error of importance sampling is that of its errors, and a model
// without tau is normalised by it.
func TestImportanceNormalizers(t *testing.T) {
	data := blobs(80, 2, categories)
	cfg := config()
	cfg.Space, cfg.Coupling = category{n: categories}, logits{categories}
	cfg.Objective = structured.RankingNoiseContrastive[int]{Proposal: even()}
	square, n, low := 0.0, 0.0, 0.0
	exact := logSumExp{logits{categories}, space}
	for seed := range uint64(60) {
		cfg.Seed = seed
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		estimates, err := m.ImportanceNormalizers(ctx, data.X, 200)
		require.NoError(t, err)
		require.NoError(t, m.EachTheta(ctx, data.X, func(i int, theta structured.Theta) error {
			if i > 0 {
				return nil // the draws are the same for all rows
			}
			e := estimates[i]
			assert.Equal(t, 200, e.Samples)
			assert.Equal(t, structured.Estimate, e.Kind)
			z := (e.Value - exact.LogZ(theta)) / e.Error
			square += z * z
			low += z
			n++
			return nil
		}))
		if seed > 0 {
			continue
		}
		again, err := m.ImportanceNormalizers(ctx, data.X, 200)
		require.NoError(t, err)
		assert.Equal(t, estimates, again)
		many, err := m.ImportanceNormalizers(ctx, data.X, 10_000)
		require.NoError(t, err)
		own, err := m.Normalizers(ctx, data.X)
		require.NoError(t, err)
		for i := range many {
			assert.Less(t, many[i].Error, estimates[i].Error)
			assert.LessOrEqual(t, many[i].EffectiveSamples, 10_000.0)
			almost.Equal(t, many[i].Value, own[i].Value, 6*(many[i].Error+own[i].Error), 0)
		}
		_, err = m.ImportanceNormalizers(ctx, data.X, 1)
		assert.Error(t, err)
		_, err = m.ImportanceNormalizers(ctx, data.X, -1)
		assert.Error(t, err)
	}
	// n squares of standard normals: mean n, variance 2n.
	almost.Equal(t, n, square, 5*math.Sqrt(2*n), 0)
	almost.Equal(t, 0, low, 5*math.Sqrt(n), 0)

}

// measure is the categories with the counting measure for a reference that is
// no probability and cannot be drawn from.
type measure struct{ category }

func (measure) Improper() bool                  { return true }
func (measure) Sample([]int, *rand.Rand)        { panic("cannot be drawn from") }
func (measure) LogProb(dst []float64, ys []int) { clear(dst) }

// Under an improper reference everything wants a proposal and says so, and
// with one everything works, relative to the measure.
func TestImproperReference(t *testing.T) {
	data := counts(5, 5, 5, 85)
	frequency := []float64{0.05, 0.05, 0.05, 0.85}
	entropy := 0.0
	for _, p := range frequency {
		entropy -= p * math.Log(p)
	}
	fit := func(o structured.Objective[int]) (*structured.Model[int], error) {
		cfg := unconditional(o)
		cfg.Space, cfg.Coupling = measure{category{n: categories}}, logits{categories}
		return structured.Fit(ctx, data, cfg)
	}
	metropolis := structured.IndependenceMetropolis[int]{Proposal: even(), Steps: 5}
	for _, o := range []structured.Objective[int]{
		structured.MinMin[int]{}, structured.NoiseContrastive[int]{}, structured.RankingNoiseContrastive[int]{},
		structured.ImportanceSampledLikelihood[int]{}, structured.MinMin[int]{Proposal: structured.Defensive(even(), 0.1)},
		structured.ContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{}},
		structured.PersistentContrastiveDivergence[int]{Kernel: metropolis, Start: structured.AtReference},
		structured.UnbiasedContrastiveDivergence[int]{Kernel: metropolis, Start: structured.AtReference},
	} {
		_, err := fit(o)
		assert.ErrorIs(t, err, structured.ErrImproper, o.String())
	}
	for _, o := range []structured.Objective[int]{
		structured.MinMin[int]{Proposal: even()}, structured.NoiseContrastive[int]{Proposal: even()},
		structured.RankingNoiseContrastive[int]{Proposal: even()},
	} {
		m, err := fit(o)
		require.NoError(t, err, o.String())
		for y, want := range frequency {
			lp, err := m.LogProb(nil, y)
			require.NoError(t, err)
			almost.Equal(t, want, math.Exp(lp.Value), 0.05, 0, "%v, category %d", o, y)
		}
		_, how, err := m.Sample(nil, 10, rand.New(rand.NewPCG(1, 1)))
		require.NoError(t, err)
		assert.Equal(t, structured.Estimate, how)
		h, _, err := m.Entropy(nil)
		require.NoError(t, err)
		almost.Equal(t, entropy, h, 0.06, 0, o.String())
	}
	m, err := fit(structured.ContrastiveDivergence[int]{Kernel: metropolis})
	require.NoError(t, err)
	_, err = m.LogProb(nil, 1)
	assert.ErrorIs(t, err, structured.ErrImproper)
	_, _, err = m.Sample(nil, 10, rand.New(rand.NewPCG(1, 1)))
	assert.ErrorIs(t, err, structured.ErrImproper)
}
