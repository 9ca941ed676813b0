package datasets

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

func TestLinearPlackettLuce(t *testing.T) {
	m := &LinearPlackettLuce{Labels: 3, Features: 2, Bias: []float64{1, 0, -1}, Weight: []float64{1, 0, 0, 0, 2, 0}}
	at, err := m.At([]float64{0.5, -1})
	require.NoError(t, err)
	almost.Slice(t, []float64{1.5, -2, -1}, at.LogWeights, 1e-15, 0)
	a, b, c := math.Exp(1.5), math.Exp(-2), math.Exp(-1)
	logP, err := m.LogProb([]float64{0.5, -1}, permutations.Ordering{2, 0, 1})
	require.NoError(t, err)
	almost.Equal(t, math.Log(c/(a+b+c)*a/(a+b)), logP, 1e-14, 0)
}

func TestLinearMallows(t *testing.T) {
	m := &LinearMallows{Labels: 3, Features: 1, Bias: []float64{0, 0, 0}, Weight: []float64{1, -1, 1}, Distance: permutations.Kendall, Dispersion: 0.5}
	at, err := m.At([]float64{-2})
	require.NoError(t, err)
	assert.Equal(t, permutations.Mallows{Distance: permutations.Kendall, Center: permutations.Ordering{1, 0, 2}, Dispersion: 0.5}, at, "equal scores by label")
	// 1, 2, 2 and 1 orderings at the distances 0, 1, 2 and 3.
	z := 1 + 2*math.Exp(-0.5) + 2*math.Exp(-1) + math.Exp(-1.5)
	for text, distance := range map[string]float64{"1>0>2": 0, "0>1>2": 1, "2>1>0": 2, "2>0>1": 3} {
		y, err := permutations.ParseOrdering(text)
		require.NoError(t, err)
		logP, err := m.LogProb([]float64{-2}, y)
		require.NoError(t, err)
		almost.Equal(t, -0.5*distance-math.Log(z), logP, 1e-14, 0, text)
	}
	// With little noise the center is drawn.
	m.Dispersion = 60
	data, err := m.Sample(context.Background(), 50, 1)
	require.NoError(t, err)
	for i, y := range data.Y {
		want := permutations.Ordering{0, 2, 1}
		if data.X.At(i, 0) < 0 {
			want = permutations.Ordering{1, 0, 2}
		}
		assert.Equal(t, want, y)
	}
	_, err = NewLinearMallows(RankingConfig{}, permutations.Kendall, math.NaN())
	assert.ErrorContains(t, err, "linear Mallows")
}

func TestLinearAssignmentAgainstBruteForce(t *testing.T) {
	for _, c := range []RankingConfig{{Labels: 1}, {Labels: 4, Features: 2, Seed: 1}, {Labels: 6, Features: 1, Bias: 3, Seed: 2}} {
		m, err := NewLinearAssignment(c)
		require.NoError(t, err)
		x := someX(c.Features)
		scores, err := m.Scores(x)
		require.NoError(t, err)
		probs, err := m.Probs(x)
		require.NoError(t, err)
		ys := allOrderings(t, c.Labels)
		require.Len(t, probs, len(ys))
		g := make([]float64, len(ys))
		for i, y := range ys {
			for r, j := range y {
				g[i] += scores[j*c.Labels+r]
			}
		}
		logZ := floats.LogSumExp(g)
		got, err := m.LogPartitionCounting(x)
		require.NoError(t, err)
		almost.Equal(t, logZ, got, 1e-12, 0)
		got, err = m.LogPartitionUniform(x)
		require.NoError(t, err)
		almost.Equal(t, logZ-math.Log(float64(len(ys))), got, 1e-12, 0)
		for i, y := range ys {
			logP, err := m.LogProb(x, y)
			require.NoError(t, err)
			almost.Equal(t, g[i]-logZ, logP, 1e-12, 0)
			almost.Equal(t, math.Exp(logP), probs[i], 0, 1e-12)
			unranked := make(permutations.Ordering, c.Labels)
			unrank(unranked, i)
			assert.Equal(t, y, unranked)
		}
	}
}

func TestLinearAssignmentScores(t *testing.T) {
	m := &LinearAssignment{Labels: 2, Features: 2, Bias: []float64{1, 2, 3, 4}, Weight: []float64{1, 0, 0, 0, 0, 10, 0, 0}}
	scores, err := m.Scores([]float64{2, -1})
	require.NoError(t, err)
	almost.Slice(t, []float64{3, -8, 3, 4}, scores, 0, 0)
	logP, err := m.LogProb([]float64{2, -1}, permutations.Ordering{0, 1})
	require.NoError(t, err)
	almost.Equal(t, -math.Log1p(math.Exp((-8+3)-(3+4))), logP, 1e-14, 0)
	for _, f := range []func([]float64) error{
		func(x []float64) error { _, err := m.Scores(x); return err },
		func(x []float64) error { _, err := m.Probs(x); return err },
		func(x []float64) error { _, err := m.LogPartitionCounting(x); return err },
		func(x []float64) error { _, err := m.LogPartitionUniform(x); return err },
	} {
		assert.ErrorIs(t, f([]float64{1}), ErrRagged)
	}
	var limit *LabelLimitError
	_, err = NewLinearAssignment(RankingConfig{Labels: 9})
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, LabelLimitError{Labels: 9, Max: 8}, *limit)
	big, err := NewLinearAssignment(RankingConfig{Labels: MaxAssignmentLabels, Features: 3})
	require.NoError(t, err)
	data, err := big.Sample(context.Background(), 3, 1)
	require.NoError(t, err)
	require.NoError(t, data.Validate())
	n, d := data.X.(*mat.Dense).Dims()
	assert.Equal(t, []int{3, 3, 8}, []int{n, d, data.K()})
}
