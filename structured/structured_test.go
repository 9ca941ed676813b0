package structured_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

const categories = 4

var (
	space = category{n: categories, list: true}
	ctx   = context.Background()
)

func listed() structuredtest.Structures[int] {
	return structuredtest.Structures[int]{
		All: []int{0, 1, 2, 3}, Equal: func(a, b int) bool { return a == b },
		Evidence: []structured.Evidence[int]{oneOf{1, 2}, oneOf{3}, oneOf{0, 1, 2, 3}},
	}
}

func config() structured.Config[int] {
	return structured.Config[int]{
		Space: space, Coupling: softmaxLogits{logits{categories}},
		Network:   nn.MLP{Hidden: []int{6}, Activation: nn.Tanh},
		Tau:       logpart.Logits{Of: nn.MLP{Hidden: []int{5}, Activation: nn.Softplus}},
		Objective: structured.ExactLikelihood[int]{},
		Training:  structured.Training{Epochs: 4, BatchSize: 50, Seed: 3},
	}
}

// A space and couplings that are not the library's own pass the suite.
func TestConformanceOfAUsersSpace(t *testing.T) {
	structuredtest.Space(t, space, listed())
	structuredtest.Coupling(t, logits{categories}, space, listed())
	structuredtest.Coupling(t, softmaxLogits{logits{categories}}, space, listed())
	for _, objective := range []structured.Objective[int]{
		structured.ExactLikelihood[int]{}, structured.MinMin[int]{Summed: true},
		structured.MinMin[int]{Samples: 7}, structured.MinMin[int]{Loss: fenchel.Tsallis{}, Summed: true},
	} {
		t.Run(objective.String(), func(t *testing.T) {
			cfg := config()
			cfg.Objective = objective
			_, exact := objective.(structured.ExactLikelihood[int])
			mm, _ := objective.(structured.MinMin[int])
			structuredtest.Fit(t, structuredtest.Problem[int]{
				Structures: listed(), Data: blobs(120, 3, categories), Config: cfg,
				Smooth: true, Sampled: !exact && !mm.Summed,
			})
		})
	}
}

// The min-min loss with the exact expectation is an upper bound of the
// negative log-likelihood, and tight where a table is optimised to the end.
func TestMinMinBoundsTheLikelihood(t *testing.T) {
	data := blobs(60, 2, categories)
	cfg := config()
	cfg.Objective = structured.MinMin[int]{Summed: true}
	cfg.Tau = logpart.Table{}
	cfg.Network = nn.Linear{}
	cfg.Epochs, cfg.BatchSize = 1500, 60
	cfg.Optimizer = nn.Adam{Rate: 0.03}
	last := 0.0
	cfg.OnEpoch = func(e structured.Epoch) error { last = e.Loss; return nil }
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	nll, err := structured.NLL[int]{}.Evaluate(ctx, m, &data)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, last, nll-1e-9, "the bound")
	almost.Equal(t, nll, last, 2e-3, 0, "the table makes it tight")

	cfg.Objective, cfg.Tau = structured.ExactLikelihood[int]{}, nil
	exact, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	best, err := structured.NLL[int]{}.Evaluate(ctx, exact, &data)
	require.NoError(t, err)
	almost.Equal(t, best, nll, 2e-3, 0, "and its minimum is the maximum likelihood")
}

func TestEarlyStoppingRestoresTheBest(t *testing.T) {
	data, validation := blobs(60, 3, categories), blobs(200, 3, categories)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range validation.Y {
		validation.Y[i] = rng.IntN(categories) // noise: learning must hurt
	}
	cfg := config()
	cfg.Validation, cfg.Patience, cfg.Epochs = &validation, 5, 500
	cfg.Optimizer = nn.Adam{Rate: 0.05}
	var params [][]float64
	tr, err := structured.NewTrainer(data, cfg)
	require.NoError(t, err)
	for {
		stop, err := tr.Epoch(ctx)
		require.NoError(t, err)
		params = append(params, append([]float64(nil), tr.Params()...))
		if stop {
			break
		}
	}
	h := tr.Model().History()
	assert.Equal(t, structured.EarlyStop, h.Stopped)
	assert.Less(t, len(h.Epochs), 500)
	assert.Equal(t, h.BestEpoch+5, len(h.Epochs))
	assert.Equal(t, "loss", h.Metric)
	almost.Same(t, params[h.BestEpoch-1], tr.Model().Params(), "the best epoch's parameters are restored")
	for _, e := range h.Epochs {
		assert.GreaterOrEqual(t, e.Metric, h.Epochs[h.BestEpoch-1].Metric)
	}
	got, err := structured.NLL[int]{}.Evaluate(ctx, tr.Model(), &validation)
	require.NoError(t, err)
	almost.Equal(t, h.Epochs[h.BestEpoch-1].Metric, got, 1e-12, 1e-12, "for the exact objective the loss is the NLL")
}

