package fenchel_test

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/fenchel/fencheltest"
	"github.com/gibbs-ebm/gibbs/fenchel/projection"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// listed is the polytope of a list of points.
type listed [][]float64

func (l listed) Best(vertex, scores []float64) error {
	best := math.Inf(-1)
	for _, v := range l {
		if d := floats.Dot(v, scores); d > best {
			best = d
			copy(vertex, v)
		}
	}
	return nil
}

// closest is the point of the hull closest to x, by trying all subsets of the
// points: the best combination of each that is convex.
func (l listed) closest(x []float64) []float64 {
	best, at := math.Inf(1), make([]float64, len(x))
	for subset := uint(1); subset < 1<<len(l); subset++ {
		m := bits.OnesCount(subset)
		if m > len(x)+1 {
			continue
		}
		var in [][]float64
		for i, v := range l {
			if subset>>i&1 == 1 {
				in = append(in, v)
			}
		}
		kkt, right := mat.NewDense(m+1, m+1, nil), mat.NewVecDense(m+1, nil)
		for i, v := range in {
			for j, w := range in {
				kkt.Set(i, j, floats.Dot(v, w))
			}
			kkt.Set(i, m, 1)
			kkt.Set(m, i, 1)
			right.SetVec(i, floats.Dot(v, x))
		}
		right.SetVec(m, 1)
		var p mat.VecDense
		if err := p.SolveVec(kkt, right); err != nil {
			continue // dependent, or badly so
		}
		if mat.Min(p.SliceVec(0, m)) < -1e-12 {
			continue
		}
		point := make([]float64, len(x))
		for i, v := range in {
			floats.AddScaled(point, p.AtVec(i), v)
		}
		if d := floats.Distance(point, x, 2); d < best {
			best = d
			copy(at, point)
		}
	}
	return at
}

func normal(rng *rand.Rand, n int, spread float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = spread * rng.NormFloat64()
	}
	return x
}

// checkPosterior checks what must hold of any answer.
func checkPosterior(t *testing.T, p *fenchel.Posterior, o fenchel.Oracle, x []float64, tolerance float64) {
	t.Helper()
	n := len(x)
	point := make([]float64, n)
	seen := map[string]bool{}
	for i, v := range p.Vertices {
		floats.AddScaled(point, p.P[i], v)
		require.Positive(t, p.P[i])
		if i > 0 {
			require.LessOrEqual(t, p.P[i], p.P[i-1])
		}
		require.False(t, seen[fmt.Sprint(v)], "a vertex is there twice")
		seen[fmt.Sprint(v)] = true
		require.Less(t, p.Calls[i], p.Steps)
	}
	almost.Equal(t, 1, floats.Sum(p.P), 1e-14, 0)
	almost.Slice(t, point, p.Marginals, 1e-12, 1e-12, "marginals")
	almost.Equal(t, floats.Dot(x, point)-floats.Dot(point, point)/2, p.Objective, 1e-12, 1e-12, "objective")
	// <x - mu, v - mu> <= 0 for all v, and = 0 on the support.
	slope := make([]float64, n)
	floats.SubTo(slope, x, p.Marginals)
	best := make([]float64, n)
	require.NoError(t, o.Best(best, slope))
	gap := floats.Dot(slope, best) - floats.Dot(slope, p.Marginals)
	size := 1 + floats.Norm(x, 2)*(1+floats.Norm(best, 2)) + floats.Dot(best, best)
	assert.LessOrEqual(t, gap, tolerance*size)
	almost.Equal(t, gap, p.Gap, 1e-13*size, 1e-9, "gap")
	for _, v := range p.Vertices {
		assert.LessOrEqual(t, math.Abs(floats.Dot(slope, v)-floats.Dot(slope, p.Marginals)), math.Max(tolerance, math.Sqrt(tolerance)*1e-3)*size, "complementary slackness")
	}
}

