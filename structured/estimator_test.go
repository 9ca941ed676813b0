package structured_test

import (
	"bytes"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
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

// The checkup of a tau that is learned, against exact and estimated references.
func TestDiagnose(t *testing.T) {
	data := blobs(120, 2, categories)
	cfg := config()
	cfg.Objective = structured.MinMin[int]{}
	cfg.Epochs = 30
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	d, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{Training: data.X})
	require.NoError(t, err)
	assert.Equal(t, 120, d.Exact)
	assert.Less(t, d.Absolute.Median, 0.5)
	for _, p := range d.Points {
		assert.Zero(t, p.Distance, "the training data are no distance from themselves")
	}
	cfg.Space, cfg.Coupling = category{n: categories}, logits{categories}
	m, err = structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	for _, by := range []structured.Estimator[int]{nil, structured.AnnealedImportance[int]{Kernel: structured.IndependenceMetropolis[int]{}, Chains: 1000}} {
		d, err = structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{Estimator: by})
		require.NoError(t, err)
		assert.Zero(t, d.Exact)
		assert.Greater(t, d.ReferenceError, 0.0)
	}
	// The shift that it names is the best one, and stays with the model.
	cfg = config()
	cfg.Objective, cfg.Tau, cfg.Epochs = structured.MinMin[int]{}, logpart.Constant{}, 3
	m, err = structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	before, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
	require.NoError(t, err)
	require.Greater(t, math.Abs(before.Shift), 1e-3)
	shifted, err := m.Shifted(before.Shift)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, shifted.Save(&file, nil))
	stored, err := structured.ReadStored(&file, 0)
	require.NoError(t, err)
	restored, err := structured.Restore(stored, cfg)
	require.NoError(t, err)
	for _, m := range []*structured.Model[int]{shifted, restored} {
		after, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
		require.NoError(t, err)
		almost.Equal(t, 0, after.Shift, 1e-12, 0)
		almost.Equal(t, 1, after.Mass.Mean, 1e-12, 0)
		almost.Equal(t, before.ShiftedGap, after.Gap, 1e-9, 0)
	}
	again, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
	require.NoError(t, err)
	assert.Equal(t, before.Points, again.Points, "the model is what it was")
	_, err = m.Shifted(math.NaN())
	assert.Error(t, err)
	exact, err := structured.Fit(ctx, data, config())
	require.NoError(t, err)
	_, err = exact.Shifted(1)
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)

	// Under other losses the mass is that of their probabilities.
	for _, listed := range []bool{true, false} {
		cfg := config()
		if !listed {
			cfg.Space, cfg.Coupling = category{n: categories}, logits{categories}
		}
		for _, f := range []fenchel.Generator{fenchel.Sparsemax, fenchel.Tsallis{}} {
			cfg.Objective = structured.MinMin[int]{Loss: f}
			m, err := structured.Fit(ctx, data, cfg)
			require.NoError(t, err)
			d, err := structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
			require.NoError(t, err)
			assert.True(t, d.Threshold)
			structures := []int{0, 1, 2, 3}
			logq := make([]float64, categories)
			space.LogProb(logq, structures)
			require.NoError(t, m.EachTheta(ctx, data.X, func(i int, theta structured.Theta) error {
				scores, mass := make([]float64, categories), 0.0
				m.Coupling().Score(scores, theta, structures)
				for j, g := range scores {
					mass += math.Exp(logq[j]) * f.Ratio(g-d.Points[i].Tau)
				}
				if p := d.Points[i]; listed {
					almost.Equal(t, mass, p.Mass, 1e-12, 1e-12)
				} else {
					almost.Equal(t, mass, p.Mass, 0.3, 0)
				}
				assert.GreaterOrEqual(t, d.Points[i].Gap, -1e-12)
				return nil
			}))
			if listed {
				assert.Equal(t, len(data.Y), d.Exact)
			}
		}
	}
	cfg.Tau = logpart.Table{}
	m, err = structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	_, err = structured.Diagnose(ctx, m, data.X, structured.Checkup[int]{})
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)
}

// Draws that do not follow the model are warned of, others are not; there are no
// numbers without reports.
func TestWarnings(t *testing.T) {
	data := blobs(64, 2, categories)
	for sharp, warned := range map[float64]bool{0.1: false, 20: true} {
		cfg := config()
		cfg.Space, cfg.Coupling = category{n: categories}, sharpened{logits{categories}, sharp}
		cfg.Objective = structured.MinMin[int]{Samples: 20}
		cfg.Epochs = 2
		var log bytes.Buffer
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		d := m.History().Epochs[1].Diagnostics
		require.NotEmpty(t, d)
		assert.Equal(t, "ess", d[0].Name)
		any := false
		for _, d := range d {
			assert.False(t, math.IsNaN(d.Mean))
			any = any || d.Warning != ""
		}
		assert.Equal(t, warned, any, "%+v", d)
		assert.Equal(t, warned, strings.Contains(log.String(), "WARN"))
	}
}

// sharpened multiplies the scores of category 3, the rarest, so that few draws of
// the reference matter.
type sharpened struct {
	logits
	by float64
}

func (s sharpened) Score(dst []float64, theta structured.Theta, ys []int) {
	s.logits.Score(dst, theta, ys)
	for m, y := range ys {
		dst[m] *= s.by
		if y == 3 {
			dst[m] += s.by
		}
	}
}
