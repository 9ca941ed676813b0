package projection

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

var (
	_ fenchel.Differentiable = Simplex{}
	_ fenchel.Differentiable = CappedSimplex{}
	_ fenchel.Differentiable = Box{}
	_ fenchel.Differentiable = Isotonic{}
	_ fenchel.Differentiable = Permutahedron{}
	_ fenchel.Differentiable = Birkhoff{}
)

// A set as the tests see it: the projection, and the vertex (or far point) of
// the set that maximises a linear function; nil where it has none.
type set struct {
	on     fenchel.Differentiable
	oracle func(s []float64) []float64
	member func(p []float64) float64 // how far outside
}

func largest(s []float64) []int {
	order := make([]int, len(s))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if s[a] > s[b] {
			return -1
		}
		return 1
	})
	return order
}

func sum(p []float64) (t float64) {
	for _, x := range p {
		t += x
	}
	return t
}

func outside(p []float64, lo, hi float64) (far float64) {
	for _, x := range p {
		far = max(far, lo-x, x-hi)
	}
	return far
}

var sets = []set{
	{Simplex{}, func(s []float64) []float64 { v := make([]float64, len(s)); v[largest(s)[0]] = 1; return v },
		func(p []float64) float64 { return max(math.Abs(sum(p)-1), outside(p, 0, 1)) }},
	{Simplex{Radius: 2.5}, func(s []float64) []float64 { v := make([]float64, len(s)); v[largest(s)[0]] = 2.5; return v },
		func(p []float64) float64 { return max(math.Abs(sum(p)-2.5), outside(p, 0, 2.5)) }},
	{CappedSimplex{K: 4}, func(s []float64) []float64 {
		v := make([]float64, len(s))
		for _, i := range largest(s)[:4] {
			v[i] = 1
		}
		return v
	}, func(p []float64) float64 { return max(math.Abs(sum(p)-4), outside(p, 0, 1)) }},
	{Box{}, func(s []float64) []float64 {
		v := make([]float64, len(s))
		for i := range v {
			if s[i] > 0 {
				v[i] = 1
			}
		}
		return v
	}, func(p []float64) float64 { return outside(p, 0, 1) }},
	{Permutahedron{}, func(s []float64) []float64 {
		v := make([]float64, len(s))
		for r, i := range largest(s) {
			v[i] = float64(len(s) - r)
		}
		return v
	}, majorized},
	{Birkhoff{}, assignment, func(p []float64) float64 {
		n := int(math.Sqrt(float64(len(p))))
		far := outside(p, 0, 1)
		for i := range n {
			row, col := 0.0, 0.0
			for j := range n {
				row += p[i*n+j]
				col += p[j*n+i]
			}
			far = max(far, math.Abs(row-1), math.Abs(col-1))
		}
		return far
	}},
}

// majorized is by how much p breaks sum of the k largest <= n + ... + (n-k+1).
func majorized(p []float64) (far float64) {
	q := append([]float64(nil), p...)
	slices.Sort(q)
	total, n := 0.0, len(q)
	for k := range q {
		total += q[n-1-k] - float64(n-k)
		far = max(far, total)
	}
	return max(far, math.Abs(total))
}

// assignment is the best permutation matrix by trying all.
func assignment(s []float64) []float64 {
	n := int(math.Sqrt(float64(len(s))))
	order, best, value := make([]int, n), make([]float64, len(s)), math.Inf(-1)
	var try func(i int, used uint, sum float64)
	try = func(i int, used uint, sum float64) {
		if i == n {
			if sum > value {
				value = sum
				clear(best)
				for r, c := range order {
					best[r*n+c] = 1
				}
			}
			return
		}
		for c := range n {
			if used>>c&1 == 0 {
				order[i] = c
				try(i+1, used|1<<c, sum+s[i*n+c])
			}
		}
	}
	try(0, 0, 0)
	return best
}

