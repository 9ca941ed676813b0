package permutations

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func TestLuceConforms(t *testing.T) {
	for _, k := range []int{2, 4} {
		space, err := NewSpace(k, nil)
		require.NoError(t, err)
		c, err := NewCoupling(Luce{}, k)
		require.NoError(t, err)
		s := structuredtest.Structures[Ordering]{All: everyOrdering(k), Equal: Ordering.Equal}
		p, err := Identity(k).Partial()
		require.NoError(t, err)
		s.Evidence = append(s.Evidence, p)
		if k == 4 {
			for _, text := range []string{"2>0=1=3/4", "3>1/4", "0=2>1=3/4"} {
				p, err := ParsePartial(text)
				require.NoError(t, err, text)
				s.Evidence = append(s.Evidence, p)
			}
		}
		structuredtest.Coupling(t, c, space, s)
		proposal, err := PlackettLuceProposal{}.Bind(structured.Problem[Ordering]{Space: space, Coupling: c})
		require.NoError(t, err)
		structuredtest.Proposal(t, proposal, c, space, s)
	}
	mallows, err := NewSpace(3, Mallows{Center: Identity(3), Dispersion: 1})
	require.NoError(t, err)
	c, _ := Luce{}.Bind(3)
	_, err = c.Infer(mallows)
	assert.ErrorIs(t, err, errLuceReference)
}

// Pair probabilities by Luce's axiom, against enumeration.
func TestLucePairs(t *testing.T) {
	const k = 4
	space, _ := NewSpace(k, nil)
	c, _ := Luce{}.Bind(k)
	inf, err := c.Infer(space)
	require.NoError(t, err)
	theta := structured.Theta{Logits: []float64{0.3, -1, 2, 0.7}}
	want, got := make([]float64, k*k), make([]float64, k*k)
	all := everyOrdering(k)
	score := make([]float64, len(all))
	c.Score(score, theta, all)
	for m, y := range all {
		for a, i := range y {
			for _, j := range y[a+1:] {
				want[i*k+j] += math.Exp(score[m] - numeric.LogFactorial(k))
			}
		}
	}
	inf.(PairMarginalizer).PairMarginals(got, theta)
	almost.Slice(t, want, got, 1e-12, 0)
}

// The generator's derivative, against differences of its own log-probability.
func TestPlackettLuceFamily(t *testing.T) {
	const k = 4
	space, _ := NewSpace(k, nil)
	f, err := PlackettLuceFamily{}.Bind(structured.Problem[Ordering]{Space: space})
	require.NoError(t, err)
	assert.Equal(t, k, f.NumLogits())
	phi := []float64{0.5, -0.3, 1, 0}
	ys, logp, grad := space.Make(3), make([]float64, 3), make([]float64, k)
	f.Sample(ys, logp, phi, 4)
	weights := []float64{1, -2, 0.5}
	f.AddGradLogProb(grad, phi, ys, weights)
	value := func() float64 {
		sum := 0.0
		for m, y := range ys {
			l, err := PlackettLuce{LogWeights: phi}.LogProb(y)
			require.NoError(t, err)
			sum += weights[m] * l
		}
		return sum
	}
	for j := range phi {
		at := phi[j]
		phi[j] = at + 1e-6
		up := value()
		phi[j] = at - 1e-6
		down := value()
		phi[j] = at
		almost.Equal(t, (up-down)/2e-6, grad[j], 1e-7, 1e-7)
	}
	for m, y := range ys {
		l, _ := PlackettLuce{LogWeights: phi}.LogProb(y)
		almost.Equal(t, l, logp[m], 1e-12, 0)
	}
	_, err = PlackettLuceFamily{}.Bind(structured.Problem[Ordering]{})
	assert.Error(t, err)
}

// The published baselines train: contrastive divergence and min-max come near
// the exact likelihood on a small problem.
func TestBaselines(t *testing.T) {
	ctx := context.Background()
	data := ranked(300, 2, 4)
	fit := func(of Coupling, o structured.Objective[Ordering]) float64 {
		cfg := Config{Coupling: of, Objective: o, Network: nn.Linear{}}
		cfg.Epochs, cfg.Seed, cfg.Optimizer, cfg.Schedule = 60, 1, nn.Adam{Rate: 0.02}, nn.Cosine{}
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err)
		s, err := data.Structured()
		require.NoError(t, err)
		nll, err := NLL{}.Evaluate(ctx, m.Model, &s)
		require.NoError(t, err)
		return nll
	}
	exact := fit(Permutahedron{}, Exact{})
	almost.Equal(t, exact, fit(Permutahedron{}, CD{Kernel: Metropolis{Steps: 100}, Chains: 4}), 0.05, 0, "cd")
	almost.Equal(t, exact, fit(Permutahedron{}, MinMax{Family: PlackettLuceFamily{}, Samples: 30}), 0.15, 0, "min-max")
	assert.Less(t, fit(Luce{}, nil), numeric.LogFactorial(4)-0.5, "Plackett-Luce, against guessing")
}
