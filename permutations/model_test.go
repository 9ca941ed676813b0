package permutations

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

func fitRanked(t *testing.T, k int, cfg Config) *Model {
	t.Helper()
	cfg.Network, cfg.Epochs, cfg.Seed = nn.Linear{}, 5, 1
	m, err := Fit(context.Background(), ranked(60, 2, k), cfg)
	require.NoError(t, err)
	return m
}

// listedModel is the truth about a model of few labels, by LogProb.
func listedModel(t *testing.T, m *Model, x []float64) listed {
	t.Helper()
	return list(m.K(), func(y Ordering) float64 {
		lp, err := m.LogProb(x, y)
		require.NoError(t, err)
		require.Equal(t, structured.Exact, lp.Kind)
		return lp.Value
	})
}

var manyModels = map[string]Config{
	"birkhoff":       {},
	"permutahedron":  {Coupling: Permutahedron{}, Reference: Mallows{Dispersion: 0.3}},
	"preference":     {Coupling: Preference{}},
	"luce":           {Coupling: Luce{}},
	"sparsemax":      {Objective: MinMin{Loss: fenchel.Sparsemax}},
	"sparsemax, pl":  {Objective: MinMin{Loss: fenchel.Sparsemax}, Reference: PlackettLuce{LogWeights: []float64{1, 0, 0.5, -1}}},
	"cayley, listed": {Objective: MinMin{}, Reference: Mallows{Distance: Cayley, Dispersion: 0.5}},
}

// The most probable orderings, the entropy, the marginals and the decisions of
// a model, against its own probabilities of all orderings.
func TestModelAnswers(t *testing.T) {
	const k = 4
	ctx, x := context.Background(), []float64{0.4, -1}
	row := mat.NewDense(1, 2, x)
	for name, cfg := range manyModels {
		m := fitRanked(t, k, cfg)
		truth := listedModel(t, m, x)
		almost.Equal(t, 0, truth.logZ, 1e-9, 0, "%s: probabilities sum to 1", name)

		top, err := m.TopK(x, 5)
		require.NoError(t, err, name)
		mass := 0.0
		for i, c := range top {
			lp, err := m.LogProb(x, c.Y)
			require.NoError(t, err)
			almost.Equal(t, lp.Value, c.LogProb.Value, 1e-10, 0, name)
			assert.Equal(t, structured.Exact, c.LogProb.Kind)
			assert.True(t, i == 0 || c.LogProb.Value <= top[i-1].LogProb.Value)
			mass += math.Exp(c.LogProb.Value)
		}
		above := 0
		for _, p := range truth.p {
			if p > math.Exp(top[len(top)-1].LogProb.Value)+1e-12 {
				above++
			}
		}
		assert.Less(t, above, len(top), "%s: an ordering that is missing", name)
		assert.LessOrEqual(t, mass, 1+1e-9)

		h, kind, err := m.Entropy(x)
		require.NoError(t, err, name)
		assert.Equal(t, structured.Exact, kind, name)
		almost.Equal(t, truth.entropy, h, 1e-9, 0, name)

		positions, err := m.PositionMarginals(ctx, row)
		require.NoError(t, err, name)
		almost.Slice(t, truth.position, positions[0].RawMatrix().Data, 1e-9, 0, name)
		pairs, err := m.PairMarginals(ctx, row)
		require.NoError(t, err, name)
		almost.Slice(t, truth.before, pairs[0].RawMatrix().Data, 1e-9, 0, name)

		for _, loss := range append(someLosses, nil) {
			d, err := m.Decide(ctx, row, loss)
			require.NoError(t, err, name)
			assert.Equal(t, structured.Exact, d[0].Kind)
			if loss == nil {
				loss = KendallLoss{}
			}
			checkDecision(t, d[0], loss, truth, name+", "+loss.String())
		}
	}
}

// Beyond MaxExact labels a model says what it does not know.
func TestAnswersAboutManyLabels(t *testing.T) {
	const k = MaxExact + 1
	ctx, x := context.Background(), []float64{0.4, -1}
	row := mat.NewDense(1, 2, x)
	m := fitRanked(t, k, Config{Coupling: Permutahedron{}})
	top, err := m.TopK(x, 20)
	require.NoError(t, err)
	assert.Len(t, top, 20)
	assert.Equal(t, structured.Interval, top[0].LogProb.Kind)
	pairs := fitRanked(t, k, Config{Coupling: Preference{}})
	_, err = pairs.TopK(x, 2)
	require.ErrorIs(t, err, structured.ErrIntractable)
	assert.ErrorContains(t, err, "23 labels, sums over orderings take at most 22")
	_, err = m.PairMarginals(ctx, row)
	assert.ErrorIs(t, err, structured.ErrIntractable)

	d, err := m.Decide(ctx, row, MismatchLoss{})
	require.NoError(t, err)
	mode, err := m.Modes(ctx, row)
	require.NoError(t, err)
	assert.Equal(t, mode[0].Y, top[0].Y)
	lp, err := m.LogProb(x, mode[0].Y)
	require.NoError(t, err)
	assert.Equal(t, Decision{Y: mode[0].Y, Loss: 1 - math.Exp(lp.Value), Proven: true, Kind: structured.Interval}, d[0])

	h, kind, err := m.Entropy(x)
	require.NoError(t, err)
	assert.Equal(t, structured.Estimate, kind)
	assert.InEpsilon(t, m.Space().LogCardinality(), h, 0.5)

	// Draws by Markov chains see what draws of the proposal see.
	ys, err := m.SampleChains(x, 2000, Metropolis{}, rand.New(rand.NewPCG(1, 1)))
	require.NoError(t, err)
	for _, y := range ys {
		require.NoError(t, m.Space().Check(y))
	}
	chains, err := DecideFromSample(ys, nil, KendallLoss{})
	require.NoError(t, err)
	d, err = m.Decide(ctx, row, KendallLoss{})
	require.NoError(t, err)
	assert.Equal(t, structured.Estimate, d[0].Kind)
	assert.InEpsilon(t, chains.Loss, d[0].Loss, 0.1)
}