func TestSparseMAPIsTheQuadraticProgram(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 1))
	for trial := range 150 {
		n := 1 + trial%5
		var l listed
		for range 1 + trial%9 {
			v := normal(rng, n, 1)
			if trial%2 == 0 { // structures, among them equal and dependent ones
				for i := range v {
					v[i] = float64(int(2 * math.Abs(v[i])))
				}
			}
			l = append(l, v)
		}
		for _, spread := range []float64{0.1, 1, 30} {
			x := normal(rng, n, spread)
			want := l.closest(x)
			p, err := fenchel.SparseMAP{Of: l}.Solve(x)
			require.NoError(t, err)
			almost.Slice(t, want, p.Marginals, 1e-9, 1e-9, "trial %d", trial)
			checkPosterior(t, p, l, x, 1e-13)
			assert.LessOrEqual(t, len(p.P), n+1)
			for _, d := range []fenchel.Direction{fenchel.Pairwise, fenchel.AwaySteps} {
				c := fenchel.ConditionalGradient{Of: l, Direction: d, Tolerance: 1e-13}
				p, err := c.Solve(x)
				require.NoError(t, err, "%v trial %d", d, trial)
				almost.Slice(t, want, p.Marginals, 4e-7, 1e-9, "%v trial %d", d, trial)
				checkPosterior(t, p, l, x, 1e-12)
			}
		}
	}
}

// Where the polytope is known, SparseMAP is the projection.
func TestSparseMAPIsTheProjection(t *testing.T) {
	rng := rand.New(rand.NewPCG(32, 1))
	for _, c := range []struct {
		on fenchel.Differentiable
		o  fenchel.Oracle
		ns []int
	}{
		{projection.Simplex{}, projection.Simplex{}, []int{1, 2, 10, 60}},
		{projection.Simplex{Radius: 2.5}, projection.Simplex{Radius: 2.5}, []int{10}},
		{projection.CappedSimplex{K: 3}, projection.CappedSimplex{K: 3}, []int{3, 6, 50}},
		{projection.CappedSimplex{K: 2.5}, projection.CappedSimplex{K: 2.5}, []int{6, 20}},
		{projection.Box{}, projection.Box{}, []int{1, 6, 40}},
		{projection.Permutahedron{}, projection.Permutahedron{}, []int{2, 6, 40}},
		{projection.Birkhoff{}, fenchel.OracleFunc(bestPermutation), []int{4, 9, 25, 36}},
	} {
		for _, n := range c.ns {
			for _, spread := range []float64{1e-3, 0.3, 1, 10, 1e4} {
				x, direction := normal(rng, n, spread), normal(rng, n, 1)
				want, got := make([]float64, n), make([]float64, n)
				require.NoError(t, c.on.Project(want, x))
				s := fenchel.SparseMAP{Of: c.o}
				p, err := s.Solve(x)
				require.NoError(t, err)
				almost.Slice(t, want, p.Marginals, 1e-9, 1e-9, "%v n=%d spread %g", c.on, n, spread)
				checkPosterior(t, p, c.o, x, 1e-13)
				require.NoError(t, s.Project(got, x))
				almost.Same(t, p.Marginals, got)
				if _, few := c.o.(projection.Permutahedron); !few || n <= 6 {
					require.NoError(t, c.on.ProjectJVP(want, x, direction))
					require.NoError(t, s.ProjectJVP(got, x, direction))
					almost.Slice(t, want, got, 1e-8, 1e-8, "Jacobian: %v n=%d spread %g", c.on, n, spread)
				}
				if n <= 10 {
					for _, d := range []fenchel.Direction{fenchel.Pairwise, fenchel.AwaySteps} {
						require.NoError(t, fenchel.ConditionalGradient{Of: c.o, Direction: d}.Project(got, x), "%v n=%d spread %g", c.on, n, spread)
						almost.Slice(t, p.Marginals, got, 4e-5, 1e-9, "%v: %v n=%d spread %g", d, c.on, n, spread)
					}
				}
			}
		}
	}
}

// bestPermutation is the best permutation matrix of up to 6 rows, by dynamic
// programming over sets of columns.
func bestPermutation(vertex, scores []float64) error {
	n := int(math.Round(math.Sqrt(float64(len(scores)))))
	best, last := make([]float64, 1<<n), make([]int, 1<<n)
	for s := 1; s < 1<<n; s++ {
		row := bits.OnesCount(uint(s)) - 1
		best[s] = math.Inf(-1)
		for c := range n {
			if s>>c&1 == 1 {
				if v := best[s^1<<c] + scores[row*n+c]; v > best[s] {
					best[s], last[s] = v, c
				}
			}
		}
	}
	clear(vertex)
	for s := 1<<n - 1; s != 0; s ^= 1 << last[s] {
		vertex[(bits.OnesCount(uint(s))-1)*n+last[s]] = 1
	}
	return nil
}

