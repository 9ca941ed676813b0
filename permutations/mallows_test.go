package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// The distances by their definitions: pairs, swaps found by search, and ranks.
func TestDistances(t *testing.T) {
	const k = 4
	all := everyOrdering(k)
	for _, a := range all {
		swaps := map[string]int{a.String(): 0} // breadth first from a
		for queue := []Ordering{a}; len(queue) > 0; queue = queue[1:] {
			for i := range k {
				for j := range i {
					b := queue[0].Clone()
					b[i], b[j] = b[j], b[i]
					if _, seen := swaps[b.String()]; !seen {
						swaps[b.String()] = swaps[queue[0].String()] + 1
						queue = append(queue, b)
					}
				}
			}
		}
		ra := a.Ranking()
		for _, b := range all {
			rb := b.Ranking()
			pairs, ranks := 0, 0
			for i := range k {
				if a[i] != b[i] {
					ranks++
				}
				for j := range i {
					if (ra[i] < ra[j]) != (rb[i] < rb[j]) {
						pairs++
					}
				}
			}
			require.Equal(t, pairs, Kendall.Between(a, b))
			require.Equal(t, swaps[b.String()], Cayley.Between(a, b))
			require.Equal(t, ranks, Hamming.Between(a, b))
		}
	}
	assert.Equal(t, []string{"Kendall", "Cayley", "Hamming", "Distance(3)"}, []string{Kendall.String(), Cayley.String(), Hamming.String(), Distance(3).String()})
	assert.Panics(t, func() { Distance(3).Between(Ordering{0}, Ordering{0}) })
	assert.Panics(t, func() { Kendall.Between(Ordering{0}, Ordering{0, 1}) })
}

func TestMallowsNormalizers(t *testing.T) {
	for k := 1; k <= 6; k++ {
		for _, d := range []Distance{Kendall, Cayley, Hamming} {
			for _, theta := range []float64{1e-12, 1e-3, 0.3, 2, 40, 800, 1e100} {
				s, err := NewSpace(k, Mallows{Distance: d, Dispersion: theta})
				require.NoError(t, err)
				all := everyOrdering(k)
				want := make([]float64, len(all))
				for i, y := range all {
					want[i] = -theta * float64(d.Between(y, Identity(k)))
				}
				logZ := numeric.LogSumExp(want)
				got := make([]float64, len(all))
				s.LogProb(got, all)
				for i := range want {
					almost.Equal(t, want[i]-logZ, got[i], 1e-12, 1e-13, "%v, k=%d, dispersion %g", d, k, theta)
				}
			}
		}
	}
}

// Above 64 labels the merge sort counts; the normaliser at dispersion 0 is k!.
func TestMallowsOverManyLabels(t *testing.T) {
	const k, draws = 90, 4000
	rng := rand.New(rand.NewPCG(6, 6))
	center := randomOrdering(k, rng)
	for _, d := range []Distance{Kendall, Cayley, Hamming} {
		s, err := NewSpace(k, Mallows{Distance: d, Center: center, Dispersion: 1e-12})
		require.NoError(t, err)
		var l [1]float64
		s.LogProb(l[:], []Ordering{randomOrdering(k, rng)})
		almost.Equal(t, -numeric.LogFactorial(k), l[0], 1e-8, 0, d.String())

		const theta = 0.8
		s, err = NewSpace(k, Mallows{Distance: d, Center: center, Dispersion: theta})
		require.NoError(t, err)
		ys := s.Make(draws)
		s.Sample(ys, rng)
		logq := make([]float64, draws)
		s.LogProb(logq, ys)
		logZ := s.ref.(*mallows).logZ
		first := 0 // the best label of the center stays the best
		for i, y := range ys {
			require.NoError(t, s.Check(y))
			almost.Equal(t, -theta*float64(d.Between(y, center))-logZ, logq[i], 1e-9, 0)
			if y[0] == center[0] {
				first++
			}
		}
		// What is left is a Mallows distribution over one label less; with
		// Cayley's and the Hamming distance because the label is a cycle of
		// its own and at its rank.
		rest, err := NewSpace(k-1, Mallows{Distance: d, Dispersion: theta})
		require.NoError(t, err)
		p := math.Exp(rest.ref.(*mallows).logZ - logZ)
		lo, hi := binomial.Band(draws, p, 1e-7)
		assert.True(t, lo <= first && first <= hi, "%v: %d times, want %d to %d", d, first, lo, hi)
	}
}

func TestKendallOverManyLabelsCountsPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	a, b := randomOrdering(100, rng), randomOrdering(100, rng)
	ra, rb := a.Ranking(), b.Ranking()
	want := 0
	for i := range a {
		for j := range i {
			if (ra[i] < ra[j]) != (rb[i] < rb[j]) {
				want++
			}
		}
	}
	assert.Equal(t, want, Kendall.Between(a, b))
}

// The recursion over subsets, which large spaces need, on a small one.
func TestMallowsGivenBySubsets(t *testing.T) {
	const k, draws = 5, 20_000
	rng := rand.New(rand.NewPCG(16, 16))
	for _, d := range []Distance{Kendall, Hamming} {
		s, err := NewSpace(k, Mallows{Distance: d, Center: Ordering{3, 0, 4, 1, 2}, Dispersion: 0.6})
		require.NoError(t, err)
		for _, ev := range partialsOf(t, k) {
			e := ev.(Partial)
			n, _ := e.completions(math.MaxInt)
			m := s.ref.(*mallows)
			list, sum := m.list(e, n), m.sum(e)
			almost.Equal(t, list.logEvidence(), sum.logEvidence(), 1e-12, 0, "%v, %v", d, e)
			counts, y := map[string]int{}, make(Ordering, k)
			for range draws {
				sum.sample(y, rng)
				counts[y.String()]++
			}
			total := 0
			before := 0.0
			for i, y := range list.ys {
				lo, hi := binomial.Band(draws, (list.cumulative[i]-before)/list.cumulative[n-1], 1e-8)
				before = list.cumulative[i]
				c := counts[y.String()]
				total += c
				assert.True(t, lo <= c && c <= hi, "%v, %v: %v %d times, want %d to %d", d, e, y, c, lo, hi)
			}
			assert.Equal(t, draws, total)
		}
	}
}

func TestMallowsGivenOverManyLabels(t *testing.T) {
	const k = 12
	rng := rand.New(rand.NewPCG(17, 17))
	e := partial(t, "2>0=11>5/12")
	for _, d := range []Distance{Kendall, Hamming, Cayley} {
		s, err := NewSpace(k, Mallows{Distance: d, Center: randomOrdering(k, rng), Dispersion: 0.3})
		require.NoError(t, err)
		const n = 2000
		ys, logq := s.Make(n), make([]float64, n)
		wrote, exact, logProb, err := s.Complete(ys, logq, e, rng)
		if d == Cayley {
			var many *CompletionsError
			require.ErrorAs(t, err, &many)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, n, wrote)
		assert.False(t, exact)
		for _, y := range ys {
			require.True(t, e.Allows(y))
		}
		// As often as the reference draws what is allowed.
		s.Sample(ys, rng)
		allowed := 0
		for _, y := range ys {
			if e.Allows(y) {
				allowed++
			}
		}
		lo, hi := binomial.Band(n, math.Exp(logProb), 1e-7)
		assert.True(t, lo <= allowed && allowed <= hi, "%v: %d times, want %d to %d", d, allowed, lo, hi)
	}
}
