package sets

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/structured"
)

// SparseMAP where modes are minimum cuts: more labels than can be listed, whose
// pairs attract by more than a marginal, so that all it asks of the oracle are
// cuts. The point is optimal if no vertex goes further along what is left.
func TestSparseMAPByMinimumCuts(t *testing.T) {
	const k = 30
	space, err := NewSpace(k, Uniform{})
	require.NoError(t, err)
	c, err := Pairwise{}.Bind(k)
	require.NoError(t, err)
	inference, err := c.Infer(space)
	require.NoError(t, err)
	oracle, err := structured.NewOracle(structured.Problem[Set]{Space: space, Coupling: c, Inference: inference})
	require.NoError(t, err)

	rng := rand.New(rand.NewPCG(3, 3))
	most := 0
	for range 5 {
		x := make([]float64, c.NumLogits())
		for i := range x {
			if x[i] = 1 + 0.1*rng.Float64(); i < k {
				x[i] = -0.525*(k-1) + 0.3*rng.NormFloat64()
			}
		}
		p, err := fenchel.SparseMAP{Of: oracle}.Solve(x)
		require.NoError(t, err)
		mu := make([]float64, len(x))
		require.NoError(t, fenchel.SparseMAP{Of: oracle}.Project(mu, x))
		left := append([]float64(nil), x...)
		floats.Sub(left, mu)
		best := make([]float64, len(x))
		require.NoError(t, oracle.Best(best, left))
		assert.LessOrEqual(t, floats.Dot(left, best), floats.Dot(left, mu)+1e-8)
		most = max(most, len(p.P))
		for _, m := range mu {
			assert.True(t, m >= -1e-12 && m <= 1+1e-12, m)
		}
	}
	assert.Greater(t, most, 1, "a point that is made of several sets")
}
