// Package fencheltest checks generators and losses of package fenchel: one of
// your own is right if it passes.
//
//	func TestMine(t *testing.T) { fencheltest.Generator(t, Mine{}) }
package fencheltest

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// T is the part of testing.TB used here.
type T interface {
	almost.T
}

func stream(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x5eed)) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
