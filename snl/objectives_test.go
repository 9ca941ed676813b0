package snl

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Every method of the papers is one line, goes through the same Fit, and ends in
// a predictive density that is normalised and near the truth; what is saved
// comes back.
func TestEveryObjectiveLearnsARegression(t *testing.T) {
	train, test := noisy(500, 1), noisy(300, 2)
	around := AroundTargets{Samples: 32, Deviations: []float64{0.1, 0.8}}
	for name, c := range map[string]struct {
		of structured.Objective[Point]
		// excess bounds the NLL beyond the entropy of the truth.
		excess float64
		tau    bool
	}{
		"snl":             {MinMin{Samples: 32}, 0.2, true},
		"snl around":      {MinMin{Samples: 32, Proposal: around.Proposal()}, 0.2, true},
		"quadrature":      {QuadratureLikelihood{Panels: 16, Nodes: 4}, 0.2, false},
		"nce binary":      {NoiseContrastive{Samples: 32}, 0.2, true},
		"nce":             {around.NCE(), 0.2, false},
		"nce+":            {around.NCEPlus(0.025), 0.2, false},
		"ml-is":           {around.MLIS(), 0.2, false},
		"kld-is":          {around.KLDIS(0.1), 0.2, false},
		"ml-mcmc":         {ContrastiveDivergence{Kernel: Langevin{Step: 0.2, Steps: 10}}, 0.2, false},
		"mala":            {ContrastiveDivergence{Kernel: MALA{Step: 0.3, Steps: 10}}, 0.2, false},
		"pcd":             {PersistentContrastiveDivergence{Kernel: MALA{Step: 0.3, Steps: 5}, Restart: 0.05}, 0.2, false},
		"ucd":             {UnbiasedContrastiveDivergence{Kernel: MALA{Step: 0.5, Steps: 2}, BurnIn: 3, Average: 5}, 0.2, false},
		"conditional nce": {ConditionalNoiseContrastive{Noise: GaussianNoise{Deviations: []float64{0.4}}}, 0.2, false},
		"sm":              {ScoreMatching{}, 0.2, false},
		"ssm":             {SlicedScoreMatching{}, 0.2, false},
		"fdssm":           {FiniteDifferenceScoreMatching{}, 0.2, false},
		"dsm":             {DenoisingScoreMatching{Sigma: 0.1}, 0.2, false},
		"flow":            {SelfAdversarialFlow{}, math.Inf(1), false},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Fit(ctx, train, Config{
				Coupling:   Joint{Logits: 8, Network: nn.MLP{Hidden: []int{16}, Activation: nn.SiLU}},
				Network:    nn.MLP{Hidden: []int{16}, Activation: nn.SiLU},
				Objective:  c.of,
				Validation: &test,
				Training:   structured.Training{Epochs: 40, BatchSize: 50, Seed: 1, Optimizer: nn.AdamW{Rate: 0.02}, Schedule: nn.Cosine{}},
			})
			require.NoError(t, err)
			r, err := Evaluate(ctx, m, test)
			require.NoError(t, err)
			t.Logf("excess %.3f", r.NLL-noisyTruth)
			assert.Less(t, r.NLL, noisyTruth+c.excess)
			assert.Less(t, r.NormalizerError, 1e-6)
			assert.Equal(t, c.tau, r.HasTau)
			p, err := m.Predictive(ctx, []float64{0.5})
			require.NoError(t, err)
			almost.Equal(t, 1, p.CDF(1e3), 1e-7, 0)
			_, err = m.Taus(ctx, test.X)
			assert.Equal(t, c.tau, err == nil, "no tau where none is learned")

			var file bytes.Buffer
			require.NoError(t, m.Save(&file))
			back, err := Load(&file)
			require.NoError(t, err)
			x := []float64{0.5}
			want, err := m.LogProb(x, Point{5})
			require.NoError(t, err)
			got, err := back.LogProb(x, Point{5})
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

// In the plane, where there is no quadrature, a model without tau is normalised
// by importance sampling.
func TestScoreMatchingInThePlane(t *testing.T) {
	ys := gaussianDraws(1000, 3, 0, 1)
	for _, y := range ys {
		y[1] += 0.15 * y[0] * y[0]
	}
	validation := Data{Y: ys[700:]}
	for name, o := range map[string]structured.Objective[Point]{
		"sm": ScoreMatching{}, "dsm": DenoisingScoreMatching{Sigma: 0.1, Pairs: 2},
	} {
		m, err := Fit(ctx, Data{Y: ys[:700]}, Config{
			Coupling: Joint{Logits: nn.Off, Network: nn.MLP{Hidden: []int{32}, Activation: nn.SiLU}}, Base: FullGaussian{}, Objective: o,
			Validation: &validation, StopOn: NLL{},
			Training: structured.Training{Epochs: 40, BatchSize: 100, Seed: 1, Optimizer: nn.AdamW{Rate: 0.01}, Schedule: nn.Cosine{}},
		})
		require.NoError(t, err, name)
		lps, err := m.LogProbs(ctx, validation)
		require.NoError(t, err)
		base, nll := make([]float64, 300), 0.0
		fitted, err := FitDensity(FullGaussian{}, ys[:700], nil, 0)
		require.NoError(t, err)
		fitted.LogDensity(base, validation.Y)
		gaussian := 0.0
		for i, lp := range lps {
			assert.Greater(t, lp.Error, 0.0, "an estimate with an error")
			nll -= lp.Value / 300
			gaussian -= base[i] / 300
		}
		truth := math.Log(2*0.5) + 1 + logTwoPi
		t.Logf("%s: NLL %.3f, of the Gaussian %.3f, of the truth about %.3f", name, nll, gaussian, truth)
		assert.Less(t, nll, 0.4*gaussian+0.6*truth, name)
	}
}

func TestAroundTargets(t *testing.T) {
	a := AroundTargets{}
	assert.Equal(t, RankingNoiseContrastive{Samples: 1024, Proposal: Around{Of: GaussianNoise{Deviations: []float64{0.1, 0.8}}}}, a.NCE())
	assert.Equal(t, GaussianNoise{Deviations: []float64{0.05, 0.4}}, a.NCEPlus(0.5).Jitter)
	o := AroundTargets{Samples: 16, Deviations: []float64{0.2, 1.6}}.KLDIS(0.025)
	assert.Equal(t, "kld_is", o.String())
	assert.Equal(t, 16, o.Samples)
	assert.Equal(t, GaussianNoise{Deviations: []float64{0.025}}, o.Target)
	assert.Nil(t, a.MLIS().Target)

	// The protocol: raw targets and no base.
	d := noisy(60, 3)
	for _, o := range []structured.Objective[Point]{a.NCE(), a.NCEPlus(0.025), a.MLIS(), o, ScoreMatching{}, DenoisingScoreMatching{}, ContrastiveDivergence{Kernel: Langevin{Step: 0.05, Steps: 16}}} {
		_, err := Fit(ctx, Data{X: d.X, Y: d.Y}, Config{
			Coupling: Tilted{Base: MixtureDensity{Components: 1}, Energy: tiny}, Base: Lebesgue{}, RawTargets: true, Objective: o,
			Network: nn.MLP{Hidden: []int{4}, Activation: nn.Tanh}, Training: structured.Training{Epochs: 1},
		})
		require.NoError(t, err, o.String())
	}
}
