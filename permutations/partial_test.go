package permutations

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// partial reads a partial ranking in text form.
func partial(t testing.TB, text string) Partial {
	t.Helper()
	p, err := ParsePartial(text)
	require.NoError(t, err, text)
	return p
}

// randomPartial is any kind of partial ranking.
func randomPartial(k int, rng *rand.Rand) Partial {
	var groups [][]int
	for _, j := range rng.Perm(k)[:rng.IntN(k+1)] {
		if n := len(groups); n > 0 && rng.IntN(2) == 0 {
			groups[n-1] = append(groups[n-1], j)
		} else {
			groups = append(groups, []int{j})
		}
	}
	p, err := NewPartial(k, groups, Unlisted(rng.IntN(2)))
	if err != nil {
		panic(err)
	}
	return p
}

// consistent is Allows by its definition.
func consistent(p Partial, y Ordering) bool {
	rank := y.Ranking()
	for i := range y {
		for j := range y {
			if gi, gj := p.GroupOf(i), p.GroupOf(j); gi >= 0 && gj >= 0 && gi < gj && rank[i] > rank[j] {
				return false
			}
		}
	}
	return true
}

func TestPartialConstructors(t *testing.T) {
	top, err := TopM(5, 3, 0)
	require.NoError(t, err)
	assert.Equal(t, "3>0>1=2=4/5", top.String())
	assert.Equal(t, 5, top.Ranked())
	subset, err := Subset(5, 3, 0)
	require.NoError(t, err)
	assert.Equal(t, "3>0/5", subset.String())
	assert.Equal(t, 2, subset.Ranked())
	assert.Equal(t, []int{1, -1, -1, 0, -1}, []int{subset.GroupOf(0), subset.GroupOf(1), subset.GroupOf(2), subset.GroupOf(3), subset.GroupOf(4)})
	ties, err := Ties(5, []int{3}, []int{1, 0}, []int{2, 4})
	require.NoError(t, err)
	assert.Equal(t, "3>0=1>2=4/5", ties.String())
	assert.Equal(t, 3, ties.Groups())
	assert.Equal(t, []int{0, 1}, ties.Group(1))
	assert.Equal(t, 5, ties.K())
	below, err := NewPartial(4, [][]int{{2, 1}}, UnlistedBelow)
	require.NoError(t, err)
	assert.True(t, below.Equal(partial(t, "1=2>0=3/4")))
	all, err := TopM(3)
	require.NoError(t, err)
	assert.Equal(t, "0=1=2/3", all.String())
	none, err := Subset(3)
	require.NoError(t, err)
	assert.Equal(t, "/3", none.String())
	assert.Zero(t, none.Groups())
	assert.False(t, none.IsZero())
	assert.True(t, Partial{}.IsZero())
	assert.Zero(t, Partial{}.Groups())

	o := Ordering{2, 0, 1}
	full, err := o.Partial()
	require.NoError(t, err)
	y, ok := full.Complete()
	assert.True(t, ok)
	assert.Equal(t, o, y)
	y[0] = 7
	y, _ = full.Complete()
	assert.Equal(t, o, y, "a copy")
	_, ok = ties.Complete()
	assert.False(t, ok)
	_, err = Ordering{1, 1}.Partial()
	assert.ErrorIs(t, err, ErrRepeated)
}

func TestPartialErrors(t *testing.T) {
	for _, c := range []struct {
		of      func() (Partial, error)
		err     error
		message string
	}{
		{func() (Partial, error) { return Ties(3, []int{0}, nil, []int{1, 2}) }, ErrEmptyGroup, "permutations: partial ranking: group 1 is empty"},
		{func() (Partial, error) { return Ties(3, []int{0}, []int{2}) }, ErrMissingLabel, "permutations: partial ranking: label 1 of 3 is in no group"},
		{func() (Partial, error) { return Ties(3, []int{0}, []int{2, 0}) }, ErrRepeated, "permutations: partial ranking: label 0 at position 1 of group 1 is repeated"},
		{func() (Partial, error) { return TopM(3, 1, 3) }, ErrOutOfRange, "permutations: partial ranking: label 3 at position 0 of group 1 is outside 0..2"},
		{func() (Partial, error) { return Subset(3, -1) }, ErrOutOfRange, "permutations: partial ranking: label -1 at position 0 of group 0 is outside 0..2"},
	} {
		_, err := c.of()
		var bad *PartialError
		require.ErrorAs(t, err, &bad)
		assert.ErrorIs(t, err, c.err)
		assert.EqualError(t, err, c.message)
	}
	_, err := TopM(0)
	assert.ErrorIs(t, err, ErrNoLabels)
}

