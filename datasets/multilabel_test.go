package datasets

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
)

func TestMultilabelNames(t *testing.T) {
	m := awkward()
	assert.Equal(t, []int{3, 4, 3}, []int{m.Len(), m.D(), m.K()})
	assert.Equal(t, []string{"plain", "caf\u00e9"}, []string{m.FeatureName(0), m.LabelName(1)})
	m.Features, m.Labels = nil, nil
	assert.Equal(t, []string{"x1", "y2"}, []string{m.FeatureName(0), m.LabelName(1)})
	m.X = nil
	assert.Zero(t, m.D())
	assert.Equal(t, 2, (&Multilabel{Labels: []string{"a", "b"}}).K())
}

func TestMultilabelValidate(t *testing.T) {
	require.NoError(t, awkward().Validate())
	require.NoError(t, withMissing(awkward()).Validate())
	require.NoError(t, sparse(t, awkward()).Validate())
	for name, c := range map[string]struct {
		kind  error
		spoil func(*Multilabel)
	}{
		"no rows":         {ErrEmpty, func(m *Multilabel) { m.Y = nil }},
		"no labels":       {ErrNoLabels, func(m *Multilabel) { m.Y = make([]sets.Set, 3) }},
		"rows of X":       {ErrRagged, func(m *Multilabel) { m.X = mat.NewDense(2, 4, nil) }},
		"columns of X":    {ErrRagged, func(m *Multilabel) { m.X = mat.NewDense(3, 5, nil) }},
		"no X":            {ErrRagged, func(m *Multilabel) { m.X = nil }},
		"label names":     {ErrRagged, func(m *Multilabel) { m.Labels = m.Labels[:2] }},
		"observed rows":   {ErrRagged, func(m *Multilabel) { m.Observed = m.Observed[:2] }},
		"a label set":     {ErrRagged, func(m *Multilabel) { m.Y[2] = sets.New(4) }},
		"an observed set": {ErrRagged, func(m *Multilabel) { m.Observed[1] = sets.New(2) }},
		"NaN":             {ErrNotFinite, func(m *Multilabel) { m.X.(*mat.Dense).Set(2, 3, math.NaN()) }},
		"Inf":             {ErrNotFinite, func(m *Multilabel) { m.X = other{m.X}; m.X.(other).Matrix.(*mat.Dense).Set(2, 3, math.Inf(1)) }},
		"unobserved":      {nil, func(m *Multilabel) { m.Observed[0].Remove(2) }},
	} {
		m := withMissing(awkward())
		c.spoil(m)
		err := m.Validate()
		require.Error(t, err, name)
		if c.kind != nil {
			assert.ErrorIs(t, err, c.kind, name)
		}
	}
	m := sparse(t, awkward())
	_, values := m.row(2, nil)
	values[1] = math.NaN()
	assert.EqualError(t, m.Validate(), `datasets: row 2: "NaN" is not a finite number, which attribute "{brace} % \"quote\" 'quote'" wants`)
}
