package structured_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// sortedLogits can list and sum, over a space that cannot.
type sortedLogits struct{ logits }

func (l sortedLogits) Infer(s structured.Space[int]) (structured.Inference[int], error) {
	return sorting{logSumExp{l.logits, s}}, nil
}

type sorting struct{ logSumExp }

func (s sorting) KBest(ys []int, values []float64, theta structured.Theta) int {
	all, v := s.each(theta)
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(v[b], v[a]) })
	n := copy(ys, all)
	for i := range n {
		values[i] = v[ys[i]]
	}
	return n
}

func (s sorting) Entropy(theta structured.Theta) float64 {
	_, v := s.each(theta)
	h, logZ := 0.0, s.LogZ(theta)
	for _, x := range v {
		h -= math.Exp(x-logZ) * (x - logZ)
	}
	return h
}

// sampling can only draw and sum.
type sampledLogits struct{ logits }

func (l sampledLogits) Infer(s structured.Space[int]) (structured.Inference[int], error) {
	return sampling{logSumExp{l.logits, s}}, nil
}

type sampling struct{ logSumExp }

func (s sampling) SampleModel(ys []int, theta structured.Theta, key uint64) {
	_, v := s.each(theta)
	logZ, u := s.LogZ(theta), 0.0
	for i := range ys { // stratified: good enough for a test, and without noise
		u = (float64(i) + 0.5) / float64(len(ys))
		for ys[i] = 0; ys[i] < len(v)-1 && u >= math.Exp(v[ys[i]]-logZ); ys[i]++ {
			u -= math.Exp(v[ys[i]] - logZ)
		}
	}
}

// probabilities are those of all categories, by LogProb.
func probabilities(t *testing.T, m *structured.Model[int], x []float64) []structured.LogProb {
	t.Helper()
	var out []structured.LogProb
	for y := range categories {
		lp, err := m.LogProb(x, y)
		require.NoError(t, err)
		out = append(out, lp)
	}
	return out
}

func fitted(t *testing.T, change func(*structured.Config[int])) *structured.Model[int] {
	t.Helper()
	cfg := config()
	change(&cfg)
	m, err := structured.Fit(ctx, blobs(80, 3, categories), cfg)
	require.NoError(t, err)
	return m
}

// However the list is made, it is what sorting all probabilities gives.
func TestTopK(t *testing.T) {
	x := []float64{0.3, 1, -2}
	for name, m := range map[string]*structured.Model[int]{
		"by the list": fitted(t, func(c *structured.Config[int]) {}),
		"by the coupling": fitted(t, func(c *structured.Config[int]) {
			c.Coupling, c.Space = sortedLogits{logits{categories}}, category{n: categories}
		}),
		"by score and list": fitted(t, func(c *structured.Config[int]) { c.Coupling = sortedLogits{logits{categories}} }),
		"sparsemax": fitted(t, func(c *structured.Config[int]) {
			c.Objective, c.Coupling = structured.MinMin[int]{Loss: fenchel.Sparsemax, Summed: true}, sortedLogits{logits{categories}}
		}),
	} {
		all := probabilities(t, m, x)
		order, support := make([]int, categories), 0
		for y := range order {
			order[y] = y
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b].Value, all[a].Value) })
		for _, p := range all {
			if p.Value > math.Inf(-1) {
				support++
			}
		}
		for _, n := range []int{1, 2, categories, categories + 5, math.MaxInt} {
			top, err := m.TopK(x, n)
			require.NoError(t, err, name)
			require.Len(t, top, min(n, support), "%s: the %d best", name, n)
			for i, c := range top {
				assert.Equal(t, order[i], c.Y, "%s: number %d", name, i)
				almost.Equal(t, all[c.Y].Value, c.LogProb.Value, 1e-12, 0, name)
				assert.Equal(t, structured.Exact, c.LogProb.Kind)
			}
		}
		for _, n := range []int{0, -1} {
			_, err := m.TopK(x, n)
			assert.ErrorContains(t, err, "want at least 1")
		}
		// One row alone and in a batch.
		batch, err := m.TopKs(ctx, mat.NewDense(2, 3, append([]float64{1, 1, 1}, x...)), 2)
		require.NoError(t, err)
		one, err := m.TopK(x, 2)
		require.NoError(t, err)
		assert.Equal(t, one, batch[1], name)
		_, err = m.TopK([]float64{math.NaN(), 0, 0}, 1)
		assert.ErrorIs(t, err, structured.ErrNotFinite)
		_, err = m.TopK(nil, 1)
		assert.Error(t, err, "no features")
	}
}

