package sets

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// Every objective that sets are compared by passes the suite, through the same
// loop; Exact and MinMin are in TestFitConformance.
func TestObjectivesConform(t *testing.T) {
	const k, d = 4, 3
	data := ising(40, d, k)
	for name, c := range map[string]struct {
		of        Coupling
		ref       Reference
		objective structured.Objective[Set]
		smooth    bool
		sampled   bool
	}{
		"pseudolikelihood":        {of: Pairwise{}, objective: PseudoLikelihood{}, smooth: true},
		"pseudolikelihood, sizes": {of: Pairwise{Rank: 2, Shared: true}, ref: BoundedSize{0, 4}, objective: PseudoLikelihood{}, smooth: true},
		"ratiomatching":           {of: Pairwise{}, ref: Bernoulli{P: []float64{.1, .5, .4, .2}}, objective: RatioMatching{}, smooth: true},
		"perceptron":              {of: Pairwise{}, ref: Bernoulli{P: []float64{.1, .5, .4, .2}}, objective: Perceptron{}},
		"gfy":                     {of: Pairwise{Shared: true}, objective: FenchelYoung{}, smooth: true},
		"gfy, low rank":           {of: Pairwise{Rank: 1}, objective: FenchelYoung{}, smooth: true},
		"gfy, quadratic":          {of: Pairwise{}, objective: FenchelYoung{Regularizer: Quadratic, Strength: 3}, smooth: true},
		"gfy, cardinality":        {of: Cardinality{Shared: true}, ref: Bernoulli{P: []float64{.1, .5, .4, .2}}, objective: FenchelYoung{Strength: 2}, smooth: true},
		"cd":                      {of: Pairwise{}, objective: CD{Kernel: Gibbs{}}, sampled: true},
		"cd, one size":            {of: Pairwise{}, ref: BoundedSize{0, 4}, objective: CD{Kernel: Gibbs{Block: 2}, Chains: 2}, sampled: true},
		"pcd":                     {of: Pairwise{}, objective: PCD{Kernel: Gibbs{}}, sampled: true},
		"ucd":                     {of: Pairwise{}, objective: UnbiasedCD{Kernel: Gibbs{}, BurnIn: 1}, sampled: true},
		"min-max":                 {of: Pairwise{}, objective: MinMax{Family: BernoulliFamily{}, Samples: 5}, sampled: true},
		"min-max, chain":          {of: Pairwise{}, objective: MinMax{Family: AutoregressiveFamily{}, Samples: 5}, sampled: true},
		"nce":                     {of: Pairwise{}, objective: NCE{Samples: 5, Proposal: LearnedProposal{Family: AutoregressiveFamily{Rank: 2}}}, sampled: true},
		"conditional nce":         {of: Pairwise{}, objective: ConditionalNCE{Samples: 5, Noise: Flips{}}, sampled: true},
		"sparsemap":               {of: Unary{}, ref: BoundedSize{0, 4}, objective: SparseMAP{}, smooth: true},
		"sparsemap, pairs":        {of: Pairwise{}, objective: SparseMAP{Scale: 2}, smooth: true},
		"perturb and map":         {of: Pairwise{}, objective: PerturbAndMAP{Antithetic: true}, sampled: true},
		"perturb and map, budget": {of: Cardinality{}, ref: BoundedSize{0, 4}, objective: PerturbAndMAP{Noise: fenchel.Gaussian}, sampled: true},
		"classifier chain":        {of: ClassifierChain{Order: []int{2, 0, 3, 1}}, objective: Exact{}, smooth: true},
		"powerset":                {of: PowersetOf(data), ref: Bernoulli{P: []float64{.1, .5, .4, .2}}, objective: Exact{}, smooth: true},
	} {
		t.Run(name, func(t *testing.T) {
			sd, err := data.Structured()
			require.NoError(t, err)
			space, err := NewSpace(k, c.ref)
			require.NoError(t, err)
			coupling, err := NewCoupling(c.of, k)
			require.NoError(t, err)
			structuredtest.Fit(t, structuredtest.Problem[Set]{
				Structures: structures(space), Data: sd, Smooth: c.smooth, Sampled: c.sampled,
				Config: structured.Config[Set]{
					Space: space, Coupling: coupling, Objective: c.objective,
					Network:  nn.MLP{Hidden: []int{5}, Activation: nn.Tanh},
					Training: structured.Training{Epochs: 3, BatchSize: 40, Seed: 5, Optimizer: nn.AdamW{Rate: 0.01}},
				},
			})
		})
	}
}

// evaluate is the loss of an objective for one observed set and its gradient, at
// the logits.
func lossAt(t *testing.T, of Coupling, ref Reference, o structured.Objective[Set], y Set, logits []float64) (loss float64, grad []float64) {
	t.Helper()
	cfg := Config{Coupling: of, Reference: ref, Objective: o, Network: nn.Constant{}, Training: structured.Training{Seed: 1}}
	tr, err := NewTrainer(Data{Y: []Set{y}}, cfg)
	require.NoError(t, err)
	require.Len(t, tr.Params(), len(logits))
	copy(tr.Params(), logits)
	grad = make([]float64, len(logits))
	loss, err = tr.Evaluate(grad)
	require.NoError(t, err)
	return loss, grad
}

