package sets

import (
	"cmp"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var setSizes = []int{0, 1, 6, 63, 64, 65, 128, 174}

// mapSet is a set as anybody would write it.
type mapSet map[int]bool

func randomMapSet(k int, rng *rand.Rand) mapSet {
	r, p := mapSet{}, []float64{0, 0.1, 0.5, 1}[rng.IntN(4)]
	for j := range k {
		if rng.Float64() < p {
			r[j] = true
		}
	}
	return r
}

func (r mapSet) sorted() []int {
	out := []int{}
	for j := range r {
		out = append(out, j)
	}
	slices.Sort(out)
	return out
}

func (r mapSet) where(k int, in func(j int) bool) mapSet {
	out := mapSet{}
	for j := range k {
		if in(j) {
			out[j] = true
		}
	}
	return out
}

func (r mapSet) number() *big.Int {
	n := new(big.Int)
	for j := range r {
		n.SetBit(n, j, 1)
	}
	return n
}

// requireSame compares a set with the reference and looks at its words.
func requireSame(t *testing.T, k int, want mapSet, got Set) {
	t.Helper()
	require.Equal(t, k, got.K())
	require.Len(t, got.Words(), (k+63)/64)
	for i, w := range got.Words() {
		var bits uint64
		for b := range 64 {
			if want[64*i+b] {
				bits |= 1 << b
			}
		}
		require.Equal(t, bits, w, "word %d over %d labels", i, k)
	}
}

func TestSetAgainstMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range setSizes {
		for range 20 {
			a, b := randomMapSet(k, rng), randomMapSet(k, rng)
			s, u := New(k, a.sorted()...), New(k, b.sorted()...)
			requireSame(t, k, a, s)

			assert.Equal(t, len(a), s.Count())
			assert.Equal(t, len(a) == 0, s.Empty())
			for j := range k {
				assert.Equal(t, a[j], s.Has(j))
			}
			common := a.where(k, func(j int) bool { return a[j] && b[j] })
			either := a.where(k, func(j int) bool { return a[j] != b[j] })
			assert.Equal(t, len(common), s.IntersectionCount(u))
			assert.Equal(t, len(either), s.Distance(u))
			assert.Equal(t, len(common) == 0, s.Disjoint(u))
			assert.Equal(t, len(common) == len(a), s.SubsetOf(u))
			assert.Equal(t, len(either) == 0, s.Equal(u))
			assert.True(t, s.Equal(New(k, a.sorted()...)))
			assert.Equal(t, a.number().Cmp(b.number()), s.Compare(u))
			assert.Equal(t, -s.Compare(u), u.Compare(s))
			assert.Equal(t, s.Equal(u), s.Key() == u.Key())
			assert.Equal(t, a.sorted(), s.Indices())
			assert.Equal(t, append([]int{-1}, a.sorted()...), s.AppendIndices([]int{-1}))
			assert.Equal(t, a.sorted(), append([]int{}, slices.Collect(s.Labels())...))

			// The new sets, and the same in place, also with itself.
			for _, op := range map[string]struct {
				fresh   func(s, t Set) Set
				inPlace func(s, t Set)
				in      func(a, b bool) bool
			}{
				"union":      {Set.Union, Set.UnionWith, func(a, b bool) bool { return a || b }},
				"intersect":  {Set.Intersect, Set.IntersectWith, func(a, b bool) bool { return a && b }},
				"difference": {Set.Difference, Set.DifferenceWith, func(a, b bool) bool { return a && !b }},
				"symmetric":  {Set.SymmetricDifference, Set.SymmetricDifferenceWith, func(a, b bool) bool { return a != b }},
				"complement": {func(s, _ Set) Set { return s.Complement() }, func(s, _ Set) { s.Invert() }, func(a, _ bool) bool { return !a }},
				"copy":       {func(_, t Set) Set { return t.Clone() }, Set.CopyFrom, func(_, b bool) bool { return b }},
				"fill":       {func(s, _ Set) Set { return All(s.K()) }, func(s, _ Set) { s.Fill() }, func(_, _ bool) bool { return true }},
				"clear":      {func(s, _ Set) Set { return New(s.K()) }, func(s, _ Set) { s.Clear() }, func(_, _ bool) bool { return false }},
			} {
				want := a.where(k, func(j int) bool { return op.in(a[j], b[j]) })
				requireSame(t, k, want, op.fresh(s, u))
				requireSame(t, k, a, s) // not changed
				c := s.Clone()
				op.inPlace(c, u)
				requireSame(t, k, want, c)
				requireSame(t, k, a, s) // the clone has words of its own
				requireSame(t, k, b, u)
				self := s.Clone()
				op.inPlace(self, self)
				requireSame(t, k, a.where(k, func(j int) bool { return op.in(a[j], a[j]) }), self)
			}
		}
	}
}

