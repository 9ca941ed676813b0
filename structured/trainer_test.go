package structured_test

import (
	"bytes"
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
