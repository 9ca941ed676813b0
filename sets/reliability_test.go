package sets

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Data that a model has drawn find it calibrated, others do not.
func TestReliability(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n, k = 4000, 3
	x := mat.NewDense(n, 1, nil)
	ys, flipped := Make(n, k), Make(n, k)
	observed := Make(n, k)
	for i := range n {
		x.Set(i, 0, rng.NormFloat64())
		for j := range k {
			has := rng.Float64() < []float64{0.1, 0.5, 0.8}[j]
			ys[i].Set(j, has)
			flipped[i].Set(j, !has)
			observed[i].Set(j, j != 1)
		}
	}
	ctx := context.Background()
	cfg := Config{Network: nn.Linear{}}
	cfg.Epochs = 10
	m, err := Fit(ctx, Data{X: x, Y: ys}, cfg)
	require.NoError(t, err)
	c, err := m.Reliability(ctx, Data{X: x, Y: ys}, 0)
	require.NoError(t, err)
	assert.Equal(t, n*k, c.Labels.Events)
	assert.Equal(t, n, c.Sets.Events)
	assert.Less(t, c.Labels.Error, 0.03)
	assert.Less(t, c.Sets.Error, 0.03)
	c, err = m.Reliability(ctx, Data{X: x, Y: flipped}, 4)
	require.NoError(t, err)
	assert.Greater(t, c.Labels.Error, 0.3)
	c, err = m.Reliability(ctx, Data{X: x, Y: ys, Observed: observed}, 4)
	require.NoError(t, err)
	assert.Equal(t, n*(k-1), c.Labels.Events)
	assert.Zero(t, c.Sets.Events)
}
