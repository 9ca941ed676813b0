package sets_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// bySize is a coupling of a user's: a score for each size of the set.
type bySize struct{}

func (bySize) Bind(k int) (structured.Inferrer[sets.Set], error) { return sizes{k}, nil }

type sizes struct{ k int }

func (c sizes) NumLogits() int                    { return c.k + 1 }
func (c sizes) NumOwn() int                       { return 0 }
func (c sizes) InitOwn(own []float64, key uint64) {}

func (c sizes) Score(dst []float64, theta structured.Theta, ys []sets.Set) {
	for m, y := range ys {
		dst[m] = theta.Logits[y.Count()]
	}
}

func (c sizes) AddGrad(grad, theta structured.Theta, ys []sets.Set, weights []float64) {
	for m, y := range ys {
		grad.Logits[y.Count()] += weights[m]
	}
}

func (c sizes) Infer(structured.Space[sets.Set]) (structured.Inference[sets.Set], error) {
	return nil, nil
}

func TestACouplingOfOnesOwn(t *testing.T) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(1, 1))
	x, ys := mat.NewDense(300, 1, nil), sets.Make(300, 4)
	for i, y := range ys {
		x.Set(i, 0, float64(i%2))
		for y.Count() < 1+2*(i%2) { // one label, or three
			y.Add(rng.IntN(4))
		}
	}
	data := sets.Data{X: x, Y: ys}
	m, err := sets.Fit(ctx, data, sets.Config{Coupling: bySize{}, Training: structured.Training{Epochs: 60, Seed: 1}})
	require.NoError(t, err)
	p, how, err := m.Marginals(ctx, x)
	require.NoError(t, err)
	assert.Equal(t, structured.Exact, how)
	assert.Less(t, mat.Sum(p.RowView(0)), 1.6)
	assert.Greater(t, mat.Sum(p.RowView(1)), 2.4)
	_, err = m.Predict(ctx, x)
	assert.ErrorIs(t, err, structured.ErrNoMode)

	var file bytes.Buffer
	require.NoError(t, m.Save(&file))
	bits := file.Bytes()
	_, err = sets.Load(bytes.NewReader(bits))
	assert.ErrorContains(t, err, "bySize")
	again, err := sets.Load(bytes.NewReader(bits), bySize{})
	require.NoError(t, err)
	assert.Equal(t, m.Params(), again.Params())
}
