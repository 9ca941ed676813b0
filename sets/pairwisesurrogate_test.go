package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// normalScores fills v and u, n x n, with normal numbers.
func normalScores(v, u []float64, scale float64, rng *rand.Rand) {
	n := len(v)
	for i := range v {
		v[i] = -1 + rng.NormFloat64()
		u[i*n+i] = 0
		for j := range i {
			x := scale * rng.NormFloat64()
			u[i*n+j], u[j*n+i] = x, x
		}
	}
}

// logZOf is exact.
func logZOf(v, u []float64) (logZ float64, one, two []float64) {
	var e enumeration
	e.reset(len(v), 0, len(v))
	copy(e.v, v)
	copy(e.u, u)
	logZ = e.logZ(true)
	return logZ, e.one, e.two
}

// Belief propagation is exact on trees.
func TestBetheOnTrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, scale := range []float64{0, 1, 5, 40, 80} {
		for _, n := range []int{1, 2, 3, 8, 12} {
			var b bethe
			b.reset(n)
			b.tolerance = betheTolerance
			clear(b.u)
			for i := range n {
				b.v[i] = scale * rng.NormFloat64()
				if i > 0 {
					j, x := rng.IntN(i), scale*rng.NormFloat64()
					b.u[i*n+j], b.u[j*n+i] = x, x
				}
			}
			want, one, two := logZOf(b.v, b.u)
			b.prepare()
			almost.Equal(t, want, b.logZ(), 1e-8, 1e-10, "n=%d scale %g", n, scale)
			b.beliefs()
			almost.Slice(t, one, b.one, 1e-6, 0, "n=%d scale %g", n, scale)
			for i := range n {
				for j := i + 1; j < n; j++ {
					if b.u[i*n+j] != 0 {
						almost.Equal(t, two[i*n+j], b.two[i*n+j], 1e-6, 0)
					}
				}
			}
		}
	}
}

// With the cutset the error is small where interactions are moderate, and its
// gradient is that of its value.
func TestCutset(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		n           int
		scale, most float64
	}{{2, 3, 1e-9}, {5, 3, 1e-9}, {11, 0.3, 0.003}, {11, 1, 0.1}, {15, 0.5, 0.05}} {
		for range 10 {
			var s cutset
			s.all.reset(c.n)
			normalScores(s.all.v, s.all.u, c.scale, rng)
			v := slices.Clone(s.all.v)
			want, _, _ := logZOf(v, s.all.u)
			almost.Equal(t, want, s.logZ(true, betheTolerance), c.most, 0, "n=%d scale %g", c.n, c.scale)
			if c.scale > 1 {
				continue
			}
			one := slices.Clone(s.one)
			for i := range min(c.n, 4) {
				const h = 1e-4
				s.all.v[i] = v[i] + h
				up := s.logZ(false, betheTolerance)
				s.all.v[i] = v[i] - h
				down := s.logZ(false, betheTolerance)
				s.all.v[i] = v[i]
				almost.Equal(t, (up-down)/(2*h), one[i], 1e-5, 1e-5)
			}
		}
	}
}

// Strong interactions of both signs, on which belief propagation may go in
// circles, and numbers that are none, end, and leave finite values finite.
func TestBetheEnds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, scale := range []float64{10, 100, 1e4} {
		var s cutset
		s.all.reset(12)
		normalScores(s.all.v, s.all.u, scale, rng)
		got := s.logZ(true, betheTolerance)
		assert.False(t, math.IsNaN(got) || math.IsInf(got, 0), "scale %g: %g", scale, got)
	}
	var s cutset
	s.all.reset(12)
	normalScores(s.all.v, s.all.u, 1, rng)
	s.all.v[3] = math.NaN()
	s.logZ(true, betheTolerance)
}

func TestBeliefProposal(t *testing.T) {
	for _, ref := range testReferences {
		s, err := NewSpace(5, ref.of(5))
		require.NoError(t, err)
		c, err := NewCoupling(Pairwise{}, 5)
		require.NoError(t, err)
		p, err := Belief{}.Bind(structured.Problem[Set]{Space: s, Coupling: c})
		require.NoError(t, err)
		structuredtest.Proposal(t, p, c, s, structures(s))
	}
	space, err := NewSpace(5, nil)
	require.NoError(t, err)
	_, err = Belief{}.Bind(structured.Problem[Set]{Space: space, Coupling: unary{5}})
	assert.Error(t, err)
	pair, _ := NewCoupling(Pairwise{}, 5)
	for _, e := range []float64{-1, 1, math.NaN()} {
		_, err = Belief{Defensive: e}.Bind(structured.Problem[Set]{Space: space, Coupling: pair})
		assert.Error(t, err)
	}
}

