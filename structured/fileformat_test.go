package structured_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// choice is a recipe, as a space of one's own would have it.
type choice struct {
	Categories int
	Network    nn.Architecture
	Objective  structured.Objective[int]
	Seed       uint64
}

func (c choice) Check(params int) error {
	if c.Categories < 1 || c.Categories > params {
		return fmt.Errorf("%d categories with %d parameters", c.Categories, params)
	}
	return nil
}

func (c choice) Config() (structured.Config[int], error) {
	if c.Categories < 2 {
		return structured.Config[int]{}, fmt.Errorf("%d categories are no choice", c.Categories)
	}
	return structured.Config[int]{
		Space: category{n: c.Categories, list: true}, Coupling: softmaxLogits{logits{c.Categories}},
		Network: c.Network, Objective: c.Objective, Training: structured.Training{Seed: c.Seed},
	}, nil
}

// ownArchitecture is a type that the format does not know.
type ownArchitecture struct{ Width int }

func (ownArchitecture) Validate() error { return nil }
func (o ownArchitecture) Build(in, out int) (nn.Network, error) {
	return nn.MLP{Hidden: []int{o.Width}}.Build(in, out)
}

// A file written through a format gives the model back, whatever the objective
// of this library, and the same bytes when written again.
func TestFileFormat(t *testing.T) {
	format := structured.NewFileFormat[int, choice]("choices")
	data := blobs(60, 3, categories)
	for _, c := range []choice{
		{Categories: categories, Seed: 4},
		{Categories: categories, Objective: structured.ExactLikelihood[int]{}, Network: nn.Linear{}},
		{Categories: categories, Objective: structured.MinMin[int]{Samples: 5}, Network: &nn.MLP{Hidden: []int{4}}},
		{Categories: categories, Network: ownArchitecture{3}},
		{Categories: categories, Objective: structured.MinMin[int]{Samples: 5, Loss: fenchel.Hellinger{}, MaxRatio: 100}},
		{Categories: categories, Objective: structured.MinMin[int]{Samples: 5, Loss: fenchel.JensenShannon{}, MaxRatio: 100}},
		{Categories: categories, Objective: structured.MinMin[int]{Samples: 5, Loss: fenchel.Scaled{Of: fenchel.ReverseKL{}, Scale: 2}, MaxRatio: 100}},
		{Categories: categories, Objective: structured.PerturbAndMAP[int]{Noise: fenchel.Gaussian}},
	} {
		cfg, err := format.Config(c)
		require.NoError(t, err)
		cfg.Epochs = 2
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "model")
		require.NoError(t, format.SaveFile(path, m))
		again, err := format.LoadFile(path, ownArchitecture{})
		require.NoError(t, err)
		almost.Same(t, m.Params(), again.Params())
		assert.Equal(t, m.History(), again.History())
		want, err := m.LogProbs(ctx, &data)
		require.NoError(t, err)
		got, err := again.LogProbs(ctx, &data)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		first, err := os.ReadFile(path)
		require.NoError(t, err)
		var second bytes.Buffer
		require.NoError(t, format.Save(&second, again))
		assert.Equal(t, first, second.Bytes())

		_, err = structured.NewFileFormat[int, choice]("numbers").LoadFile(path)
		require.ErrorIs(t, err, structured.ErrFormat)
		assert.ErrorContains(t, err, `numbers: structured: not a file of this kind, or of an unknown version: a model over "choices"`)
		if _, ok := c.Network.(ownArchitecture); ok {
			_, err = format.LoadFile(path)
			assert.ErrorContains(t, err, "structured_test.ownArchitecture: pass a value")
			known := structured.NewFileFormat[int, choice]("choices", ownArchitecture{})
			_, err = known.LoadFile(path)
			assert.NoError(t, err)
		}
	}
}

func TestFileFormatErrors(t *testing.T) {
	format := structured.NewFileFormat[int, choice]("choices")
	_, err := format.Config(choice{Categories: 1})
	assert.ErrorContains(t, err, "no choice")
	m, err := structured.Fit(ctx, blobs(30, 2, categories), config())
	require.NoError(t, err)
	var file bytes.Buffer
	assert.ErrorContains(t, format.Save(&file, m), "not made from a recipe")
	assert.Zero(t, file.Len())
	assert.Error(t, format.SaveFile(filepath.Join(t.TempDir(), "none"), m))
	for config, want := range map[string]string{
		"": "format", "{": "format", `{"Categories":1}`: "no choice",
		`{"Categories":1000000000000}`: "1000000000000 categories with",
		`{"Categories":6,"Network":{"type":"nn.MLP","value":{"Hidden":[1000000000]}}}`: "",
		`{"Unknown":6}`: "",
	} {
		file.Reset()
		require.NoError(t, m.Save(&file, map[string]string{"space": "choices", "config": config}))
		_, err := format.Load(&file)
		require.Error(t, err, config)
		if want != "format" {
			assert.ErrorContains(t, err, want)
		} else {
			assert.ErrorIs(t, err, structured.ErrFormat)
		}
	}
	_, err = format.LoadFile(filepath.Join(t.TempDir(), "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// Where the coupling sums, by its likelihood; otherwise by draws.
func TestDefaultObjective(t *testing.T) {
	o, err := structured.DefaultObjective[int](space, softmaxLogits{logits{categories}}, nil)
	require.NoError(t, err)
	assert.Equal(t, structured.ExactLikelihood[int]{}, o)
	o, err = structured.DefaultObjective[int](space, boundedLogits{logits{categories}}, nil)
	require.NoError(t, err)
	assert.Equal(t, structured.MinMin[int]{}, o)
}
