package permutations

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

func TestData(t *testing.T) {
	d := Data{Y: []Ordering{{0, 1, 2}, {2, 1, 0}}, Weights: []float64{1, 2}}
	assert.Equal(t, 3, d.K())
	assert.Equal(t, 2, d.Len())
	s, err := d.Structured()
	require.NoError(t, err)
	assert.Equal(t, d.Y, s.Y)
	assert.Nil(t, s.Evidence)
	assert.Equal(t, d.Weights, s.Weights)

	d.Partial = []Partial{partial(t, "1>0>2/3"), {}}
	s, err = d.Structured()
	require.NoError(t, err)
	assert.Equal(t, []Ordering{{1, 0, 2}, {2, 1, 0}}, s.Y, "one completion only")
	assert.Equal(t, []Ordering{{0, 1, 2}, {2, 1, 0}}, d.Y, "the data stay")
	assert.Equal(t, []structured.Evidence[Ordering]{nil, nil}, s.Evidence)

	d.Partial[1] = partial(t, "1>0/3")
	s, err = d.Structured()
	require.NoError(t, err)
	assert.Nil(t, s.Evidence[0])
	assert.True(t, d.Partial[1].Equal(s.Evidence[1].(Partial)))

	only := Data{Partial: []Partial{partial(t, "1>0/3"), partial(t, "2>0=1/3")}}
	assert.Equal(t, 3, only.K())
	assert.Equal(t, 2, only.Len())
	s, err = only.Structured()
	require.NoError(t, err)
	assert.Equal(t, 2, s.Len())
	assert.Zero(t, (&Data{}).K())
	assert.Zero(t, (&Data{}).Len())
}

func TestDataErrors(t *testing.T) {
	var dim *structured.DimensionError
	_, err := (&Data{Y: []Ordering{{0}}, Partial: make([]Partial, 2)}).Structured()
	require.ErrorAs(t, err, &dim)
	assert.Equal(t, 2, dim.Got)
	var row *structured.DataError
	for _, d := range []Data{
		{Y: []Ordering{{0, 1}, {1, 0}}, Partial: []Partial{{}, partial(t, "0>1/3")}},
		{Partial: []Partial{partial(t, "0>1/2"), partial(t, "0>1/3")}},
		{Partial: []Partial{partial(t, "0>1/2"), {}}},
	} {
		_, err = d.Structured()
		require.ErrorAs(t, err, &row)
		assert.Equal(t, 1, row.Row)
		assert.Equal(t, "Partial", row.What)
	}
	_, err = (&Data{Partial: make([]Partial, 2)}).Structured()
	assert.ErrorIs(t, err, ErrNoLabels)
	_, err = (&Data{Y: []Ordering{{}}, Partial: make([]Partial, 1)}).Structured()
	assert.ErrorIs(t, err, ErrNoLabels)
}

// Rows of weight 0 may have anything in them, also the first.
func TestRowsOfNoWeight(t *testing.T) {
	d := ranked(20, 2, 4)
	d.Weights = make([]float64, 20)
	for i := 1; i < 20; i++ {
		d.Weights[i] = 1
	}
	cfg := Config{Network: nn.Linear{}}
	cfg.Epochs = 2
	want, err := Fit(context.Background(), d, cfg)
	require.NoError(t, err)
	d.Y = append([]Ordering{nil}, d.Y[1:]...)
	d.Partial = make([]Partial, 20)
	d.Partial[0] = partial(t, "0>1/9")
	assert.Equal(t, 4, d.K())
	got, err := Fit(context.Background(), d, cfg)
	require.NoError(t, err)
	almost.Same(t, want.Params(), got.Params())
	d.Weights = make([]float64, 20)
	_, err = Fit(context.Background(), d, cfg)
	assert.ErrorIs(t, err, structured.ErrNoExamples)
}