// The losses are those of their definitions.
func TestLossesByDefinition(t *testing.T) {
	const k = 4
	rng := rand.New(rand.NewPCG(2, 2))
	for range 20 {
		for _, ref := range []Reference{Uniform{}, Bernoulli{P: []float64{.1, .5, .4, .2}}, BoundedSize{1, 3}} {
			c, err := Pairwise{}.Bind(k)
			require.NoError(t, err)
			space, err := NewSpace(k, ref)
			require.NoError(t, err)
			theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
			for i := range theta.Logits {
				theta.Logits[i] = rng.NormFloat64()
			}
			value := func(y Set) float64 {
				var v, q [1]float64
				c.Score(v[:], theta, []Set{y})
				space.LogProb(q[:], []Set{y})
				return v[0] + q[0]
			}
			y := New(k, rng.IntN(k))
			pseudo, ratio, best := 0.0, 0.0, math.Inf(-1)
			for j := range k {
				z := y.Clone()
				z.Toggle(j)
				p := 1 / (1 + math.Exp(value(z)-value(y))) // of y_j given the others
				pseudo -= math.Log(p)
				ratio += (1 - p) * (1 - p)
			}
			for w := range uint64(1) << k {
				best = max(best, value(FromUint64(k, w)))
			}
			got, _ := lossAt(t, Pairwise{}, ref, PseudoLikelihood{}, y, theta.Logits)
			almost.Equal(t, pseudo, got, 1e-12, 1e-12)
			got, _ = lossAt(t, Pairwise{}, ref, RatioMatching{}, y, theta.Logits)
			almost.Equal(t, ratio, got, 1e-12, 1e-12)
			got, _ = lossAt(t, Pairwise{}, ref, Perceptron{}, y, theta.Logits)
			almost.Equal(t, best-value(y), got, 1e-12, 1e-12)
		}
	}
}

// For unary scores the entropic loss is the likelihood, and so is the
// pseudo-likelihood; the quadratic one is the sparsemax of each label.
func TestFenchelYoungOfUnaryScores(t *testing.T) {
	y, logits := New(4, 0, 2), []float64{0.3, -1.5, 2.5, -0.2}
	for _, ref := range []Reference{Uniform{}, Bernoulli{P: []float64{.1, .5, .4, .2}}} {
		want, grad := lossAt(t, Unary{}, ref, Exact{}, y, logits)
		for _, o := range []structured.Objective[Set]{FenchelYoung{}, PseudoLikelihood{}} {
			got, slope := lossAt(t, Unary{}, ref, o, y, logits)
			almost.Equal(t, want, got, 1e-9, 0, o.String())
			almost.Slice(t, grad, slope, 1e-7, 0, o.String())
		}
	}
	got, grad := lossAt(t, Unary{}, Uniform{}, FenchelYoung{Regularizer: Quadratic}, y, logits)
	want := 0.0
	mu := []float64{0.8, 0, 1, 0.3} // clip(1/2 + u)
	for j, m := range mu {
		want += logits[j]*m - m*(m-1)/2
		if y.Has(j) {
			want -= logits[j]
			m--
		}
		almost.Equal(t, m, grad[j], 1e-9, 0)
	}
	almost.Equal(t, want, got, 1e-9, 0)
}

// Against a grid: the maximum over fractional sets of attractive and repulsive
// pairs. And the entropic one is a lower bound of log Z.
func TestFenchelYoungMaximum(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 30 {
		logits := []float64{rng.NormFloat64(), rng.NormFloat64(), 2 * rng.NormFloat64()}
		for _, r := range []Regularizer{Entropy, Quadratic} {
			strength := 2.5 // concave: the interaction is weaker than the curvature, nearly always
			if math.Abs(logits[2]) > 2 {
				continue
			}
			best := math.Inf(-1)
			for a := 0; a <= 400; a++ {
				for b := 0; b <= 400; b++ {
					x, z := float64(a)/400, float64(b)/400
					best = max(best, logits[0]*x+logits[1]*z+logits[2]*x*z-strength*(r.of(x)+r.of(z)))
				}
			}
			got, _ := lossAt(t, Pairwise{}, Uniform{}, FenchelYoung{Regularizer: r, Strength: strength}, New(2), logits)
			almost.Equal(t, best, got, 1e-4, 0, "%v", r)
			assert.GreaterOrEqual(t, got, best-1e-9)
		}
		exact, _ := lossAt(t, Pairwise{}, Uniform{}, Exact{}, New(2, 0), logits)
		bound, _ := lossAt(t, Pairwise{}, Uniform{}, FenchelYoung{}, New(2, 0), logits)
		assert.LessOrEqual(t, bound, exact+1e-9)
	}
}