func TestSetOneLabelAtATime(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, k := range setSizes[1:] {
		s, r := New(k), mapSet{}
		for range 200 {
			switch j := rng.IntN(k); rng.IntN(5) {
			case 0:
				s.Add(j)
				r[j] = true
			case 1:
				s.Remove(j)
				delete(r, j)
			case 2:
				s.Toggle(j)
				if r[j] {
					delete(r, j)
				} else {
					r[j] = true
				}
			case 3:
				s.Set(j, true)
				r[j] = true
			case 4:
				s.Set(j, false)
				delete(r, j)
			}
			requireSame(t, k, r, s)
		}
	}
}

func TestLabelsStops(t *testing.T) {
	var got []int
	for j := range New(174, 3, 64, 70, 173).Labels() {
		if got = append(got, j); j == 70 {
			break
		}
	}
	assert.Equal(t, []int{3, 64, 70}, got)
}

func TestCompareIsAnOrder(t *testing.T) {
	var all []Set
	for w := range uint64(64) {
		all = append(all, FromUint64(6, w))
	}
	rng := rand.New(rand.NewPCG(3, 3))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortFunc(all, Set.Compare)
	for w, s := range all {
		assert.Equal(t, uint64(w), s.Uint64())
	}
	assert.Equal(t, cmp.Compare(1, 2), New(65, 63).Compare(New(65, 64)))
}

func TestMakeIsOneSlab(t *testing.T) {
	for _, k := range setSizes {
		y := Make(3, k)
		require.Len(t, y, 3)
		for i := range y {
			requireSame(t, k, mapSet{}, y[i])
			require.Equal(t, len(y[i].Words()), cap(y[i].Words()), "a set cannot grow into the next")
		}
		if k == 0 {
			continue
		}
		y[1].Fill()
		requireSame(t, k, mapSet{}, y[0])
		requireSame(t, k, mapSet{}, y[2])
		shared := y[1]
		shared.Remove(k - 1)
		assert.False(t, y[1].Has(k-1), "copying the value shares the words")
	}
	assert.Empty(t, Make(0, 5))
	assert.LessOrEqual(t, testing.AllocsPerRun(5, func() { Make(100, 174) }), 2.0)
}

func TestSetPanics(t *testing.T) {
	for _, k := range []int{0, 1, 64, 70} {
		s := New(k)
		for _, j := range []int{-1, -64, k, k + 1, 128} {
			for _, f := range []func(){func() { s.Has(j) }, func() { s.Add(j) }, func() { s.Remove(j) }, func() { s.Toggle(j) },
				func() { s.Set(j, true) }, func() { s.Set(j, false) }, func() { New(k, j) }} {
				assert.PanicsWithError(t, (&LabelError{Label: j, K: k}).Error(), f)
			}
		}
		for _, f := range []func(Set){s.CopyFrom, s.UnionWith, s.IntersectWith, s.DifferenceWith, s.SymmetricDifferenceWith,
			func(u Set) { s.Compare(u) }, func(u Set) { s.SubsetOf(u) }, func(u Set) { s.Disjoint(u) }, func(u Set) { s.Distance(u) },
			func(u Set) { s.IntersectionCount(u) }, func(u Set) { s.Union(u) }} {
			assert.Panics(t, func() { f(New(k + 1)) })
		}
		assert.False(t, s.Equal(New(k+1)))
		assert.NotEqual(t, s.Key(), New(k+1).Key())
	}
	for _, f := range []func(){func() { New(-1) }, func() { All(-1) }, func() { Make(-1, 2) }, func() { Make(2, -1) },
		func() { FromUint64(-1, 0) }, func() { FromUint64(65, 0) }, func() { FromUint64(3, 8) }, func() { FromUint64(0, 1) },
		func() { New(65).Uint64() }} {
		assert.Panics(t, f)
	}
}

func TestSetHotPathsDoNotAllocate(t *testing.T) {
	s, u, n := New(174, 1, 70, 173), New(174, 1, 2), 0
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		s.Toggle(5)
		s.UnionWith(u)
		n += s.Count() + s.IntersectionCount(u) + s.Compare(u)
		for j := range s.Labels() {
			n += j
		}
		s.Invert()
	}))
}