// A point p is the projection of x iff p is in the set and <x - p, v - p> <= 0
// for all v in it, of which the vertex along x - p is the worst.
func TestOptimality(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, s := range sets {
		for _, n := range []int{4, 9, 25} {
			for _, spread := range []float64{0, 0.1, 1, 10, 1e4} {
				x, p, rest := make([]float64, n), make([]float64, n), make([]float64, n)
				for i := range x {
					x[i] = spread * rng.NormFloat64()
				}
				require.NoError(t, s.on.Project(p, x), "%v", s.on)
				size := 1e-12 * (1 + spread)
				assert.LessOrEqual(t, s.member(p), size, "%v n=%d: not in the set", s.on, n)
				for i := range rest {
					rest[i] = x[i] - p[i]
				}
				v, gap := s.oracle(rest), 0.0
				for i := range rest {
					gap += rest[i] * (v[i] - p[i])
				}
				assert.LessOrEqual(t, gap, float64(n*n)*size*(1+spread), "%v n=%d spread=%g: not the closest point", s.on, n, spread)
				// What is in the set stays, and the destination may be the point.
				again := append([]float64(nil), p...)
				require.NoError(t, s.on.Project(again, again))
				almost.Slice(t, p, again, 10*size, 1e-12, "%v: not idempotent", s.on)
				vertex := s.oracle(x)
				require.NoError(t, s.on.Project(vertex, vertex))
				almost.Slice(t, s.oracle(x), vertex, 1e-11, 0, "%v: a vertex moves", s.on)
			}
		}
	}
}

// The same point for 1e9 more, where the set lies across.
func TestShift(t *testing.T) {
	x := []float64{0.5, -1.25, 2, 0.75, 0.25, -0.5, 1.5, 0, 1.125}
	for _, s := range sets {
		if _, box := s.on.(Box); box {
			continue
		}
		want, got, big := make([]float64, 9), make([]float64, 9), make([]float64, 9)
		require.NoError(t, s.on.Project(want, x))
		for _, shift := range []float64{1e9, -1e9} {
			for i := range big {
				big[i] = x[i] + shift
			}
			require.NoError(t, s.on.Project(got, big))
			almost.Slice(t, want, got, 1e-12, 1e-12, "%v", s.on)
		}
	}
}

func TestJacobians(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	all := append(sets, set{on: Isotonic{}}, set{on: Isotonic{Decreasing: true}}, set{on: Isotonic{Weights: []float64{1, 2, 0.5, 1, 1, 3, 1, 0.1, 1}}},
		set{on: Permutahedron{Of: []float64{3, 0, 0, 1, -2, 5, 5, 1, 0.5}}}, set{on: Box{Lower: []float64{-1, -1, -1, 0, 0, 0, 0, 0, -2}}})
	for _, s := range all {
		t.Run(fmt.Sprintf("%T", s.on), func(t *testing.T) {
			const n, h = 9, 1e-6
			for range 10 {
				x, d, got := make([]float64, n), make([]float64, n), make([]float64, n)
				for i := range x {
					x[i], d[i] = 2*rng.NormFloat64(), rng.NormFloat64()
				}
				at := func(h float64) []float64 {
					p := make([]float64, n)
					for i := range p {
						p[i] = x[i] + h*d[i]
					}
					require.NoError(t, s.on.Project(p, p))
					return p
				}
				require.NoError(t, s.on.ProjectJVP(got, x, d))
				up, down := at(h), at(-h)
				for i := range got {
					almost.Equal(t, (up[i]-down[i])/(2*h), got[i], 1e-6, 1e-6)
				}
			}
		})
	}
}

