package structured_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// unlisted is a problem without anything exact, and its exact log Z.
func unlisted() (structured.Problem[int], structured.LogPartition[int]) {
	c := logits{categories}
	return structured.Problem[int]{Space: category{n: categories}, Coupling: c}, logSumExp{c, space}
}

func randomTheta(rng *rand.Rand, scale float64) structured.Theta {
	theta := structured.Theta{Logits: make([]float64, categories), Own: []float64{0.2}}
	for i := range theta.Logits {
		theta.Logits[i] = scale * rng.NormFloat64()
	}
	return theta
}

// independent draws independently.
type independent struct{ logSumExp }

func (s independent) SampleModel(ys []int, theta structured.Theta, key uint64) {
	rng := rand.New(rand.NewPCG(key, 9))
	_, v := s.each(theta)
	logZ := s.LogZ(theta)
	for i := range ys {
		u := rng.Float64()
		for ys[i] = 0; ys[i] < len(v)-1 && u >= math.Exp(v[ys[i]]-logZ); ys[i]++ {
			u -= math.Exp(v[ys[i]] - logZ)
		}
	}
}

// Estimators are right within the errors they state, and give the same for the
// same key.
func TestEstimators(t *testing.T) {
	problem, exact := unlisted()
	withSampler := problem
	withSampler.Inference = independent{logSumExp{logits{categories}, space}}
	for name, e := range map[string]struct {
		of structured.Estimator[int]
		p  structured.Problem[int]
	}{
		"annealed":           {structured.AnnealedImportance[int]{Kernel: structured.IndependenceMetropolis[int]{}, Chains: 100}, problem},
		"annealed, proposal": {structured.AnnealedImportance[int]{Kernel: structured.IndependenceMetropolis[int]{Proposal: even()}, Chains: 100, Overlap: 0.9, Steps: 2}, problem},
		"annealed, target":   {structured.AnnealedImportance[int]{Kernel: structured.IndependenceMetropolis[int]{}, Chains: 50, Overlap: 0.5, Error: 0.05}, problem},
		"bridge, chains":     {structured.BridgeSampling[int]{Kernel: structured.IndependenceMetropolis[int]{Steps: 20}, Samples: 200}, problem},
		"bridge, exact":      {structured.BridgeSampling[int]{Proposal: even(), Samples: 200}, withSampler},
	} {
		t.Run(name, func(t *testing.T) {
			bound, err := e.of.Bind(e.p)
			require.NoError(t, err)
			rng := rand.New(rand.NewPCG(1, 2))
			square, n := 0.0, 200.0
			for key := range uint64(n) {
				theta := randomTheta(rng, 1.5)
				got, err := bound.EstimateLogZ(theta, key)
				require.NoError(t, err)
				assert.Equal(t, structured.Estimate, got.Kind)
				z := (got.Value - exact.LogZ(theta)) / got.Error
				square += min(z*z, 16)
				if key == 0 {
					again, err := bound.EstimateLogZ(theta, key)
					require.NoError(t, err)
					assert.Equal(t, got, again)
				}
			}
			// Errors are estimated too, and tails are heavier than normal.
			almost.Equal(t, n, square, 8*math.Sqrt(2*n), 0)
		})
	}
}

// Where weights are uneven the target is reached by more temperatures, with fewer
// chains than their unevenness would take.
func TestAnnealingReachesItsTarget(t *testing.T) {
	problem, exact := unlisted()
	rng := rand.New(rand.NewPCG(5, 6))
	of := structured.AnnealedImportance[int]{Kernel: structured.IndependenceMetropolis[int]{Steps: 30}, Chains: 20, Overlap: 0.2}
	coarse, err := of.Bind(problem)
	require.NoError(t, err)
	of.Error = 0.06
	fine, err := of.Bind(problem)
	require.NoError(t, err)
	square, n, hard, missed := 0.0, 100.0, 0, 0
	for key := range uint64(n) {
		theta := randomTheta(rng, 6)
		rough, err := coarse.EstimateLogZ(theta, key)
		require.NoError(t, err)
		if e := rough.Error; e*e*20/(16*20) > of.Error*of.Error { // all chains that may be added would not do
			hard++
		}
		got, err := fine.EstimateLogZ(theta, key)
		require.NoError(t, err)
		if got.Error > of.Error {
			missed++
		}
		z := (got.Value - exact.LogZ(theta)) / got.Error
		square += min(z*z, 16)
	}
	t.Logf("%d of them hard, %d missed", hard, missed)
	assert.Greater(t, hard, 5)
	assert.LessOrEqual(t, missed, hard/4)
	almost.Equal(t, n, square, 8*math.Sqrt(2*n), 0)
}

// Annealing from exact draws is above log Z, and close.
func TestAnnealedUpper(t *testing.T) {
	problem, exact := unlisted()
	sampler := independent{logSumExp{logits{categories}, space}}
	rng := rand.New(rand.NewPCG(3, 4))
	a := structured.AnnealedImportance[int]{Kernel: structured.IndependenceMetropolis[int]{}}
	square, n := 0.0, 100.0
	for key := range uint64(n) {
		theta := randomTheta(rng, 1.5)
		ys := make([]int, 200)
		sampler.SampleModel(ys, theta, key)
		up, err := a.AnnealedUpper(problem, theta, ys, key)
		require.NoError(t, err)
		z := (up.Value - exact.LogZ(theta)) / up.Error
		square += z * z
	}
	almost.Equal(t, n, square, 8*math.Sqrt(2*n), 0)
}

