package structured_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// multinomial is p_phi(y) = softmax(phi)_y.
type multinomial struct{ n int }

func (f multinomial) Bind(structured.Problem[int]) (structured.BoundFamily[int], error) {
	return f, nil
}
func (f multinomial) NumLogits() int { return f.n }

func (f multinomial) p(phi []float64) []float64 {
	p, sum := make([]float64, f.n), 0.0
	for y, v := range phi {
		p[y] = math.Exp(v)
		sum += p[y]
	}
	for y := range p {
		p[y] /= sum
	}
	return p
}

func (f multinomial) Sample(ys []int, logp, phi []float64, key uint64) {
	p, rng := f.p(phi), stream.New(key)
	for m := range ys {
		u := rng.Float64()
		for ys[m] = 0; ys[m] < f.n-1 && u >= p[ys[m]]; ys[m]++ {
			u -= p[ys[m]]
		}
		logp[m] = math.Log(p[ys[m]])
	}
}

func (f multinomial) LogProb(dst, phi []float64, ys []int) {
	p := f.p(phi)
	for m, y := range ys {
		dst[m] = math.Log(p[y])
	}
}

func (f multinomial) AddGradLogProb(grad, phi []float64, ys []int, weights []float64) {
	p := f.p(phi)
	for m, y := range ys {
		grad[y] += weights[m]
		for j := range p {
			grad[j] -= weights[m] * p[j]
		}
	}
}

// Contrastive divergence with long chains, and min-max with a family that can
// be the model, both end near the maximum likelihood; short chains are biased.
func TestBaselinesReachTheLikelihood(t *testing.T) {
	data := blobs(200, 2, categories)
	fit := func(o structured.Objective[int]) float64 {
		cfg := config()
		cfg.Objective, cfg.Network = o, nn.Linear{}
		cfg.Epochs, cfg.BatchSize, cfg.Optimizer, cfg.Schedule = 400, 200, nn.Adam{Rate: 0.01}, nn.Cosine{}
		m, err := structured.Fit(ctx, data, cfg)
		require.NoError(t, err)
		nll, err := structured.NLL[int]{}.Evaluate(ctx, m, &data)
		require.NoError(t, err)
		return nll
	}
	exact := fit(structured.ExactLikelihood[int]{})
	almost.Equal(t, exact, fit(structured.ContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{Steps: 20}, Chains: 5}), 0.01, 0)
	almost.Equal(t, exact, fit(structured.MinMax[int]{Family: multinomial{categories}, Samples: 20}), 0.03, 0)
}

func TestBaselinesConform(t *testing.T) {
	for _, o := range []structured.Objective[int]{
		structured.ContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{Steps: 2}, Chains: 2},
		structured.MinMax[int]{Family: multinomial{categories}},
	} {
		t.Run(o.String(), func(t *testing.T) {
			cfg := config()
			cfg.Objective = o
			data, validation := blobs(80, 3, categories), blobs(30, 3, categories)
			structuredtest.Fit(t, structuredtest.Problem[int]{Structures: listed(), Data: data, Config: cfg, Sampled: true})
			cfg.Validation = &validation
			m, err := structured.Fit(ctx, data, cfg)
			require.NoError(t, err)
			assert.Equal(t, "nll", m.History().Metric, "its loss cannot be compared between epochs")

			partial := data
			partial.Evidence = make([]structured.Evidence[int], data.Len())
			for i := range partial.Evidence {
				partial.Evidence[i] = oneOf{data.Y[i], (data.Y[i] + 1) % categories}
			}
			_, err = structured.Fit(ctx, partial, cfg)
			assert.NoError(t, err)
		})
	}
	assert.Error(t, structured.ContrastiveDivergence[int]{}.Validate())
	assert.Error(t, structured.ContrastiveDivergence[int]{Kernel: structured.IndependenceMetropolis[int]{}, Chains: -1}.Validate())
	assert.Error(t, structured.MinMax[int]{}.Validate())
	assert.Error(t, structured.MinMax[int]{Family: multinomial{3}, Samples: 1}.Validate())
}
