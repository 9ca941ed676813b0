package sets

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// ownNetwork is an architecture of a user's.
type ownNetwork struct{ Width int }

func (o ownNetwork) Validate() error { return nil }
func (o ownNetwork) Build(in, out int) (nn.Network, error) {
	return nn.MLP{Hidden: []int{o.Width}}.Build(in, out)
}

func TestSaveAndLoad(t *testing.T) {
	data := ising(60, 3, 5)
	for name, cfg := range map[string]Config{
		"defaults": {},
		"pairwise": {Coupling: Pairwise{Rank: 2, Shared: true}, Reference: Bernoulli{P: []float64{.1, .2, .3, .4, .5}}, Network: nn.ResMLP{Width: 4}},
		"minmin": {
			Network: nn.MLP{Hidden: []int{3}, Activation: nn.SiLU, Dropout: 0.1}, Reference: BoundedSize{0, 5},
			Objective: MinMin{Loss: fenchel.Scaled{Of: fenchel.Tsallis{Alpha: 1.2}, Scale: 0.5}, Proposal: Marginal{Defensive: 0.2}, MaxRatio: math.Inf(1)},
			Tau:       logpart.Network{Of: nn.Linear{}},
		},
		"own network": {Network: ownNetwork{3}},
	} {
		cfg.Epochs = 3
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err, name)
		path := filepath.Join(t.TempDir(), "model.safetensors")
		require.NoError(t, m.SaveFile(path), name)
		got, err := LoadFile(path, ownNetwork{})
		require.NoError(t, err, name)
		almost.Same(t, m.Params(), got.Params())
		a, err := m.LogProbs(ctx, data)
		require.NoError(t, err)
		b, err := got.LogProbs(ctx, data)
		require.NoError(t, err)
		assert.Equal(t, a, b, name)
		ya, _ := m.Predict(ctx, data.X)
		yb, _ := got.Predict(ctx, data.X)
		assert.Equal(t, ya, yb, name)

		// Save, load, save: the same bytes.
		first, err := os.ReadFile(path)
		require.NoError(t, err)
		var second bytes.Buffer
		require.NoError(t, got.Save(&second))
		assert.Equal(t, first, second.Bytes(), name)
		if name == "own network" {
			_, err = LoadFile(path)
			assert.ErrorContains(t, err, "sets.ownNetwork: pass a value", "the missing type is named")
		}
	}
}

// Files that lie about what is in them.
func TestLoadRefusesHostileFiles(t *testing.T) {
	data := ising(30, 2, 3)
	m, err := Fit(ctx, data, Config{Network: nn.Linear{}, Training: structured.Training{Epochs: 1}})
	require.NoError(t, err)
	save := func(config string) []byte {
		var b bytes.Buffer
		require.NoError(t, m.Model.Save(&b, map[string]string{"space": "sets", "config": config}))
		return b.Bytes()
	}
	good := `{"K":3,"Network":{"type":"nn.Linear","value":{}}}`
	_, err = Load(bytes.NewReader(save(good)))
	require.NoError(t, err)
	for _, bad := range []string{
		"", "{}", `{"K":-1}`, strings.Replace(good, "3", "4", 1), strings.Replace(good, "3", "1000000000000", 1),
		`{"K":3,"Network":{"type":"nn.MLP","value":{"Hidden":[1000000000]}}}`,
		`{"K":3,"Network":{"type":"os.File","value":{}}}`,
		`{"K":3,"Network":{"type":"nn.Linear","value":{}},"Coupling":{"type":"sets.Pairwise","value":{}}}`,
		`{"K":3,"Network":{"type":"nn.Linear","value":{}},"Reference":{"type":"sets.Bernoulli","value":{"P":[2,2,2]}}}`,
		`{"K":3,"Network":{"type":"nn.Linear","value":{}},"Objective":{"type":"nn.Linear","value":{}}}`,
	} {
		_, err := Load(bytes.NewReader(save(bad)))
		assert.Error(t, err, bad)
	}
	bits := save(good)
	for at := range bits {
		damaged := bytes.Clone(bits)
		damaged[at] ^= 0x10
		_, err := Load(bytes.NewReader(damaged))
		assert.Error(t, err, "byte %d flipped", at)
	}
	_, err = LoadFile(filepath.Join(t.TempDir(), "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestResumeSets(t *testing.T) {
	data := ising(60, 3, 4)
	cfg := Config{Coupling: Pairwise{}, Training: structured.Training{Epochs: 4, Seed: 3}}
	whole, err := Fit(ctx, data, cfg)
	require.NoError(t, err)
	half, err := NewTrainer(data, cfg)
	require.NoError(t, err)
	_, err = half.Epoch(ctx)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, half.Save(&file))
	resumed, err := Resume(&file, data, cfg)
	require.NoError(t, err)
	require.NoError(t, resumed.Run(ctx))
	almost.Same(t, whole.Params(), resumed.Model().Params())
}

// An infinite metric in the history, types of one's own at any depth, pointers:
// a model can always be saved after training. And what it was made of may
// change afterwards.
func TestWhateverWasTrainedCanBeSaved(t *testing.T) {
	data := ising(60, 3, 5)
	hidden, p := []int{3}, []float64{.1, .2, .3, .4, .5}
	for name, cfg := range map[string]Config{
		"infinite metric": {Objective: MinMin{Loss: fenchel.Sparsemax, Samples: 5}, Validation: &data, StopOn: NLL{}},
		"own loss":        {Objective: MinMin{Loss: ownLoss{}}},
		"pointer":         {Network: &nn.MLP{Hidden: hidden}, Reference: Bernoulli{P: p}},
	} {
		cfg.Epochs = 3
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err, name)
		before, err := m.LogProbs(ctx, data)
		require.NoError(t, err)
		hidden[0], p[0] = 8, 0.9
		m.History().Epochs[0].Loss = -1
		var file bytes.Buffer
		require.NoError(t, m.Save(&file), name)
		again, err := Load(&file, ownLoss{})
		require.NoError(t, err, name)
		after, err := again.LogProbs(ctx, data)
		require.NoError(t, err)
		assert.Equal(t, before, after, name)
		assert.NotEqual(t, -1.0, again.History().Epochs[0].Loss)
		hidden[0], p[0] = 3, 0.1
	}
}

// ownLoss is a generator of a user's.
type ownLoss struct{ fenchel.KL }

func (ownLoss) String() string { return "own" }
