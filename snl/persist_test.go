package snl

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

func TestSaveAndLoad(t *testing.T) {
	data := noisy(40, 1)
	for name, cfg := range map[string]Config{
		"defaults": {Coupling: tiny},
		"all": {
			Coupling: Joint{Logits: 2, Network: nn.MLP{Hidden: []int{4}, Activation: nn.SiLU}, Frequencies: []float64{1, 2}},
			Base:     Mixed{Of: []Form{Gaussian{}, Student{}}}, Proposal: GaussianMixture{Components: 2}, Network: nn.Linear{},
			Tau: logpart.Network{Of: nn.Linear{}}, Quadrature: Quadrature{Tolerance: 1e-5},
			Objective: MinMin{Samples: 5, Proposal: structured.Around[Point]{Of: GaussianNoise{Deviations: []float64{0.2, 2}}}},
		},
		"kernels":  {Coupling: tiny, Base: Product{Of: []Form{KernelDensity{MaxPoints: 10}}}, Objective: QuadratureLikelihood{Panels: 4, Nodes: 3}},
		"raw":      {Coupling: ExponentialFamily{}, Base: Uniform{}, RawTargets: true},
		"improper": {Coupling: MixtureDensity{Components: 2}, Base: Lebesgue{}},
		"own":      {Coupling: tiny, Base: Given{wavy{-20}}, Proposal: Given{wavy{-20}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := data
			if name == "own" {
				d = Data{X: data.X, Y: makePoints(40, 1)}
				for i, y := range d.Y {
					y[0] = -19.9 + float64(i)/50
				}
			}
			cfg.Epochs = 2
			m, err := Fit(ctx, d, cfg)
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), "model.safetensors")
			require.NoError(t, m.SaveFile(path))
			got, err := LoadFile(path, wavy{})
			require.NoError(t, err)
			almost.Same(t, m.Params(), got.Params())
			a, err := m.LogProbs(ctx, d)
			require.NoError(t, err)
			b, err := got.LogProbs(ctx, d)
			require.NoError(t, err)
			assert.Equal(t, a, b)
			var one, two bytes.Buffer
			require.NoError(t, m.Save(&one))
			require.NoError(t, got.Save(&two))
			assert.Equal(t, one.Bytes(), two.Bytes(), "save, load, save: the same bytes")
			if name == "own" {
				_, err = LoadFile(path)
				assert.ErrorContains(t, err, "wavy")
			}
		})
	}
	_, err := Load(bytes.NewReader([]byte("no model")))
	assert.Error(t, err)
}

func TestResume(t *testing.T) {
	data := noisy(50, 1)
	cfg := Config{Coupling: tiny, Training: structured.Training{Epochs: 4, Seed: 2}}
	want, err := Fit(ctx, data, cfg)
	require.NoError(t, err)
	tr, err := NewTrainer(data, cfg)
	require.NoError(t, err)
	for range 2 {
		_, err := tr.Epoch(ctx)
		require.NoError(t, err)
	}
	var b bytes.Buffer
	require.NoError(t, tr.Save(&b))
	tr, err = Resume(&b, data, cfg)
	require.NoError(t, err)
	require.NoError(t, tr.Run(ctx))
	almost.Same(t, want.Params(), tr.Model().Params())
}
