package sets

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// randomEdges picks each pair of labels with probability p.
func randomEdges(rng *rand.Rand, k int, p float64) (edges []Edge) {
	for i := range k {
		for j := range i {
			if rng.Float64() < p {
				edges = append(edges, Edge{i, j})
			}
		}
	}
	return edges
}

// gridEdges are those of a grid of labels.
func gridEdges(rows, cols int) (edges []Edge) {
	for r := range rows {
		for c := range cols {
			if j := r*cols + c; c+1 < cols {
				edges = append(edges, Edge{j, j + 1})
			}
			if j := r*cols + c; r+1 < rows {
				edges = append(edges, Edge{j, j + cols})
			}
		}
	}
	return edges
}

func TestGraphs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	loop := []Edge{{0, 1}, {1, 2}, {2, 3}, {4, 3}, {4, 0}}
	for _, of := range []Coupling{
		Cardinality{}, Cardinality{Shared: true}, Chain{}, Chain{Shared: true},
		Tree{}, Tree{Edges: []Edge{{3, 0}, {0, 1}, {4, 0}}}, Tree{Edges: []Edge{{2, 4}}, Shared: true},
		Graph{Edges: loop}, Graph{Edges: loop, Sizes: true}, Graph{Edges: loop, Sizes: true, Shared: true},
		Graph{Edges: randomEdges(rng, 5, 1)}, Graph{Edges: randomEdges(rng, 5, 0.5), Shared: true},
	} {
		for _, ref := range testReferences {
			const k = 5
			t.Run(fmt.Sprintf("%T%+v/%s", of, of, ref.name), func(t *testing.T) {
				s, err := NewSpace(k, ref.of(k))
				require.NoError(t, err)
				c, err := NewCoupling(of, k)
				require.NoError(t, err)
				structuredtest.Coupling(t, c, s, structures(s))
				inf, err := c.(structured.Inferrer[Set]).Infer(s)
				require.NoError(t, err)
				marginals(t, c, inf, s)
			})
		}
	}
	for _, of := range []Coupling{Cardinality{}, Chain{}, Tree{}, Graph{Sizes: true}} {
		s, err := NewSpace(1, nil)
		require.NoError(t, err)
		c, err := NewCoupling(of, 1)
		require.NoError(t, err)
		structuredtest.Coupling(t, c, s, structures(s))
	}
}

// marginals checks those of labels and pairs against the list of sets.
func marginals(t *testing.T, c structured.Coupling[Set], inf structured.Inference[Set], s *Space) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	theta := randomTheta(c, 2, rng)
	all := structures(s).All
	score, logq := make([]float64, len(all)), make([]float64, len(all))
	c.Score(score, theta, all)
	s.LogProb(logq, all)
	logZ := inf.(structured.LogPartition[Set]).LogZ(theta)
	one, two := make([]float64, s.k), make([]float64, s.k*s.k)
	for m, y := range all {
		p := math.Exp(score[m] + logq[m] - logZ)
		for i := range y.Labels() {
			one[i] += p
			for j := range y.Labels() {
				two[i*s.k+j] += p
			}
		}
	}
	got := make([]float64, s.k*s.k)
	if m, ok := inf.(LabelMarginalizer); ok {
		m.LabelMarginals(got[:s.k], theta)
		almost.Slice(t, one, got[:s.k], 1e-12, 0, "marginals of labels")
	}
	if m, ok := inf.(PairMarginalizer); ok {
		m.PairMarginals(got, theta)
		almost.Slice(t, two, got, 1e-12, 0, "marginals of pairs")
	}
}

func randomTheta(c structured.Coupling[Set], scale float64, rng *rand.Rand) structured.Theta {
	theta := structured.Theta{Logits: make([]float64, c.NumLogits()), Own: make([]float64, c.NumOwn())}
	for _, part := range [][]float64{theta.Logits, theta.Own} {
		for i := range part {
			part[i] = scale * rng.NormFloat64()
		}
	}
	return theta
}

func TestPairMarginalsOfOthers(t *testing.T) {
	for _, of := range []Coupling{Unary{}, Pairwise{}} {
		for _, ref := range testReferences {
			s, err := NewSpace(6, ref.of(6))
			require.NoError(t, err)
			c, err := NewCoupling(of, 6)
			require.NoError(t, err)
			inf, err := c.(structured.Inferrer[Set]).Infer(s)
			require.NoError(t, err)
			marginals(t, c, inf, s)
		}
	}
}

