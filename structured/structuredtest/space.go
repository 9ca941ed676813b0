package structuredtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Structures lists a small space.
type Structures[Y any] struct {
	// All has every structure in the support of the reference once; or, with
	// Weights, the nodes of a quadrature rule over it.
	All []Y
	// Weights are those of the rule, for a space that cannot be listed, such as
	// one over reals: sums over the structures become sum_i Weights[i] f(All[i]),
	// which should be integrals to 12 digits for all that is tried. nil for a
	// list.
	Weights []float64
	// Features are bounded functions of a structure, needed with Weights: the
	// means of draws are checked against their integrals.
	Features func(y Y) []float64
	// Equal reports whether two structures are the same.
	Equal func(a, b Y) bool
	// Scales are the standard deviations of the random theta that couplings and
	// proposals are tried with; nil stands for 0, 0.5 and 3, or 0 and 1.
	Scales []float64
	// Evidence has examples of partial knowledge to try, if there is a kind.
	Evidence []structured.Evidence[Y]
}

// index is the place of y in All, -1 if it is not there.
func (s Structures[Y]) index(y Y) int {
	for i, a := range s.All {
		if s.Equal(a, y) {
			return i
		}
	}
	return -1
}

// copies returns own copies of ys.
func copies[Y any](space structured.Space[Y], ys []Y) []Y {
	own := space.Make(len(ys))
	for i := range ys {
		space.Copy(&own[i], ys[i])
	}
	return own
}

// draws is the number of draws a sampler is judged by.
const draws = 8_000

// surprise is the probability with which a right sampler fails, per count.
const surprise = 1e-9

// bands checks counts of draws against probabilities.
func bands(t *testing.T, what string, counts []int, p []float64) {
	t.Helper()
	n := 0
	for _, c := range counts {
		n += c
	}
	for i, c := range counts {
		lo, hi := binomial.Band(n, p[i], surprise)
		if c < lo || c > hi {
			t.Errorf("%s: structure %d of probability %g was drawn %d times of %d, want %d to %d", what, i, p[i], c, n, lo, hi)
		}
	}
}

// Space checks the contract of a structured.Space, and of Enumerable, Completer
// and Encoder where the space implements them.
func Space[Y any](t *testing.T, space structured.Space[Y], s Structures[Y]) {
	t.Helper()
	require.NotEmpty(t, s.All, "the suite needs a list of the structures")
	if s.continuous() {
		continuousSpace(t, space, s)
		return
	}
	logq := make([]float64, len(s.All))
	space.LogProb(logq, s.All)
	q, sum := make([]float64, len(logq)), 0.0
	for i, l := range logq {
		q[i] = math.Exp(l)
		sum += q[i]
		assert.NoError(t, space.Check(s.All[i]), "structure %d", i)
	}
	almost.Equal(t, 1, sum, 1e-12, 0, "the reference must sum to 1")
	almost.Equal(t, math.Log(float64(len(s.All))), space.LogCardinality(), 1e-9, 0, "log cardinality")

	t.Run("copy", func(t *testing.T) {
		own := copies(space, s.All)
		space.Copy(&own[0], s.All[len(s.All)-1])
		for i := 1; i < len(own); i++ {
			assert.Equal(t, i, s.index(own[i]), "Copy must not share memory between structures")
		}
	})
	t.Run("sample", func(t *testing.T) {
		ys := space.Make(draws)
		space.Sample(ys, rand.New(rand.NewPCG(1, 2)))
		counts := make([]int, len(s.All))
		for _, y := range ys {
			i := s.index(y)
			require.GreaterOrEqual(t, i, 0, "drawn outside the support: %v", y)
			counts[i]++
		}
		bands(t, "reference", counts, q)
		// The same stream gives the same draws, whatever was there before.
		again := copies(space, s.All)
		space.Sample(again, rand.New(rand.NewPCG(1, 2)))
		for i := range again {
			assert.True(t, s.Equal(ys[i], again[i]), "draw %d differs for the same stream", i)
		}
	})
	if e, ok := space.(structured.Enumerable[Y]); ok && e.Enumerate(1) != nil {
		t.Run("enumerate", func(t *testing.T) {
			for _, size := range []int{1, 3, 1 << 16} {
				seen, n := make([]bool, len(s.All)), 0
				for piece := range e.Enumerate(size) {
					assert.LessOrEqual(t, len(piece), size)
					for _, y := range piece {
						i := s.index(y)
						require.GreaterOrEqual(t, i, 0, "%v is not in the space", y)
						assert.False(t, seen[i], "%v is listed twice", y)
						seen[i] = true
						n++
					}
				}
				assert.Equal(t, len(s.All), n)
			}
			for range e.Enumerate(1) {
				break // must be allowed
			}
		})
	}
	if e, ok := space.(structured.Encoder[Y]); ok {
		t.Run("encode", func(t *testing.T) { encoder(t, e, s) })
	}
	if c, ok := space.(structured.Completer[Y]); ok {
		for _, ev := range s.Evidence {
			t.Run("complete", func(t *testing.T) { completer(t, c, s, q, ev) })
		}
	}
}

func encoder[Y any](t *testing.T, e structured.Encoder[Y], s Structures[Y]) {
	dirty := copies(e, s.All) // Decode must overwrite what was there
	seen := map[string]bool{}
	for i, y := range s.All {
		words := make([]uint64, e.Words())
		for j := range words {
			words[j] = ^uint64(0) // so must Encode
		}
		e.Encode(words, y)
		seen[fmt.Sprint(words)] = true
		back := &dirty[(i+1)%len(dirty)]
		require.NoError(t, e.Decode(back, words))
		assert.True(t, s.Equal(y, *back), "structure %d comes back as another", i)
		again := make([]uint64, e.Words())
		e.Encode(again, *back)
		assert.Equal(t, words, again, "structure %d has two encodings", i)
	}
	assert.Len(t, seen, len(s.All), "two structures have one encoding")
}

func completer[Y any](t *testing.T, c structured.Completer[Y], s Structures[Y], q []float64, ev structured.Evidence[Y]) {
	want, total, possible := make([]float64, len(s.All)), 0.0, 0
	for i, y := range s.All {
		if ev.Allows(y) {
			want[i] = q[i]
			total += q[i]
			possible++
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	ys, logq := c.Make(len(s.All)), make([]float64, len(s.All))
	n, exact, logProb, err := c.Complete(ys, logq, ev, rng)
	require.NoError(t, err)
	assert.True(t, exact, "there is room for all completions")
	assert.Equal(t, possible, n)
	almost.Equal(t, math.Log(total), logProb, 1e-10, 0, "log q(evidence)")
	for i := range n {
		almost.Equal(t, want[s.index(ys[i])]/total, math.Exp(logq[i]), 1e-11, 0)
	}
	if possible < 2 {
		return
	}
	// With less room they are draws of equal weight.
	counts := make([]int, len(s.All))
	ys, logq = c.Make(possible-1), make([]float64, possible-1)
	for range draws / (possible - 1) {
		n, exact, _, err := c.Complete(ys, logq, ev, rng)
		require.NoError(t, err)
		require.False(t, exact)
		require.Equal(t, possible-1, n)
		for i, y := range ys {
			almost.Equal(t, -math.Log(float64(n)), logq[i], 1e-12, 0)
			counts[s.index(y)]++
		}
	}
	for i := range want {
		want[i] /= total
	}
	bands(t, "completions", counts, want)
}
