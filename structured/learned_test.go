package structured_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func learning(teacher structured.Teacher) structured.Proposal[int] {
	return structured.Defensive[int](structured.Learned[int]{Family: multinomial{categories}, Teacher: teacher}, 0.1)
}

func TestLearnedProposalsConform(t *testing.T) {
	for name, o := range map[string]structured.Objective[int]{
		"minmin":      structured.MinMin[int]{Samples: 8, Proposal: learning(structured.FromModel)},
		"sparsemax":   structured.MinMin[int]{Samples: 8, Proposal: learning(structured.FromBoth)},
		"nce":         structured.NoiseContrastive[int]{Samples: 8, Proposal: learning(structured.FromData)},
		"adversarial": structured.NoiseContrastive[int]{Samples: 8, Proposal: learning(structured.Adversarial)},
		"ranking":     structured.RankingNoiseContrastive[int]{Samples: 8, Proposal: learning(structured.FromBoth)},
		"likelihood":  structured.ImportanceSampledLikelihood[int]{Samples: 8, Proposal: learning(structured.FromModel)},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config()
			cfg.Objective = o
			data, validation := blobs(60, 3, categories), blobs(30, 3, categories)
			structuredtest.Fit(t, structuredtest.Problem[int]{Structures: listed(), Data: data, Config: cfg, Sampled: true})
			cfg.Validation = &validation
			_, err := structured.Fit(ctx, data, cfg)
			assert.NoError(t, err)
		})
	}
	cfg := config()
	for _, o := range []structured.Objective[int]{
		structured.MinMin[int]{Proposal: learning(structured.Adversarial)},
		structured.RankingNoiseContrastive[int]{Proposal: learning(structured.Adversarial)},
		structured.ImportanceSampledLikelihood[int]{Proposal: learning(structured.Adversarial)},
	} {
		cfg.Objective = o
		_, err := structured.Fit(ctx, blobs(30, 2, categories), cfg)
		assert.ErrorContains(t, err, "Adversarial", o.String())
	}
	for _, p := range []structured.Proposal[int]{
		structured.Learned[int]{}, structured.Learned[int]{Family: multinomial{categories}, Teacher: 9},
		structured.Mixture[int]{Of: []structured.Proposal[int]{learning(structured.FromData), learning(structured.FromModel)}},
	} {
		cfg.Objective = structured.MinMin[int]{Proposal: p}
		_, err := structured.Fit(ctx, blobs(30, 2, categories), cfg)
		assert.Error(t, err)
	}
}

// A mixture draws what it says, also with parts that learn, and its gradient is
// that of its density.
func TestMixture(t *testing.T) {
	p := structured.Problem[int]{Space: space, Coupling: logits{categories}}
	structuredMixture, err := structured.Defensive(even(), 0.3).Bind(p)
	require.NoError(t, err)
	structuredtest.Proposal(t, structuredMixture, logits{categories}, space, listed())

	learner := structured.Learned[int]{Family: multinomial{categories}}
	bound, err := structured.Mixture[int]{Of: []structured.Proposal[int]{learner, nil, learner}, Shares: []float64{1, 2, 5}}.Bind(p)
	require.NoError(t, err)
	m := bound.(structured.Learner[int])
	require.Equal(t, 2*categories, m.NumLogits())
	at := structured.Theta{Aux: []float64{0.3, -1, 0.8, 0.1, 2, 0, -0.5, 0.4}}
	all := []int{0, 1, 2, 3}
	logr := make([]float64, categories)
	m.LogProb(logr, all, at)
	sum := 0.0
	for _, l := range logr {
		sum += math.Exp(l)
	}
	almost.Equal(t, 1, sum, 1e-12, 0)
	const n = 30_000
	ys, drawn, count := make([]int, n), make([]float64, n), make([]int, categories)
	m.Sample(ys, drawn, at, 9)
	for i, y := range ys {
		count[y]++
		require.InEpsilon(t, logr[y], drawn[i], 1e-12)
	}
	for y, c := range count {
		lo, hi := binomial.Band(n, math.Exp(logr[y]), 1e-9)
		assert.True(t, lo <= c && c <= hi, "category %d", y)
	}
	weights, grad := []float64{0.5, -2, 0, 1.5}, make([]float64, m.NumLogits())
	m.AddGradLogProb(grad, at, all, weights)
	value := func() float64 {
		m.LogProb(logr, all, at)
		v := 0.0
		for i, w := range weights {
			v += w * logr[i]
		}
		return v
	}
	for j := range grad {
		const h = 1e-6
		x := at.Aux[j]
		at.Aux[j] = x + h
		up := value()
		at.Aux[j] = x - h
		down := value()
		at.Aux[j] = x
		almost.Equal(t, (up-down)/(2*h), grad[j], 1e-8, 1e-8, "parameter %d", j)
	}
}