// The same distribution by recursion, in both shapes, and by enumeration.
func TestRecursionAgreesWithEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const k = 14
	for _, scale := range []float64{1, 20} {
		for _, p := range []float64{0, 0.1, 0.3, 1} {
			for _, ref := range testReferences {
				s, err := NewSpace(k, ref.of(k))
				require.NoError(t, err)
				edges := randomEdges(rng, k, p)
				g, err := Graph{Edges: edges}.Bind(k)
				require.NoError(t, err)
				d, err := Pairwise{}.Bind(k)
				require.NoError(t, err)
				theta := randomTheta(g, scale, rng)
				dense := structured.Theta{Logits: make([]float64, d.NumLogits())}
				copy(dense.Logits, theta.Logits[:k])
				for e, ij := range edges {
					i, j := min(ij.I, ij.J), max(ij.I, ij.J)
					dense.Logits[k+d.(*pairwise).row(i)+j] = theta.Logits[k+e]
				}
				a, err := g.Infer(s)
				require.NoError(t, err)
				b, err := d.Infer(s)
				require.NoError(t, err)
				almost.Equal(t, b.(structured.LogPartition[Set]).LogZ(dense), a.(structured.LogPartition[Set]).LogZ(theta), 1e-10, 1e-12)
				almost.Equal(t, b.(structured.ExactEntropy[Set]).Entropy(dense), a.(structured.ExactEntropy[Set]).Entropy(theta), 1e-10, 1e-10)
				pa, pb := make([]float64, k*k), make([]float64, k*k)
				a.(PairMarginalizer).PairMarginals(pa, theta)
				b.(PairMarginalizer).PairMarginals(pb, dense)
				almost.Slice(t, pb, pa, 1e-10, 0)
				ya, yb := s.Make(20), s.Make(20)
				va, vb := make([]float64, 20), make([]float64, 20)
				require.Equal(t, 20, a.(structured.KBester[Set]).KBest(ya, va, theta))
				require.Equal(t, 20, b.(structured.KBester[Set]).KBest(yb, vb, dense))
				almost.Slice(t, vb, va, 1e-9, 1e-10)
			}
		}
	}
}

// What is known of the widths: chains and trees 1, a grid at most its shorter
// side, cycles 2; and of the frontier of a chain 1.
func TestWidths(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	tree := []Edge{}
	for j := 1; j < 300; j++ {
		tree = append(tree, Edge{j, rng.IntN(j)})
	}
	cycle := []Edge{{0, 299}}
	chain := []Edge{}
	for j := range 299 {
		chain = append(chain, Edge{j, j + 1})
	}
	for name, c := range map[string]struct {
		edges []Edge
		width int
	}{"tree": {tree, 1}, "chain": {chain, 1}, "cycle": {append(cycle, chain...), 2}, "grid": {gridEdges(6, 50), 8}} {
		r, err := newRecursion(300, c.edges, false, 0)
		require.NoError(t, err, name)
		assert.LessOrEqual(t, r.width, c.width, name)
	}
	r, err := newRecursion(300, chain, true, 300)
	require.NoError(t, err)
	assert.Equal(t, 1, r.width)
	_, err = newRecursion(60, randomEdges(rng, 60, 1), false, 0)
	var wide *tooManyStates
	require.True(t, errors.As(err, &wide))
	assert.ErrorContains(t, err, "60 labels")
}

// Over the limit a graph still has modes, and says what it lacks.
func TestGraphTooWide(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	g := Graph{Edges: randomEdges(rng, 60, 0.9)}
	c, err := g.Bind(60)
	require.NoError(t, err)
	s, _ := NewSpace(60, nil)
	inf, err := c.Infer(s)
	require.NoError(t, err)
	_, ok := inf.(structured.LogPartition[Set])
	assert.False(t, ok)
	assert.Contains(t, inf.(structured.Limited).Limit(), "60 labels")
	theta := randomTheta(c, 1, rng)
	y := s.Make(1)
	value, _ := inf.Mode(&y[0], theta, 1)
	var score, logq [1]float64
	c.Score(score[:], theta, y)
	s.LogProb(logq[:], y)
	almost.Equal(t, score[0]+logq[0], value, 1e-9, 0)

	data := ising(40, 2, 60)
	_, err = Fit(ctx, data, Config{Coupling: g, Objective: Exact{}, Training: structured.Training{Epochs: 1}})
	assert.ErrorIs(t, err, structured.ErrIntractable)
	assert.ErrorContains(t, err, "states")
	_, err = Fit(ctx, data, Config{Coupling: g, Training: structured.Training{Epochs: 1}})
	assert.NoError(t, err)
}

