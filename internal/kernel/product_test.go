package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
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

// inside returns a copy of x that starts at any multiple of 8 bytes and has
// the numbers of fence on both sides; check fails if they have changed.
func inside(rng *rand.Rand, x []float64) (y []float64, check func(t *testing.T)) {
	const fence = 1.25
	before, after := rng.IntN(9), 9
	all := make([]float64, before+len(x)+after)
	for i := range all {
		all[i] = fence
	}
	end := before + copy(all[before:], x)
	return all[before:end:end], func(t *testing.T) {
		t.Helper()
		for i, v := range all {
			if (i < before || i >= end) && v != fence {
				t.Fatalf("wrote at %d beside a slice of %d", i-before, len(x))
			}
		}
	}
}

func shapeOf(trans bool, rows, cols int) (int, int) {
	if trans {
		return cols, rows
	}
	return rows, cols
}

// definition is the product as the package documents it.
func definition(tA, tB bool, c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	for i := range m {
		for j := range n {
			sum := 0.0
			if add {
				sum = c[i*ldc+j]
			}
			for l := range k {
				ai, bi := i*lda+l, l*ldb+j
				if tA {
					ai = l*lda + i
				}
				if tB {
					bi = j*ldb + l
				}
				sum = math.FMA(a[ai], b[bi], sum)
			}
			c[i*ldc+j] = sum
		}
	}
}

// agrees compares with the definition: bit for bit, unless plain Go is used.
func agrees(t *testing.T, want, got []float64, msg ...any) bool {
	t.Helper()
	if withFMA() {
		return almost.Same(t, want, got, msg...)
	}
	return almost.Slice(t, want, got, 1e-12, 1e-12, msg...)
}

var shapes = [][3]int{
	{0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {1, 1, 1}, {1, 5, 7}, {2, 3, 5}, {5, 1, 9}, {7, 13, 1}, {17, 31, 23},
	{64, 192, 10}, {65, 193, 10}, {70, 300, 103}, {128, 14, 65}, {63, 191, 129}, {1, 400, 200}, {200, 1, 200},
	{130, 73, 258}, {129, 25, 257}, {20, 24, 513}, {8, 96, 256}, {300, 2, 600},
}

func testProduct(t *testing.T, rng *rand.Rand, s [3]int, pads [3]int, add bool) {
	t.Helper()
	m, n, k := s[0], s[1], s[2]
	for _, kind := range kinds {
		ar, ac := shapeOf(kind.tA, m, k)
		br, bc := shapeOf(kind.tB, k, n)
		lda, ldb, ldc := ac+pads[0], bc+pads[1], n+pads[2]
		a, _ := inside(rng, random(rng, ar, ac, lda))
		b, _ := inside(rng, random(rng, br, bc, ldb))
		c, check := inside(rng, random(rng, m, n, ldc))
		if !add { // what was there must not matter
			for i := range m {
				for j := range n {
					c[i*ldc+j] = math.Inf(1)
				}
			}
		}
		want := append([]float64(nil), c...)
		definition(kind.tA, kind.tB, want, ldc, a, lda, b, ldb, m, n, k, add)
		kind.f(c, ldc, a, lda, b, ldb, m, n, k, add)
		if !agrees(t, want, c, "%s %v pads %v add %v", kind.name, s, pads, add) {
			return
		}
		check(t)
	}
}

func TestProductsAgreeWithTheDefinition(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 1))
		for _, s := range shapes {
			for _, pads := range [][3]int{{}, {3, 3, 3}, {0, 1, 5}} {
				testProduct(t, rng, s, pads, false)
				testProduct(t, rng, s, pads, true)
			}
		}
		for m := range 27 { // every tail of rows and columns
			for n := range 54 {
				testProduct(t, rng, [3]int{m, n, rng.IntN(20)}, [3]int{}, n%2 == 0)
			}
		}
	})
}

// Strides that are powers of two, as large networks have them.
func TestProductsOfWideRows(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		testProduct(t, rand.New(rand.NewPCG(8, 8)), [3]int{33, 96, 512}, [3]int{512, 928, 32}, true)
	})
}

func FuzzProducts(f *testing.F) {
	f.Add(uint64(1), 3, 5, 7, 0, 1, 2, true)
	f.Add(uint64(2), 140, 26, 300, 4, 0, 0, false)
	f.Fuzz(func(t *testing.T, seed uint64, m, n, k, padA, padB, padC int, add bool) {
		limit := func(v, n int) int { return int(uint(v) % uint(n)) }
		s := [3]int{limit(m, 150), limit(n, 120), limit(k, 300)}
		pads := [3]int{limit(padA, 9), limit(padB, 9), limit(padC, 9)}
		defer func(was level) { use = was }(use)
		for _, use = range levels {
			testProduct(t, rand.New(rand.NewPCG(seed, 0)), s, pads, add)
		}
	})
}

