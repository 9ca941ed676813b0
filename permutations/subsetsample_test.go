package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/structured"
)

func TestSubsetSamples(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, scale := range []float64{0, 1.5, 400} {
		for form := range 8 {
			p := randomSteps(4, scale, form&1 != 0, form&2 != 0, form&4 != 0, rng)
			s, ys := p.recursion(), Make(20_000, 4)
			s.logZ()
			for _, y := range ys {
				s.sample(y, rng)
			}
			inBands(t, list(4, p.value), ys, fmt.Sprintf("scale %g, form %d", scale, form))
		}
	}
}

// inBands checks draws of few labels against their probabilities.
func inBands(t *testing.T, truth listed, ys []Ordering, what string) {
	t.Helper()
	code := func(y Ordering) (n int) {
		for _, j := range y {
			n = n*len(y) + j
		}
		return n
	}
	counts := map[int]int{}
	for _, y := range ys {
		counts[code(y)]++
	}
	for m, y := range truth.ys {
		lo, hi := binomial.Band(len(ys), truth.p[m], 1e-7)
		n := counts[code(y)]
		assert.True(t, lo <= n && n <= hi, "%s: %v of probability %g was drawn %d times, want %d to %d", what, y, truth.p[m], n, lo, hi)
	}
}

// Entropy keeps its digits where nearly all is certain: two labels are a coin.
func TestEntropyNearCertainty(t *testing.T) {
	for _, of := range []Coupling{Birkhoff{}, Preference{}, Luce{}} {
		for _, v := range []float64{0, 3, 40, 300} {
			s, err := NewSpace(2, nil)
			require.NoError(t, err)
			c, err := of.Bind(2)
			require.NoError(t, err)
			inf, err := c.Infer(s)
			require.NoError(t, err)
			theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
			theta.Logits[0] = v
			if _, pairs := of.(Preference); pairs {
				theta.Logits[0] = v / 2
			}
			a := math.Exp(-v)
			almost.Equal(t, math.Log1p(a)+v*a/(1+a), inf.(structured.ExactEntropy[Ordering]).Entropy(theta), 0, 1e-12, "%T, v=%g", of, v)
		}
	}
}