// What is learned without a normaliser is the same distribution.
func TestConsistentObjectives(t *testing.T) {
	const k, n = 3, 20_000
	_, theta, truth := chainProblem(t, Pairwise{}, nil, k, 0.4)
	data := Data{Y: truth.exactDraws(n, rand.New(rand.NewPCG(1, 1)))}
	fit := func(o structured.Objective[Set]) []float64 {
		cfg := Config{Coupling: Pairwise{}, Reference: Uniform{}, Objective: o, Network: nn.Constant{}}
		cfg.Epochs, cfg.BatchSize, cfg.Seed, cfg.Optimizer, cfg.Schedule = 12, 250, 1, nn.AdamW{Rate: 0.02, WeightDecay: nn.Off}, nn.Cosine{}
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err)
		return m.Params()[:len(theta.Logits)]
	}
	want := fit(Exact{})
	for j, v := range want {
		almost.Equal(t, theta.Logits[j], v, 0.15, 0, "the test has data enough")
	}
	for _, o := range []structured.Objective[Set]{
		PseudoLikelihood{}, RatioMatching{}, CD{Kernel: Gibbs{Sweeps: 5}}, PCD{Kernel: Gibbs{}}, UnbiasedCD{Kernel: Gibbs{}, Start: structured.AtReference},
		NCE{Samples: 10}, ConditionalNCE{Samples: 3, Noise: Flips{}}, MinMax{Family: AutoregressiveFamily{}, Samples: 20},
	} {
		for j, v := range fit(o) {
			almost.Equal(t, want[j], v, 0.1, 0, "%v, parameter %d", o, j)
		}
	}
}

func TestObjectiveErrors(t *testing.T) {
	data := ising(20, 2, 4)
	fit := func(o structured.Objective[Set], of Coupling, ref Reference) error {
		cfg := Config{Objective: o, Coupling: of, Reference: ref}
		cfg.Epochs = 1
		_, err := Fit(ctx, data, cfg)
		return err
	}
	for i := range data.Y {
		data.Y[i] = New(4, i%4)
	}
	assert.ErrorIs(t, fit(PseudoLikelihood{}, nil, FixedSize{1}), ErrFixedSize)
	assert.ErrorIs(t, fit(RatioMatching{}, nil, FixedSize{1}), ErrFixedSize)
	assert.ErrorIs(t, fit(FenchelYoung{}, nil, FixedSize{1}), structured.ErrIntractable)
	assert.ErrorIs(t, fit(FenchelYoung{}, Determinantal{}, nil), structured.ErrIntractable)
	assert.Error(t, fit(FenchelYoung{Strength: -1}, nil, nil))
	assert.Error(t, fit(FenchelYoung{Steps: -1}, nil, nil))
	assert.Error(t, fit(FenchelYoung{Regularizer: 5}, nil, nil))
	assert.Error(t, fit(ConditionalNCE{Noise: Flips{Rate: 2}}, nil, nil))
	assert.Error(t, fit(ConditionalNCE{Noise: Flips{}}, nil, FixedSize{1}))
	assert.Error(t, fit(MinMax{Family: AutoregressiveFamily{Rank: -1}}, nil, nil))
	assert.NoError(t, fit(MinMax{Family: AutoregressiveFamily{}}, nil, FixedSize{1}))
	assert.NoError(t, fit(CD{Kernel: Gibbs{}}, nil, FixedSize{1}))
	data.Observed = make([]Set, len(data.Y))
	for i := range data.Observed {
		data.Observed[i] = New(4, 0, 1)
	}
	for _, o := range []structured.Objective[Set]{PseudoLikelihood{}, RatioMatching{}, Perceptron{}, FenchelYoung{}} {
		assert.ErrorIs(t, fit(o, nil, nil), structured.ErrPartial, o.String())
	}
	assert.NoError(t, fit(CD{Kernel: Gibbs{}}, nil, nil), "contrastive divergence completes")
}

// Every configuration can be saved.
func TestObjectivesAreSaved(t *testing.T) {
	data := ising(20, 2, 3)
	for _, cfg := range []Config{
		{Objective: CD{Kernel: Gibbs{Sweeps: 2, Block: 2}}}, {Objective: MinMax{Family: AutoregressiveFamily{Rank: 2}}},
		{Objective: NCE{Proposal: LearnedProposal{Family: BernoulliFamily{}}}}, {Objective: ConditionalNCE{Noise: Flips{Rate: 0.2}}},
		{Objective: FenchelYoung{Strength: 2}}, {Objective: PseudoLikelihood{}}, {Objective: RatioMatching{}}, {Objective: Perceptron{}},
		{Coupling: ClassifierChain{Beam: 1}}, {Coupling: PowersetOf(data)},
	} {
		cfg.Epochs = 1
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err, "%+v", cfg)
		var file bytes.Buffer
		require.NoError(t, m.Save(&file), "%+v", cfg)
		again, err := Load(&file)
		require.NoError(t, err, "%+v", cfg)
		assert.Equal(t, m.Params(), again.Params())
	}
}
