package sets

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

// Decisions of trained models, of every kind of knowledge, against a list of all
// sets.
func TestModelDecisions(t *testing.T) {
	const k = 4
	data := ising(60, 3, k)
	for name, cfg := range map[string]Config{
		"unary":            {},
		"cardinality":      {Coupling: Cardinality{}},
		"pairwise":         {Coupling: Pairwise{}},
		"tree":             {Coupling: Chain{}},
		"sparsemax":        {Objective: MinMin{Loss: fenchel.Sparsemax}, Reference: Uniform{}},
		"classifier chain": {Coupling: ClassifierChain{}},
		"powerset":         {Coupling: PowersetOf(data)},
		"one size":         {Coupling: Pairwise{}, Reference: BoundedSize{0, 4}},
	} {
		cfg.Epochs, cfg.Seed = 4, 1
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err, name)
		X := part(data, 0, 3).X
		truth := make([]listedSets, 3)
		require.NoError(t, m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
			_, err := m.Expect(theta, 1, func(ys []Set, p []float64) {
				for j, y := range ys {
					truth[i].ys, truth[i].p = append(truth[i].ys, y.Clone()), append(truth[i].p, p[j])
				}
			})
			return err
		}))
		for _, u := range someUtilities {
			all, err := m.Decide(ctx, X, u)
			require.NoError(t, err, "%s %v", name, u)
			for i, d := range all {
				assert.Equal(t, structured.Exact, d.Kind, "%s %v", name, u)
				checkSetDecision(t, d, u, truth[i], name+" "+u.String())
			}
		}
	}
}

// Beyond lists: exact draws, and the errors of where there are none.
func TestModelDecisionsBySample(t *testing.T) {
	const k = 30
	data := ising(60, 3, k)
	fit := func(of Coupling) *Model {
		m, err := Fit(ctx, data, Config{Coupling: of, Training: structured.Training{Epochs: 3, Seed: 1}})
		require.NoError(t, err)
		return m
	}
	X := part(data, 0, 2).X
	for _, of := range []Coupling{Chain{}, ClassifierChain{}} {
		m := fit(of)
		for _, u := range someUtilities {
			ds, err := m.Decide(ctx, X, u)
			require.NoError(t, err, "%T %v", of, u)
			again, err := m.Decide(ctx, X, u)
			require.NoError(t, err)
			assert.Equal(t, ds, again, "the same draws")
			if u.needs() == needsMode {
				continue
			}
			rng := rand.New(rand.NewPCG(9, 9))
			ys, _, err := m.Sample(part(data, 0, 1).X.(interface{ RawRowView(int) []float64 }).RawRowView(0), 4000, rng)
			require.NoError(t, err)
			mean, square := 0.0, 0.0
			for _, y := range ys {
				v := u.Between(ds[0].Y, y)
				mean += v / 4000
				square += v * v / 4000
			}
			// Of two samples as large, one of which was decided from.
			almost.Equal(t, ds[0].Utility, mean, 0.01+6*math.Sqrt(max(0, square-mean*mean)/4000), 0, "%T %v", of, u)
		}
	}
	_, err := fit(Pairwise{Rank: 1}).Decide(ctx, X, FBeta{Beta: -1})
	assert.Error(t, err)
	unary := fit(Unary{})
	ds, err := unary.Decide(ctx, X, Jaccard{})
	require.NoError(t, err)
	assert.Equal(t, structured.Exact, ds[0].Kind, "labels are independent")
	assert.True(t, ds[0].Proven)
}

// Chains stand in for exact draws.
func TestSampleChains(t *testing.T) {
	data := ising(100, 3, 4)
	m, err := Fit(ctx, data, Config{Coupling: Pairwise{}, Training: structured.Training{Epochs: 5}})
	require.NoError(t, err)
	x := []float64{0.3, -1, 0.5}
	var truth listedSets
	truth = listSets(4, func(y Set) float64 {
		lp, err := m.LogProb(x, y)
		require.NoError(t, err)
		return lp.Value
	})
	ys, err := m.SampleChains(x, 3000, Gibbs{Sweeps: 30}, rand.New(rand.NewPCG(1, 1)))
	require.NoError(t, err)
	truth.inBands(t, ys, "chains")
	_, err = m.SampleChains(x, 3, Gibbs{}, nil)
	assert.ErrorIs(t, err, structured.ErrNoSource)
	_, err = m.SampleChains(x, -1, Gibbs{}, rand.New(rand.NewPCG(1, 1)))
	assert.Error(t, err)
	_, err = m.SampleChains(x, 1, Gibbs{Block: 99}, rand.New(rand.NewPCG(1, 1)))
	assert.Error(t, err)
	_, err = m.SampleChains([]float64{1}, 1, Gibbs{}, rand.New(rand.NewPCG(1, 1)))
	assert.Error(t, err)
}

func TestRankings(t *testing.T) {
	data := ising(60, 3, 4)
	m, err := Fit(ctx, data, Config{Training: structured.Training{Epochs: 3}})
	require.NoError(t, err)
	p, how, err := m.Marginals(ctx, data.X)
	require.NoError(t, err)
	orders, also, err := m.Rankings(ctx, data.X)
	require.NoError(t, err)
	assert.Equal(t, how, also)
	for i, order := range orders {
		for r := 1; r < 4; r++ {
			assert.GreaterOrEqual(t, p.At(i, order[r-1]), p.At(i, order[r]))
		}
	}
}
