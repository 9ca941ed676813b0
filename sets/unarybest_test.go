package sets

import (
	"bytes"
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Against a list of all subsets, at every bound of sizes and with many ties.
func TestBestSubsets(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const k = 7
	for range 200 {
		values := make([]float64, k)
		for j := range values {
			values[j] = float64(rng.IntN(9)-4) / 2 // sums are exact: ties are ties
		}
		order := []int{0, 1, 2, 3, 4, 5, 6}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
		lo := rng.IntN(k + 1)
		hi := lo + rng.IntN(k+1-lo)
		var want []float64
		for w := range uint64(1) << k {
			y, sum := FromUint64(k, w), 0.0
			if c := y.Count(); c < lo || c > hi {
				continue
			}
			for j := range y.Labels() {
				sum += values[j]
			}
			want = append(want, sum)
		}
		slices.SortFunc(want, func(a, b float64) int { return cmp.Compare(b, a) })
		q, y, seen := newBestSubsets(values, order, lo, hi), New(k), map[string]bool{}
		for i, sum := range want {
			x, ok := q.next()
			require.True(t, ok, "only %d of %d", i, len(want))
			q.fill(y, x)
			got := 0.0
			for j := range y.Labels() {
				got += values[j]
			}
			require.Equal(t, sum, got, "number %d of sizes %d to %d of %v", i, lo, hi, values)
			require.Equal(t, want[0]-sum, x.loss)
			require.False(t, seen[y.String()], "%v twice", y)
			seen[y.String()] = true
			assert.LessOrEqual(t, len(q.heap), 3*(i+1), "memory follows what was listed")
		}
		_, ok := q.next()
		assert.False(t, ok)
	}
}

// Two thousand labels: the best sets are the mode with the few labels nearest
// to a half changed, which can be told without listing.
func TestKBestOfManyLabels(t *testing.T) {
	const k = 2000
	space, err := NewSpace(k, nil)
	require.NoError(t, err)
	c, err := Unary{}.Bind(k)
	require.NoError(t, err)
	inf, err := c.Infer(space)
	require.NoError(t, err)
	theta := structured.Theta{Logits: make([]float64, k)}
	for j := range theta.Logits {
		theta.Logits[j] = float64(1+j%2) * 50 * float64(1-2*(j%3%2))
	}
	theta.Logits[17], theta.Logits[1234], theta.Logits[1999] = 1, -2, 4
	mode := New(k)
	best, _ := inf.Mode(&mode, theta, 0)
	ys, values := space.Make(8), make([]float64, 8)
	require.Equal(t, 8, inf.(structured.KBester[Set]).KBest(ys, values, theta))
	for i, flips := range [][]int{nil, {17}, {1234}, {17, 1234}, {1999}, {17, 1999}, {1234, 1999}, {17, 1234, 1999}} {
		want, loss := mode.Clone(), 0.0
		for _, j := range flips {
			want.Toggle(j)
			loss += math.Abs(theta.Logits[j])
		}
		assert.True(t, want.Equal(ys[i]), "number %d flips %v", i, flips)
		almost.Equal(t, best-loss, values[i], 1e-9, 0)
	}
}

// Entropy keeps its digits where nearly all is certain: for k labels of logit v
// it is k h(v), whatever bounds of sizes exclude next to nothing, and for two
// sets h of their odds.
func TestEntropyNearCertainty(t *testing.T) {
	const k = 6
	for _, v := range []float64{0, 2, 30, 200} {
		a := math.Exp(-v)
		want := k * (math.Log1p(a) + v*a/(1+a))
		for _, of := range []Coupling{Unary{}, Pairwise{}} {
			for _, ref := range []Reference{Uniform{}, BoundedSize{0, k}} {
				space, err := NewSpace(k, ref)
				require.NoError(t, err)
				c, err := of.Bind(k)
				require.NoError(t, err)
				inf, err := c.Infer(space)
				require.NoError(t, err)
				theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
				for j := range k {
					theta.Logits[j] = v * float64(1-2*(j%2))
				}
				almost.Equal(t, want, inf.(structured.ExactEntropy[Set]).Entropy(theta), 0, 1e-11, "%T, %T, v=%g", of, ref, v)
			}
		}
	}
	// One of two labels: h of their difference.
	space, err := NewSpace(2, FixedSize{1})
	require.NoError(t, err)
	for _, of := range []Coupling{Unary{}, Pairwise{}} {
		c, err := of.Bind(2)
		require.NoError(t, err)
		inf, err := c.Infer(space)
		require.NoError(t, err)
		theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
		theta.Logits[0] = 40
		a := math.Exp(-40)
		almost.Equal(t, math.Log1p(a)+40*a/(1+a), inf.(structured.ExactEntropy[Set]).Entropy(theta), 0, 1e-11, "%T", of)
	}
}

// The questions of a model, and a baseline that can be saved without naming its
// type.
func TestModelTopKAndEntropy(t *testing.T) {
	data := ising(60, 3, 5)
	for i, y := range data.Y {
		if y.Count() < 1 || y.Count() > 3 {
			data.Y[i] = New(5, 2)
		}
	}
	for name, cfg := range map[string]Config{
		"unary": {}, "pairwise": {Coupling: Pairwise{}}, "sizes": {Reference: BoundedSize{1, 3}, Coupling: Pairwise{Rank: 1}},
		"cd": {Objective: structured.ContrastiveDivergence[Set]{Kernel: stay{}}},
	} {
		cfg.Epochs = 2
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err, name)
		x := []float64{1, 0, -1}
		all, err := m.TopK(x, 1000)
		require.NoError(t, err, name)
		mass, h := 0.0, 0.0
		for _, c := range all {
			p := math.Exp(c.LogProb.Value)
			mass += p
			h -= p * c.LogProb.Value
			assert.Equal(t, structured.Exact, c.LogProb.Kind)
		}
		almost.Equal(t, 1, mass, 1e-10, 0, "%s: %d sets", name, len(all))
		got, kind, err := m.Entropy(x)
		require.NoError(t, err)
		assert.Equal(t, structured.Exact, kind)
		almost.Equal(t, h, got, 1e-10, 0, name)
		var file bytes.Buffer
		require.NoError(t, m.Save(&file))
		_, err = Load(&file, stay{})
		require.NoError(t, err, name)
	}
}

// stay is a kernel that moves nothing.
type stay struct{}

func (stay) Bind(structured.Problem[Set]) (structured.Chains[Set], error) { return stay{}, nil }
func (stay) Run([]Set, structured.Theta, uint64)                          {}