func TestCallbackAndLogger(t *testing.T) {
	var log bytes.Buffer
	cfg := config()
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	cfg.OnEpoch = func(e structured.Epoch) error {
		if e.Epoch == 2 {
			return structured.ErrStop
		}
		return nil
	}
	m, err := structured.Fit(ctx, blobs(60, 2, categories), cfg)
	require.NoError(t, err)
	assert.Equal(t, structured.AtRequest, m.History().Stopped)
	assert.Equal(t, 2, strings.Count(log.String(), "msg=epoch"))

	mine := errors.New("disk full")
	cfg.OnEpoch = func(structured.Epoch) error { return mine }
	m, err = structured.Fit(ctx, blobs(60, 2, categories), cfg)
	assert.ErrorIs(t, err, mine)
	assert.Equal(t, structured.Failed, m.History().Stopped)
}

func TestDivergenceIsAnError(t *testing.T) {
	cfg := config()
	cfg.Coupling = logits{categories}
	cfg.Objective = structured.MinMin[int]{MaxRatio: math.Inf(1)}
	cfg.Optimizer = nn.SGD{Rate: 1e6}
	_, err := structured.Fit(ctx, blobs(60, 2, categories), cfg)
	var diverged *structured.DivergedError
	require.ErrorAs(t, err, &diverged)
	assert.Contains(t, err.Error(), "learning rate")
	// With the bound on the ratios and the norm it only learns badly.
	cfg.Objective = structured.MinMin[int]{}
	cfg.Optimizer, cfg.ClipNorm = nn.SGD{Rate: 0.1}, 1
	_, err = structured.Fit(ctx, blobs(60, 2, categories), cfg)
	assert.NoError(t, err)
}

func TestErrors(t *testing.T) {
	data := blobs(20, 2, categories)
	bad := data
	bad.Y = append([]int(nil), data.Y...)
	bad.Y[7] = 99
	_, err := structured.Fit(ctx, bad, config())
	var de *structured.DataError
	require.ErrorAs(t, err, &de)
	assert.Equal(t, 7, de.Row)
	assert.ErrorContains(t, err, "Y: row 7")

	for name, change := range map[string]func(*structured.Config[int]){
		"no space":      func(c *structured.Config[int]) { c.Space = nil },
		"no coupling":   func(c *structured.Config[int]) { c.Coupling = nil },
		"epochs":        func(c *structured.Config[int]) { c.Epochs = -1 },
		"clip":          func(c *structured.Config[int]) { c.ClipNorm = math.NaN() },
		"tau optimizer": func(c *structured.Config[int]) { c.TauOptimizer = nn.Adam{Rate: -1} },
		"optimizer":     func(c *structured.Config[int]) { c.Optimizer = nn.SGD{Rate: -1} },
		"network":       func(c *structured.Config[int]) { c.Network = nn.MLP{Hidden: []int{-1}} },
		"tau":           func(c *structured.Config[int]) { c.Tau = logpart.Network{Of: nn.MLP{Dropout: 2}} },
		"samples":       func(c *structured.Config[int]) { c.Objective = structured.MinMin[int]{Samples: -1} },
		"loss": func(c *structured.Config[int]) {
			c.Objective = structured.MinMin[int]{Loss: fenchel.Tsallis{Alpha: 0.5}}
		},
		"validation size": func(c *structured.Config[int]) { v := blobs(5, 3, categories); c.Validation = &v },
	} {
		cfg := config()
		change(&cfg)
		_, err := structured.Fit(ctx, data, cfg)
		assert.Error(t, err, name)
	}
	cfg := config()
	cfg.Coupling = logits{categories}
	_, err = structured.Fit(ctx, data, cfg)
	assert.ErrorIs(t, err, structured.ErrIntractable, "exact without inference")
	cfg.Space, cfg.Objective = category{n: categories}, structured.MinMin[int]{Summed: true}
	_, err = structured.Fit(ctx, data, cfg)
	assert.ErrorIs(t, err, structured.ErrIntractable, "a sum over a space that cannot be listed")

	v := blobs(5, 2, categories)
	cfg = config()
	cfg.Validation, cfg.Tau, cfg.Objective = &v, logpart.Table{}, structured.MinMin[int]{}
	_, err = structured.Fit(ctx, data, cfg)
	assert.ErrorIs(t, err, structured.ErrNoNormalizer, "a table cannot judge validation data")
}

// Sparse features give what the same features dense do, but for standardising:
// they are scaled, not centred.
func TestSparseFeatures(t *testing.T) {
	data := blobs(40, 3, categories)
	dense := data.X.(*mat.Dense)
	var offsets = []int{0}
	var columns []int32
	var values []float64
	for i := range 40 {
		dense.Set(i, i%3, 0)
		for j := range 3 {
			if v := dense.At(i, j); v != 0 {
				columns, values = append(columns, int32(j)), append(values, v)
			}
		}
		offsets = append(offsets, len(values))
	}
	sparse, err := nn.NewCSR(40, 3, offsets, columns, values)
	require.NoError(t, err)
	cfg := config()
	cfg.RawFeatures = true
	a, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	data.X = sparse
	b, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	almost.Slice(t, a.Params(), b.Params(), 1e-9, 1e-9)
	cfg.RawFeatures = false
	c, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	fromSparse, err := c.LogProbs(ctx, &data)
	require.NoError(t, err)
	data.X = dense
	fromDense, err := c.LogProbs(ctx, &data)
	require.NoError(t, err)
	for i := range fromDense {
		almost.Equal(t, fromSparse[i].Value, fromDense[i].Value, 1e-9, 0, "a model takes either")
	}
}
