package structured_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func TestUnbiasedContrastiveDivergenceConforms(t *testing.T) {
	cfg := config()
	cfg.Objective = structured.UnbiasedContrastiveDivergence[int]{
		Kernel: structured.IndependenceMetropolis[int]{}, BurnIn: 1, Average: 2, Pairs: 2,
	}
	structuredtest.Fit(t, structuredtest.Problem[int]{
		Structures: listed(), Data: blobs(60, 3, categories), Config: cfg, Sampled: true,
	})
}

// theta is a point that is no optimum: logits and the own parameter.
var theta = []float64{0.7, -1.4, 2.1, 0.2, 0.3}

// The mean of the gradient over chains is that of the likelihood, from the
// first step on and wherever the chains begin; that of contrastive divergence
// with as many steps is not.
func TestUnbiasedGradient(t *testing.T) {
	data := counts(1, 1)
	kernel := structured.IndependenceMetropolis[int]{}
	mean := func(o structured.Objective[int], seeds uint64) (mean, se []float64, value float64) {
		mean, se = make([]float64, len(theta)), make([]float64, len(theta))
		cfg := unconditional(o)
		grad := make([]float64, len(theta))
		n := float64(seeds)
		for seed := range seeds {
			cfg.Seed = seed
			tr, err := structured.NewTrainer(data, cfg)
			require.NoError(t, err)
			copy(tr.Params(), theta)
			clear(grad)
			loss, err := tr.Evaluate(grad)
			require.NoError(t, err)
			value += loss / n
			for i, g := range grad {
				mean[i] += g / n
				se[i] += g * g / n
			}
		}
		for i := range se {
			se[i] = math.Sqrt(max(0, se[i]-mean[i]*mean[i]) / n)
		}
		return mean, se, value
	}
	want, _, _ := mean(structured.ExactLikelihood[int]{}, 1)
	for name, o := range map[string]structured.UnbiasedContrastiveDivergence[int]{
		"from the first state": {},
		"one step":             {BurnIn: 1},
		"average":              {BurnIn: 1, Average: 4},
		"at the reference":     {Start: structured.AtReference, Average: 2},
		"pairs":                {Pairs: 3},
		"more steps":           {BurnIn: 5, MaxSteps: 5000},
	} {
		o.Kernel = kernel
		got, se, _ := mean(o, 6000)
		for i := range want {
			almost.Equal(t, want[i], got[i], 5*se[i], 0, "%s: parameter %d", name, i)
			assert.Less(t, se[i], 0.1, name)
		}
	}
	biased, se, _ := mean(structured.ContrastiveDivergence[int]{Kernel: kernel}, 6000)
	worst := 0.0
	for i := range want {
		worst = max(worst, math.Abs(biased[i]-want[i])/se[i])
	}
	assert.Greater(t, worst, 20.0, "the test sees the bias of contrastive divergence")
}

// Chains that do not meet are given up, and the history says so.
func TestUnbiasedCap(t *testing.T) {
	cfg := config()
	cfg.Objective = structured.UnbiasedContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{}, MaxSteps: 1}
	m, err := structured.Fit(ctx, blobs(60, 3, categories), cfg)
	require.NoError(t, err)
	d := m.History().Epochs[0].Diagnostics
	require.Len(t, d, 2)
	assert.Equal(t, structured.Diagnostic{Name: "capped", Mean: 1, Min: 1, Max: 1}, d[1])
	cfg.Objective = structured.UnbiasedContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{}}
	m, err = structured.Fit(ctx, blobs(60, 3, categories), cfg)
	require.NoError(t, err)
	d = m.History().Epochs[0].Diagnostics
	assert.Equal(t, "meeting", d[0].Name)
	assert.GreaterOrEqual(t, d[0].Min, 2.0)
	assert.Equal(t, structured.Diagnostic{Name: "capped"}, d[1])

	kernel := structured.IndependenceMetropolis[int]{}
	for _, o := range []structured.UnbiasedContrastiveDivergence[int]{
		{}, {Kernel: kernel, BurnIn: -1}, {Kernel: kernel, Average: -1}, {Kernel: kernel, Pairs: -1},
		{Kernel: kernel, MaxSteps: -1}, {Kernel: kernel, BurnIn: 5, MaxSteps: 5},
	} {
		assert.Error(t, o.Validate())
	}
	cfg.Objective = structured.UnbiasedContrastiveDivergence[int]{Kernel: stepping{1}}
	_, err = structured.Fit(ctx, blobs(60, 3, categories), cfg)
	assert.ErrorContains(t, err, "coupled")
}

// The chain tends to the model; coupled, each of the two has the law of one
// alone, and those that have met stay together.
func TestIndependenceMetropolis(t *testing.T) {
	at := structured.Theta{Logits: theta[:4], Own: theta[4:]}
	inf, err := softmaxLogits{logits{categories}}.Infer(space)
	require.NoError(t, err)
	_, v := inf.(logSumExp).each(at)
	logZ := inf.(logSumExp).LogZ(at)
	for name, proposal := range map[string]structured.Proposal[int]{"reference": nil, "even": even(), "mixture": structured.Defensive(even(), 0.5)} {
		chains, err := structured.IndependenceMetropolis[int]{Proposal: proposal, Steps: 40}.Bind(structured.Problem[int]{Space: space, Coupling: logits{categories}})
		require.NoError(t, err)
		const n = 20_000
		ys, count := make([]int, n), make([]int, categories)
		chains.Run(ys, at, 5)
		for _, y := range ys {
			count[y]++
		}
		for y, c := range count {
			lo, hi := binomial.Band(n, math.Exp(v[y]-logZ), 1e-9)
			assert.True(t, lo <= c && c <= hi, "%s: category %d: %d not in %d to %d", name, y, c, lo, hi)
		}

		short, err := structured.IndependenceMetropolis[int]{Proposal: proposal}.Bind(structured.Problem[int]{Space: space, Coupling: logits{categories}})
		require.NoError(t, err)
		coupled := short.(structured.CoupledChains[int])
		alone, first, second := make([]int, categories), make([]int, categories), make([]int, categories)
		fresh := make([]int, n)
		for i := range fresh {
			fresh[i] = 2
		}
		short.Run(fresh, at, 6)
		for i, y := range fresh {
			alone[y]++
			x, z := 2, 1
			met := coupled.RunCoupled(&x, &z, at, uint64(i))
			assert.Equal(t, x == z, met)
			first[x]++
			x, z = 1, 2
			coupled.RunCoupled(&x, &z, at, uint64(i))
			second[z]++
			if met {
				x, z = 3, 3
				assert.True(t, coupled.RunCoupled(&x, &z, at, uint64(i)))
				assert.Equal(t, x, z)
			}
		}
		for y, c := range alone {
			se := math.Sqrt(float64(c+1) * 2)
			almost.Equal(t, float64(c), float64(first[y]), 6*se, 0, "%s: %d", name, y)
			almost.Equal(t, float64(c), float64(second[y]), 6*se, 0, "%s: %d", name, y)
		}
	}
	_, err = structured.IndependenceMetropolis[int]{Steps: -1}.Bind(structured.Problem[int]{Space: space, Coupling: logits{categories}})
	assert.Error(t, err)
	_, err = structured.IndependenceMetropolis[int]{Proposal: drawsOnly{}}.Bind(structured.Problem[int]{Space: space, Coupling: logits{categories}})
	assert.ErrorIs(t, err, structured.ErrNoDensity)
}
