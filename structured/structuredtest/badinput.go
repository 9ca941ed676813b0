package structuredtest

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

func (p Problem[Y]) badInput(t *testing.T, m *structured.Model[Y]) {
	ctx := context.Background()
	fit := func(d structured.Data[Y]) error {
		model, err := structured.Fit(ctx, d, p.Config)
		assert.Nil(t, model, "no model where there is an error")
		return err
	}
	assert.ErrorIs(t, fit(structured.Data[Y]{}), structured.ErrNoExamples)
	for _, w := range []float64{math.NaN(), math.Inf(1), -1} {
		d := p.Data
		d.Weights = make([]float64, d.Len())
		d.Weights[3] = w
		var de *structured.DataError
		require.ErrorAs(t, fit(d), &de, "weight %g", w)
		assert.Equal(t, 3, de.Row)
	}
	d := p.Data
	d.Weights = make([]float64, d.Len())
	assert.ErrorIs(t, fit(d), structured.ErrNoExamples, "all weights 0")
	var dim *structured.DimensionError
	d.Weights = make([]float64, 1)
	assert.ErrorAs(t, fit(d), &dim, "too few weights")
	if p.Data.X == nil {
		return
	}
	short := p.Data
	short.Y = short.Y[:len(short.Y)-1]
	assert.ErrorAs(t, fit(short), &dim, "fewer structures than rows")
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		x := mat.DenseCopyOf(p.Data.X)
		x.Set(2, 0, bad)
		d := structured.Data[Y]{X: x, Y: p.Data.Y}
		var de *structured.DataError
		require.ErrorAs(t, fit(d), &de)
		assert.Equal(t, [2]int{2, 0}, [2]int{de.Row, de.Column})
		assert.ErrorIs(t, de, structured.ErrNotFinite)
		_, err := m.LogProbs(ctx, &d)
		require.ErrorAs(t, err, &de, "at prediction")
		assert.Equal(t, 2, de.Row)
	}
	wide := make([]float64, p.Data.Features()+1)
	_, err := m.LogProb(wide, p.Data.Y[0])
	require.ErrorAs(t, err, &dim, "a row of wrong width at prediction")
	assert.Equal(t, p.Data.Features(), dim.Want)
	_, err = m.LogProb(nil, p.Data.Y[0])
	assert.ErrorAs(t, err, &dim, "no features at prediction")
}
