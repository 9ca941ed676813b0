package structured_test

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

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

// Cancelled in the middle of an epoch, saved and resumed equals not stopping.
func TestResumeAfterCancelInsideAnEpoch(t *testing.T) {
	data := blobs(200, 3, categories)
	cfg := config()
	cfg.Epochs, cfg.BatchSize = 4, 20
	whole, err := structured.Fit(ctx, data, cfg)
	require.NoError(t, err)

	seen := &sync.Map{}
	cfg.Objective = keys{seen: seen}
	tr, err := structured.NewTrainer(data, cfg)
	require.NoError(t, err)
	_, err = tr.Epoch(ctx)
	require.NoError(t, err)
	before := append([]float64(nil), tr.Params()...)
	_, err = tr.Epoch(&endingContext{Context: ctx, calls: 5})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, before, tr.Params(), "an unfinished epoch leaves no trace")
	var file bytes.Buffer
	require.NoError(t, tr.Save(&file))
	cfg.Objective = structured.ExactLikelihood[int]{}
	resumed, err := structured.Resume(&file, data, cfg)
	require.NoError(t, err)
	require.NoError(t, resumed.Run(ctx))
	assert.Equal(t, whole.Params(), resumed.Model().Params())
}

// endingContext ends after some questions.
type endingContext struct {
	context.Context
	calls int
}

func (c *endingContext) Err() error {
	if c.calls--; c.calls < 0 {
		return context.Canceled
	}
	return nil
}

// A stopped run stays stopped when resumed.
func TestResumeAfterEarlyStop(t *testing.T) {
	data, validation := blobs(60, 3, categories), blobs(60, 3, categories)
	for i := range validation.Y {
		validation.Y[i] = i % categories
	}
	cfg := config()
	cfg.Validation, cfg.Patience, cfg.Epochs, cfg.Optimizer = &validation, 3, 300, nn.Adam{Rate: 0.05}
	tr, err := structured.NewTrainer(data, cfg)
	require.NoError(t, err)
	require.NoError(t, tr.Run(ctx))
	var file bytes.Buffer
	require.NoError(t, tr.Save(&file))
	again, err := structured.Resume(&file, data, cfg)
	require.NoError(t, err)
	require.NoError(t, again.Run(ctx))
	assert.Equal(t, tr.Model().Params(), again.Model().Params())
	assert.Equal(t, structured.EarlyStop, again.Model().History().Stopped)
}

// Settings that could only fail, or be ignored, later.
func TestSettingsOfValidation(t *testing.T) {
	data := blobs(30, 2, categories)
	for name, change := range map[string]func(*structured.Config[int]){
		"patience": func(c *structured.Config[int]) { c.Patience = 3 },
		"metric":   func(c *structured.Config[int]) { c.StopOn = structured.NLL[int]{} },
	} {
		cfg := config()
		change(&cfg)
		_, err := structured.NewTrainer(data, cfg)
		assert.ErrorContains(t, err, "need Config.Validation", name)
	}
}
