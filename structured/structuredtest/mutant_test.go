package structuredtest_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

const k = 3

type set = sets.Set

// The mutants: right pieces of the library with one thing broken each.
type (
	biasedSpace  struct{ *sets.Space }              // never draws label 0
	unfairSpace  struct{ *sets.Space }              // reports other probabilities
	sharingSpace struct{ *sets.Space }              // copies share memory
	wrongGrad    struct{ structured.Inferrer[set] } // half the gradient
	wrongInfer   struct{ structured.Inferrer[set] } // wrong inference, by mode
	wrongLogZ    struct{ structured.LogPartition[set] }
	wrongSampler struct{ structured.ExactSampler[set] }
	wrongMode    struct{ structured.Inference[set] }
	wrongKBest   struct{ structured.KBester[set] }
	wrongEntropy struct{ structured.ExactEntropy[set] }
	emptyDraws   struct{}
	wrongLogR    struct{ structured.Proposal[set] }
	otherDraws   struct{ structured.Proposal[set] }
	wrongDensity struct {
		structured.DensityProposal[set]
	}
	wrongWords struct{ *sets.Space } // writes two sets with the same words
	forgetful  struct {
		structured.ExactLikelihood[set]
	} // uses scratch across examples
)

func (s biasedSpace) Sample(ys []set, rng *rand.Rand) {
	s.Space.Sample(ys, rng)
	for _, y := range ys {
		y.Remove(0)
	}
}

func (s unfairSpace) LogProb(dst []float64, ys []set) {
	s.Space.LogProb(dst, ys)
	for i, y := range ys {
		if y.Has(0) {
			dst[i] += 0.05
		} else {
			dst[i] -= 0.05
		}
	}
}

func (s sharingSpace) Copy(dst *set, src set) { *dst = src }

func (c wrongGrad) AddGrad(grad, theta structured.Theta, ys []set, w []float64) {
	half := make([]float64, len(w))
	for i := range w {
		half[i] = w[i] / 2
	}
	c.Inferrer.AddGrad(grad, theta, ys, half)
}

func (c wrongInfer) Infer(s structured.Space[set]) (structured.Inference[set], error) {
	inf, err := c.Inferrer.Infer(s)
	if err != nil {
		return nil, err
	}
	switch os.Getenv("MUTANT") {
	case "log Z":
		return wrongLogZ{inf.(structured.LogPartition[set])}, nil
	case "exact sampler":
		return wrongSampler{inf.(structured.ExactSampler[set])}, nil
	case "k best":
		return wrongKBest{inf.(structured.KBester[set])}, nil
	case "entropy":
		return wrongEntropy{inf.(structured.ExactEntropy[set])}, nil
	}
	return wrongMode{inf}, nil
}

func (z wrongLogZ) LogZ(theta structured.Theta) float64 { return z.LogPartition.LogZ(theta) + 1e-6 }

func (z wrongSampler) SampleModel(ys []set, theta structured.Theta, key uint64) {
	z.ExactSampler.SampleModel(ys, theta, key)
	for i, y := range ys {
		if i%20 == 0 {
			y.Clear()
		}
	}
}

func (m wrongMode) Mode(dst *set, theta structured.Theta, key uint64) (float64, bool) {
	dst.Clear()
	return 0, true
}

// KBest leaves out the second best.
func (k wrongKBest) KBest(ys []set, values []float64, theta structured.Theta) int {
	n := k.KBester.KBest(ys, values, theta)
	if n < 2 {
		return n
	}
	for i := 1; i+1 < n; i++ {
		ys[i], values[i] = ys[i+1], values[i+1]
	}
	return n - 1
}

func (h wrongEntropy) Entropy(theta structured.Theta) float64 {
	return h.ExactEntropy.Entropy(theta) * (1 + 1e-6)
}

func (emptyDraws) Bind(structured.Problem[set]) (structured.Proposal[set], error) {
	return emptyDraws{}, nil
}
func (emptyDraws) Follows() bool { return false }
func (emptyDraws) Sample(ys []set, logr []float64, _ structured.Theta, _ uint64) {
	for i, y := range ys {
		y.Clear()
		logr[i] = 0
	}
}

func (p wrongLogR) Sample(ys []set, logr []float64, theta structured.Theta, key uint64) {
	p.Proposal.Sample(ys, logr, theta, key)
	for i, y := range ys {
		if y.Has(1) {
			logr[i] += 0.1
		}
	}
}

func (p wrongDensity) LogProb(dst []float64, ys []set, theta structured.Theta) {
	p.DensityProposal.LogProb(dst, ys, theta)
	for i := range dst {
		dst[i] -= 0.01
	}
}

