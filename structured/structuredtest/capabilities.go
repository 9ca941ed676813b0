package structuredtest

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// kBest checks lists of every interesting length against the sorted truth.
func kBest[Y any](t *testing.T, k structured.KBester[Y], space structured.Space[Y], s Structures[Y], theta structured.Theta, truth enumerated[Y]) {
	values := make([]float64, len(s.All))
	for i := range values {
		values[i] = truth.scores[i] + truth.logq[i]
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	slices.Reverse(sorted)
	for _, n := range []int{0, 1, 2, 7, len(s.All), len(s.All) + 3} {
		ys, got := space.Make(n), make([]float64, n)
		count := k.KBest(ys, got, theta)
		require.Equal(t, min(n, len(s.All)), count, "the %d best of %d structures", n, len(s.All))
		seen := make([]bool, len(s.All))
		for i, y := range ys[:count] {
			at := s.index(y)
			require.GreaterOrEqual(t, at, 0, "the %d best: %v is outside the space", n, y)
			assert.False(t, seen[at], "the %d best: %v is there twice", n, y)
			seen[at] = true
			almost.Equal(t, values[at], got[i], 1e-9, 1e-10, "the value of number %d of %d", i, n)
			almost.Equal(t, sorted[i], got[i], 1e-9, 1e-10, "number %d of the %d best", i, n)
			assert.True(t, i == 0 || got[i] <= got[i-1], "the %d best: number %d is above the one before", n, i)
		}
	}
	mode := space.Make(1)
	if value, proven := k.Mode(&mode[0], theta, 1); proven {
		one, got := space.Make(1), make([]float64, 1)
		k.KBest(one, got, theta)
		almost.Equal(t, value, got[0], 1e-10, 1e-12, "the best of all is the mode")
	}
}

// entropy checks the entropy, also where p is nearly certain.
func entropy[Y any](t *testing.T, h structured.ExactEntropy[Y], theta structured.Theta, truth enumerated[Y]) {
	want := 0.0
	for i, p := range truth.p {
		if p > 0 {
			want -= p * (truth.scores[i] + truth.logq[i] - truth.logZ)
		}
	}
	got := h.Entropy(theta)
	almost.Equal(t, want, got, 1e-10, 1e-10, "the entropy")
	assert.GreaterOrEqual(t, got, 0.0, "the entropy")
	assert.LessOrEqual(t, got, math.Log(float64(len(truth.p)))+1e-9, "the entropy is at most that of all structures alike")
}

// surrogate checks an approximation of log Z: finite, the same number with the
// gradient and without, its gradient against central differences, and log Z
// itself where it says so.
func surrogate[Y any](t *testing.T, z structured.LogPartitionSurrogate[Y], theta structured.Theta, truth enumerated[Y]) {
	value, grad := z.Surrogate(theta), zero(theta)
	almost.Equal(t, value, z.AddGradSurrogate(grad, theta, 1), 1e-12, 1e-12, "the surrogate with its gradient")
	if z.SurrogateBase() == logpart.ExactBase {
		almost.Equal(t, truth.logZ, value, 1e-9, 1e-10, "an exact surrogate against enumeration")
	}
	differences(t, "the surrogate of log Z", theta, grad, z.Surrogate)
	want := clone(grad)
	z.AddGradSurrogate(grad, theta, -0.5)
	for part, v := range numbers(want) {
		for i := range v {
			almost.Equal(t, v[i]/2, numbers(grad)[part][i], 1e-10, 1e-9, "AddGradSurrogate must add, weighted")
		}
	}
}
