package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The literal was computed with AVX-512; AVX2 and, on another architecture,
// NEON have to give the same.
func TestBitsAreTheSameOnAllMachines(t *testing.T) {
	const want = "de6e533d76709674"
	rng := rand.New(rand.NewPCG(11, 11))
	exact := func(n int) []float64 { // nothing that an architecture may round
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Ldexp(float64(rng.IntN(1<<20)-1<<19), -17)
		}
		return x
	}
	const m, n, k = 37, 61, 300
	a, b, c := exact(m*k), exact(n*k), exact(m*n)
	onEachLevel(t, func(t *testing.T) {
		if !withFMA() {
			t.Skip("plain Go rounds otherwise")
		}
		h := fnv.New64a()
		put := func(x ...float64) {
			for _, v := range x {
				_ = binary.Write(h, binary.LittleEndian, math.Float64bits(v))
			}
		}
		for _, kind := range kinds {
			_, ac := shapeOf(kind.tA, m, k)
			_, bc := shapeOf(kind.tB, k, n)
			dst := append([]float64(nil), c...)
			kind.f(dst, n, a, ac, b, bc, m, n, k, true)
			put(dst...)
		}
		for _, name := range []string{"Exp", "Sigmoid", "Tanh", "SiLU", "Softplus", "ReLU", "Scale", "Multiply"} {
			x, y := append([]float64(nil), c...), make([]float64, len(c))
			elementwise[name].vector(x, y)
			put(x...)
			put(y...)
		}
		put(SumExp(c, 0.25), Dot(a, b[:len(a)]), Max(c))
		assert.Equal(t, want, fmt.Sprintf("%016x", h.Sum64()))
	})
}
