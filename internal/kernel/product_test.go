package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
)

type productFunc func(c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool)

// kinds has each product with the shapes its operands are stored in.
var kinds = []struct {
	name   string
	f      productFunc
	tA, tB bool
}{
	{"NN", NN, false, false},
	{"TN", TN, true, false},
	{"NT", NT, false, true},
}

// random returns rows x ld normal numbers, the last row cut after cols.
func random(rng *rand.Rand, rows, cols, ld int) []float64 {
	if rows == 0 {
		return nil
	}
	x := make([]float64, (rows-1)*ld+cols)
	for i := range x {
		x[i] = rng.NormFloat64()
		if rng.IntN(8) == 0 {
			x[i] = 0
		}
	}
	return x
}

func shapeOf(trans bool, rows, cols int) (int, int) {
	if trans {
		return cols, rows
	}
	return rows, cols
}

// naive is the definition, summed as the tests need it: in any order.
func naive(tA, tB bool, c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	for i := range m {
		for j := range n {
			sum := 0.0
			for l := range k {
				ai, bi := i*lda+l, l*ldb+j
				if tA {
					ai = l*lda + i
				}
				if tB {
					bi = j*ldb + l
				}
				sum += a[ai] * b[bi]
			}
			if add {
				sum += c[i*ldc+j]
			}
			c[i*ldc+j] = sum
		}
	}
}

var shapes = [][3]int{
	{0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {1, 1, 1}, {1, 5, 7}, {2, 3, 5}, {5, 1, 9}, {7, 13, 1}, {17, 31, 23},
	{64, 192, 10}, {65, 193, 10}, {70, 300, 103}, {128, 14, 65}, {63, 191, 129}, {1, 400, 200}, {200, 1, 200},
}

func TestProductsAgreeWithTheDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, kind := range kinds {
		for _, s := range shapes {
			m, n, k := s[0], s[1], s[2]
			for _, pad := range []int{0, 3} {
				for _, add := range []bool{false, true} {
					ar, ac := shapeOf(kind.tA, m, k)
					br, bc := shapeOf(kind.tB, k, n)
					a, b, c := random(rng, ar, ac, ac+pad), random(rng, br, bc, bc+pad), random(rng, m, n, n+pad)
					if !add { // what was there must not matter
						for i := range m {
							for j := range n {
								c[i*(n+pad)+j] = math.NaN()
							}
						}
					}
					want := append([]float64(nil), c...)
					naive(kind.tA, kind.tB, want, n+pad, a, ac+pad, b, bc+pad, m, n, k, add)
					kind.f(c, n+pad, a, ac+pad, b, bc+pad, m, n, k, add)
					almost.Slice(t, want, c, 1e-12, 1e-12, "%s %v pad %d add %v", kind.name, s, pad, add)
				}
			}
		}
	}
}

// One row of the result has the same bits whether computed alone or not.
func TestRowsAreIndependent(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, kind := range kinds {
		if kind.tA {
			continue
		}
		check := func(m, n, k int) {
			br, bc := shapeOf(kind.tB, k, n)
			a, b, c0 := random(rng, m, k, k), random(rng, br, bc, bc), random(rng, m, n, n)
			batch := append([]float64(nil), c0...)
			kind.f(batch, n, a, k, b, bc, m, n, k, true)
			alone := append([]float64(nil), c0...)
			for i := range m {
				kind.f(alone[i*n:(i+1)*n], n, a[i*k:(i+1)*k], k, b, bc, 1, n, k, true)
			}
			almost.Same(t, batch, alone, "%s %dx%dx%d", kind.name, m, n, k)
			split := append([]float64(nil), c0...)
			h := m / 2
			kind.f(split, n, a, k, b, bc, h, n, k, true)
			kind.f(split[h*n:], n, a[h*k:], k, b, bc, m-h, n, k, true)
			almost.Same(t, batch, split, "%s %dx%dx%d in two", kind.name, m, n, k)
		}
		for m := 1; m <= 70; m++ {
			check(m, 1+rng.IntN(300), 1+rng.IntN(300))
		}
		for _, m := range []int{1, 2, 64, 65, 70} {
			for _, n := range []int{1, 2, 3, 63, 64, 65, 191, 192, 193, 256, 257, 300} {
				for _, k := range []int{1, 7, 64, 103, 300} {
					check(m, n, k)
				}
			}
		}
	}
}

func TestProductsDoNotDependOnGOMAXPROCS(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(3, 3))
	const m, n, k = 130, 517, 301
	for _, kind := range kinds {
		ar, ac := shapeOf(kind.tA, m, k)
		br, bc := shapeOf(kind.tB, k, n)
		a, b := random(rng, ar, ac, ac), random(rng, br, bc, bc)
		var want []float64
		for _, procs := range []int{1, 2, 3, 8} {
			runtime.GOMAXPROCS(procs)
			c := make([]float64, m*n)
			kind.f(c, n, a, ac, b, bc, m, n, k, false)
			if want == nil {
				want = c
			}
			almost.Same(t, want, c, "%s with %d", kind.name, procs)
		}
	}
}

func TestProductsDoNotAllocate(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	const m, n, k = 300, 500, 20
	for _, kind := range kinds {
		ar, ac := shapeOf(kind.tA, m, k)
		br, bc := shapeOf(kind.tB, k, n)
		a, b, c := random(rng, ar, ac, ac), random(rng, br, bc, bc), random(rng, m, n, n)
		assert.Zero(t, testing.AllocsPerRun(5, func() { kind.f(c, n, a, ac, b, bc, m, n, k, true) }), kind.name)
	}
}

func TestProductsRefuseShortSlices(t *testing.T) {
	x := make([]float64, 6)
	for _, kind := range kinds {
		assert.Panics(t, func() { kind.f(x[:5], 3, x, 2, x, 3, 2, 3, 2, false) }, kind.name)
		assert.Panics(t, func() { kind.f(make([]float64, 9), 3, x, 3, x, 3, 3, 3, 3, false) }, kind.name)
	}
}

func BenchmarkProduct(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, s := range [][3]int{{64, 103, 256}, {64, 256, 14}, {128, 294, 512}} {
		rows, in, out := s[0], s[1], s[2]
		x, w, y := random(rng, rows, in, in), random(rng, in, out, out), random(rng, rows, out, out)
		dst := make([]float64, max(rows, in)*max(in, out))
		for _, run := range []struct {
			name string
			f    func()
		}{
			{"NN", func() { NN(dst, out, x, in, w, out, rows, out, in, false) }},
			{"TN", func() { TN(dst, out, x, in, y, out, in, out, rows, false) }},
			{"NT", func() { NT(dst, in, y, out, w, out, rows, in, out, false) }},
		} {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", run.name, rows, in, out), func(b *testing.B) {
				for b.Loop() {
					run.f()
				}
				b.ReportMetric(2*float64(rows*in*out*b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}
