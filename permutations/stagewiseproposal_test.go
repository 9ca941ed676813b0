package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func TestStagewiseProposal(t *testing.T) {
	for name, of := range map[string]Coupling{"permutahedron": Permutahedron{}, "birkhoff": Birkhoff{}} {
		for reference, ref := range someReferences(4) {
			t.Run(name+"/"+reference, func(t *testing.T) {
				c, _, s := bound(t, of, 4, ref)
				p, err := StagewiseProposal{Defensive: 0.3}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
				require.NoError(t, err)
				assert.True(t, p.Follows())
				structuredtest.Proposal(t, p, c, s, structuredtest.Structures[Ordering]{All: everyOrdering(4), Equal: Ordering.Equal})
			})
		}
	}
}

// withoutDefence is log r without the mixture with a uniform reference.
func withoutDefence(logr []float64, k int) {
	for i, l := range logr {
		logr[i] = math.Log((math.Exp(l) - 0.05*math.Exp(-numeric.LogFactorial(k))) / 0.95)
	}
}

// Two labels, and those that are alike or sure, are drawn from the model itself.
func TestStagewiseProposalIsExactWhereItSays(t *testing.T) {
	for name, theta := range map[string][]float64{
		"two":   {0.3, -1, 2, 0.5},
		"alike": make([]float64, 25),
		"sure":  {50, 0, 0, 0, 0, 60, 50, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k := int(math.Sqrt(float64(len(theta))))
			c, inf, s := bound(t, Birkhoff{}, k, nil)
			p, err := StagewiseProposal{}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
			require.NoError(t, err)
			of := structured.Theta{Logits: theta}
			ys := everyOrdering(k)
			logr, want := make([]float64, len(ys)), make([]float64, len(ys))
			p.(structured.DensityProposal[Ordering]).LogProb(logr, ys, of)
			withoutDefence(logr, k)
			c.Score(want, of, ys)
			logZ := inf.(*exactInference).LogZ(of) + numeric.LogFactorial(k)
			for i := range ys {
				almost.Equal(t, math.Exp(want[i]-logZ), math.Exp(logr[i]), 1e-3, 0, "%v", ys[i])
			}
		})
	}
}

// effectiveShare is that of the size of a sample that its weights leave, the
// mean over a few models.
func effectiveShare(t *testing.T, of Coupling, k int, proposal structured.Proposal[Ordering], theta func(rng *rand.Rand) []float64) float64 {
	const draws, models = 500, 10
	rng := rand.New(rand.NewPCG(31, 1))
	c, _, s := bound(t, of, k, nil)
	p, err := proposal.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
	require.NoError(t, err)
	ys, logr, score := s.Make(draws), make([]float64, draws), make([]float64, draws)
	share := 0.0
	for m := range models {
		at := structured.Theta{Logits: theta(rng)}
		p.Sample(ys, logr, at, uint64(m))
		c.Score(score, at, ys)
		for i := range score {
			score[i] -= logr[i]
		}
		once := numeric.LogSumExp(score)
		for i := range score {
			score[i] *= 2
		}
		share += math.Exp(2*once-numeric.LogSumExp(score)) / draws / models
	}
	return share
}

// It follows more closely than Plackett-Luce does, at the length and sharpness
// of label ranking (vowel has 11 labels, and fitted models about 4 nats).
func TestStagewiseProposalFollows(t *testing.T) {
	const k = 11
	for name, of := range map[string]Coupling{"permutahedron": Permutahedron{}, "birkhoff": Birkhoff{}} {
		theta := func(rng *rand.Rand) []float64 {
			if name == "permutahedron" {
				return randomTheta(&permutahedron{k: k}, 4, rng).Logits
			}
			logits := make([]float64, k*k)
			for i := range k {
				at := float64(rng.IntN(k))
				for r := range k {
					by := at - float64(r)
					logits[i*k+r] = 1.2*rng.NormFloat64() - 0.6*by*by
				}
			}
			return logits
		}
		luce := effectiveShare(t, of, k, PlackettLuceProposal{}, theta)
		stagewise := effectiveShare(t, of, k, StagewiseProposal{}, theta)
		t.Logf("%s: effective share %.2f by Plackett-Luce, %.2f by stages", name, luce, stagewise)
		assert.Greater(t, stagewise, 0.6)
		assert.Greater(t, stagewise, 1.5*luce)
	}
}

// Whatever the logits, r is a number and q/r at most 1/e.
func TestStagewiseProposalIsDefensive(t *testing.T) {
	const k = 6
	c, _, s := bound(t, Birkhoff{}, k, nil)
	p, err := StagewiseProposal{}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(31, 2))
	ys, logr := s.Make(300), make([]float64, 300)
	for _, scale := range []float64{0, 1, 100, 1e4, 1e100} {
		theta := randomTheta(c, scale, rng)
		p.Sample(ys, logr, theta, 1)
		for i, l := range logr {
			require.NoError(t, ys[i].Validate())
			assert.LessOrEqual(t, l, 1e-12)
			assert.GreaterOrEqual(t, l, math.Log(0.05)-numeric.LogFactorial(k)-1e-9, "scale %g", scale)
		}
	}
	theta := randomTheta(c, 1, rng)
	assert.Less(t, testing.AllocsPerRun(10, func() { p.Sample(ys, logr, theta, 1) }), 20.0, "300 draws")
}

func TestStagewiseProposalErrors(t *testing.T) {
	c, _, s := bound(t, Birkhoff{}, 3, nil)
	for _, e := range []float64{-0.1, 1, 2, math.NaN()} {
		_, err := StagewiseProposal{Defensive: e}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
		assert.ErrorContains(t, err, "not in (0, 1)")
	}
	pairs, _, _ := bound(t, Preference{}, 3, nil)
	_, err := StagewiseProposal{}.Bind(structured.Problem[Ordering]{Space: s, Coupling: pairs})
	assert.ErrorContains(t, err, "couplings of type *permutations.preference")
	_, err = StagewiseProposal{}.Bind(structured.Problem[Ordering]{Space: otherSpace{}, Coupling: c})
	assert.ErrorContains(t, err, "otherSpace")
	assert.Panics(t, func() { StagewiseProposal{}.Sample(nil, nil, structured.Theta{}, 0) })
	assert.True(t, StagewiseProposal{}.Follows())
}