// Nothing is claimed that is not known: the most probable categories of a space
// that can be neither listed nor searched, nor, where the reference is not
// uniform, those of the largest scores under another loss than the softmax.
func TestTopKIntractable(t *testing.T) {
	for _, m := range []*structured.Model[int]{
		fitted(t, func(c *structured.Config[int]) { c.Space = category{n: categories} }),
		fitted(t, func(c *structured.Config[int]) {
			c.Space, c.Coupling = category{n: categories}, sortedLogits{logits{categories}}
			c.Objective = structured.MinMin[int]{Loss: fenchel.Sparsemax}
		}),
	} {
		_, err := m.TopK([]float64{0, 0, 0}, 2)
		assert.ErrorIs(t, err, structured.ErrIntractable)
	}
}

// By the coupling, by a list, by draws of the model and by weighted ones.
func TestEntropy(t *testing.T) {
	x := []float64{0.3, 1, -2}
	unlisted := category{n: categories}
	for name, c := range map[string]struct {
		change func(*structured.Config[int])
		kind   structured.Normalization
	}{
		"list":     {func(c *structured.Config[int]) {}, structured.Exact},
		"coupling": {func(c *structured.Config[int]) { c.Coupling, c.Space = sortedLogits{logits{categories}}, unlisted }, structured.Exact},
		"draws":    {func(c *structured.Config[int]) { c.Coupling, c.Space = sampledLogits{logits{categories}}, unlisted }, structured.Estimate},
		"weights":  {func(c *structured.Config[int]) { c.Space = unlisted }, structured.Estimate},
		"sparsemax": {func(c *structured.Config[int]) {
			c.Objective, c.Coupling = structured.MinMin[int]{Loss: fenchel.Sparsemax, Summed: true}, sortedLogits{logits{categories}}
		}, structured.Exact},
		"sparsemax, weights": {func(c *structured.Config[int]) {
			c.Objective, c.Space = structured.MinMin[int]{Loss: fenchel.Sparsemax}, unlisted
		}, structured.Estimate},
	} {
		m := fitted(t, c.change)
		got, kind, err := m.Entropy(x)
		require.NoError(t, err, name)
		assert.Equal(t, c.kind, kind, name)
		want := entropyOf(t, m, x)
		if c.kind == structured.Exact {
			almost.Equal(t, want, got, 1e-11, 0, name)
		} else {
			almost.Equal(t, want, got, 0.15, 0, name) // 4,096 draws
			assert.NotEqual(t, want, got)
		}
		_, _, err = m.Entropy([]float64{math.Inf(1), 0, 0})
		assert.ErrorIs(t, err, structured.ErrNotFinite)
	}
}

// entropyOf is the entropy by enumeration.
func entropyOf(t *testing.T, m *structured.Model[int], x []float64) (h float64) {
	t.Helper()
	ys, scores, q := make([]int, categories), make([]float64, categories), make([]float64, categories)
	for y := range ys {
		ys[y] = y
	}
	err := m.EachTheta(ctx, mat.NewDense(1, len(x), x), func(_ int, theta structured.Theta) error {
		m.Coupling().Score(scores, theta, ys)
		return nil
	})
	require.NoError(t, err)
	m.Space().LogProb(q, ys)
	for i := range q {
		q[i] = math.Exp(q[i])
	}
	tau, _, err := fenchel.Threshold(m.Generator(), scores, q)
	require.NoError(t, err)
	for i, s := range scores {
		if p := q[i] * m.Generator().Ratio(s-tau); p > 0 {
			h -= p * math.Log(p)
		}
	}
	return h
}