// Away and pairwise steps gain digits at a constant rate, those of Frank and
// Wolfe do not.
func TestConditionalGradientRate(t *testing.T) {
	x := normal(rand.New(rand.NewPCG(35, 1)), 12, 0.3)
	steps := func(d fenchel.Direction, tolerance float64) int {
		p, err := fenchel.ConditionalGradient{Of: projection.CappedSimplex{K: 4}, Direction: d, Tolerance: tolerance, Steps: 1000}.Solve(x)
		if err != nil {
			require.ErrorIs(t, err, fenchel.ErrConvergence)
		}
		return p.Steps
	}
	for _, d := range []fenchel.Direction{fenchel.Pairwise, fenchel.AwaySteps} {
		first, second := steps(d, 1e-5), steps(d, 1e-10)
		t.Log(d, first, second)
		assert.Less(t, second, 3*first, "%v", d)
		assert.Less(t, second, 300, "%v", d)
	}
	assert.Equal(t, 1000, steps(fenchel.FrankWolfe, 1e-10))
}

// Every choice among equal vertices gives one point; the scores of a vertex that
// leads by its margin give that vertex alone.
func TestSparseMAPDegenerate(t *testing.T) {
	s := fenchel.SparseMAP{Of: projection.CappedSimplex{K: 3}}
	p, err := s.Solve(make([]float64, 12))
	require.NoError(t, err)
	for _, m := range p.Marginals {
		almost.Equal(t, 0.25, m, 1e-14, 0)
	}
	x := make([]float64, 12)
	x[2], x[5], x[7] = 1, 1, 1
	p, err = s.Solve(x)
	require.NoError(t, err)
	assert.Equal(t, []float64{1}, p.P)
	assert.Equal(t, x, p.Marginals)
	assert.Zero(t, p.Gap)
	assert.Equal(t, []int{0}, p.Calls)

	// On a grid there are ties everywhere.
	rng := rand.New(rand.NewPCG(33, 1))
	want := make([]float64, 9)
	for range 200 {
		x := make([]float64, 9)
		for i := range x {
			x[i] = float64(rng.IntN(5)) / 4
		}
		for _, c := range []struct {
			on fenchel.Polytope
			o  fenchel.Oracle
		}{{projection.Birkhoff{}, fenchel.OracleFunc(bestPermutation)}, {projection.CappedSimplex{K: 4}, projection.CappedSimplex{K: 4}}, {projection.Permutahedron{}, projection.Permutahedron{}}, {projection.Box{}, projection.Box{}}} {
			require.NoError(t, c.on.Project(want, x))
			p, err := fenchel.SparseMAP{Of: c.o}.Solve(x)
			require.NoError(t, err)
			almost.Slice(t, want, p.Marginals, 1e-12, 1e-12)
			checkPosterior(t, p, c.o, x, 1e-14)
		}
	}
}

// As a loss it keeps the contract: the gradient and the Jacobian are those of
// central differences.
func TestSparseMAPLoss(t *testing.T) {
	for _, c := range []struct {
		o       fenchel.Oracle
		targets [][]float64
	}{
		{projection.Simplex{}, distributions}, {projection.CappedSimplex{K: 2}, subsets}, {projection.Box{}, subsets},
		{projection.Permutahedron{}, [][]float64{{3, 1, 2, 6, 5, 4}, {3.5, 3.5, 3.5, 3.5, 3.5, 3.5}}},
		{fenchel.OracleFunc(bestPermutation), [][]float64{{0, 1, 0, 1, 0, 0, 0, 0, 1}, {0.5, 0.25, 0.25, 0.5, 0, 0.5, 0, 0.75, 0.25}}},
	} {
		for _, scale := range []float64{1, 0.3} {
			t.Run(fmt.Sprintf("%T", c.o), func(t *testing.T) {
				fencheltest.Loss(t, fenchel.Squared{Onto: fenchel.SparseMAP{Of: c.o}, Scale: scale}, c.targets...)
			})
		}
	}
	l := fenchel.Squared{Onto: fenchel.SparseMAP{Of: projection.Simplex{}}}
	want, err := fenchel.Simplex{Of: fenchel.Sparsemax}.LabelLoss(nil, []float64{0.5, 0.25, -1}, 1)
	require.NoError(t, err)
	got, err := l.Loss(nil, []float64{0.5, 0.25, -1}, []float64{0, 1, 0})
	require.NoError(t, err)
	almost.Equal(t, want, got, 1e-15, 1e-14)
}

