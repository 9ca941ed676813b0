package sets

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Annealing is right within its errors for any reference and coupling.
func TestAnnealing(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	const k = 6
	for _, ref := range testReferences {
		space, err := NewSpace(k, ref.of(k))
		require.NoError(t, err)
		for _, of := range []Coupling{Pairwise{}, Unary{}} {
			c, err := of.Bind(k)
			require.NoError(t, err)
			inf, err := c.Infer(space)
			require.NoError(t, err)
			bound, err := structured.AnnealedImportance[Set]{Kernel: Gibbs{}, Overlap: 0.99}.
				Bind(structured.Problem[Set]{Space: space, Coupling: c})
			require.NoError(t, err)
			square, n := 0.0, 40.0
			for key := range uint64(n) {
				theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
				for i := range theta.Logits {
					theta.Logits[i] = rng.NormFloat64()
				}
				got, err := bound.EstimateLogZ(theta, key)
				require.NoError(t, err)
				e := max(got.Error, 1e-9)
				z := (got.Value - inf.(structured.LogPartition[Set]).LogZ(theta)) / e
				square += min(z*z, 16)
			}
			assert.LessOrEqual(t, square, n+8*math.Sqrt(2*n), "%s %T", ref.name, of)
		}
	}
}

// 95 % intervals of random models cover the exact value, and the certified ones
// nearly always.
func TestIntervalsCover(t *testing.T) {
	const models, n = 100, 2000
	sampled, annealed, certified := 0, 0, 0
	for seed := range uint64(models) {
		rng := rand.New(rand.NewPCG(19, seed))
		k := 2 + rng.IntN(19)
		space, err := NewSpace(k, nil)
		require.NoError(t, err)
		c := &pairwise{k: k}
		theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
		for i := range theta.Logits {
			theta.Logits[i] = rng.NormFloat64() * min(1, 3/math.Sqrt(float64(k)))
		}
		exact := (&pairwiseInference{c: c, space: space}).LogZ(theta)
		problem := structured.Problem[Set]{Space: space, Coupling: c}
		p, err := Belief{}.Bind(problem)
		require.NoError(t, err)
		ys, logw, logr, logq := space.Make(n), make([]float64, n), make([]float64, n), make([]float64, n)
		p.Sample(ys, logr, theta, seed)
		c.Score(logw, theta, ys)
		space.LogProb(logq, ys)
		for i := range logw {
			logw[i] += logq[i] - logr[i]
		}
		b, err := logpart.EmpiricalBernstein(logw, p.(structured.WeightBounder[Set]).MaxLogWeight(theta), 0.95)
		require.NoError(t, err)
		if b.Lower <= exact && exact <= b.Upper {
			certified++
		}
		w, err := logpart.Weigh(logw)
		require.NoError(t, err)
		if math.Abs(w.LogMean-exact) <= 1.96*w.Error+1e-12 {
			sampled++
		}
		of, err := structured.AnnealedImportance[Set]{Kernel: Gibbs{}, Chains: 512}.Bind(problem)
		require.NoError(t, err)
		e, err := of.EstimateLogZ(theta, seed)
		require.NoError(t, err)
		if math.Abs(e.Value-exact) <= 1.96*e.Error+1e-12 {
			annealed++
		}
	}
	t.Logf("of %d: importance sampling %d, annealing %d, certified %d", models, sampled, annealed, certified)
	assert.GreaterOrEqual(t, sampled, 93)
	assert.GreaterOrEqual(t, annealed, 93)
	assert.GreaterOrEqual(t, certified, 97)
}
