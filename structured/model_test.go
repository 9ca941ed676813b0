package structured_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// A model says how it normalised: by its coupling, by listing the space, by
// tau, or not at all.
func TestNormalizers(t *testing.T) {
	data := blobs(80, 2, categories)
	fit := func(change func(*structured.Config[int])) *structured.Model[int] {
		cfg := config()
		cfg.Objective = structured.MinMin[int]{}
		change(&cfg)
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		return m
	}
	kind := func(m *structured.Model[int]) structured.Normalization {
		n, err := m.Normalizers(ctx, data.X)
		require.NoError(t, err)
		return n[0].Kind
	}
	same := fit(func(c *structured.Config[int]) {})
	assert.Equal(t, structured.Exact, kind(same))
	listing := fit(func(c *structured.Config[int]) { c.Coupling = logits{categories} })
	assert.Equal(t, structured.Exact, kind(listing))
	a, err := same.Normalizers(ctx, data.X)
	require.NoError(t, err)
	b, err := listing.Normalizers(ctx, data.X)
	require.NoError(t, err)
	for i := range a {
		almost.Equal(t, a[i].Value, b[i].Value, 1e-12, 0, "two exact ways")
	}
	amortised := fit(func(c *structured.Config[int]) {
		c.Coupling, c.Space = logits{categories}, category{n: categories}
	})
	assert.Equal(t, structured.Estimate, kind(amortised))
	taus, err := amortised.Taus(ctx, data.X)
	require.NoError(t, err)
	n, err := amortised.Normalizers(ctx, data.X)
	require.NoError(t, err)
	assert.Equal(t, taus[0], n[0].Value)
	assert.Equal(t, [2]float64{math.Inf(-1), math.Inf(1)}, [2]float64{n[0].Lower, n[0].Upper})
	_, err = amortised.Predict(ctx, data.X)
	assert.ErrorIs(t, err, structured.ErrNoMode)

	table := fit(func(c *structured.Config[int]) {
		c.Coupling, c.Space, c.Tau = logits{categories}, category{n: categories}, logpart.Table{}
	})
	_, err = table.Taus(ctx, data.X)
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)
	_, err = table.Normalizers(ctx, data.X)
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)
	_, err = table.LogProb([]float64{0, 0}, 1)
	assert.ErrorIs(t, err, structured.ErrNoNormalizer)
}

func TestSample(t *testing.T) {
	data := blobs(80, 2, categories)
	x := []float64{0.5, 1}
	for name, s := range map[string]category{"listed": space, "resampled": {n: categories}} {
		cfg := config()
		cfg.Coupling, cfg.Space = logits{categories}, s
		cfg.Objective = structured.MinMin[int]{}
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		const n = 20_000
		ys, how, err := m.Sample(x, n, rand.New(rand.NewPCG(4, 4)))
		require.NoError(t, err)
		assert.Equal(t, name == "listed", how == structured.Exact)
		score, total := make([]float64, categories), 0.0
		for y := range score {
			g, err := m.Score(x, y)
			require.NoError(t, err)
			score[y] = math.Exp(g) * space.weight(y)
			total += score[y]
		}
		for y := range score {
			p, count := score[y]/total, 0
			for _, v := range ys {
				if v == y {
					count++
				}
			}
			almost.Equal(t, p, float64(count)/n, 6*math.Sqrt(p*(1-p)/n)*1.1, 0, "%s, category %d", name, y)
		}
		_, _, err = m.Sample(x, 1, nil)
		assert.ErrorIs(t, err, structured.ErrNoSource)
	}
}

// Where the coupling can bound log Z, probabilities come as intervals, with
// tau inside.
func TestIntervals(t *testing.T) {
	data := blobs(80, 2, categories)
	cfg := config()
	cfg.Space, cfg.Coupling = category{n: categories}, boundedLogits{logits{categories}}
	cfg.Objective, cfg.Epochs, cfg.Workers = structured.MinMin[int]{}, 30, 1
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	lps, err := m.LogProbs(ctx, &data)
	require.NoError(t, err)
	taus, err := m.Taus(ctx, data.X)
	require.NoError(t, err)
	inside := 0
	exact := logSumExp{logits{categories}, space}
	err = m.EachTheta(ctx, data.X, func(i int, theta structured.Theta) error {
		lp := lps[i]
		assert.Equal(t, structured.Interval, lp.Kind)
		assert.Equal(t, 1.0, lp.Confidence)
		truth := lp.Value + lp.Normalizer - exact.LogZ(theta)
		assert.LessOrEqual(t, lp.Lower, truth+1e-12)
		assert.GreaterOrEqual(t, lp.Upper, truth-1e-12)
		if lp.Normalizer == taus[i] {
			inside++
		}
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, inside, 40, "tau is used where it is inside the bounds")
}
