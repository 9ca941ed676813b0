package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
)

// fma32 is a·b + c with one rounding to float32: the sum in float64 is rounded to
// odd first, so that the second rounding does no harm.
func fma32(a, b, c float32) float32 {
	p, z := float64(a)*float64(b), float64(c) // p is exact
	s := p + z
	t := s - p
	if e := (p - (s - t)) + (z - t); e != 0 && math.Float64bits(s)&1 == 0 {
		s = math.Nextafter(s, math.Copysign(math.Inf(1), e))
	}
	return float32(s)
}

// definition32 is the product in float32 as the package documents it.
func definition32(tA, tB bool, c []float64, ldc int, a []float64, lda int, b []float64, ldb int, m, n, k int, add bool) {
	for i := range m {
		for j := range n {
			total := 0.0
			if add {
				total = c[i*ldc+j]
			}
			for from := 0; from < k; from += blockSteps {
				var sum float32
				for l := from; l < min(k, from+blockSteps); l++ {
					ai, bi := i*lda+l, l*ldb+j
					if tA {
						ai = l*lda + i
					}
					if tB {
						bi = j*ldb + l
					}
					sum = fma32(float32(a[ai]), float32(b[bi]), sum)
				}
				total += float64(sum)
			}
			c[i*ldc+j] = total
		}
	}
}

var kinds32 = map[string]productFunc{"NN": Float32.NN, "TN": Float32.TN, "NT": Float32.NT}

func TestProductsInFloat32(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(32, 1))
		sizes := append([][3]int{{8, 48, 3}, {9, 47, 256}, {16, 49, 257}, {3, 33, 9}, {4, 24, 20}, {12, 17, 5}}, shapes...)
		for range 40 {
			sizes = append(sizes, [3]int{1 + rng.IntN(40), 1 + rng.IntN(120), 1 + rng.IntN(40)})
		}
		for _, s := range sizes {
			m, n, k := s[0], s[1], s[2]
			for _, kind := range kinds {
				for _, add := range []bool{false, true} {
					ar, ac := shapeOf(kind.tA, m, k)
					br, bc := shapeOf(kind.tB, k, n)
					lda, ldb, ldc := ac+rng.IntN(3), bc+rng.IntN(3), n+rng.IntN(3)
					a, _ := inside(rng, random(rng, ar, ac, lda))
					b, _ := inside(rng, random(rng, br, bc, ldb))
					c, check := inside(rng, random(rng, m, n, ldc))
					want := append([]float64{}, c...)
					kinds32[kind.name](c, ldc, a, lda, b, ldb, m, n, k, add)
					check(t)
					if singles() && n > 1 {
						definition32(kind.tA, kind.tB, want, ldc, a, lda, b, ldb, m, n, k, add)
						almost.Same(t, want, c, kind.name, s)
					} else { // it is the product in float64
						kind.f(want, ldc, a, lda, b, ldb, m, n, k, add)
						almost.Same(t, want, c, kind.name, s)
					}
					if t.Failed() {
						return
					}
				}
			}
		}
	})
	assert.Equal(t, float32(0x1p24+2), fma32(0x1p12, 0x1p12, 1.5))
}

// A number beyond float32 is an infinity, and a NaN stays one.
func TestProductsInFloat32OutOfRange(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		if !singles() {
			return
		}
		c := make([]float64, 4)
		Float32.NN(c, 2, []float64{1e200, math.NaN()}, 1, []float64{1, 1}, 2, 2, 2, 1, false)
		assert.True(t, math.IsInf(c[1], 1) && math.IsNaN(c[2]), "%v", c)
	})
}