func TestEdgeErrors(t *testing.T) {
	for _, of := range []Coupling{
		Graph{Edges: []Edge{{0, 5}}}, Graph{Edges: []Edge{{-1, 2}}}, Graph{Edges: []Edge{{2, 2}}},
		Graph{Edges: []Edge{{0, 1}, {1, 0}}}, Tree{Edges: []Edge{{0, 1}, {1, 2}, {2, 0}}},
	} {
		_, err := of.Bind(5)
		var e *EdgeError
		require.ErrorAs(t, err, &e, "%+v", of)
		assert.Contains(t, err.Error(), "edge")
	}
}

// A tree of 1,000 labels: everything at once, in a moment.
func TestManyLabels(t *testing.T) {
	const k = 1000
	rng := rand.New(rand.NewPCG(4, 4))
	var edges []Edge
	for j := 1; j < k; j++ {
		edges = append(edges, Edge{rng.IntN(j), j})
	}
	c, err := Tree{Edges: edges}.Bind(k)
	require.NoError(t, err)
	s, _ := NewSpace(k, nil)
	inf, err := c.Infer(s)
	require.NoError(t, err)
	theta := randomTheta(c, 1, rng)
	z := inf.(*sparseInference)
	p := make([]float64, k)
	z.LabelMarginals(p, theta)
	const n = 4000
	ys := s.Make(n)
	z.SampleModel(ys, theta, stream.Key(1))
	worst := 0.0
	for j := range k {
		got := 0.0
		for _, y := range ys {
			if y.Has(j) {
				got++
			}
		}
		worst = max(worst, math.Abs(got/n-p[j])/math.Sqrt(p[j]*(1-p[j])/n+1e-9))
	}
	assert.Less(t, worst, 5.5, "standard errors")
	best, values := s.Make(50), make([]float64, 50)
	require.Equal(t, 50, z.KBest(best, values, theta))
	for i := range best[1:] {
		assert.False(t, best[i].Equal(best[i+1]))
		assert.GreaterOrEqual(t, values[i], values[i+1])
	}
	mode := s.Make(1)
	value, proven := z.Mode(&mode[0], theta, 1)
	assert.True(t, proven)
	almost.Equal(t, value, values[0], 1e-9, 0)
}

func benchmarkGraph(b *testing.B, of Coupling, k int, ref Reference) {
	s, err := NewSpace(k, ref)
	require.NoError(b, err)
	c, err := NewCoupling(of, k)
	require.NoError(b, err)
	inf, err := c.(structured.Inferrer[Set]).Infer(s)
	require.NoError(b, err)
	z := inf.(*sparseInference)
	theta := randomTheta(c, 1, rand.New(rand.NewPCG(1, 1)))
	grad := structured.Theta{Logits: make([]float64, len(theta.Logits)), Own: make([]float64, len(theta.Own))}
	b.Run("logZ+grad", func(b *testing.B) {
		for b.Loop() {
			z.AddGradLogZ(grad, theta, 1)
		}
		b.ReportMetric(float64(z.r.width), "width")
		b.ReportMetric(float64(z.r.states), "states")
	})
	y := s.Make(1)
	b.Run("mode", func(b *testing.B) {
		for b.Loop() {
			z.Mode(&y[0], theta, 1)
		}
	})
	ys, values := s.Make(100), make([]float64, 100)
	b.Run("100 best", func(b *testing.B) {
		for b.Loop() {
			z.KBest(ys, values, theta)
		}
	})
	b.Run("100 samples", func(b *testing.B) {
		for b.Loop() {
			z.SampleModel(ys, theta, 1)
		}
	})
}

func BenchmarkGraph(b *testing.B) {
	// A band: every label joined with the 12 before.
	var band []Edge
	for j := range 200 {
		for i := max(0, j-12); i < j; i++ {
			band = append(band, Edge{i, j})
		}
	}
	b.Run("width 12 of 200", func(b *testing.B) { benchmarkGraph(b, Graph{Edges: band}, 200, nil) })
	b.Run("grid 10x20", func(b *testing.B) { benchmarkGraph(b, Graph{Edges: gridEdges(10, 20)}, 200, nil) })
	b.Run("chain of 1000", func(b *testing.B) { benchmarkGraph(b, Chain{}, 1000, nil) })
	b.Run("cardinality of 174", func(b *testing.B) { benchmarkGraph(b, Cardinality{}, 174, nil) })
}
