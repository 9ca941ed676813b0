package datasets

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

func partial(t *testing.T, text string) permutations.Partial {
	t.Helper()
	p, err := permutations.ParsePartial(text)
	require.NoError(t, err)
	return p
}

// someRankings has an ordering, ties and an incomplete ranking.
func someRankings(t *testing.T) *LabelRanking {
	return &LabelRanking{
		Name:     "some",
		X:        mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 6}),
		Y:        []permutations.Ordering{{2, 0, 1}, nil, nil},
		Partial:  []permutations.Partial{{}, partial(t, "1>0=2/3"), partial(t, "2>0/3")},
		Weights:  []float64{1, 2, 0.5},
		Features: []string{"f", "g"},
		Labels:   []string{"a", "b", "c"},
	}
}

// orders are the rankings of all rows by names.
func orders(m *LabelRanking) []string {
	out := make([]string, m.Len())
	for i := range out {
		out[i] = m.Order(i)
	}
	return out
}

// sameRankings compares bit for bit.
func sameRankings(t *testing.T, want, got *LabelRanking) {
	t.Helper()
	assert.Equal(t, want.Name, got.Name, "name")
	require.Equal(t, []int{want.Len(), want.D(), want.K()}, []int{got.Len(), got.D(), got.K()}, "rows, features, labels")
	if want.X != nil {
		almost.Same(t, mat.DenseCopyOf(want.X).RawMatrix().Data, mat.DenseCopyOf(got.X).RawMatrix().Data, "features")
	}
	assert.Equal(t, want.Y, got.Y, "orderings")
	assert.Equal(t, want.Partial == nil, got.Partial == nil, "partial rankings")
	for i := range want.Partial {
		assert.True(t, want.Partial[i].Equal(got.Partial[i]), "row %d: %v and %v", i, want.Partial[i], got.Partial[i])
	}
	assert.Equal(t, want.Features, got.Features, "names of features")
	assert.Equal(t, want.Labels, got.Labels, "names of labels")
	require.Equal(t, want.Weights == nil, got.Weights == nil, "weights")
	almost.Same(t, want.Weights, got.Weights, "weights")
}

func TestLabelRanking(t *testing.T) {
	m := someRankings(t)
	require.NoError(t, m.Validate())
	n, d, k := m.Dims()
	assert.Equal(t, []int{3, 2, 3}, []int{n, d, k})
	assert.Equal(t, []string{"c>a>b", "b>a=c", "c>a"}, orders(m))
	assert.Equal(t, []string{"g", "b"}, []string{m.FeatureName(1), m.LabelName(1)})
	m.Features, m.Labels = nil, nil
	require.NoError(t, m.Validate())
	assert.Equal(t, []string{"x2", "y2"}, []string{m.FeatureName(1), m.LabelName(1)})
	m = m.Rows([]int{1})
	assert.Equal(t, 3, m.K(), "of a partial ranking")

	empty := &LabelRanking{Labels: []string{"a", "b"}}
	assert.Equal(t, []int{0, 0, 2}, []int{empty.Len(), empty.D(), empty.K()})
}

func TestLabelRankingValidate(t *testing.T) {
	type change func(m *LabelRanking)
	for name, c := range map[string]struct {
		change change
		kind   error
		says   string
	}{
		"no rows":          {func(m *LabelRanking) { *m = LabelRanking{} }, ErrEmpty, "no rows"},
		"no labels":        {func(m *LabelRanking) { m.Y, m.Partial = make([]permutations.Ordering, 3), nil }, ErrNoLabels, ""},
		"rows of X":        {func(m *LabelRanking) { m.X = mat.NewDense(2, 2, nil) }, ErrRagged, "X has 2 rows, Y 3"},
		"rows of Partial":  {func(m *LabelRanking) { m.Partial = m.Partial[:0] }, ErrRagged, "Partial has 0 rows"},
		"feature names":    {func(m *LabelRanking) { m.Features = m.Features[:1] }, ErrRagged, "1 names for 2 features"},
		"label names":      {func(m *LabelRanking) { m.Labels = m.Labels[:1] }, ErrRagged, "1 names for 3 labels"},
		"weights":          {func(m *LabelRanking) { m.Weights = m.Weights[:2] }, ErrRagged, "2 weights for 3 rows"},
		"labels of a row":  {func(m *LabelRanking) { m.Partial[1] = partial(t, "0>1/2") }, ErrRagged, "row 1 is over 2 labels, not 3"},
		"labels missing":   {func(m *LabelRanking) { m.Partial[1] = permutations.Partial{} }, ErrRagged, "row 1 is over 0 labels, not 3"},
		"no ordering":      {func(m *LabelRanking) { m.Y[0] = permutations.Ordering{0, 0, 1} }, permutations.ErrRepeated, "row 0"},
		"both":             {func(m *LabelRanking) { m.Y[1] = permutations.Identity(3) }, nil, "row 1 has both"},
		"infinite feature": {func(m *LabelRanking) { m.X.(*mat.Dense).Set(2, 1, math.Inf(1)) }, ErrNotFinite, `row 2: "+Inf" is not a finite number, which attribute "g" wants`},
		"NaN weight":       {func(m *LabelRanking) { m.Weights[1] = math.NaN() }, ErrNotFinite, "row 1: weight NaN"},
		"negative weight":  {func(m *LabelRanking) { m.Weights[1] = -1 }, nil, "row 1: weight -1 is negative"},
	} {
		m := someRankings(t)
		c.change(m)
		err := m.Validate()
		assert.ErrorContains(t, err, c.says, name)
		if c.kind != nil {
			assert.ErrorIs(t, err, c.kind, name)
		}
	}
}

func TestLabelRankingRows(t *testing.T) {
	m := someRankings(t)
	got := m.Rows([]int{2, 0, 0})
	require.NoError(t, got.Validate())
	assert.Equal(t, []string{"c>a", "c>a>b", "c>a>b"}, orders(got))
	almost.Slice(t, []float64{5, 6, 1, 2, 1, 2}, got.X.(*mat.Dense).RawMatrix().Data, 0, 0)
	almost.Slice(t, []float64{0.5, 1, 1}, got.Weights, 0, 0)
	got.Y[1][0], got.Weights[1] = 9, 9
	got.X.(*mat.Dense).Set(1, 0, 9)
	sameRankings(t, someRankings(t), m)
	assert.Equal(t, "c>a>b", got.Order(2), "rows share nothing")

	plain := &LabelRanking{Y: []permutations.Ordering{{0, 1}, {1, 0}}}
	got = plain.Rows([]int{1})
	assert.Equal(t, &LabelRanking{Y: []permutations.Ordering{{1, 0}}}, got, "what is nil stays nil")
	assert.Equal(t, 0, plain.Rows(nil).Len())
	assert.Panics(t, func() { plain.Rows([]int{2}) })
}

func TestLabelRankingData(t *testing.T) {
	m := someRankings(t)
	d := m.Data()
	assert.Equal(t, permutations.Data{X: m.X, Y: m.Y, Partial: m.Partial, Weights: m.Weights}, d)
	s, err := d.Structured()
	require.NoError(t, err)
	assert.Nil(t, s.Evidence[0])
	assert.Equal(t, partial(t, "1>0=2/3"), s.Evidence[1])
}