func TestBadEstimators(t *testing.T) {
	problem, _ := unlisted()
	kernel := structured.IndependenceMetropolis[int]{}
	for _, e := range []structured.Estimator[int]{
		structured.AnnealedImportance[int]{}, structured.AnnealedImportance[int]{Kernel: kernel, Chains: -1},
		structured.AnnealedImportance[int]{Kernel: kernel, Chains: 1}, structured.AnnealedImportance[int]{Kernel: kernel, Overlap: 1},
		structured.AnnealedImportance[int]{Kernel: kernel, Error: math.NaN()},
		structured.BridgeSampling[int]{}, structured.BridgeSampling[int]{Kernel: kernel, Samples: -1},
	} {
		_, err := e.Bind(problem)
		assert.Error(t, err, "%+v", e)
	}
	bound, err := structured.AnnealedImportance[int]{Kernel: kernel}.Bind(problem)
	require.NoError(t, err)
	_, err = bound.EstimateLogZ(structured.Theta{Logits: []float64{math.NaN(), 0, 0, 0}, Own: []float64{0}}, 1)
	assert.ErrorIs(t, err, structured.ErrAnnealing)
}

// Refined thresholds of other losses tend to the exact ones, within their errors.
func TestRefinedThreshold(t *testing.T) {
	data := blobs(80, 2, categories)
	cfg := config()
	cfg.Space, cfg.Coupling = category{n: categories}, logits{categories}
	for _, loss := range []fenchel.Generator{fenchel.Sparsemax, fenchel.Tsallis{}} {
		cfg.Objective = structured.MinMin[int]{Loss: loss}
		square, n := 0.0, 0.0
		for seed := range uint64(20) {
			cfg.Seed = seed
			m, err := structured.Fit(ctx, data, cfg)
			require.NoError(t, err)
			got, err := m.ImportanceNormalizers(ctx, data.X, 500)
			require.NoError(t, err)
			sparse, err := m.Sparsities(ctx, data.X)
			require.NoError(t, err)
			require.NoError(t, m.EachTheta(ctx, data.X, func(i int, theta structured.Theta) error {
				if i > 0 {
					return nil
				}
				q, scores, logq := make([]float64, categories), make([]float64, categories), make([]float64, categories)
				space.LogProb(logq, []int{0, 1, 2, 3})
				cfg.Coupling.Score(scores, theta, []int{0, 1, 2, 3})
				for j, l := range logq {
					q[j] = math.Exp(l)
				}
				tau, _, err := fenchel.Threshold(loss, scores, q)
				require.NoError(t, err)
				if got[i].Error > 0 {
					z := (got[i].Value - tau) / got[i].Error
					square += min(z*z, 16)
					n++
				}
				share := 0.0
				for j, g := range scores {
					if loss.Ratio(g-tau) > 0 {
						share += q[j]
					}
				}
				almost.Equal(t, share, sparse[i].Share, 6*sparse[i].Error+1e-9, 0)
				return nil
			}))
		}
		almost.Equal(t, n, square, 8*math.Sqrt(2*n), 0, "%v", loss)
	}
}

// Where the space is listed sparsity is counted; the softmax covers all.
func TestSparsity(t *testing.T) {
	data := blobs(60, 2, categories)
	cfg := config()
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	s, err := m.Sparsities(ctx, data.X)
	require.NoError(t, err)
	for _, s := range s {
		assert.Equal(t, structured.Exact, s.Kind)
		almost.Equal(t, 1, s.Share, 1e-12, 0)
		almost.Equal(t, categories, s.Structures, 0, 0)
		assert.LessOrEqual(t, s.Effective, float64(categories)+1e-9)
		assert.GreaterOrEqual(t, s.Effective, 1.0)
	}
}

// Certified intervals hold at least as often as they say; where nothing bounds
// the weights they are one-sided.
func TestCertificates(t *testing.T) {
	data := blobs(80, 2, categories)
	cfg := config()
	cfg.Space, cfg.Coupling = category{n: categories}, logits{categories}
	exact := logSumExp{logits{categories}, space}
	cfg.Objective = structured.RankingNoiseContrastive[int]{Proposal: even()}
	held := 0
	for seed := range uint64(60) {
		cfg.Seed = seed
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		bounds, err := m.CertifiedNormalizers(ctx, data.X, structured.Certificate{Confidence: 0.9, Samples: 300})
		require.NoError(t, err)
		lps, err := m.CertifiedLogProbs(ctx, &data, structured.Certificate{Confidence: 0.9, Samples: 300})
		require.NoError(t, err)
		require.NoError(t, m.EachTheta(ctx, data.X, func(i int, theta structured.Theta) error {
			if i > 0 {
				return nil
			}
			b := bounds[i]
			assert.Equal(t, structured.Interval, b.Kind)
			almost.Equal(t, 0.9, b.Confidence, 1e-12, 0)
			assert.True(t, b.Lower <= b.Value && b.Value <= b.Upper)
			assert.True(t, lps[i].Lower <= lps[i].Value && lps[i].Value <= lps[i].Upper)
			if z := exact.LogZ(theta); b.Lower <= z && z <= b.Upper {
				held++
			}
			return nil
		}))
	}
	assert.GreaterOrEqual(t, held, 54)
	// What is exact stays so.
	m, err := structured.Fit(ctx, data, config())
	require.NoError(t, err)
	bounds, err := m.CertifiedNormalizers(ctx, data.X, structured.Certificate{})
	require.NoError(t, err)
	assert.Equal(t, structured.Exact, bounds[0].Kind)
	for _, bad := range []structured.Certificate{{Confidence: 1}, {Confidence: -1}, {Samples: 1}} {
		_, err := m.CertifiedNormalizers(ctx, data.X, bad)
		assert.Error(t, err)
		_, err = m.CertifiedLogProbs(ctx, &data, bad)
		assert.Error(t, err)
	}
}
