package structured_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// even is a fixed proposal: equal probabilities, or those of another reference.
func even() structured.Proposal[int] { return structured.SpaceProposal[int]{Of: flat{space}} }

// flat is the categories with equal probabilities.
type flat struct{ category }

func (f flat) Sample(ys []int, rng *rand.Rand) {
	for i := range ys {
		ys[i] = rng.IntN(f.n)
	}
}

func (f flat) LogProb(dst []float64, ys []int) {
	for i := range ys {
		dst[i] = -math.Log(float64(f.n))
	}
}

var noiseObjectives = []structured.Objective[int]{
	structured.NoiseContrastive[int]{Samples: 3},
	structured.NoiseContrastive[int]{Samples: 5, Proposal: structured.Around[int]{Of: blurred{categories, 0.4}}, Jitter: blurred{categories, 0.9}},
	structured.RankingNoiseContrastive[int]{Samples: 3},
	structured.RankingNoiseContrastive[int]{Samples: 5, Proposal: structured.Around[int]{Of: blurred{categories, 0.4}}, Jitter: blurred{categories, 0.9}},
	structured.ImportanceSampledLikelihood[int]{Samples: 5},
	structured.ImportanceSampledLikelihood[int]{Samples: 5, Target: blurred{categories, 0.9}},
	structured.ConditionalNoiseContrastive[int]{Samples: 3, Noise: neighbours{categories, 0.3}},
	structured.MinMin[int]{Samples: 5, Proposal: structured.Around[int]{Of: blurred{categories, 0.4}}},
	structured.MinMin[int]{Samples: 5, Proposal: structured.Mixture[int]{Of: []structured.Proposal[int]{nil, nil}, Shares: []float64{1, 3}}},
}

// The whole contract of training, central differences of the loss included:
// the draws do not depend on the parameters.
func TestNoiseObjectivesConform(t *testing.T) {
	for i, o := range noiseObjectives {
		t.Run(fmt.Sprint(i, o), func(t *testing.T) {
			cfg := config()
			cfg.Objective = o
			structuredtest.Fit(t, structuredtest.Problem[int]{
				Structures: listed(), Data: blobs(60, 3, categories), Config: cfg, Smooth: true, Sampled: true,
			})
		})
	}
}

// unconditional is the configuration of a distribution without features, whose
// maximum likelihood is the frequencies.
func unconditional(o structured.Objective[int]) structured.Config[int] {
	cfg := config()
	cfg.Network, cfg.Tau, cfg.Objective = nn.Constant{}, logpart.Constant{}, o
	cfg.Epochs, cfg.BatchSize, cfg.Optimizer, cfg.TauOptimizer = 400, 1000, nn.Adam{Rate: 0.05}, nn.Adam{Rate: 0.05}
	cfg.Schedule = nn.Cosine{}
	return cfg
}

// Fitted to the end, the distribution is that of the maximum likelihood, which
// is the frequencies, and tau is log Z.
func TestNoiseObjectivesAreConsistent(t *testing.T) {
	data := counts(60, 20, 10, 30)
	frequency := []float64{0.5, 1. / 6, 1. / 12, 0.25}
	blur := blurred{categories, 0.9}
	blurredFrequency := make([]float64, categories)
	for y, f := range frequency {
		for to := range categories {
			blurredFrequency[to] += f * blur.p(y, to)
		}
	}
	for i, c := range []struct {
		o    structured.Objective[int]
		want []float64
	}{
		{structured.NoiseContrastive[int]{}, frequency},
		{structured.NoiseContrastive[int]{Samples: 3, Proposal: structured.Defensive(even(), 0.3)}, frequency},
		{structured.NoiseContrastive[int]{Jitter: blur}, blurredFrequency},
		{structured.RankingNoiseContrastive[int]{}, frequency},
		{structured.RankingNoiseContrastive[int]{Samples: 2}, frequency},
		{structured.ImportanceSampledLikelihood[int]{Samples: 200}, frequency},
		{structured.ImportanceSampledLikelihood[int]{Samples: 200, Target: blur}, blurredFrequency},
		{structured.ConditionalNoiseContrastive[int]{Samples: 100, Noise: neighbours{categories, 0.3}}, frequency},
		{structured.MinMin[int]{Proposal: structured.Around[int]{Of: blurred{categories, 0.4}}}, frequency},
	} {
		t.Run(fmt.Sprint(i, c.o), func(t *testing.T) {
			m, err := structured.Fit(ctx, data, unconditional(c.o))
			require.NoError(t, err)
			for y, want := range c.want {
				lp, err := m.LogProb(nil, y)
				require.NoError(t, err)
				almost.Equal(t, want, math.Exp(lp.Value), 0.01, 0, "category %d", y)
			}
			taus, err := m.Taus(ctx, nil)
			if err != nil {
				assert.ErrorIs(t, err, structured.ErrNoNormalizer)
				return
			}
			n, err := m.Normalizers(ctx, nil)
			require.NoError(t, err)
			require.Equal(t, structured.Exact, n[0].Kind)
			almost.Equal(t, n[0].Value, taus[0], 0.03, 0, "tau is log Z")
		})
	}
}

