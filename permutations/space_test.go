package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// someReferences are references of every kind over k labels.
func someReferences(k int) map[string]Reference {
	weights := make([]float64, k)
	for j := range weights {
		weights[j] = math.Sin(float64(3*j)) * 1.5
	}
	center := Identity(k).Reverse()
	if k > 2 {
		center[0], center[1] = center[1], center[0]
	}
	return map[string]Reference{
		"uniform":       Uniform{},
		"plackett-luce": PlackettLuce{LogWeights: weights},
		"kendall":       Mallows{Distance: Kendall, Center: center, Dispersion: 0.4},
		"kendall flat":  Mallows{Dispersion: 1e-9},
		"cayley":        Mallows{Distance: Cayley, Center: center, Dispersion: 0.7},
		"hamming":       Mallows{Distance: Hamming, Center: center, Dispersion: 0.5},
		"hamming zero":  Mallows{Distance: Hamming, Center: center},
	}
}

// partialsOf are partial rankings of k labels of every kind.
func partialsOf(t testing.TB, k int) []structured.Evidence[Ordering] {
	t.Helper()
	texts := map[int][]string{
		1: {"/1", "0/1"},
		2: {"/2", "1>0/2", "0=1/2"},
		3: {"2/3", "2>0/3", "1>0=2/3", "0=2>1/3", "0=1=2/3"},
		4: {"/4", "2>0/4", "3>0=1=2/4", "1=3>0/4", "2>1=3>0/4", "2>0>3>1/4", "0=1=2>3/4"},
		5: {"2=4>1/5", "3>1>0=2=4/5", "0=3>1=4>2/5", "4>1/5"},
	}[k]
	var out []structured.Evidence[Ordering]
	for _, s := range texts {
		out = append(out, partial(t, s))
	}
	return out
}

func TestReferences(t *testing.T) {
	for _, k := range []int{1, 2, 3, 4, 5} {
		for name, ref := range someReferences(k) {
			t.Run(fmt.Sprintf("%s/k=%d", name, k), func(t *testing.T) {
				s, err := NewSpace(k, ref)
				require.NoError(t, err)
				structuredtest.Space(t, s, structuredtest.Structures[Ordering]{
					All: everyOrdering(k), Equal: Ordering.Equal, Evidence: partialsOf(t, k),
				})
				assert.Equal(t, k, s.K())
				assert.Equal(t, ref, s.Reference())
			})
		}
	}
}

// The reference of six labels, by enumeration.
func TestReferencesSumToOne(t *testing.T) {
	for name, ref := range someReferences(6) {
		s, err := NewSpace(6, ref)
		require.NoError(t, err)
		all := everyOrdering(6)
		logq := make([]float64, len(all))
		s.LogProb(logq, all)
		almost.Equal(t, 0, numeric.LogSumExp(logq), 1e-13, 0, name)
	}
}

func TestUniformSpace(t *testing.T) {
	for _, c := range []struct {
		ref  Reference
		want bool
	}{{nil, true}, {Uniform{}, true}, {PlackettLuce{LogWeights: []float64{0, 0, 0}}, false}} {
		s, err := NewSpace(3, c.ref)
		require.NoError(t, err)
		assert.Equal(t, c.want, s.Uniform())
	}
	for _, d := range []float64{0, 5e-324, 1e-300} { // uniform to the last bit
		s, err := NewSpace(3, Mallows{Dispersion: d})
		require.NoError(t, err)
		assert.True(t, s.Uniform())
	}
	s, err := NewSpace(3, Mallows{Dispersion: 1e-9})
	require.NoError(t, err)
	assert.False(t, s.Uniform())
}

func TestSpaceErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	var bad *ReferenceError
	for _, ref := range []Reference{
		PlackettLuce{LogWeights: []float64{0, nan, 0}}, PlackettLuce{LogWeights: []float64{0, 0, inf}},
		Mallows{Dispersion: -1}, Mallows{Dispersion: nan}, Mallows{Dispersion: inf}, Mallows{Dispersion: 1e101},
	} {
		_, err := NewSpace(3, ref)
		require.ErrorAs(t, err, &bad, "%+v", ref)
	}
	_, err := NewSpace(2, PlackettLuce{LogWeights: []float64{0, -inf}})
	assert.EqualError(t, err, "permutations: PlackettLuce.LogWeights[1] is -Inf, want -1e100 to 1e100")
	_, err = NewSpace(2, Mallows{Dispersion: -1})
	assert.EqualError(t, err, "permutations: Mallows.Dispersion is -1, want 0 to 1e100")
	var dim *structured.DimensionError
	for _, ref := range []Reference{PlackettLuce{}, PlackettLuce{LogWeights: []float64{1, 2}}, Mallows{Center: Ordering{1, 0}}} {
		_, err := NewSpace(3, ref)
		assert.ErrorAs(t, err, &dim, "%+v", ref)
	}
	_, err = NewSpace(3, Mallows{Center: Ordering{0, 0, 1}})
	assert.ErrorIs(t, err, ErrRepeated)
	_, err = NewSpace(3, Mallows{Distance: 3})
	assert.ErrorContains(t, err, "unknown Distance(3)")
	_, err = NewSpace(0, nil)
	assert.ErrorIs(t, err, ErrNoLabels)

	s, err := NewSpace(3, nil)
	require.NoError(t, err)
	assert.ErrorAs(t, s.Check(Ordering{0, 1}), &dim)
	assert.ErrorIs(t, s.Check(Ordering{0, 1, 1}), ErrRepeated)
	assert.Panics(t, func() { y := Make(1, 3); s.Copy(&y[0], Ordering{0}) })
	big, err := NewSpace(MaxListed+1, nil)
	require.NoError(t, err)
	assert.Nil(t, big.Enumerate(10))

	_, _, _, err = s.Complete(Make(1, 3), make([]float64, 1), otherEvidence{}, nil)
	var unsupported *UnsupportedEvidenceError
	assert.ErrorAs(t, err, &unsupported)
}

// The inputs of a reference are its own.
func TestReferencesCopyTheirSettings(t *testing.T) {
	m := Mallows{Center: Ordering{1, 0, 2}, Dispersion: 1}
	w := PlackettLuce{LogWeights: []float64{1, 2, 3}}
	for _, c := range []struct {
		ref    Reference
		change func()
	}{{m, func() { m.Center[0], m.Center[1] = 0, 1 }}, {w, func() { w.LogWeights[0] = 9 }}} {
		s, err := NewSpace(3, c.ref)
		require.NoError(t, err)
		all, a, b := everyOrdering(3), make([]float64, 6), make([]float64, 6)
		before, after := s.Make(20), s.Make(20)
		s.LogProb(a, all)
		s.Sample(before, rand.New(rand.NewPCG(1, 1)))
		c.change()
		s.LogProb(b, all)
		s.Sample(after, rand.New(rand.NewPCG(1, 1)))
		almost.Same(t, a, b)
		assert.Equal(t, before, after)
	}
}

func TestCompleteWithManyLabels(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	const k = 30
	p := partial(t, "7>1=2=3>29>11=12/30")
	for name, ref := range someReferences(k) {
		s, err := NewSpace(k, ref)
		require.NoError(t, err)
		ys, logq := s.Make(50), make([]float64, 50)
		n, exact, logProb, err := s.Complete(ys, logq, p, rng)
		if _, ok := ref.(Mallows); ok && !s.Uniform() {
			var many *CompletionsError
			require.ErrorAs(t, err, &many, name)
			almost.Equal(t, p.LogCompletions(), many.LogCompletions, 0, 0)
			assert.ErrorContains(t, err, "at most 40320")
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, 50, n)
		assert.False(t, exact)
		assert.Less(t, logProb, 0.0)
		for _, y := range ys {
			require.NoError(t, s.Check(y))
			assert.True(t, p.Allows(y), "%s: %v", name, y)
		}
	}
	s, err := NewSpace(k, PlackettLuce{LogWeights: make([]float64, k)})
	require.NoError(t, err)
	ys, logq := s.Make(1), make([]float64, 1)
	long := partial(t, "0=1=2=3=4=5=6=7=8=9=10=11=12=13=14=15=16>20/30")
	_, _, _, err = s.Complete(ys, logq, long, rng)
	var ties *TiesError
	require.ErrorAs(t, err, &ties)
	assert.Equal(t, TiesError{Group: 0, Size: 17, Max: MaxTied}, *ties)
	assert.ErrorContains(t, err, "group 0 has 17 tied labels")
	few := partial(t, "20>0=1=2=3=4=5=6=7=8=9=10=11=12=13=14=15=16/30") // the last group is free
	_, _, _, err = s.Complete(ys, logq, few, rng)
	assert.NoError(t, err)
}

// Sampling and probabilities allocate nothing per ordering once warm; under the
// race detector a pool forgets some of its memory on purpose.
func TestReferencesDoNotAllocate(t *testing.T) {
	for name, ref := range someReferences(16) {
		s, err := NewSpace(16, ref)
		require.NoError(t, err)
		ys, logq := s.Make(20), make([]float64, 20)
		rng := rand.New(rand.NewPCG(5, 5))
		assert.LessOrEqual(t, testing.AllocsPerRun(20, func() { s.Sample(ys, rng); s.LogProb(logq, ys) }), 4.0, name)
	}
}
