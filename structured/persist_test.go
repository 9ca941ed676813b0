package structured_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Save, Restore, and the same answers; the wrong configuration is an error.
func TestPersistence(t *testing.T) {
	data := blobs(60, 3, categories)
	for name, change := range map[string]func(*structured.Config[int]){
		"exact":        func(c *structured.Config[int]) {},
		"minmin":       func(c *structured.Config[int]) { c.Objective = structured.MinMin[int]{} },
		"table":        func(c *structured.Config[int]) { c.Objective, c.Tau = structured.MinMin[int]{}, logpart.Table{} },
		"raw features": func(c *structured.Config[int]) { c.RawFeatures = true },
		"learned": func(c *structured.Config[int]) {
			c.Space, c.Coupling = category{n: categories}, logits{categories}
			c.Objective = structured.RankingNoiseContrastive[int]{Proposal: learning(structured.FromModel)}
		},
	} {
		cfg := config()
		change(&cfg)
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		var file bytes.Buffer
		require.NoError(t, m.Save(&file, map[string]string{"note": "mine"}))
		bits := bytes.Clone(file.Bytes())
		stored, err := structured.ReadStored(&file, 0)
		require.NoError(t, err)
		assert.Equal(t, "mine", stored.About()["note"])
		assert.Equal(t, len(m.Params()), stored.NumParams())
		again, err := structured.Restore(stored, cfg)
		require.NoError(t, err, name)
		almost.Same(t, m.Params(), again.Params())
		assert.Equal(t, m.History(), again.History())
		want, err := m.LogProbs(ctx, &data)
		require.NoError(t, err)
		got, err := again.LogProbs(ctx, &data)
		require.NoError(t, err)
		assert.Equal(t, want, got, name)

		other := cfg
		other.Network = nn.MLP{Hidden: []int{7}}
		_, err = structured.Restore(stored, other)
		assert.ErrorContains(t, err, "does not fit")
		for n := 0; n < len(bits); n += 37 {
			_, err := structured.ReadStored(bytes.NewReader(bits[:n]), 0)
			assert.Error(t, err, "cut at %d", n)
		}
		_, err = structured.ReadStored(bytes.NewReader(bits), 10)
		assert.Error(t, err, "limit")
		_, err = structured.Resume(bytes.NewReader(bits), data, cfg)
		assert.ErrorIs(t, err, structured.ErrFormat)
	}
}

// Stopping, saving and resuming equals not stopping.
func TestResume(t *testing.T) {
	data, validation := blobs(100, 3, categories), blobs(40, 3, categories)
	for name, change := range map[string]func(*structured.Config[int]){
		"adamw, minmin": func(c *structured.Config[int]) { c.Objective = structured.MinMin[int]{} },
		"sgd, dropout": func(c *structured.Config[int]) {
			c.Optimizer, c.Network = nn.SGD{Rate: 0.1, Momentum: 0.9}, nn.MLP{Dropout: 0.5}
		},
		"learned": func(c *structured.Config[int]) {
			c.Objective = structured.NoiseContrastive[int]{Samples: 5, Proposal: learning(structured.Adversarial)}
		},
		"no validation": func(c *structured.Config[int]) { c.Validation = nil },
	} {
		cfg := config()
		cfg.Validation, cfg.Epochs, cfg.Schedule = &validation, 8, nn.Cosine{}
		change(&cfg)
		whole, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		half, err := structured.NewTrainer(data, cfg)
		require.NoError(t, err)
		var file bytes.Buffer
		require.NoError(t, half.Save(&file)) // even before the first epoch
		half, err = structured.Resume(&file, data, cfg)
		require.NoError(t, err)
		for range 3 {
			_, err := half.Epoch(ctx)
			require.NoError(t, err)
		}
		file.Reset()
		require.NoError(t, half.Save(&file))
		bits := bytes.Clone(file.Bytes())
		resumed, err := structured.Resume(&file, data, cfg)
		require.NoError(t, err, name)
		require.NoError(t, resumed.Run(ctx))
		almost.Same(t, whole.Params(), resumed.Model().Params(), name)
		a, b := whole.History(), resumed.Model().History()
		assert.Equal(t, a.BestEpoch, b.BestEpoch)
		require.Len(t, b.Epochs, 8)
		for i := range a.Epochs {
			a.Epochs[i].Seconds, b.Epochs[i].Seconds = 0, 0
		}
		assert.Equal(t, a, b)

		for what, wrong := range map[string]func(*structured.Config[int]){
			"seed":      func(c *structured.Config[int]) { c.Seed++ },
			"batch":     func(c *structured.Config[int]) { c.BatchSize++ },
			"optimizer": func(c *structured.Config[int]) { c.Optimizer = nn.SGD{} },
			"network":   func(c *structured.Config[int]) { c.Network = nn.Linear{} },
		} {
			bad := cfg
			wrong(&bad)
			_, err := structured.Resume(bytes.NewReader(bits), data, bad)
			assert.Error(t, err, "%s: %s", name, what)
		}
		_, err = structured.Resume(bytes.NewReader(bits), blobs(99, 3, categories), cfg)
		assert.Error(t, err)
		_, err = structured.ReadStored(bytes.NewReader(bits), 0)
		assert.ErrorIs(t, err, structured.ErrFormat)
	}
}