// The model ends where it ends without, and the proposal at its teacher: at the
// model, or at the data. What is learned lowers the variance, and the model
// answers by it.
func TestLearnedProposals(t *testing.T) {
	data := counts(5, 5, 5, 85) // far from the reference
	frequency := []float64{0.05, 0.05, 0.05, 0.85}
	for name, o := range map[string]structured.Objective[int]{
		"minmin, model":  structured.MinMin[int]{Samples: 20, Proposal: learning(structured.FromModel)},
		"minmin, data":   structured.MinMin[int]{Samples: 20, Proposal: learning(structured.FromData)},
		"minmin, both":   structured.MinMin[int]{Samples: 20, Proposal: learning(structured.FromBoth)},
		"nce, model":     structured.NoiseContrastive[int]{Samples: 20, Proposal: learning(structured.FromModel)},
		"ranking, model": structured.RankingNoiseContrastive[int]{Samples: 20, Proposal: learning(structured.FromModel)},
		"nce, against":   structured.NoiseContrastive[int]{Samples: 20, Proposal: learning(structured.Adversarial)},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := unconditional(o)
			cfg.Space, cfg.Coupling, cfg.Auxiliary = category{n: categories}, logits{categories}, nn.Constant{}
			m, err := structured.Fit(ctx, data, cfg)
			require.NoError(t, err)
			h := m.History().Epochs
			first, last := h[0].Diagnostics[0], h[len(h)-1].Diagnostics[0]
			assert.Equal(t, "ess", first.Name)
			assert.Greater(t, last.Mean, 19.0, "of 20: the proposal is the model")
			assert.LessOrEqual(t, last.Max, 20.0+1e-9)

			estimates, err := m.ImportanceNormalizers(ctx, nil, 0)
			require.NoError(t, err)
			assert.Greater(t, estimates[0].EffectiveSamples, 0.95*4096)
			n, err := m.Normalizers(ctx, nil)
			require.NoError(t, err)
			almost.Equal(t, estimates[0].Value, n[0].Value, 0.05, 0)
			for y, want := range frequency {
				lp, err := m.LogProb(nil, y)
				require.NoError(t, err)
				assert.Equal(t, structured.Estimate, lp.Kind)
				almost.Equal(t, want, math.Exp(lp.Value), 0.03, 0, "category %d", y)
			}
			ys, how, err := m.Sample(nil, 2000, rand.New(rand.NewPCG(1, 2)))
			require.NoError(t, err)
			assert.Equal(t, structured.Estimate, how)
			threes := 0
			for _, y := range ys {
				if y == 3 {
					threes++
				}
			}
			almost.Equal(t, 0.85, float64(threes)/2000, 0.06, 0)
		})
	}
}

// Partly observed structures teach with their completions.
func TestLearningFromEvidence(t *testing.T) {
	data := counts(5, 5, 5, 85)
	data.Evidence = make([]structured.Evidence[int], data.Len())
	for i, y := range data.Y {
		if i%2 == 0 {
			data.Evidence[i] = oneOf{y, (y + 1) % categories}
		}
	}
	cfg := unconditional(structured.MinMin[int]{Samples: 20, Proposal: learning(structured.FromData)})
	cfg.Coupling, cfg.Auxiliary = logits{categories}, nn.Constant{}
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	h := m.History().Epochs
	assert.Greater(t, h[len(h)-1].Diagnostics[0].Mean, 18.0)
}

