package permutations

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everyOrdering lists the k! orderings by recursion, apart from next.
func everyOrdering(k int) []Ordering {
	if k == 0 {
		return []Ordering{{}}
	}
	var out []Ordering
	for _, o := range everyOrdering(k - 1) {
		for at := range k {
			out = append(out, Ordering(slices.Insert(slices.Clone([]int(o)), at, k-1)))
		}
	}
	slices.SortFunc(out, Ordering.Compare)
	return out
}

func randomOrdering(k int, rng *rand.Rand) Ordering { return Ordering(rng.Perm(k)) }

func TestOrderingAndRankingAreInverse(t *testing.T) {
	o := Ordering{2, 0, 3, 1} // label 2 is best
	r := o.Ranking()
	assert.Equal(t, Ranking{1, 3, 0, 2}, r)
	assert.Equal(t, o, r.Ordering())
	assert.Equal(t, Ordering{1, 3, 0, 2}, o.Reverse())
	assert.Equal(t, Ordering{5, 7, 4, 6}, o.Relabel([]int{7, 6, 5, 4}))
	assert.Equal(t, Ordering{2, 0, 3, 1}, o, "the receiver stays")
	assert.Equal(t, 4, o.K())
	assert.Equal(t, 4, r.K())
	for k := range 7 {
		for _, o := range everyOrdering(k) {
			r := o.Ranking()
			require.NoError(t, r.Validate())
			require.True(t, r.Ordering().Equal(o))
			for rank, j := range o {
				require.Equal(t, rank, r[j])
			}
		}
	}
	assert.Panics(t, func() { o.RankingTo(make(Ranking, 3)) })
	assert.Panics(t, func() { r.OrderingTo(make(Ordering, 5)) })
}

func TestClonesShareNothing(t *testing.T) {
	o, r := Ordering{1, 0}, Ranking{1, 0}
	p, s := o.Clone(), r.Clone()
	assert.True(t, o.Equal(p) && r.Equal(s))
	p[0], s[0] = 0, 0
	assert.Equal(t, Ordering{1, 0}, o)
	assert.Equal(t, Ranking{1, 0}, r)
	assert.False(t, o.Equal(p) || r.Equal(s))
	assert.Equal(t, 1, o.Compare(p))
}

func TestMake(t *testing.T) {
	ys := Make(3, 4)
	require.Len(t, ys, 3)
	for _, y := range ys {
		assert.Equal(t, Identity(4), y)
	}
	ys[1][3] = 9
	ys[1] = append(ys[1], 5) // must not reach into the next one
	assert.Equal(t, Identity(4), ys[0])
	assert.Equal(t, Identity(4), ys[2])
	assert.Empty(t, Make(0, 4))
	assert.Panics(t, func() { Make(-1, 2) })
	assert.Panics(t, func() { Make(1, -2) })
	assert.LessOrEqual(t, testing.AllocsPerRun(10, func() { Make(100, 5) }), 2.0)
}

func TestValidate(t *testing.T) {
	assert.NoError(t, Ordering{}.Validate())
	assert.NoError(t, Ordering(nil).Validate())
	assert.NoError(t, Ordering{1, 2, 0}.Validate())
	for _, c := range []struct {
		p        []int
		position int
		err      error
		ordering string
		ranking  string
	}{
		{[]int{0, 3, 1}, 1, ErrOutOfRange, "permutations: ordering: label 3 at rank 1 is outside 0..2", "permutations: ranking: rank 3 at label 1 is outside 0..2"},
		{[]int{0, 1, -1}, 2, ErrOutOfRange, "permutations: ordering: label -1 at rank 2 is outside 0..2", "permutations: ranking: rank -1 at label 2 is outside 0..2"},
		{[]int{2, 1, 2}, 2, ErrRepeated, "permutations: ordering: label 2 at rank 2 is repeated", "permutations: ranking: rank 2 at label 2 is repeated"},
	} {
		o, r := Ordering(c.p).Validate(), Ranking(c.p).Validate()
		assert.EqualError(t, o, c.ordering)
		assert.EqualError(t, r, c.ranking)
		for _, err := range []error{o, r} {
			var bad *PermutationError
			require.ErrorAs(t, err, &bad)
			assert.ErrorIs(t, err, c.err)
			assert.Equal(t, []int{c.position, c.p[c.position], 3}, []int{bad.Position, bad.Value, bad.K})
		}
	}
	// Over several words, too, and without allocating in one.
	big := Identity(200)
	assert.NoError(t, big.Validate())
	big[199] = 130
	assert.ErrorIs(t, big.Validate(), ErrRepeated)
	small := Identity(64)
	assert.Zero(t, testing.AllocsPerRun(10, func() { _ = small.Validate() }))
}

func TestByScore(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		scores []float64
		want   Ordering
	}{
		{nil, Ordering{}},
		{[]float64{1, 3, 2}, Ordering{1, 2, 0}},
		{[]float64{1, 1, 2, 1}, Ordering{2, 0, 1, 3}}, // ties by label
		{[]float64{-inf, 0, inf, 0}, Ordering{2, 1, 3, 0}},
	} {
		o, err := ByScore(c.scores)
		require.NoError(t, err)
		assert.Equal(t, c.want, o)
	}
	_, err := ByScore([]float64{0, math.NaN()})
	var bad *ScoreError
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, 1, bad.Label)
	assert.ErrorContains(t, err, "label 1: score NaN")
	// Both ways of sorting do the same.
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range []int{countingLimit, countingLimit + 1, 300} {
		scores := make([]float64, k)
		for j := range scores {
			scores[j] = float64(rng.IntN(k / 2))
		}
		o, err := ByScore(scores)
		require.NoError(t, err)
		require.NoError(t, o.Validate())
		for r := 1; r < k; r++ {
			a, b := o[r-1], o[r]
			assert.True(t, scores[a] > scores[b] || scores[a] == scores[b] && a < b)
		}
	}
}

func TestNextListsEveryOrdering(t *testing.T) {
	for k := range 7 {
		var got []Ordering
		for y := Identity(k); ; {
			got = append(got, y.Clone())
			if !next(y) {
				break
			}
		}
		assert.Equal(t, everyOrdering(k), got)
	}
}

func TestInversions(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, k := range []int{0, 1, 2, 7, 63, 64, 65, 150} {
		p := []int(randomOrdering(k, rng))
		want := 0
		for r := range p {
			for s := range r {
				if p[s] > p[r] {
					want++
				}
			}
		}
		scratch := make([]int, k)
		assert.Equal(t, want, mergeInversions(slices.Clone(p), scratch), "k=%d", k)
		assert.Equal(t, want, inversions(p, scratch), "k=%d", k)
	}
	assert.Equal(t, 2, mergeInversions([]int{1, 1, 0, 1}, make([]int, 4)), "equal entries are no inversion")
}
