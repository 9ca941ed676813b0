package structured_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
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

// Evidence counts with what it says: exact where the completions fit.
func TestEvidence(t *testing.T) {
	data := blobs(60, 2, categories)
	data.Evidence = make([]structured.Evidence[int], data.Len())
	for i := range data.Evidence {
		if i%2 == 0 {
			data.Evidence[i] = oneOf{data.Y[i], (data.Y[i] + 1) % categories}
			data.Y[i] = -1 // must not be looked at
		}
	}
	for _, objective := range []structured.Objective[int]{
		structured.ExactLikelihood[int]{}, structured.MinMin[int]{Summed: true}, structured.MinMin[int]{Loss: fenchel.Sparsemax, Summed: true},
	} {
		cfg := config()
		cfg.Objective = objective
		tr, err := structured.NewTrainer(data, cfg)
		require.NoError(t, err)
		loss, err := tr.Evaluate(nil)
		require.NoError(t, err)
		if _, ok := objective.(structured.ExactLikelihood[int]); ok {
			require.NoError(t, tr.Run(ctx))
			m := tr.Model()
			lps, err := m.LogProbs(ctx, &data)
			require.NoError(t, err)
			for i, e := range data.Evidence {
				sum := 0.0
				for y := range categories {
					if e == nil && y != data.Y[i] || e != nil && !e.Allows(y) {
						continue
					}
					lp, err := m.LogProb(mat.Row(nil, i, data.X), y)
					require.NoError(t, err)
					sum += math.Exp(lp.Value)
				}
				almost.Equal(t, math.Log(sum), lps[i].Value, 1e-12, 0, "row %d", i)
			}
			nll, err := structured.NLL[int]{}.Evaluate(ctx, m, &data)
			require.NoError(t, err)
			after, err := tr.Evaluate(nil)
			require.NoError(t, err)
			almost.Equal(t, after, nll, 1e-12, 0, "the loss is the likelihood of the evidence")
			assert.Less(t, after, loss)
			continue
		}
		grad := make([]float64, len(tr.Params()))
		_, err = tr.Evaluate(grad)
		require.NoError(t, err)
		p := tr.Params()
		for i := range p {
			const h = 1e-5
			at := p[i]
			p[i] = at + h
			up, _ := tr.Evaluate(nil)
			p[i] = at - h
			down, _ := tr.Evaluate(nil)
			p[i] = at
			almost.Equal(t, (up-down)/(2*h), grad[i], 1e-6, 1e-5, "%v, parameter %d", objective, i)
		}
	}
	data.Evidence[0] = other{}
	_, err := structured.Fit(ctx, data, config())
	assert.ErrorContains(t, err, "evidence of type")
}

type other struct{}

func (other) Allows(int) bool { return true }

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

// Save, Restore, and the same answers; the wrong configuration is an error.
func TestPersistence(t *testing.T) {
	data := blobs(60, 3, categories)
	for name, change := range map[string]func(*structured.Config[int]){
		"exact":        func(c *structured.Config[int]) {},
		"minmin":       func(c *structured.Config[int]) { c.Objective = structured.MinMin[int]{} },
		"table":        func(c *structured.Config[int]) { c.Objective, c.Tau = structured.MinMin[int]{}, logpart.Table{} },
		"raw features": func(c *structured.Config[int]) { c.RawFeatures = true },
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

// keys is the exact objective, with a record of the stream of each example.
type keys struct {
	structured.ExactLikelihood[int]
	seen *sync.Map
}

func (k keys) Bind(p structured.Problem[int]) (structured.Criterion[int], error) {
	c, err := k.ExactLikelihood.Bind(p)
	return keyed{c, k.seen}, err
}

type keyed struct {
	structured.Criterion[int]
	seen *sync.Map
}

func (k keyed) Evaluate(b *structured.Batch[int], s structured.Scratch) error {
	for i := range b.Len() {
		n, _ := k.seen.LoadOrStore(b.Key(i), new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
	}
	return k.Criterion.Evaluate(b, s)
}

// Every example of every epoch has a random stream of its own.
func TestStreamsAreDistinct(t *testing.T) {
	cfg := config()
	cfg.Objective, cfg.Epochs = keys{seen: &sync.Map{}}, 3
	_, err := structured.Fit(ctx, blobs(150, 2, categories), cfg)
	require.NoError(t, err)
	n := 0
	cfg.Objective.(keys).seen.Range(func(_, count any) bool {
		n++
		assert.EqualValues(t, 1, count.(*atomic.Int64).Load())
		return true
	})
	assert.Equal(t, 450, n)
}

// Dropout is for training only.
func TestNoDropoutAtPrediction(t *testing.T) {
	data := blobs(50, 2, categories)
	cfg := config()
	cfg.Network = nn.MLP{Dropout: 0.5}
	m, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, m.Save(&file, nil))
	stored, err := structured.ReadStored(&file, 0)
	require.NoError(t, err)
	cfg.Network = nn.MLP{}
	without, err := structured.Restore(stored, cfg)
	require.NoError(t, err)
	a, err := m.LogProbs(ctx, &data)
	require.NoError(t, err)
	b, err := without.LogProbs(ctx, &data)
	require.NoError(t, err)
	assert.Equal(t, b, a)
}