// The gradients of the four teachers, in the mean over draws, at parameters
// that are no optimum: of log-likelihood, of the divergence, of their sum, and
// of minus the loss of the model.
func TestTeachers(t *testing.T) {
	const nu = 4
	data := counts(0, 1)
	phi := []float64{0.4, -0.3, 0.9, 0}
	tau := 0.6
	score := make([]float64, categories) // g + log q
	space.LogProb(score, []int{0, 1, 2, 3})
	z := 0.0
	for y := range score {
		score[y] += theta[y] + theta[4]*float64(y)
		z += math.Exp(score[y])
	}
	family := multinomial{categories}
	derivative := func(f func(logr []float64) float64) []float64 {
		out, logr := make([]float64, categories), make([]float64, categories)
		for j := range out {
			const h = 1e-6
			for _, side := range []float64{1, -1} {
				at := append([]float64(nil), phi...)
				at[j] += side * h
				family.LogProb(logr, at, []int{0, 1, 2, 3})
				out[j] += side * f(logr) / (2 * h)
			}
		}
		return out
	}
	likelihood := func(logr []float64) float64 { return -logr[1] }
	divergence := func(logr []float64) float64 {
		sum := 0.0
		for y, s := range score {
			sum -= math.Exp(s) / z * logr[y]
		}
		return sum
	}
	for teacher, c := range map[structured.Teacher]struct {
		o    structured.Objective[int]
		loss func(logr []float64) float64
	}{
		structured.FromData:  {structured.MinMin[int]{Samples: 2}, likelihood},
		structured.FromModel: {structured.MinMin[int]{Samples: 300}, divergence},
		structured.FromBoth:  {structured.MinMin[int]{Samples: 300}, func(l []float64) float64 { return likelihood(l) + divergence(l) }},
		structured.Adversarial: {structured.NoiseContrastive[int]{Samples: nu}, func(logr []float64) float64 {
			h := func(y int) float64 { return score[y] - tau - logr[y] - math.Log(nu) }
			sum := -math.Log1p(math.Exp(-h(1)))
			for y := range score {
				sum -= nu * math.Exp(logr[y]) * math.Log1p(math.Exp(h(y)))
			}
			return sum
		}},
	} {
		t.Run(teacher.String(), func(t *testing.T) {
			proposal := structured.Learned[int]{Family: family, Teacher: teacher}
			switch o := c.o.(type) {
			case structured.MinMin[int]:
				o.Proposal = proposal
				c.o = o
			case structured.NoiseContrastive[int]:
				o.Proposal = proposal
				c.o = o
			}
			cfg := unconditional(c.o)
			cfg.Auxiliary = nn.Constant{}
			const n = 4000
			mean, square := make([]float64, categories), make([]float64, categories)
			for seed := range uint64(n) {
				cfg.Seed = seed
				tr, err := structured.NewTrainer(data, cfg)
				require.NoError(t, err)
				copy(tr.Params(), append(append(append([]float64(nil), theta...), tau), phi...))
				grad := make([]float64, len(tr.Params()))
				_, err = tr.Evaluate(grad)
				require.NoError(t, err)
				for j, g := range grad[6:] {
					mean[j] += g / n
					square[j] += g * g / n
				}
			}
			for j, want := range derivative(c.loss) {
				se := math.Sqrt(max(0, square[j]-mean[j]*mean[j]) / n)
				bias := 0.0
				if teacher == structured.FromModel || teacher == structured.FromBoth {
					bias = 0.005 // of order 1/300
				}
				almost.Equal(t, want, mean[j], 5*se+bias+1e-8, 0, "parameter %d", j)
				assert.Less(t, se, 0.05)
			}
		})
	}
}