// A NaN or an infinity shows where it belongs and nowhere else.
func TestProductsKeepNaN(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		const m, n, k = 21, 35, 19
		rng := rand.New(rand.NewPCG(9, 9))
		for _, kind := range kinds {
			ar, ac := shapeOf(kind.tA, m, k)
			br, bc := shapeOf(kind.tB, k, n)
			a, b, c := random(rng, ar, ac, ac), random(rng, br, bc, bc), make([]float64, m*n)
			for _, bad := range []float64{math.NaN(), math.Inf(1)} {
				for i := range a {
					if a[i] == 0 { // 0·Inf may be skipped
						a[i] = 1
					}
				}
				row := rng.IntN(m)
				at := row * k
				if kind.tA {
					at = row
				}
				was := a[at]
				a[at] = bad
				for i := range b {
					if b[i] == 0 {
						b[i] = 1
					}
				}
				kind.f(c, n, a, ac, b, bc, m, n, k, false)
				for i, v := range c {
					finite := !math.IsNaN(v) && !math.IsInf(v, 0)
					assert.Equal(t, i/n != row, finite, "%s (%d, %d) is %g", kind.name, i/n, i%n, v)
				}
				a[at] = was
			}
		}
	})
}

// One row of the result has the same bits whether computed alone or not.
func TestRowsAreIndependent(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
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
	})
}

func TestProductsDoNotDependOnGOMAXPROCS(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
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
	})
}

func TestProductsDoNotAllocate(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(4, 4))
		const m, n, k = 300, 500, 20
		for _, kind := range kinds {
			ar, ac := shapeOf(kind.tA, m, k)
			br, bc := shapeOf(kind.tB, k, n)
			a, b, c := random(rng, ar, ac, ac), random(rng, br, bc, bc), random(rng, m, n, n)
			assert.Zero(t, testing.AllocsPerRun(5, func() { kind.f(c, n, a, ac, b, bc, m, n, k, true) }), kind.name)
		}
	})
}

// Products at the same time do not share work space.
func TestProductsAtTheSameTime(t *testing.T) {
	const m, n, k, together = 40, 80, 60, 100 // more than there is room for idle ones
	var wait sync.WaitGroup
	for i := range uint64(together) {
		wait.Go(func() {
			rng := rand.New(rand.NewPCG(10, i))
			a, b := random(rng, m, k, k), random(rng, k, n, n)
			want, got := make([]float64, m*n), make([]float64, m*n)
			definition(false, false, want, n, a, k, b, n, m, n, k, false)
			for range 50 {
				NN(got, n, a, k, b, n, m, n, k, false)
				if !agrees(t, want, got) {
					return
				}
			}
		})
	}
	wait.Wait()
}

func TestProductsRefuseShortSlices(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		x := make([]float64, 6)
		for _, kind := range kinds {
			assert.Panics(t, func() { kind.f(x[:5], 3, x, 2, x, 3, 2, 3, 2, false) }, kind.name)
			assert.Panics(t, func() { kind.f(make([]float64, 9), 3, x, 3, x, 3, 3, 3, 3, false) }, kind.name)
			assert.Panics(t, func() { kind.f(x, 2, x, 3, x, 3, 2, 3, 1, false) }, "%s: leading dimension", kind.name)
			assert.Panics(t, func() { kind.f(x, 3, x, 3, x, 3, -1, 3, 2, false) }, "%s: negative", kind.name)
		}
	})
}

// counting is a BLAS that counts the products it is asked for.
type counting struct {
	gonum.Implementation
	calls int
}

func (c *counting) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, dst []float64, ldc int) {
	c.calls++
	c.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, dst, ldc)
}

func TestUseBLAS(t *testing.T) {
	impl := new(counting)
	UseBLAS(impl)
	defer UseBLAS(nil)
	defer func(was level) { use = was }(use)
	use = portable // the tolerance of plain Go
	rng := rand.New(rand.NewPCG(7, 7))
	for _, s := range shapes {
		testProduct(t, rng, s, [3]int{1, 2, 3}, true)
		testProduct(t, rng, s, [3]int{}, false)
	}
	assert.Equal(t, 2*3*(len(shapes)-3), impl.calls, "one call to a product that is not empty")
	UseBLAS(nil)
	NN(make([]float64, 1), 1, []float64{1}, 1, []float64{1}, 1, 1, 1, 1, false)
	assert.Equal(t, 2*3*(len(shapes)-3), impl.calls)
}
