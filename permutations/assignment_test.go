package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func costs(n int, scale float64, rng *rand.Rand) []float64 {
	c := make([]float64, n*n)
	for i := range c {
		c[i] = scale * rng.NormFloat64()
	}
	return c
}

// certificate checks that the dual variables prove the solution.
func certificate(t *testing.T, a *assignment, cost []float64, scale float64) {
	t.Helper()
	n, sum, dual := a.n, 0.0, 0.0
	used := make([]bool, n)
	tol := 1e-12 * float64(n) * max(1, scale)
	for i := range n {
		j := a.column[i]
		require.False(t, used[j], "column %d is used twice", j)
		used[j] = true
		assert.Equal(t, i, a.row[j])
		sum += cost[i*n+j]
		dual += a.u[i] + a.v[i]
		almost.Equal(t, cost[i*n+j], a.u[i]+a.v[j], tol, 0, "an assigned pair must be tight")
		for j := range n {
			require.LessOrEqual(t, a.u[i]+a.v[j], cost[i*n+j]+tol, "the dual must be feasible")
		}
	}
	almost.Equal(t, sum, dual, float64(n)*tol, 0, "no duality gap")
}

func TestAssignmentHasACertificate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 8, 50, 120} {
		a := newAssignment(n)
		for _, scale := range []float64{0, 1, 1e6} {
			c := costs(n, scale, rng)
			copy(a.cost, c)
			a.solve()
			certificate(t, a, c, scale)
		}
		// Many ties.
		c := costs(n, 1, rng)
		for i := range c {
			c[i] = math.Round(c[i])
		}
		copy(a.cost, c)
		a.solve()
		certificate(t, a, c, 1)
	}
}

func TestAssignmentAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := 1; n <= 6; n++ {
		a, y := newAssignment(n), make(Ordering, n)
		for range 20 {
			c := costs(n, 2, rng)
			least, most := math.Inf(1), math.Inf(-1)
			for _, y := range everyOrdering(n) {
				least, most = min(least, total(c, y)), max(most, total(c, y))
			}
			almost.Equal(t, least, a.minimize(y, c), 1e-12, 0)
			almost.Equal(t, least, total(c, y), 1e-12, 0)
			a.maximize(y, c)
			almost.Equal(t, most, total(c, y), 1e-12, 0)
		}
	}
}

// total is the sum of c by label and rank.
func total(c []float64, y Ordering) float64 {
	sum := 0.0
	for r, i := range y {
		sum += c[i*len(y)+r]
	}
	return sum
}

// An answer known by hand: the greedy choice of the 1 costs 1 + 4.
func TestAssignmentGolden(t *testing.T) {
	y := make(Ordering, 2)
	almost.Equal(t, 4, newAssignment(2).minimize(y, []float64{1, 2, 2, 4}), 0, 0)
	assert.Equal(t, Ordering{1, 0}, y)
}

func TestAssignmentOfNaN(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for range 50 {
			c := costs(6, 1, rng)
			for i := range c {
				if rng.IntN(3) == 0 {
					c[i] = bad
				}
			}
			y := make(Ordering, 6)
			newAssignment(6).minimize(y, c)
			assert.NoError(t, y.Validate())
		}
	}
}

// With large k the mode is still proven.
func TestModesOverManyLabels(t *testing.T) {
	const k = 40
	rng := rand.New(rand.NewPCG(7, 8))
	for _, name := range []string{"permutahedron", "birkhoff"} {
		for reference, ref := range map[string]Reference{"uniform": nil, "hamming": someReferences(k)["hamming"]} {
			c, inf, s := bound(t, someCouplings(k)[name], k, ref)
			theta := randomTheta(c, 1, rng)
			y := make(Ordering, k)
			value, proven := inf.Mode(&y, theta, 0)
			assert.True(t, proven)
			almost.Equal(t, valueOf(c, s, theta, y), value, 1e-12, 0)
			// No swap and no rotation of three labels improves it.
			for r := range k {
				for s2 := range k {
					for s3 := range k {
						z := y.Clone()
						z[r], z[s2] = z[s2], z[r]
						z[s2], z[s3] = z[s3], z[s2]
						require.LessOrEqual(t, valueOf(c, s, theta, z), value+1e-10, "%s, %s", name, reference)
					}
				}
			}
		}
	}
}

func BenchmarkAssignment(b *testing.B) {
	for _, n := range []int{16, 100} {
		c, a, y := costs(n, 1, rand.New(rand.NewPCG(9, 9))), newAssignment(n), make(Ordering, n)
		b.Run(map[int]string{16: "16", 100: "100"}[n], func(b *testing.B) {
			for b.Loop() {
				a.minimize(y, c)
			}
		})
	}
}