// Markov chains of a small model are in the bands of its exact probabilities.
func TestSampleChains(t *testing.T) {
	m := fitRanked(t, 4, Config{})
	x := []float64{0.4, -1}
	rng := rand.New(rand.NewPCG(2, 2))
	ys, err := m.SampleChains(x, 10_000, Metropolis{Steps: 200}, rng)
	require.NoError(t, err)
	inBands(t, listedModel(t, m, x), ys, "chains")
	_, err = m.SampleChains(x, 1, Metropolis{}, nil)
	assert.ErrorIs(t, err, structured.ErrNoSource)
	_, err = m.SampleChains(x, -1, Metropolis{}, rng)
	assert.Error(t, err)
	_, err = m.SampleChains(x, 1, Metropolis{Steps: -1}, rng)
	assert.Error(t, err)
	_, err = m.SampleChains(nil, 1, Metropolis{}, rng)
	assert.Error(t, err, "no features")
	_, err = fitRanked(t, 4, manyModels["sparsemax"]).SampleChains(x, 1, Metropolis{}, rng)
	assert.ErrorIs(t, err, structured.ErrIntractable)
}

// A model by any objective of the package can be saved and loaded with no type
// named, also with a network of the objective's own.
func TestSaveAndLoadByObjective(t *testing.T) {
	for name, cfg := range map[string]Config{
		"cd":      {Objective: CD{Kernel: Metropolis{Steps: 3}}},
		"min-max": {Objective: MinMax{Family: PlackettLuceFamily{}}, Auxiliary: nn.MLP{Hidden: []int{3}}},
		"fixed":   {Objective: MinMin{Proposal: Fixed{Of: Mallows{Dispersion: 0.1}}}},
		"luce":    {Coupling: Luce{}},
	} {
		m := fitRanked(t, 4, cfg)
		var file bytes.Buffer
		require.NoError(t, m.Save(&file), name)
		again, err := Load(&file)
		require.NoError(t, err, name)
		almost.Same(t, m.Params(), again.Params())
		assert.Equal(t, 4, again.K())
	}
}

func TestModeMetricWithoutAFunction(t *testing.T) {
	validation := ranked(10, 2, 4)
	_, err := Fit(context.Background(), ranked(20, 2, 4), Config{Validation: &validation, StopOn: ModeMetric{Name: "none"}})
	assert.ErrorContains(t, err, "ModeMetric.Of is missing")
}

// What float64 cannot tell is an error, and not a certain answer.
func TestScoresTooLargeForProbabilities(t *testing.T) {
	_, inf, _ := bound(t, Birkhoff{}, 5, nil)
	rng := rand.New(rand.NewPCG(3, 3))
	failed := 0
	for range 20 {
		theta := structured.Theta{Logits: make([]float64, 25)}
		for i := range theta.Logits {
			theta.Logits[i] = 1e306 * rng.NormFloat64()
		}
		mode := make(Ordering, 5)
		inf.Mode(&mode, theta, 0)
		for _, loss := range []Loss{KendallLoss{}, SpearmanLoss{}} {
			d, err := Decide(inf, theta, loss)
			if err != nil {
				require.ErrorIs(t, err, ErrImprecise)
				failed++
				continue
			}
			assert.Equal(t, mode, d.Y)
		}
	}
	assert.Positive(t, failed, "the test is about something")
	assert.NoError(t, checkPositions([]float64{0.5, 0.5, 0.5, 0.5}, 2))
	assert.ErrorIs(t, checkPositions([]float64{0.5, 0.5, 0.4, 0.6}, 2), ErrImprecise)
	assert.ErrorIs(t, checkPositions([]float64{math.NaN(), 0, 0, 0}, 2), ErrImprecise)
	assert.ErrorIs(t, checkPairs([]float64{0, 0.5, 0, 0}, 2), ErrImprecise)
}
