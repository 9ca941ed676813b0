package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/structured"
)

// sizeMarginals compares them with sums over all sets.
func sizeMarginals(t *testing.T, c structured.Coupling[Set], inf SizeMarginalizer, s *Space) {
	t.Helper()
	theta := randomTheta(c, 2, rand.New(rand.NewPCG(3, 5)))
	all := newListed(c, s)
	p := all.values(theta)
	normalize(p)
	size, joint := make([]float64, s.k+1), make([]float64, s.k*s.k)
	for m, y := range all.all {
		size[y.Count()] += p[m]
		for j := range y.Labels() {
			joint[j*s.k+y.Count()-1] += p[m]
		}
	}
	got, both := make([]float64, s.k+1), make([]float64, s.k*s.k)
	inf.SizeMarginals(got, both, theta)
	almost.Slice(t, size, got, 1e-11, 0, "sizes")
	almost.Slice(t, joint, both, 1e-11, 0, "labels and sizes")
}

// Beyond MaxScored labels, against all sets: log Z, its gradient, marginals, draws,
// and what is known of some labels.
func TestDeterminantalOfBoundedSizes(t *testing.T) {
	const k = 13
	rng := rand.New(rand.NewPCG(8, 9))
	for _, ref := range []Reference{FixedSize{4}, BoundedSize{Min: 2, Max: 5}, FixedSize{k}, FixedSize{0}} {
		for _, spread := range []float64{1, 12} { // of the qualities
			s, err := NewSpace(k, ref)
			require.NoError(t, err)
			c, err := Determinantal{Rank: 3}.Bind(k)
			require.NoError(t, err)
			found, err := c.Infer(s)
			require.NoError(t, err)
			inf, all := found.(*determinantalSized), newListed(c, s)
			theta := randomTheta(c, 1, rng)
			for j := range k {
				theta.Logits[j] *= spread
			}
			what := fmt.Sprintf("%+v %g", ref, spread)
			grad := func(of structured.LogPartition[Set]) (float64, structured.Theta) {
				g := structured.Theta{Logits: make([]float64, len(theta.Logits))}
				return of.AddGradLogZ(g, theta, 1.5), g
			}
			want, dWant := grad(all)
			got, dGot := grad(inf)
			almost.Equal(t, want, got, 1e-11, 1e-12, what)
			almost.Slice(t, dWant.Logits, dGot.Logits, 1e-9, 0, what)
			p, q := make([]float64, k), make([]float64, k)
			all.LabelMarginals(p, theta)
			inf.LabelMarginals(q, theta)
			almost.Slice(t, p, q, 1e-11, 0, what)
			sizeMarginals(t, c, inf, s)

			ys := s.Make(20_000)
			inf.SampleModel(ys, theta, 5)
			count := make([]int, k+1) // of labels, and of 0 and 1 together
			for _, y := range ys {
				require.NoError(t, s.Check(y), what)
				for j := range y.Labels() {
					count[j]++
				}
				if y.Has(0) && y.Has(1) {
					count[k]++
				}
			}
			pairs := make([]float64, k*k)
			all.PairMarginals(pairs, theta)
			for j, truth := range append(p, pairs[1]) {
				lo, hi := binomial.Band(len(ys), min(truth, 1), 1e-8)
				assert.True(t, lo <= count[j] && count[j] <= hi, "%s: %d draws of probability %g", what, count[j], truth)
			}

			if ref == (FixedSize{0}) {
				continue
			}
			e := Observation{Values: New(k, 0, 3), Known: New(k, 0, 1, 3)}
			if ref == (FixedSize{k}) {
				e.Known = New(k, 0, 3)
			}
			given := func(of structured.ConditionalLogPartition[Set]) (float64, []float64) {
				g := structured.Theta{Logits: make([]float64, len(theta.Logits))}
				z, err := of.AddGradLogZGiven(g, theta, e, 2)
				require.NoError(t, err)
				return z, g.Logits
			}
			a, da := given(all)
			b, db := given(inf)
			almost.Equal(t, a, b, 1e-10, 1e-11, what)
			almost.Slice(t, da, db, 1e-8, 0, what)
		}
	}
}

// The eigenvalues of a kernel with labels of very different quality: small ones are
// not drowned by large ones.
func TestSpectrumKeepsSmallEigenvalues(t *testing.T) {
	const n = 9
	rng := rand.New(rand.NewPCG(1, 2))
	var s spectrum
	g := s.reset(n, n)
	logDet := 0.0
	for i := range n {
		size := math.Exp(-8 * float64(i))
		g[i*n+i] = size
		logDet -= 16 * float64(i)
		for j := range i { // a triangle: the determinant is known
			g[i*n+j] = size * rng.NormFloat64()
		}
	}
	before := append([]float64(nil), g...)
	s.solve()
	sum := 0.0
	for i := range n {
		sum += s.log[i]
		assert.Less(t, s.log[i], 5.)
		for j := range n {
			want := 0.0
			if i == j {
				want = 1
			}
			almost.Equal(t, want, kernel.Dot(s.vector(i), s.vector(j)), 1e-13, 0)
			// R G is what it says.
			got := 0.0
			for l := range n {
				got += s.vector(i)[l] * before[l*n+j]
			}
			almost.Equal(t, s.row(i)[j], got, 1e-13, 0)
		}
	}
	almost.Equal(t, logDet, sum, 1e-10, 0)
}

func BenchmarkDeterminantalSized(b *testing.B) {
	for _, k := range []int{50, 100} {
		b.Run(fmt.Sprintf("gradient/k=%d", k), func(b *testing.B) {
			s, _ := NewSpace(k, BoundedSize{Max: 10})
			c, _ := Determinantal{Rank: 8}.Bind(k)
			inf, _ := c.Infer(s)
			theta := randomTheta(c, 1, rand.New(rand.NewPCG(1, 2)))
			grad := structured.Theta{Logits: make([]float64, len(theta.Logits))}
			for b.Loop() {
				inf.(structured.LogPartition[Set]).AddGradLogZ(grad, theta, 1)
			}
		})
	}
}
