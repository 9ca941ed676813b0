package datasets

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/sets"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// randomSets gives n sets over k labels, label j with probability 1/(j+2) and
// each row empty with probability 1/5.
func randomSets(n, k int, rng *rand.Rand) []sets.Set {
	y := sets.Make(n, k)
	for i := range y {
		if rng.IntN(5) == 0 {
			continue
		}
		for j := range k {
			y[i].Set(j, rng.IntN(j+2) == 0)
		}
	}
	return y
}

// requirePartition checks that every row is in exactly one part, in order.
func requirePartition(t *testing.T, n int, parts [][]int) {
	t.Helper()
	seen := make([]int, n)
	for _, part := range parts {
		require.True(t, slices.IsSorted(part))
		for _, i := range part {
			seen[i]++
		}
	}
	for i, times := range seen {
		require.Equal(t, 1, times, "row %d", i)
	}
}

func randomFractions(rng *rand.Rand) []float64 {
	out := make([]float64, 1+rng.IntN(5))
	sum := 0.0
	for i := range out {
		out[i] = rng.Float64() + 0.05
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func TestSplitIsAPartitionOfTheSizesAsked(t *testing.T) {
	rng := newRand(1)
	for range 300 {
		n, fractions := rng.IntN(60), randomFractions(rng)
		parts, err := Split(n, fractions, rng)
		require.NoError(t, err)
		require.Len(t, parts, len(fractions))
		requirePartition(t, n, parts)
		for p, f := range fractions {
			assert.Less(t, math.Abs(float64(len(parts[p]))-f*float64(n)), 1.0)
		}
	}
	parts, err := Split(100, []float64{0.29, 0.71}, rng)
	require.NoError(t, err)
	assert.Len(t, parts[0], 29)
	assert.Equal(t, []int{3, 2, 2}, largestRemainder(7, []float64{1. / 3, 1. / 3, 1. / 3}))
	assert.Equal(t, []int{1, 4}, largestRemainder(5, []float64{0.29, 0.71}))
}

func TestSplitIsUniform(t *testing.T) {
	rng := newRand(2)
	count := map[[2]int]int{}
	const draws = 20000
	for range draws {
		parts, err := Split(4, []float64{0.5, 0.5}, rng)
		require.NoError(t, err)
		count[[2]int(parts[0])]++
	}
	require.Len(t, count, 6)
	for part, c := range count {
		requireBinomial(t, c, draws, 1./6, part)
	}
}

func TestSplitErrors(t *testing.T) {
	rng := newRand(3)
	for name, split := range map[string]func([]float64, *rand.Rand) error{
		"Split": func(f []float64, rng *rand.Rand) error { _, err := Split(10, f, rng); return err },
		"StratifiedSplit": func(f []float64, rng *rand.Rand) error {
			_, err := StratifiedSplit(randomSets(10, 3, newRand(1)), f, rng)
			return err
		},
	} {
		assert.ErrorIs(t, split([]float64{1}, nil), ErrNilRand, name)
		var fraction *FractionError
		for _, bad := range []float64{0, -0.5, math.NaN(), math.Inf(1)} {
			require.ErrorAs(t, split([]float64{0.5, bad}, rng), &fraction, name)
			assert.Equal(t, 1, fraction.Index)
			assert.Contains(t, fraction.Error(), "fraction 1")
		}
		for _, sum := range [][]float64{nil, {0.5, 0.4}, {0.5, 0.6}, {70, 30}} {
			require.ErrorAs(t, split(sum, rng), &fraction, name)
			assert.Equal(t, -1, fraction.Index)
			assert.Contains(t, fraction.Error(), "not 1")
		}
		assert.NoError(t, split([]float64{0.1, 0.2, 0.7}, rng), name)
	}
	_, err := Split(-1, []float64{1}, rng)
	assert.Error(t, err)
}