func TestSparseMAPErrors(t *testing.T) {
	failed := errors.New("no vertex")
	bad := func(v float64) fenchel.Oracle {
		return fenchel.OracleFunc(func(vertex, _ []float64) error { clear(vertex); vertex[0] = v; return nil })
	}
	calls := 0
	liar := fenchel.OracleFunc(func(vertex, scores []float64) error {
		calls++
		if calls == 1 {
			return projection.Simplex{}.Best(vertex, scores)
		}
		clear(vertex)
		vertex[3] = -7
		return nil
	})
	x := []float64{0.5, 0.25, 0.125, 0.25}
	for _, onto := range []func(o fenchel.Oracle) fenchel.Polytope{
		func(o fenchel.Oracle) fenchel.Polytope { return fenchel.SparseMAP{Of: o} },
		func(o fenchel.Oracle) fenchel.Polytope { return fenchel.ConditionalGradient{Of: o} },
	} {
		dst := make([]float64, 4)
		assert.ErrorIs(t, onto(fenchel.OracleFunc(func(_, _ []float64) error { return failed })).Project(dst, x), failed)
		assert.ErrorIs(t, onto(bad(math.NaN())).Project(dst, x), fenchel.ErrOracle)
		assert.ErrorIs(t, onto(bad(inf)).Project(dst, x), fenchel.ErrOracle)
		calls = 0
		assert.ErrorIs(t, onto(liar).Project(dst, x), fenchel.ErrOracle)
		for _, v := range []float64{math.NaN(), inf, -inf} {
			var entry *fenchel.EntryError
			require.ErrorAs(t, onto(projection.Box{}).Project(dst, []float64{0, 0, v, 0}), &entry)
			assert.Equal(t, 2, entry.Index)
		}
		assert.ErrorIs(t, onto(projection.Simplex{}).Project(nil, nil), fenchel.ErrNoSupport)
		assert.Panics(t, func() { _ = onto(projection.Simplex{}).Project(dst, x[:3]) })
	}
	var gap *fenchel.GapError
	_, err := fenchel.SparseMAP{Of: projection.Box{}, Steps: 2}.Solve(x)
	require.ErrorAs(t, err, &gap)
	assert.ErrorIs(t, err, fenchel.ErrConvergence)
	p, err := fenchel.ConditionalGradient{Of: projection.Box{}, Steps: 20, Direction: fenchel.FrankWolfe}.Solve(x)
	require.ErrorAs(t, err, &gap)
	assert.Equal(t, 20, gap.Steps)
	assert.Equal(t, gap.Gap, p.Gap, "the best point there is comes with the error")
	assert.LessOrEqual(t, floats.Distance(p.Marginals, x, 2), math.Sqrt(p.Gap))
	for _, v := range []interface{ Validate() error }{
		fenchel.SparseMAP{}, fenchel.SparseMAP{Of: projection.Box{}, Steps: -1}, fenchel.SparseMAP{Of: projection.Simplex{Radius: -1}},
		fenchel.ConditionalGradient{}, fenchel.ConditionalGradient{Of: projection.Box{}, Tolerance: math.NaN()},
		fenchel.ConditionalGradient{Of: projection.Box{}, Direction: 3}, fenchel.Squared{Onto: fenchel.SparseMAP{}},
	} {
		assert.Error(t, v.Validate(), "%+v", v)
	}
	assert.NoError(t, fenchel.SparseMAP{Of: projection.Box{}}.Validate())
	assert.NoError(t, fenchel.ConditionalGradient{Of: projection.Box{}}.Validate())
	assert.ErrorIs(t, fenchel.Squared{Onto: fenchel.ConditionalGradient{Of: projection.Box{}}}.JVP(make([]float64, 4), make([]float64, 4), x, x), fenchel.ErrCurvature)
}