func (s wrongWords) Encode(dst []uint64, y set) {
	s.Space.Encode(dst, y)
	dst[0] &^= 1
}

var calls uint64

func (p otherDraws) Sample(ys []set, logr []float64, theta structured.Theta, key uint64) {
	calls++
	p.Proposal.Sample(ys, logr, theta, key+calls)
}

func (f forgetful) Bind(p structured.Problem[set]) (structured.Criterion[set], error) {
	c, err := f.ExactLikelihood.Bind(p)
	return &counting{c}, err
}

// counting makes the gradient depend on what was evaluated before, in earlier
// fits too.
type counting struct{ structured.Criterion[set] }

var evaluations atomic.Int64

func (c *counting) Evaluate(b *structured.Batch[set], s structured.Scratch) error {
	err := c.Criterion.Evaluate(b, s)
	n := float64(evaluations.Add(1))
	for i := range b.DLogits {
		b.DLogits[i] += 1e-6 * n
	}
	return err
}

// TestMutant puts the mutant of the environment through the suite; it is run
// by TestMutantsAreCaught, in a process of its own, because it must fail.
func TestMutant(t *testing.T) {
	mutant := os.Getenv("MUTANT")
	if mutant == "" {
		t.Skip("run by TestMutantsAreCaught")
	}
	space, err := sets.NewSpace(k, nil)
	require.NoError(t, err)
	all := structuredtest.Structures[set]{Equal: set.Equal}
	for ys := range space.Enumerate(1) {
		all.All = append(all.All, ys[0].Clone())
	}
	c, err := sets.NewCoupling(sets.Pairwise{}, k)
	require.NoError(t, err)
	pairwise := c.(structured.Inferrer[set])
	proposal, err := sets.Marginal{}.Bind(structured.Problem[set]{Space: space, Coupling: c})
	require.NoError(t, err)
	switch mutant {
	case "none":
		structuredtest.Space(t, space, all)
		structuredtest.Coupling(t, c, space, all)
		structuredtest.Proposal(t, proposal, c, space, all)
	case "biased space":
		structuredtest.Space(t, biasedSpace{space}, all)
	case "unfair space":
		structuredtest.Space(t, unfairSpace{space}, all)
	case "sharing space":
		structuredtest.Space(t, sharingSpace{space}, all)
	case "no structures":
		structuredtest.Coupling(t, c, space, structuredtest.Structures[set]{Equal: set.Equal})
	case "gradient":
		structuredtest.Coupling(t, wrongGrad{pairwise}, space, all)
	case "log Z", "exact sampler", "mode", "k best", "entropy":
		structuredtest.Coupling(t, wrongInfer{pairwise}, space, all)
	case "empty draws":
		structuredtest.Proposal(t, emptyDraws{}, c, space, all)
	case "log r":
		structuredtest.Proposal(t, wrongLogR{proposal}, c, space, all)
	case "density":
		structuredtest.Proposal(t, wrongDensity{proposal.(structured.DensityProposal[set])}, c, space, all)
	case "words":
		structuredtest.Space(t, wrongWords{space}, all)
	case "other draws":
		structuredtest.Proposal(t, otherDraws{proposal}, c, space, all)
	case "history of evaluations":
		rng := rand.New(rand.NewPCG(1, 1))
		ys := space.Make(100)
		space.Sample(ys, rng)
		structuredtest.Fit(t, structuredtest.Problem[set]{
			Structures: all, Data: structured.Data[set]{Y: ys},
			Config: structured.Config[set]{
				Space: space, Coupling: c, Network: nn.Constant{}, Objective: forgetful{},
				Training: structured.Training{Epochs: 2, Workers: 2},
			},
		})
	default:
		t.Fatalf("no mutant %q", mutant)
	}
}

// The suite must be able to fail: every mutant is caught.
func TestMutantsAreCaught(t *testing.T) {
	run := func(mutant string) error {
		cmd := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^TestMutant$")
		cmd.Env = append(os.Environ(), "MUTANT="+mutant)
		out, err := cmd.CombinedOutput()
		assert.False(t, strings.Contains(string(out), "panic:"), "%s: %s", mutant, out)
		assert.False(t, strings.Contains(string(out), "no mutant"), mutant)
		return err
	}
	assert.NoError(t, run("none"), "the right pieces pass")
	for _, mutant := range []string{
		"biased space", "unfair space", "sharing space", "no structures", "gradient", "log Z", "exact sampler", "mode",
		"k best", "entropy", "empty draws", "log r", "other draws", "density", "words", "history of evaluations",
	} {
		assert.Error(t, run(mutant), "the suite passes a broken %s", mutant)
	}
}
