package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// The fast path and the log domain are two ways to the same numbers, also
// where underflow is common.
func TestPathsOfTheRecursionAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, k := range []int{4, 11, 13} {
		for _, scale := range []float64{0.1, 5, 30, 100} {
			for form := range 8 {
				p := randomSteps(k, scale, form&1 != 0, form&2 != 0, form&4 != 0, rng)
				name := fmt.Sprintf("k=%d, scale %g, form %d", k, scale, form)
				s, wide := p.recursion(), p.recursion()
				logZ := s.logZ()
				wide.wide = true
				wide.tabulateLogs()
				wide.recurse(wide.f, logSemiring{}, false)
				wide.sum = wide.f[wide.full]
				almost.Equal(t, wide.sum, logZ, 1e-11, 1e-13, name)
				s.marginals(true)
				wide.marginals(true)
				for r := range k {
					almost.Slice(t, wide.at[r][:k], s.at[r][:k], 1e-10, 0, name)
				}
				almost.Slice(t, wide.precedes, s.precedes, 1e-10, 0, name)
				almost.Equal(t, wide.entropy(), s.entropy(), 1e-9, 1e-10, name)
				s.marginals(false)
				for r := range k {
					almost.Slice(t, wide.at[r][:k], s.at[r][:k], 1e-10, 0, name)
				}
				almost.Equal(t, wide.entropy(), s.entropy(), 1e-9, 1e-10, name)
			}
		}
	}
}

// Both paths must have been tested above.
func TestPathOfTheRecursion(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		scale float64
		wide  bool
	}{{1, false}, {30, false}, {2e3, true}} {
		s := randomSteps(7, c.scale, true, false, true, rng).recursion()
		s.logZ()
		assert.Equal(t, c.wide, s.wide, "scale %g", c.scale)
	}
	// Offsets of labels and ranks alone are no reason for the slow path.
	p := randomSteps(7, 1, false, false, false, rng)
	for i := range 7 {
		for r := range 7 {
			p.position[i*7+r] += 1e4*float64(i*i) - 1e5*float64(r)
		}
	}
	s := p.recursion()
	almost.Equal(t, list(7, p.value).logZ, s.logZ(), 1e-9, 1e-12)
	assert.False(t, s.wide)
	// Nor is any span, where positions are all there is.
	s = randomSteps(12, 1e4, false, false, false, rng).recursion()
	assert.False(t, math.IsInf(s.logZ(), 0))
	assert.False(t, s.wide)
}