// The weights of Belief are more even than those of mean field.
func TestBeliefFollowsTheModel(t *testing.T) {
	const k, n = 14, 2000
	space, err := NewSpace(k, nil)
	require.NoError(t, err)
	c, err := NewCoupling(Pairwise{}, k)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(7, 8))
	theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
	for i := range theta.Logits {
		theta.Logits[i] = rng.NormFloat64()
	}
	ess := func(of structured.Proposal[Set]) float64 {
		p, err := of.Bind(structured.Problem[Set]{Space: space, Coupling: c})
		require.NoError(t, err)
		ys, logr, g := space.Make(n), make([]float64, n), make([]float64, n)
		p.Sample(ys, logr, theta, 1)
		c.Score(g, theta, ys)
		sum, squares := 0.0, 0.0
		for i := range g {
			w := math.Exp(g[i] - logr[i])
			sum += w
			squares += w * w
		}
		return sum * sum / squares / n
	}
	mean, belief := ess(Marginal{}), ess(Belief{})
	assert.Greater(t, belief, 0.6)
	assert.Greater(t, belief, 2*mean)
}

// The bounds hold, up to strong interactions.
func TestPairwiseBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, k := range []int{1, 2, 7, 12} {
		for _, scale := range []float64{0, 0.2, 1, 4} {
			space, err := NewSpace(k, nil)
			require.NoError(t, err)
			c := &pairwise{k: k}
			theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
			for i := range theta.Logits {
				theta.Logits[i] = scale * rng.NormFloat64()
			}
			exact := (&pairwiseInference{c: c, space: space}).LogZ(theta)
			n := (&pairwiseSearch{c: c, space: space}).LogZBounds(theta)
			name := fmt.Sprintf("k=%d scale %g: %g in [%g, %g]", k, scale, exact, n.Lower, n.Upper)
			assert.LessOrEqual(t, n.Lower, exact+1e-9, name)
			assert.GreaterOrEqual(t, n.Upper, exact-1e-9, name)
			assert.True(t, n.Lower <= n.Value && n.Value <= n.Upper, name)
			if scale <= 0.2 {
				assert.Less(t, n.Upper-n.Lower, 1.0, name)
			}
			u, pairs, _ := asQuadratic(c, theta)
			var s stars
			s.reset(k)
			copy(s.v, u)
			copy(s.u, pairs)
			assert.GreaterOrEqual(t, s.upper(true), maxQuadratic(u, pairs)-1e-9, name)
		}
	}
}

// No weight is above MaxLogWeight, and one of a unary model is at it.
func TestMaxLogWeight(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	const k = 6
	space, err := NewSpace(k, Bernoulli{P: []float64{.1, .2, .3, .4, .5, .6}})
	require.NoError(t, err)
	for _, of := range []Coupling{Unary{}, Pairwise{}} {
		c, err := of.Bind(k)
		require.NoError(t, err)
		for _, proposal := range []structured.Proposal[Set]{Marginal{}, Marginal{Stratified: true}, Belief{}} {
			p, err := proposal.Bind(structured.Problem[Set]{Space: space, Coupling: c})
			if err != nil {
				continue // Belief of unary scores
			}
			theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
			for i := range theta.Logits {
				theta.Logits[i] = 2 * rng.NormFloat64()
			}
			most, seen := p.(structured.WeightBounder[Set]).MaxLogWeight(theta), math.Inf(-1)
			for ys := range space.Enumerate(64) {
				g, logq, logr := make([]float64, len(ys)), make([]float64, len(ys)), make([]float64, len(ys))
				c.Score(g, theta, ys)
				space.LogProb(logq, ys)
				p.(structured.DensityProposal[Set]).LogProb(logr, ys, theta)
				for i := range g {
					seen = max(seen, g[i]+logq[i]-logr[i])
				}
			}
			assert.LessOrEqual(t, seen, most+1e-9)
			if of == (Unary{}) {
				almost.Equal(t, seen, most, 0.06, 0)
			}
		}
	}
}