func TestPartialIsTheSetOfItsCompletions(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		k := 1 + rng.IntN(6)
		p := randomPartial(k, rng)
		n, precedes := 0, make([][]bool, k)
		for i := range precedes {
			precedes[i] = make([]bool, k)
		}
		prefixes := map[uint64]bool{}
		for _, y := range everyOrdering(k) {
			ok := consistent(p, y)
			require.Equal(t, ok, p.Allows(y), "%v, %v", p, y)
			if !ok {
				continue
			}
			n++
			set := uint64(0)
			prefixes[set] = true
			for r, i := range y {
				set |= 1 << i
				prefixes[set] = true
				for _, j := range y[r+1:] {
					precedes[i][j] = true
				}
			}
		}
		almost.Equal(t, math.Log(float64(n)), p.LogCompletions(), 1e-12, 1e-12, "%v", p)
		count, ok := p.completions(n)
		assert.True(t, ok)
		assert.Equal(t, n, count)
		_, ok = p.completions(n - 1)
		assert.False(t, ok, "%v", p)

		before := make([]uint64, k)
		before[0] = 99
		p.Predecessors(before)
		for i := range k {
			for j := range k {
				if i != j {
					require.Equal(t, precedes[i][j], p.MayPrecede(i, j), "%v: %d before %d", p, i, j)
					require.Equal(t, !precedes[j][i], before[j]>>i&1 == 1, "%v: %d must precede %d", p, i, j)
				}
			}
			require.Zero(t, before[i]>>i&1)
		}
		for set := range uint64(1) << k {
			closed := true
			for j := range k {
				if set>>j&1 == 1 && before[j]&^set != 0 {
					closed = false
				}
			}
			require.Equal(t, prefixes[set], closed, "%v: first labels %b", p, set)
		}
	}
	p := partial(t, "0>1/3")
	assert.False(t, p.Allows(Ordering{0, 1}), "another number of labels")
	assert.Panics(t, func() { p.Predecessors(make([]uint64, 2)) })
	wide, err := TopM(65, 0)
	require.NoError(t, err)
	assert.Panics(t, func() { wide.Predecessors(make([]uint64, 65)) })
	almost.Equal(t, numeric.LogFactorial(64), wide.LogCompletions(), 0, 1e-14)
	_, ok := wide.completions(math.MaxInt)
	assert.False(t, ok)
}

func TestPartialText(t *testing.T) {
	for text, want := range map[string]string{
		"3 > 0 = 1 / 5": "3>0=1/5", "1=0>2/3": "0=1>2/3", " / 4": "/4", "/0": "/0",
	} {
		p, err := ParsePartial(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, p.String())
		b, err := json.Marshal(p)
		require.NoError(t, err)
		var q Partial
		require.NoError(t, json.Unmarshal(b, &q))
		assert.True(t, p.Equal(q))
	}
	for _, c := range []struct {
		text   string
		offset int
		err    error
	}{
		{"3>0", 3, ErrPartialSyntax},
		{"3>0/", 4, ErrPartialSyntax},
		{"3>0/x", 4, ErrPartialSyntax},
		{"1>=0/2", 2, ErrPartialSyntax},
		{"1=/2", 2, ErrPartialSyntax},
		{"1>0 = 1/2", 6, ErrRepeated},
		{"0 >2/2", 3, ErrOutOfRange},
		{"0/0", 2, ErrNoLabels},
		{"0/1048577", 2, ErrTooManyLabels},
	} {
		p := Partial{}
		err := p.UnmarshalText([]byte(c.text))
		var at *SyntaxError
		require.ErrorAs(t, err, &at, c.text)
		assert.ErrorIs(t, err, c.err, c.text)
		assert.Equal(t, c.offset, at.Offset, c.text)
		assert.True(t, p.IsZero())
	}
	huge := Partial{group: make([]int, MaxTextLabels+1)}
	_, err := huge.MarshalText()
	assert.ErrorIs(t, err, ErrTooManyLabels)
}

type otherEvidence struct{}

func (otherEvidence) Allows(Ordering) bool { return true }

func TestEvidenceOfOtherKinds(t *testing.T) {
	var unsupported *UnsupportedEvidenceError
	for _, e := range []structured.Evidence[Ordering]{otherEvidence{}, nil} {
		_, err := asPartial(e, 3)
		require.ErrorAs(t, err, &unsupported)
		assert.ErrorContains(t, err, "want permutations.Partial")
	}
	var dim *structured.DimensionError
	_, err := asPartial(partial(t, "1/2"), 3)
	assert.ErrorAs(t, err, &dim)
}