// Isotonic regression by its definition: the max over starts of the min over
// ends of the mean.
func TestIsotonicMinMax(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		n := 1 + rng.IntN(12)
		x, w, p := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], w[i] = math.Round(4*rng.NormFloat64())/2, 0.1+rng.Float64()
		}
		require.NoError(t, Isotonic{Weights: w}.Project(p, x))
		for i := range x {
			best := math.Inf(-1)
			for a := 0; a <= i; a++ {
				worst := math.Inf(1)
				for b := i; b < n; b++ {
					s, m := 0.0, 0.0
					for j := a; j <= b; j++ {
						s += w[j] * x[j]
						m += w[j]
					}
					worst = min(worst, s/m)
				}
				best = max(best, worst)
			}
			almost.Equal(t, best, p[i], 1e-13, 1e-13)
		}
	}
	p := make([]float64, 3)
	require.NoError(t, Isotonic{Decreasing: true}.Project(p, []float64{3, 5, 1}))
	almost.Slice(t, []float64{4, 4, 1}, p, 0, 1e-15)
	require.NoError(t, Isotonic{}.Project(p, []float64{1 + 1e-9, 1, 2}))
	almost.Slice(t, []float64{1 + 5e-10, 1 + 5e-10, 2}, p, 0, 1e-15)
}

// Entries far apart get their exact ranks, close ones their mean.
func TestSoftRanks(t *testing.T) {
	p := make([]float64, 4)
	require.NoError(t, Permutahedron{}.Project(p, []float64{100, -50, 30, 0}))
	almost.Slice(t, []float64{4, 1, 3, 2}, p, 1e-14, 0)
	require.NoError(t, Permutahedron{}.Project(p, []float64{0, 0, 0, 0}))
	almost.Slice(t, []float64{2.5, 2.5, 2.5, 2.5}, p, 1e-15, 0)
	require.NoError(t, Permutahedron{Of: []float64{0, 0, 1, 0}}.Project(p, []float64{0.5, 0.25, -9, 0.5}))
	q := make([]float64, 4)
	require.NoError(t, Simplex{}.Project(q, []float64{0.5, 0.25, -9, 0.5}))
	almost.Slice(t, q, p, 1e-15, 1e-15, "the permutahedron of (1, 0, ..., 0) is the simplex")
}

func TestErrors(t *testing.T) {
	for _, s := range append(sets, set{on: Isotonic{}}) {
		for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			p := []float64{0, 1, x, 3}
			var entry *fenchel.EntryError
			require.ErrorAs(t, s.on.Project(p, p), &entry, "%v", s.on)
			assert.Equal(t, 2, entry.Index)
			assert.ErrorIs(t, entry, ErrNotFinite)
		}
		assert.NotEmpty(t, fmt.Sprint(s.on))
	}
	p := make([]float64, 3)
	assert.ErrorIs(t, Birkhoff{}.Project(p, p), ErrSize)
	assert.ErrorIs(t, Box{Lower: []float64{0}}.Project(p, p), ErrSize)
	assert.ErrorIs(t, Permutahedron{Of: []float64{0}}.Project(p, p), ErrSize)
	assert.ErrorIs(t, Isotonic{Weights: []float64{0}}.Project(p, p), ErrSize)
	assert.ErrorIs(t, CappedSimplex{K: 4}.Project(p, p), fenchel.ErrBudget)
	for _, bad := range []interface{ Validate() error }{Simplex{Radius: -1}, CappedSimplex{K: -1}, Box{Lower: []float64{2}}, Isotonic{Weights: []float64{0}}, Permutahedron{Of: []float64{math.NaN()}}, Birkhoff{N: -1}} {
		assert.Error(t, bad.Validate(), "%T", bad)
	}
	for _, s := range sets {
		assert.NoError(t, s.on.(interface{ Validate() error }).Validate())
	}
}

func BenchmarkPermutahedron(b *testing.B) {
	const n = 1_000_000
	rng := rand.New(rand.NewPCG(1, 1))
	for _, spread := range []float64{1, 1e6} {
		b.Run(fmt.Sprintf("spread=%g", spread), func(b *testing.B) {
			x, p := make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = spread * rng.NormFloat64()
			}
			for b.Loop() {
				if err := (Permutahedron{}).Project(p, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBirkhoff(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{10, 100, 300} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x, p := make([]float64, n*n), make([]float64, n*n)
			for i := range x {
				x[i] = rng.NormFloat64()
			}
			for b.Loop() {
				if err := (Birkhoff{}).Project(p, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
