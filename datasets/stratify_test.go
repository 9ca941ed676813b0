package datasets

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/sets"
)

func TestStratifiedSplitIsAPartition(t *testing.T) {
	rng := newRand(1)
	for range 300 {
		n, k := rng.IntN(60), rng.IntN(80)
		fractions := randomFractions(rng)
		y := randomSets(n, k, rng)
		seed := rng.Uint64()
		parts, err := StratifiedSplit(y, fractions, newRand(seed))
		require.NoError(t, err)
		require.Len(t, parts, len(fractions))
		requirePartition(t, n, parts)
		again, err := StratifiedSplit(y, fractions, newRand(seed))
		require.NoError(t, err)
		require.Equal(t, parts, again, "one seed, one split")
	}
}

// labelError is the sum over labels and parts of |share of the label - fraction|.
func labelError(y []sets.Set, fractions []float64, parts [][]int) float64 {
	sum := 0.0
	for l := range y[0].K() {
		count, total := make([]float64, len(parts)), 0.0
		for p, part := range parts {
			for _, i := range part {
				if y[i].Has(l) {
					count[p]++
					total++
				}
			}
		}
		for p, f := range fractions {
			if total > 0 {
				sum += math.Abs(count[p]/total - f)
			}
		}
	}
	return sum
}

func TestStratifiedSplitSharesLabelsOut(t *testing.T) {
	fractions := []float64{0.6, 0.3, 0.1}
	y := randomSets(600, 25, newRand(2))
	for seed := range uint64(10) {
		stratified, err := StratifiedSplit(y, fractions, newRand(seed))
		require.NoError(t, err)
		random, err := Split(len(y), fractions, newRand(seed))
		require.NoError(t, err)
		assert.Less(t, labelError(y, fractions, stratified), 0.4*labelError(y, fractions, random), "seed %d", seed)
		for p, f := range fractions {
			assert.Less(t, math.Abs(float64(len(stratified[p]))-600*f), 600*0.03, "part %d", p)
		}
	}
}

func TestStratifiedSplitRareLabelsFirst(t *testing.T) {
	// Label 0 has 2 rows: one goes to either part, whatever the other labels.
	y := sets.Make(40, 3)
	for i := range y {
		y[i].Set(0, i < 2)
		y[i].Set(1, i%2 == 0)
		y[i].Set(2, i%3 == 0)
	}
	for seed := range uint64(20) {
		parts, err := StratifiedSplit(y, []float64{0.5, 0.5}, newRand(seed))
		require.NoError(t, err)
		for _, part := range parts {
			rare := 0
			for _, i := range part {
				if y[i].Has(0) {
					rare++
				}
			}
			assert.Equal(t, 1, rare)
		}
		assert.Contains(t, []int{18, 19, 20, 21, 22}, len(parts[0]))
	}
}

func TestStratifiedSplitOneLabelIsExact(t *testing.T) {
	// Rows of one label each, and rows of none: all shares are whole numbers,
	// so each part gets exactly its share of each.
	y := sets.Make(60, 3)
	for i := range y {
		if i%6 < 3 {
			y[i].Add(i % 3)
		}
	}
	for seed := range uint64(10) {
		parts, err := StratifiedSplit(y, []float64{0.2, 0.3, 0.5}, newRand(seed))
		require.NoError(t, err)
		for p, part := range parts {
			count := make([]int, 4)
			for _, i := range part {
				l := 3
				for j := range y[i].Labels() {
					l = j
				}
				count[l]++
			}
			each := []int{2, 3, 5}[p]
			assert.Equal(t, []int{each, each, each, 3 * each}, count)
		}
	}
}

func TestStratifiedSplitDependsOnTheSeed(t *testing.T) {
	y := randomSets(100, 5, newRand(4))
	a, err := StratifiedSplit(y, []float64{0.5, 0.5}, newRand(1))
	require.NoError(t, err)
	b, err := StratifiedSplit(y, []float64{0.5, 0.5}, newRand(2))
	require.NoError(t, err)
	assert.NotEqual(t, a, b)
	first := make([]int, 30) // how often each of 30 equal rows is in the first part
	same := sets.Make(30, 2)
	for i := range same {
		same[i].Add(1)
	}
	for seed := range uint64(2000) {
		parts, err := StratifiedSplit(same, []float64{1. / 3, 2. / 3}, newRand(seed))
		require.NoError(t, err)
		require.Len(t, parts[0], 10)
		for _, i := range parts[0] {
			first[i]++
		}
	}
	for i, count := range first {
		requireBinomial(t, count, 2000, 1./3, i)
	}
}

func TestStratifiedFolds(t *testing.T) {
	y := randomSets(103, 6, newRand(5))
	folds, err := StratifiedFolds(y, 5, newRand(1))
	require.NoError(t, err)
	tests := make([][]int, len(folds))
	for f, fold := range folds {
		requirePartition(t, len(y), [][]int{fold.Train, fold.Test})
		tests[f] = fold.Test
		assert.Less(t, math.Abs(float64(len(fold.Test))-103./5), 5.0)
	}
	requirePartition(t, len(y), tests)

	for _, bad := range []int{-1, 0, 1, 104} {
		_, err := StratifiedFolds(y, bad, newRand(1))
		var foldsError *FoldsError
		require.ErrorAs(t, err, &foldsError)
		assert.Equal(t, FoldsError{Folds: bad, Rows: 103}, *foldsError)
		assert.Contains(t, err.Error(), "103 rows")
	}
	_, err = StratifiedFolds(y, 2, nil)
	assert.ErrorIs(t, err, ErrNilRand)
}

func TestStratifiedSplitErrors(t *testing.T) {
	y := append(sets.Make(3, 4), sets.New(5))
	_, err := StratifiedSplit(y, []float64{0.5, 0.5}, newRand(1))
	var count *LabelCountError
	require.ErrorAs(t, err, &count)
	assert.Equal(t, LabelCountError{Row: 3, Got: 5, Want: 4}, *count)
	assert.EqualError(t, err, "datasets: row 3 is a set over 5 labels, the first row over 4")
}

// scikit-multilearn needs minutes for this many rows.
func BenchmarkStratifiedSplit(b *testing.B) {
	rng := newRand(1)
	y := sets.Make(100_000, 100)
	for i := range y {
		for range 1 + rng.IntN(5) {
			y[i].Add(min(int(rng.ExpFloat64()*20), 99))
		}
	}
	for b.Loop() {
		if _, err := StratifiedSplit(y, []float64{0.8, 0.1, 0.1}, rng); err != nil {
			b.Fatal(err)
		}
	}
}
