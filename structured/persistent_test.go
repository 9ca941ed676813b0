package structured_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func persistentConfig() structured.Config[int] {
	cfg := config()
	cfg.Objective = structured.PersistentContrastiveDivergence[int]{
		Kernel: structured.IndependenceMetropolis[int]{}, Chains: 2, Restart: 0.1,
	}
	cfg.Epochs, cfg.BatchSize = 6, 30
	return cfg
}

func TestPersistentContrastiveDivergenceConforms(t *testing.T) {
	structuredtest.Fit(t, structuredtest.Problem[int]{
		Structures: listed(), Data: blobs(80, 3, categories), Config: persistentConfig(), Sampled: true,
	})
	cfg := persistentConfig()
	cfg.Objective = structured.PersistentContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{}, Start: structured.AtReference}
	data := blobs(80, 3, categories)
	data.Evidence = make([]structured.Evidence[int], data.Len())
	data.Evidence[3] = oneOf{1, 2}
	_, err := structured.Fit(ctx, data, cfg)
	assert.NoError(t, err)
}

// One short step a visit is enough where the chains persist.
func TestPersistentChainsReachTheLikelihood(t *testing.T) {
	data := counts(60, 20, 10, 30)
	slow := stepping{0.1}
	fit := func(o structured.Objective[int]) float64 {
		cfg := unconditional(o)
		cfg.Epochs = 1000
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		nll, err := structured.NLL[int]{}.Evaluate(ctx, m, &data)
		require.NoError(t, err)
		return nll
	}
	exact := fit(structured.ExactLikelihood[int]{})
	almost.Equal(t, exact, fit(structured.PersistentContrastiveDivergence[int]{Kernel: slow, Chains: 5}), 0.005, 0)
	almost.Equal(t, exact, fit(structured.PersistentContrastiveDivergence[int]{
		Kernel: structured.IndependenceMetropolis[int]{Steps: 10}, Chains: 5, Restart: 0.05, Start: structured.AtReference,
	}), 0.005, 0)
}

// stepping is a Metropolis chain on the circle of categories that moves at most
// one step, and seldom.
type stepping struct{ rate float64 }

func (k stepping) Bind(p structured.Problem[int]) (structured.Chains[int], error) {
	return steps{k.rate, p.Coupling}, nil
}

type steps struct {
	rate     float64
	coupling structured.Coupling[int]
}

func (c steps) Run(ys []int, theta structured.Theta, key uint64) {
	rng := rand.New(rand.NewPCG(key, 1))
	var v, logq [2]float64
	for m, y := range ys {
		to := (y + 1 + 2*rng.IntN(2)) % categories
		if rng.Float64() >= c.rate {
			continue
		}
		pair := []int{y, to}
		c.coupling.Score(v[:], theta, pair)
		space.LogProb(logq[:], pair)
		if rng.Float64() < math.Exp(v[1]+logq[1]-v[0]-logq[0]) {
			ys[m] = to
		}
	}
}

// What is remembered survives a checkpoint and is taken back with an epoch that
// fails: stopping at any time and going on gives the same bytes.
func TestMemoryInCheckpoints(t *testing.T) {
	data := blobs(100, 3, categories)
	cfg := persistentConfig()
	// A kernel that goes on when it is repeated with the same random numbers.
	cfg.Objective = structured.PersistentContrastiveDivergence[int]{Kernel: stepping{0.7}, Chains: 2, Restart: 0.1}
	whole, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	for _, cancelled := range []bool{false, true} {
		tr, err := structured.NewTrainer(data, cfg)
		require.NoError(t, err)
		var file bytes.Buffer
		require.NoError(t, tr.Save(&file), "before anything is remembered")
		tr, err = structured.Resume(&file, data, cfg)
		require.NoError(t, err)
		for range 3 {
			_, err := tr.Epoch(ctx)
			require.NoError(t, err)
		}
		if cancelled {
			_, err = tr.Epoch(&endingContext{Context: ctx, calls: 2})
			require.ErrorIs(t, err, context.Canceled)
		}
		_, err = tr.Evaluate(nil) // remembers nothing
		require.NoError(t, err)
		file.Reset()
		require.NoError(t, tr.Save(&file))
		bits := bytes.Clone(file.Bytes())
		again, err := structured.Resume(&file, data, cfg)
		require.NoError(t, err)
		require.NoError(t, again.Run(ctx))
		almost.Same(t, whole.Params(), again.Model().Params(), "cancelled: %v", cancelled)
		require.NoError(t, tr.Run(ctx))
		almost.Same(t, whole.Params(), tr.Model().Params(), "cancelled: %v", cancelled)

		other := cfg
		other.Objective = structured.PersistentContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{}, Chains: 3}
		_, err = structured.Resume(bytes.NewReader(bits), data, other)
		assert.Error(t, err, "another number of chains")
		other = cfg
		other.Space = shifted{space}
		_, err = structured.Resume(bytes.NewReader(bits), data, other)
		assert.ErrorIs(t, err, structured.ErrFormat, "words that stand for no structure")
	}
	without := cfg
	without.Space = mute{space}
	tr, err := structured.NewTrainer(data, without)
	require.NoError(t, err)
	_, err = tr.Epoch(ctx)
	require.NoError(t, err)
	assert.ErrorIs(t, tr.Save(&bytes.Buffer{}), structured.ErrNoEncoding)
}

// mute cannot write structures down.
type mute struct{ structured.Enumerable[int] }

// shifted reads other words than category writes.
type shifted struct{ category }

func (shifted) Decode(*int, []uint64) error { return errors.New("no such category") }

// With a chance of 1 to begin anew it is contrastive divergence from the data.
func TestRestart(t *testing.T) {
	data := blobs(60, 2, categories)
	cfg := persistentConfig()
	kernel := structured.IndependenceMetropolis[int]{Steps: 2}
	cfg.Objective = structured.PersistentContrastiveDivergence[int]{Kernel: kernel, Chains: 2, Restart: 1}
	a, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	cfg.Objective = structured.ContrastiveDivergence[int]{Kernel: kernel, Chains: 2}
	b, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	almost.Same(t, b.Params(), a.Params())
	cfg.Objective = structured.PersistentContrastiveDivergence[int]{Kernel: kernel, Chains: 2}
	c, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	assert.NotEqual(t, b.Params(), c.Params())
	for _, o := range []structured.PersistentContrastiveDivergence[int]{
		{}, {Kernel: kernel, Chains: -1}, {Kernel: kernel, Restart: 1.5}, {Kernel: kernel, Restart: math.NaN()},
	} {
		assert.Error(t, o.Validate())
	}
	cfg.Objective = structured.PersistentContrastiveDivergence[int]{Kernel: kernel, Start: 7}
	_, err = structured.Fit(ctx, data, cfg)
	assert.Error(t, err)
}