// The mean of the loss over draws, at parameters that are no optimum, is the
// sum over all structures.
func TestNoiseObjectivesAreUnbiased(t *testing.T) {
	const nu = 3
	data := counts(1, 0, 1)
	cfg := unconditional(nil)
	r := 1 / float64(categories)
	for name, c := range map[string]struct {
		o    structured.Objective[int]
		want func(score func(int) float64, tau float64, y int) float64
	}{
		"nce": {structured.NoiseContrastive[int]{Samples: nu, Proposal: even()}, func(score func(int) float64, tau float64, y int) float64 {
			sum := math.Log1p(math.Exp(-(score(y) - tau - math.Log(nu*r))))
			for z := range categories {
				sum += nu * r * math.Log1p(math.Exp(score(z)-tau-math.Log(nu*r)))
			}
			return sum
		}},
		"ranking": {structured.RankingNoiseContrastive[int]{Samples: 2, Proposal: even()}, func(score func(int) float64, _ float64, y int) float64 {
			sum := 0.0
			for a := range categories {
				for b := range categories {
					sum += r * r * math.Log1p(math.Exp(score(a)-score(y))+math.Exp(score(b)-score(y)))
				}
			}
			return sum
		}},
		"conditional": {structured.ConditionalNoiseContrastive[int]{Samples: 2, Noise: neighbours{categories, 0.3}}, func(score func(int) float64, _ float64, y int) float64 {
			c, sum := neighbours{categories, 0.3}, 0.0
			for z := range categories {
				if p := c.p(y, z); p > 0 {
					sum += p * math.Log1p(math.Exp(-(score(y) + math.Log(p) - score(z) - math.Log(c.p(z, y)))))
				}
			}
			return sum
		}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := cfg
			cfg.Objective = c.o
			theta := []float64{0.7, -0.4, 1.1, 0.2, 0.3} // logits and own
			tau, mean, square := 0.6, 0.0, 0.0
			const n = 3000
			for seed := range uint64(n) {
				cfg.Seed = seed
				tr, err := structured.NewTrainer(data, cfg)
				require.NoError(t, err)
				copy(tr.Params(), append(theta, tau))
				loss, err := tr.Evaluate(nil)
				require.NoError(t, err)
				mean += loss / n
				square += loss * loss / n
			}
			want := 0.0
			for _, y := range data.Y {
				want += c.want(func(z int) float64 {
					var logq [1]float64
					space.LogProb(logq[:], []int{z})
					return theta[z] + theta[4]*float64(z) + logq[0]
				}, tau, y) / float64(data.Len())
			}
			se := math.Sqrt((square - mean*mean) / n)
			almost.Equal(t, want, mean, 5*se, 0)
			assert.Less(t, se, 0.02*want, "the test can see a bias")
		})
	}
}

