package permutations

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/race"
	"github.com/gibbs-ebm/gibbs/structured"
)

// plain hides what a coupling of this package knows beyond the interface.
type plain struct{ structured.Coupling[Ordering] }

// Long chains from one start are draws from the model.
func TestMetropolisTendsToTheModel(t *testing.T) {
	const k, chains = 4, 4_000
	rng := rand.New(rand.NewPCG(1, 1))
	for name, of := range someCouplings(k) {
		for _, reference := range []string{"uniform", "cayley", "plackett-luce"} {
			ref := someReferences(k)[reference]
			for _, swap := range []Swap{AnySwap, AdjacentSwap} {
				for _, hide := range []bool{false, true} {
					if hide && name != "birkhoff" {
						continue
					}
					c, _, s := bound(t, of, k, ref)
					theta := randomTheta(c, 0.4, rng)
					truth := list(k, func(y Ordering) float64 { return valueOf(c, s, theta, y) })
					p := structured.Problem[Ordering]{Coupling: c, Space: s}
					if hide {
						p.Coupling = plain{c}
					}
					m, err := Metropolis{Steps: 50 + 150*int(swap), Swap: swap}.Bind(p)
					require.NoError(t, err)
					ys := s.Make(chains)
					m.Run(ys, theta, 5)
					inBands(t, truth, ys, fmt.Sprintf("%s, %s, %v, hidden %t", name, reference, swap, hide))
				}
			}
		}
	}
}

// From the model, a chain of any length stays there.
func TestMetropolisLeavesTheModelInvariant(t *testing.T) {
	const k, chains = 4, 20_000
	c, inf, s := bound(t, Birkhoff{}, k, nil)
	theta := randomTheta(c, 2, rand.New(rand.NewPCG(2, 2)))
	truth := list(k, func(y Ordering) float64 { return valueOf(c, s, theta, y) })
	ys := s.Make(chains)
	inf.(structured.ExactSampler[Ordering]).SampleModel(ys, theta, 3)
	m, err := Metropolis{Steps: 3}.Bind(structured.Problem[Ordering]{Coupling: c, Space: s})
	require.NoError(t, err)
	before := Make(chains, k)
	for i := range ys {
		copy(before[i], ys[i])
	}
	m.Run(ys, theta, 4)
	moved := 0
	for i, y := range ys {
		if !y.Equal(before[i]) {
			moved++
		}
	}
	assert.Greater(t, moved, chains/10)
	inBands(t, truth, ys, "invariance")
}

// The randomness of a chain is that of its key and its place.
func TestMetropolisIsReproducible(t *testing.T) {
	const k = 6
	c, _, s := bound(t, Preference{}, k, nil)
	theta := randomTheta(c, 0.3, rand.New(rand.NewPCG(3, 3)))
	m, err := Metropolis{}.Bind(structured.Problem[Ordering]{Coupling: c, Space: s})
	require.NoError(t, err)
	run := func(n int, key uint64) []Ordering {
		ys := s.Make(n)
		m.Run(ys, theta, key)
		return ys
	}
	want := run(20, 1)
	assert.Equal(t, want, run(20, 1))
	assert.Equal(t, want[:7], run(7, 1), "a chain does not depend on the others")
	assert.NotEqual(t, want, run(20, 2))
	assert.NotEqual(t, want[0], want[1])
	// A step proposes, and neighbours only where asked to.
	one, err := Metropolis{Steps: 1, Swap: AdjacentSwap}.Bind(structured.Problem[Ordering]{Coupling: c, Space: s})
	require.NoError(t, err)
	ys := s.Make(200)
	one.Run(ys, theta, 1)
	for _, y := range ys {
		assert.LessOrEqual(t, Kendall.Between(y, Identity(k)), 1)
	}
	if race.Enabled {
		return // allocations cannot be counted
	}
	ys = s.Make(1)
	assert.Zero(t, testing.AllocsPerRun(20, func() { m.Run(ys, theta, 1) }))
}

func TestMetropolisOverOneLabel(t *testing.T) {
	c, _, s := bound(t, Birkhoff{}, 1, nil)
	for _, swap := range []Swap{AnySwap, AdjacentSwap} {
		m, err := Metropolis{Swap: swap}.Bind(structured.Problem[Ordering]{Coupling: c, Space: s})
		require.NoError(t, err)
		ys := s.Make(2)
		m.Run(ys, structured.Theta{Logits: []float64{1}}, 1)
		assert.Equal(t, Ordering{0}, ys[0])
	}
}

func TestMetropolisErrors(t *testing.T) {
	c, _, s := bound(t, Birkhoff{}, 3, nil)
	_, err := Metropolis{Steps: -1}.Bind(structured.Problem[Ordering]{Coupling: c, Space: s})
	assert.ErrorContains(t, err, "Steps -1")
	_, err = Metropolis{Swap: 7}.Bind(structured.Problem[Ordering]{Coupling: c, Space: s})
	assert.ErrorContains(t, err, "Swap 7")
	_, err = Metropolis{}.Bind(structured.Problem[Ordering]{Coupling: c, Space: otherSpace{}})
	assert.ErrorContains(t, err, "otherSpace")
	assert.Equal(t, "any adjacent Swap(9)", fmt.Sprint(AnySwap, AdjacentSwap, Swap(9)))
}
