package datasets

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

// rankingTruth is what the synthetic models have in common.
type rankingTruth interface {
	Validate() error
	Sample(ctx context.Context, n int, seed uint64) (*LabelRanking, error)
	LogProb(x []float64, y permutations.Ordering) (float64, error)
}

func rankingTruths(t *testing.T, c RankingConfig) map[string]rankingTruth {
	t.Helper()
	out := map[string]rankingTruth{}
	pl, err := NewLinearPlackettLuce(c)
	require.NoError(t, err)
	out["Plackett-Luce"] = pl
	for _, distance := range []permutations.Distance{permutations.Kendall, permutations.Cayley, permutations.Hamming} {
		out["Mallows "+distance.String()], err = NewLinearMallows(c, distance, 0.7)
		require.NoError(t, err)
	}
	out["assignment"], err = NewLinearAssignment(c)
	require.NoError(t, err)
	return out
}

// allOrderings lists the orderings of k labels in lexicographic order.
func allOrderings(t *testing.T, k int) []permutations.Ordering {
	t.Helper()
	space, err := permutations.NewSpace(k, nil)
	require.NoError(t, err)
	var out []permutations.Ordering
	for batch := range space.Enumerate(64) {
		for _, y := range batch {
			out = append(out, y.Clone())
		}
	}
	return out
}

func TestRankingTruthsAreNormalised(t *testing.T) {
	for _, c := range []RankingConfig{{Seed: 1}, {Labels: 1, Features: 2}, {Labels: 4, Features: 3, Bias: 2, Weight: 1.5, Seed: 4}, {Labels: 3, Bias: -1, Weight: -1}} {
		for name, m := range rankingTruths(t, c) {
			sum := 0.0
			ys := allOrderings(t, c.labels())
			for _, y := range ys {
				logP, err := m.LogProb(someX(c.Features), y)
				require.NoError(t, err)
				sum += math.Exp(logP)
			}
			almost.Equal(t, 1, sum, 1e-12, 0, name)
			if c.Bias < 0 && name == "Plackett-Luce" {
				logP, err := m.LogProb(nil, ys[2])
				require.NoError(t, err)
				almost.Equal(t, -math.Log(6), logP, 1e-14, 0, "no coefficients: uniform")
			}
		}
	}
}

// One distribution without features: the counts of all orderings.
func TestRankingTruthsSample(t *testing.T) {
	const n = 4000
	for name, m := range rankingTruths(t, RankingConfig{Labels: 4, Seed: 7}) {
		data, err := m.Sample(context.Background(), n, 3)
		require.NoError(t, err)
		require.NoError(t, data.Validate())
		assert.Nil(t, data.X)
		count := map[string]int{}
		for _, y := range data.Y {
			count[y.String()]++
		}
		for _, y := range allOrderings(t, 4) {
			logP, err := m.LogProb(nil, y)
			require.NoError(t, err)
			requireBinomial(t, count[y.String()], n, math.Exp(logP), fmt.Sprint(name, y))
		}
	}
}

// With features, the randomised distribution function of y given x is uniform
// and independent of x: each of its quarters, on each side of x_0 = 0, has
// probability 1/8.
func TestRankingTruthsSampleGivenX(t *testing.T) {
	const n = 2000
	ys := allOrderings(t, 4)
	for name, m := range rankingTruths(t, RankingConfig{Labels: 4, Features: 2, Seed: 8}) {
		data, err := m.Sample(context.Background(), n, 3)
		require.NoError(t, err)
		require.NoError(t, data.Validate())
		rng := newRand(5)
		count := [8]int{}
		for i, y := range data.Y {
			x := mat.Row(nil, i, data.X)
			below := 0.0
			for _, other := range ys {
				logP, err := m.LogProb(x, other)
				require.NoError(t, err)
				if other.Equal(y) {
					below += rng.Float64() * math.Exp(logP)
					break
				}
				below += math.Exp(logP)
			}
			cell := min(int(4*below), 3)
			if x[0] < 0 {
				cell += 4
			}
			count[cell]++
		}
		for cell, c := range count {
			requireBinomial(t, c, n, 1./8, fmt.Sprint(name, cell))
		}
	}
}

