package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func TestDeterminantal(t *testing.T) {
	for _, of := range []Determinantal{{}, {Rank: 1}, {Rank: 2, Shared: true}, {Rank: 7}} {
		for _, ref := range testReferences {
			const k = 5
			t.Run(fmt.Sprintf("%+v/%s", of, ref.name), func(t *testing.T) {
				s, err := NewSpace(k, ref.of(k))
				require.NoError(t, err)
				c, err := NewCoupling(of, k)
				require.NoError(t, err)
				structuredtest.Coupling(t, c, s, structures(s))
				inf, err := c.(structured.Inferrer[Set]).Infer(s)
				require.NoError(t, err)
				marginals(t, c, inf, s)
				// What there is beyond MaxScored labels.
				sized := &determinantalSized{determinantalSearch: determinantalSearch{c: c.(*determinantal), space: s}}
				structuredtest.Coupling(t, withInference{c, func(s *Space) structured.Inference[Set] { return sized }}, s, structures(s))
				marginals(t, c, sized, s)
				sizeMarginals(t, c, sized, s)
				if own, ok := inf.(SizeMarginalizer); ok {
					sizeMarginals(t, c, own, s)
				}
			})
		}
	}
	_, err := Determinantal{Rank: -1}.Bind(3)
	require.Error(t, err)
}

// It is the determinant that its name says: of the rows and columns of a set in
// the k x k matrix L, and log Z under the uniform reference is log det(I+L).
func TestDeterminantalIsADeterminant(t *testing.T) {
	const k, r = 6, 3
	c, err := Determinantal{Rank: r}.Bind(k)
	require.NoError(t, err)
	s, _ := NewSpace(k, nil)
	inf, err := c.Infer(s)
	require.NoError(t, err)
	theta := randomTheta(c, 1, rand.New(rand.NewPCG(1, 2)))
	u, v := theta.Logits[:k], mat.NewDense(k, r, theta.Logits[k:])
	var l mat.Dense
	l.Mul(v, v.T())
	for i := range k {
		l.Set(i, i, l.At(i, i)+1)
	}
	l.Apply(func(i, j int, x float64) float64 { return x * math.Exp((u[i]+u[j])/2) }, &l)
	for _, y := range structures(s).All[1:] {
		labels := y.Indices()
		sub := mat.NewDense(len(labels), len(labels), nil)
		for a, i := range labels {
			for b, j := range labels {
				sub.Set(a, b, l.At(i, j))
			}
		}
		want, _ := mat.LogDet(sub)
		var got [1]float64
		c.Score(got[:], theta, []Set{y})
		almost.Equal(t, want, got[0], 1e-12, 1e-12, "%v", y)
	}
	for i := range k {
		l.Set(i, i, l.At(i, i)+1)
	}
	want, _ := mat.LogDet(&l)
	almost.Equal(t, want-k*math.Ln2, inf.(structured.LogPartition[Set]).LogZ(theta), 1e-12, 1e-12)
}

// The decisions of the sampler are the chain rule: their probabilities multiply to
// that of the set.
func TestDeterminantalSamplerIsTheChainRule(t *testing.T) {
	const k = 7
	of, err := Determinantal{Rank: 3}.Bind(k)
	require.NoError(t, err)
	c := of.(*determinantal)
	s, _ := NewSpace(k, nil)
	inf, err := c.Infer(s)
	require.NoError(t, err)
	theta := randomTheta(c, 1, rand.New(rand.NewPCG(4, 2)))
	logZ := inf.(structured.LogPartition[Set]).LogZ(theta) + k*math.Ln2
	u, v := c.split(theta)
	for _, want := range structures(s).All {
		m, y, j, logp := c.volume(), New(k), 0, 0.0
		m.weigh(u, v, s.ref.odds)
		m.invert()
		m.decide(y, v, func(p float64) bool {
			in := want.Has(j)
			if j++; !in {
				p = 1 - p
			}
			logp += math.Log(p)
			return in
		})
		var score [1]float64
		c.Score(score[:], theta, []Set{want})
		almost.Equal(t, score[0]-logZ, logp, 1e-10, 0, "%v", want)
	}
}

// Modes of problems too large for the bracket alone to matter, against all sets.
func TestDeterminantalModes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	proofs, found, n := 0, 0, 0
	for range 60 {
		k := 13 + rng.IntN(3)
		of, err := Determinantal{Rank: 1 + rng.IntN(4)}.Bind(k)
		require.NoError(t, err)
		c := of.(*determinantal)
		s, _ := NewSpace(k, nil)
		inf, err := c.Infer(s)
		require.NoError(t, err)
		theta := randomTheta(c, 2, rng)
		for j := range k {
			theta.Logits[j] /= 4
			theta.Logits[j] -= 1.5
		}
		best := math.Inf(-1)
		for ys := range s.Enumerate(512) {
			score := make([]float64, len(ys))
			c.Score(score, theta, ys)
			for _, x := range score {
				best = max(best, x)
			}
		}
		y := s.Make(1)
		value, proven := inf.Mode(&y[0], theta, 1)
		value += float64(k) * math.Ln2
		if proven {
			almost.Equal(t, best, value, 1e-9, 0)
			proofs++
		}
		require.LessOrEqual(t, value, best+1e-9)
		if best-value < 1e-9 {
			found++
		}
		n++
	}
	assert.Greater(t, found, n*9/10, "found %d of %d", found, n)
	assert.Greater(t, proofs, n/5, "proved %d of %d", proofs, n)
	assert.Less(t, proofs, n, "some of these are left open")
}

func BenchmarkDeterminantal(b *testing.B) {
	const k = 200
	of, err := Determinantal{}.Bind(k)
	require.NoError(b, err)
	s, _ := NewSpace(k, nil)
	inf, err := of.Infer(s)
	require.NoError(b, err)
	theta := randomTheta(of, 0.5, rand.New(rand.NewPCG(1, 1)))
	grad := structured.Theta{Logits: make([]float64, len(theta.Logits))}
	b.Run("logZ+grad", func(b *testing.B) {
		for b.Loop() {
			inf.(structured.LogPartition[Set]).AddGradLogZ(grad, theta, 1)
		}
	})
	ys := s.Make(100)
	b.Run("100 samples", func(b *testing.B) {
		for b.Loop() {
			inf.(structured.ExactSampler[Set]).SampleModel(ys, theta, 1)
		}
	})
	b.Run("mode", func(b *testing.B) {
		for b.Loop() {
			inf.Mode(&ys[0], theta, 1)
		}
	})
}
