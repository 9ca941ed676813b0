package kernel

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// guarded returns a function that copies a slice to the end of pages behind
// which any access is a fault.
func guarded(t *testing.T) func(x []float64) []float64 {
	page := os.Getpagesize()
	return func(x []float64) []float64 {
		t.Helper()
		room := (len(x)*size + page - 1) / page * page
		memory, err := syscall.Mmap(-1, 0, room+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
		require.NoError(t, err)
		t.Cleanup(func() { _ = syscall.Munmap(memory) })
		require.NoError(t, syscall.Mprotect(memory[room:], syscall.PROT_NONE))
		if len(x) == 0 {
			return nil
		}
		y := unsafe.Slice((*float64)(unsafe.Pointer(&memory[room-len(x)*size])), len(x))
		copy(y, x)
		return y
	}
}

// Nothing is read or written behind the last number of an operand: that would
// crash here.
func TestNothingIsReadBehindTheEnd(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(12, 12))
		at := guarded(t)
		for _, kind := range kinds {
			for n := 1; n < 28; n++ {
				m, k := 1+rng.IntN(20), 1+rng.IntN(20)
				ar, ac := shapeOf(kind.tA, m, k)
				br, bc := shapeOf(kind.tB, k, n)
				a, b, c := at(random(rng, ar, ac, ac)), at(random(rng, br, bc, bc)), at(random(rng, m, n, n))
				kind.f(c, n, a, ac, b, bc, m, n, k, n%2 == 0)
				kind.f(c, n, a, ac, b, bc, m, n, k, n%2 == 1)
				kinds32[kind.name](c, n, a, ac, b, bc, m, n, k, n%2 == 1)
			}
		}
		for n := 1; n < 20; n++ {
			x, y := at(random(rng, 1, n, n)), at(random(rng, 1, n, n))
			for _, f := range elementwise {
				f.vector(x, y)
			}
			LogSumExp(x)
			Axpy(x, 2, y)
			Dot(x, y)
			ReLUMask(x, y)
			(&AdamCoefficients{}).Adam(x, y, x, y)
			(&MomentumCoefficients{}).Descend(x, y, y)
		}
	})
}