func TestRankingTruthsAreReproducible(t *testing.T) {
	c := RankingConfig{Labels: 5, Features: 2, Seed: 9}
	again := rankingTruths(t, c)
	for name, m := range rankingTruths(t, c) {
		assert.Equal(t, m, again[name])
		long, err := m.Sample(context.Background(), 20, 1)
		require.NoError(t, err)
		short, err := again[name].Sample(context.Background(), 7, 1)
		require.NoError(t, err)
		sameRankings(t, long.Rows([]int{0, 1, 2, 3, 4, 5, 6}), short)
		other, err := m.Sample(context.Background(), 20, 2)
		require.NoError(t, err)
		assert.NotEqual(t, long.Y, other.Y)
	}
	c.Seed++
	for name, m := range rankingTruths(t, c) {
		assert.NotEqual(t, m, again[name])
	}
}

func TestRankingTruthErrors(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, m := range rankingTruths(t, RankingConfig{Labels: 3, Features: 2}) {
		_, err := m.Sample(cancelled, 2, 0)
		assert.ErrorIs(t, err, context.Canceled, name)
		_, err = m.Sample(context.Background(), 0, 0)
		assert.ErrorIs(t, err, ErrEmpty, name)
		y := permutations.Identity(3)
		for _, c := range []struct {
			x    []float64
			y    permutations.Ordering
			kind error
		}{
			{[]float64{1}, y, ErrRagged}, {[]float64{1, math.NaN()}, y, ErrNotFinite}, {[]float64{1, math.Inf(1)}, y, ErrNotFinite},
			{[]float64{1, 2}, permutations.Identity(2), ErrRagged}, {[]float64{1, 2}, permutations.Ordering{0, 1, 1}, permutations.ErrRepeated},
			{[]float64{math.MaxFloat64, math.MaxFloat64}, y, ErrNotFinite},
		} {
			_, err = m.LogProb(c.x, c.y)
			assert.ErrorIs(t, err, c.kind, "%s: %v %v", name, c.x, c.y)
		}
	}
	for _, c := range []RankingConfig{{Labels: -1}, {Features: -1}, {Bias: math.NaN()}, {Weight: math.Inf(1)}} {
		_, err := NewLinearPlackettLuce(c)
		assert.Error(t, err)
		_, err = NewLinearMallows(c, permutations.Kendall, 1)
		assert.Error(t, err)
		_, err = NewLinearAssignment(c)
		assert.Error(t, err)
	}
	for _, m := range []rankingTruth{
		&LinearPlackettLuce{}, &LinearPlackettLuce{Labels: 2, Bias: []float64{1}}, &LinearPlackettLuce{Labels: 1, Bias: []float64{math.NaN()}},
		&LinearPlackettLuce{Labels: 1, Features: 1, Bias: []float64{1}}, &LinearPlackettLuce{Labels: 1, Features: -1, Bias: []float64{1}},
		&LinearMallows{}, &LinearMallows{Labels: 1, Bias: []float64{1}, Dispersion: -1}, &LinearMallows{Labels: 1, Bias: []float64{1}, Distance: 3},
		&LinearAssignment{}, &LinearAssignment{Labels: 2, Bias: []float64{1, 2}}, &LinearAssignment{Labels: 9},
	} {
		require.Error(t, m.Validate())
		_, err := m.Sample(context.Background(), 1, 0)
		assert.Equal(t, m.Validate(), err)
		_, err = m.LogProb(nil, nil)
		assert.Equal(t, m.Validate(), err)
	}
	overflow := &LinearPlackettLuce{Labels: 1, Features: 1, Bias: []float64{math.MaxFloat64}, Weight: []float64{math.MaxFloat64}}
	_, err := overflow.Sample(context.Background(), 9, 1)
	assert.ErrorIs(t, err, ErrNotFinite)
	assert.ErrorContains(t, err, "(row ")
}