func TestNoiseObjectivesErrors(t *testing.T) {
	data := blobs(20, 2, categories)
	fit := func(o structured.Objective[int]) error {
		cfg := config()
		cfg.Objective = o
		_, err := structured.Fit(ctx, data, cfg)
		return err
	}
	silent := structured.Proposal[int](drawsOnly{})
	assert.ErrorIs(t, fit(structured.NoiseContrastive[int]{Proposal: silent}), structured.ErrNoDensity)
	assert.ErrorIs(t, fit(structured.RankingNoiseContrastive[int]{Proposal: silent}), structured.ErrNoDensity)
	assert.NoError(t, fit(structured.ImportanceSampledLikelihood[int]{Proposal: silent}), "only draws are needed")
	assert.Error(t, fit(structured.MinMin[int]{Proposal: structured.Defensive(silent, 0.5)}))
	assert.Error(t, fit(structured.MinMin[int]{Proposal: structured.Defensive[int](structured.Around[int]{Of: blurred{categories, 0.4}}, 0.5)}))
	assert.ErrorIs(t, fit(structured.NoiseContrastive[int]{Proposal: missesZero()}), structured.ErrUncovered)
	for i, o := range []structured.Objective[int]{
		structured.NoiseContrastive[int]{Samples: -1}, structured.RankingNoiseContrastive[int]{Samples: -1},
		structured.ImportanceSampledLikelihood[int]{Samples: -1}, structured.ConditionalNoiseContrastive[int]{},
		structured.ConditionalNoiseContrastive[int]{Noise: neighbours{}, Samples: -1},
		structured.MinMin[int]{Proposal: structured.Around[int]{}}, structured.MinMin[int]{Proposal: structured.Mixture[int]{}},
		structured.MinMin[int]{Proposal: structured.Defensive(even(), 0)},
		structured.MinMin[int]{Proposal: structured.Defensive(even(), math.NaN())},
		structured.MinMin[int]{Proposal: structured.Mixture[int]{Of: []structured.Proposal[int]{nil}, Shares: []float64{1, 2}}},
	} {
		assert.Error(t, fit(o), "%d: %v", i, o)
	}
	data.Evidence = make([]structured.Evidence[int], data.Len())
	data.Evidence[4] = oneOf{1, 2}
	for _, o := range []structured.Objective[int]{
		structured.NoiseContrastive[int]{}, structured.RankingNoiseContrastive[int]{},
		structured.ConditionalNoiseContrastive[int]{Noise: neighbours{categories, 0.3}},
		structured.ImportanceSampledLikelihood[int]{Target: blurred{categories, 0.5}},
		structured.MinMin[int]{Proposal: structured.Around[int]{Of: blurred{categories, 0.4}}},
	} {
		assert.ErrorIs(t, fit(o), structured.ErrPartial, o.String())
	}
	assert.NoError(t, fit(structured.ImportanceSampledLikelihood[int]{}), "the likelihood of what was seen")
}

// drawsOnly is the reference as a proposal that knows no probabilities but
// those of its draws.
type drawsOnly struct{}

func (d drawsOnly) Bind(structured.Problem[int]) (structured.Proposal[int], error) { return d, nil }
func (drawsOnly) Follows() bool                                                    { return false }
func (drawsOnly) Sample(ys []int, logr []float64, theta structured.Theta, key uint64) {
	structured.SpaceProposal[int]{Of: space}.Sample(ys, logr, theta, key)
}

// missesZero never draws category 0.
func missesZero() structured.Proposal[int] {
	return structured.SpaceProposal[int]{Of: withoutZero{space}}
}

type withoutZero struct{ category }

func (w withoutZero) Sample(ys []int, rng *rand.Rand) {
	for i := range ys {
		for ys[i] = 0; ys[i] == 0; {
			w.category.Sample(ys[i:i+1], rng)
		}
	}
}

func (w withoutZero) LogProb(dst []float64, ys []int) {
	w.category.LogProb(dst, ys)
	for i, y := range ys {
		if y == 0 {
			dst[i] = math.Inf(-1)
		} else {
			dst[i] -= math.Log1p(-w.weight(0) / w.total())
		}
	}
}
