package best

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The list is the head of what a stable sort gives, ties included.
func TestListIsTheHeadOfTheSortedOffers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 7, 50, 1000} {
		for _, offers := range []int{0, 1, 5, 300} {
			l := New[int](n)
			var all []Item[int]
			for i := range offers {
				v := float64(rng.IntN(40))
				all = append(all, Item[int]{v, i})
				l.Offer(v, i)
				l.Offer(math.NaN(), -1)
				l.Offer(math.Inf(-1), -1)
			}
			slices.SortStableFunc(all, func(a, b Item[int]) int { return cmp.Compare(b.Value, a.Value) })
			want := all[:min(n, offers)]
			got := l.Items()
			assert.Len(t, got, len(want))
			for i := range want {
				assert.Equal(t, want[i], got[i], "n=%d, %d offers, item %d", n, offers, i)
			}
			assert.Empty(t, l.Items(), "empty afterwards")
			l.Offer(3, 3)
			assert.Len(t, l.Items(), min(n, 1), "and ready again")
		}
	}
}

func TestWants(t *testing.T) {
	l := New[string](1)
	assert.True(t, l.Wants(-1e300))
	assert.False(t, l.Wants(math.NaN()))
	assert.False(t, l.Wants(math.Inf(-1)))
	l.Offer(1, "a")
	assert.False(t, l.Wants(1), "the first of equals stays")
	assert.True(t, l.Wants(math.Nextafter(1, 2)))
	assert.False(t, New[int](0).Wants(1))
}
