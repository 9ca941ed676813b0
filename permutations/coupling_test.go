package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// weightsOf are decreasing weights of k ranks, with ties and a sum that is
// not 0.
func weightsOf(k int) []float64 {
	w := make([]float64, k)
	for r := range w {
		w[r] = 2 / float64(1+min(r, max(1, k-2)))
	}
	return w
}

func someCouplings(k int) map[string]Coupling {
	c := map[string]Coupling{"permutahedron": Permutahedron{}, "birkhoff": Birkhoff{}, "preference": Preference{}}
	if k > 1 {
		c["weighted"] = Permutahedron{Weights: weightsOf(k)}
	}
	return c
}

// bound returns a coupling over k labels and its inference over a space.
func bound(t testing.TB, of Coupling, k int, ref Reference) (coupling, structured.Inference[Ordering], *Space) {
	t.Helper()
	s, err := NewSpace(k, ref)
	require.NoError(t, err)
	c, err := NewCoupling(of, k)
	require.NoError(t, err)
	inf, err := c.(coupling).Infer(s)
	require.NoError(t, err)
	return c.(coupling), inf, s
}

func randomTheta(c coupling, scale float64, rng *rand.Rand) structured.Theta {
	t := structured.Theta{Logits: make([]float64, c.NumLogits())}
	for i := range t.Logits {
		t.Logits[i] = scale * rng.NormFloat64()
	}
	return t
}

func TestCouplings(t *testing.T) {
	for k := 1; k <= 5; k++ {
		for name, of := range someCouplings(k) {
			for _, reference := range []string{"uniform", "plackett-luce", "kendall", "hamming", "cayley"} {
				ref := someReferences(k)[reference]
				t.Run(fmt.Sprintf("%s/%s/k=%d", name, reference, k), func(t *testing.T) {
					c, inf, s := bound(t, of, k, ref)
					structuredtest.Coupling(t, c, s, structuredtest.Structures[Ordering]{
						All: everyOrdering(k), Equal: Ordering.Equal, Evidence: partialsOf(t, k),
					})
					_, exact := inf.(structured.ConditionalLogPartition[Ordering])
					assert.Equal(t, reference != "cayley", exact)
				})
			}
		}
	}
}

// The capabilities beyond those of package structured, by enumeration.
func TestInferenceAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range []int{1, 2, 4, 6} {
		for name, of := range someCouplings(k) {
			for _, reference := range []string{"uniform", "plackett-luce", "kendall", "hamming"} {
				for _, scale := range []float64{0, 3, 60, 1e3} {
					t.Run(fmt.Sprintf("%s/%s/k=%d/scale=%g", name, reference, k, scale), func(t *testing.T) {
						c, inf, s := bound(t, of, k, someReferences(k)[reference])
						theta := randomTheta(c, scale, rng)
						want := list(k, func(y Ordering) float64 { return valueOf(c, s, theta, y) })
						checkInference(t, c, inf, theta, want)
					})
				}
			}
		}
	}
}

func valueOf(c structured.Coupling[Ordering], s *Space, theta structured.Theta, y Ordering) float64 {
	var score, logq [1]float64
	c.Score(score[:], theta, []Ordering{y})
	s.LogProb(logq[:], []Ordering{y})
	return score[0] + logq[0]
}

func checkInference(t *testing.T, c coupling, inf structured.Inference[Ordering], theta structured.Theta, want listed) {
	k := inf.(interface{ K() int }).K()
	almost.Equal(t, want.logZ, inf.(structured.LogPartition[Ordering]).LogZ(theta), 1e-10, 1e-13)
	dst := make([]float64, k*k)
	inf.(PositionMarginalizer).PositionMarginals(dst, theta)
	almost.Slice(t, want.position, dst, 1e-10, 0, "positions")
	doublyStochastic(t, k, dst)
	inf.(PairMarginalizer).PairMarginals(dst, theta)
	almost.Slice(t, want.before, dst, 1e-10, 0, "pairs")
	almost.Equal(t, want.entropy, inf.(structured.ExactEntropy[Ordering]).Entropy(theta), 1e-9, 1e-10)
	y := make(Ordering, k)
	value, proven := inf.Mode(&y, theta, 0)
	assert.True(t, proven)
	almost.Equal(t, want.max, value, 1e-10, 1e-13)
	ys, values := Make(3, k), make([]float64, 3)
	n := inf.(structured.KBester[Ordering]).KBest(ys, values, theta)
	assert.Equal(t, min(3, len(want.ys)), n)
	almost.Equal(t, want.max, values[0], 1e-10, 1e-13)
	// The gradient of log Z, where the suite has no such scale.
	grad := structured.Theta{Logits: make([]float64, c.NumLogits())}
	inf.(structured.LogPartition[Ordering]).AddGradLogZ(grad, theta, 2)
	expected := structured.Theta{Logits: make([]float64, c.NumLogits())}
	c.AddGrad(expected, theta, want.ys, want.p)
	for i := range grad.Logits {
		almost.Equal(t, 2*expected.Logits[i], grad.Logits[i], 1e-9, 1e-9)
	}
}

// What is far from the model has a log-probability too: log Z given evidence
// must not underflow.
func TestImprobableEvidence(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	const k = 5
	for name, of := range someCouplings(k) {
		for _, scale := range []float64{60, 1e3} {
			c, inf, s := bound(t, of, k, nil)
			theta := randomTheta(c, scale, rng)
			mode := make(Ordering, k)
			inf.Mode(&mode, theta, 0)
			for _, e := range append(partialsOf(t, k), mode.Reverse().mustPartial(t)) {
				want := list(k, func(y Ordering) float64 {
					if !e.Allows(y) {
						return math.Inf(-1)
					}
					return valueOf(c, s, theta, y)
				})
				grad, expected := theta, theta
				grad.Logits, expected.Logits = make([]float64, len(theta.Logits)), make([]float64, len(theta.Logits))
				got, err := inf.(structured.ConditionalLogPartition[Ordering]).AddGradLogZGiven(grad, theta, e, 1)
				require.NoError(t, err)
				almost.Equal(t, want.logZ, got, 1e-10, 1e-13, "%s, scale %g, %v", name, scale, e)
				c.AddGrad(expected, theta, want.ys, want.p)
				almost.Slice(t, expected.Logits, grad.Logits, 1e-9, 0, "%s, scale %g, %v", name, scale, e)
			}
		}
	}
}

func (o Ordering) mustPartial(t *testing.T) Partial {
	p, err := o.Partial()
	require.NoError(t, err)
	return p
}

func TestCouplingErrors(t *testing.T) {
	_, err := NewCoupling(Birkhoff{}, 0)
	assert.ErrorIs(t, err, ErrNoLabels)
	var dim *structured.DimensionError
	_, err = NewCoupling(Permutahedron{Weights: []float64{1, 0}}, 3)
	require.ErrorAs(t, err, &dim)
	assert.Equal(t, [2]int{3, 2}, [2]int{dim.Want, dim.Got})
	for _, c := range []struct {
		weights []float64
		message string
	}{
		{[]float64{1, math.NaN(), 0}, "Weights[1] is NaN"},
		{[]float64{math.Inf(1), 1, 0}, "Weights[0] is +Inf"},
		{[]float64{1, 0, 0.5}, "Weights[2] is 0.5, above 0"},
		{[]float64{1, 1, 1}, "are all 1"},
	} {
		_, err := NewCoupling(Permutahedron{Weights: c.weights}, 3)
		assert.ErrorContains(t, err, c.message)
	}
	_, err = NewCoupling(Permutahedron{Weights: []float64{3}}, 1)
	assert.NoError(t, err, "one label has one rank")

	c, err := NewCoupling(Birkhoff{}, 3)
	require.NoError(t, err)
	four, err := NewSpace(4, nil)
	require.NoError(t, err)
	_, err = c.(coupling).Infer(four)
	require.ErrorAs(t, err, &dim)
	_, err = c.(coupling).Infer(otherSpace{})
	assert.ErrorContains(t, err, "otherSpace")

	_, inf, _ := bound(t, Birkhoff{}, 3, nil)
	given := inf.(structured.ConditionalLogPartition[Ordering])
	v, err := given.AddGradLogZGiven(structured.Theta{}, structured.Theta{Logits: make([]float64, 9)}, otherEvidence{}, 0)
	var unsupported *UnsupportedEvidenceError
	require.ErrorAs(t, err, &unsupported)
	assert.True(t, math.IsNaN(v))
	_, err = given.AddGradLogZGiven(structured.Theta{}, structured.Theta{Logits: make([]float64, 9)}, partial(t, "1>0/2"), 0)
	require.ErrorAs(t, err, &dim)
}

type otherSpace struct{ structured.Space[Ordering] }

func TestPermutahedronDefaultWeights(t *testing.T) {
	c, err := NewCoupling(Permutahedron{}, 5)
	require.NoError(t, err)
	almost.Slice(t, []float64{math.Sqrt2, math.Sqrt2 / 2, 0, -math.Sqrt2 / 2, -math.Sqrt2}, c.(*permutahedron).w, 1e-15, 0)
	c, err = NewCoupling(Permutahedron{}, 1)
	require.NoError(t, err)
	almost.Slice(t, []float64{0}, c.(*permutahedron).w, 0, 0)
	// The weights are the coupling's own.
	w := []float64{2, 1}
	c, err = NewCoupling(Permutahedron{Weights: w}, 2)
	require.NoError(t, err)
	w[0] = 7
	almost.Same(t, []float64{2, 1}, c.(*permutahedron).w)
}

// Preferences are log-odds of neighbours, and a sum of preferences that are
// differences of theta is a permutahedron.
func TestPreferenceOfDifferencesIsAPermutahedron(t *testing.T) {
	const k = 5
	theta := []float64{0.3, -1, 2, 0.7, -0.2}
	pairs, err := NewCoupling(Preference{}, k)
	require.NoError(t, err)
	labels, err := NewCoupling(Permutahedron{}, k)
	require.NoError(t, err)
	var b []float64
	for i := range k {
		for j := i + 1; j < k; j++ {
			b = append(b, (theta[i]-theta[j])*math.Sqrt(3./(k*k-1)))
		}
	}
	ys := everyOrdering(k)
	want, got := make([]float64, len(ys)), make([]float64, len(ys))
	labels.Score(want, structured.Theta{Logits: theta}, ys)
	pairs.Score(got, structured.Theta{Logits: b}, ys)
	almost.Slice(t, want, got, 1e-12, 0)
}

func TestSwapGain(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	const k = 7
	for name, of := range someCouplings(k) {
		c, _, _ := bound(t, of, k, nil)
		theta := randomTheta(c, 2, rng)
		scores := make([]float64, 2)
		for range 50 {
			y := randomOrdering(k, rng)
			r, s := rng.IntN(k), rng.IntN(k)
			if r == s {
				continue
			}
			z := y.Clone()
			z[r], z[s] = z[s], z[r]
			c.Score(scores, theta, []Ordering{y, z})
			almost.Equal(t, scores[1]-scores[0], c.swapGain(theta, y, r, s), 1e-12, 0, "%s: %d and %d of %v", name, r, s, y)
		}
	}
}

func TestCouplingsAndInferenceDoNotAllocate(t *testing.T) {
	if race.Enabled {
		t.Skip("allocations cannot be counted under the race detector")
	}
	const k = 8
	rng := rand.New(rand.NewPCG(4, 4))
	for name, of := range someCouplings(k) {
		c, inf, s := bound(t, of, k, nil)
		theta := randomTheta(c, 1, rng)
		ys := s.Make(10)
		s.Sample(ys, rng)
		dst, weights := make([]float64, len(ys)), make([]float64, len(ys))
		grad := structured.Theta{Logits: make([]float64, c.NumLogits())}
		exact := inf.(*exactInference)
		logits, square := make([]float64, k), make([]float64, k*k)
		for what, f := range map[string]func(){
			"Score":       func() { c.Score(dst, theta, ys) },
			"AddGrad":     func() { c.AddGrad(grad, theta, ys, weights) },
			"LogZ":        func() { exact.LogZ(theta) },
			"AddGradLogZ": func() { exact.AddGradLogZ(grad, theta, 1) },
			"Mode":        func() { exact.Mode(&ys[0], theta, 1) },
			"SampleModel": func() { exact.SampleModel(ys, theta, 1) },
			"positions":   func() { exact.PositionMarginals(square, theta) },
			"pairs":       func() { exact.PairMarginals(square, theta) },
			"logits":      func() { c.plackettLuceLogits(logits, theta) },
		} {
			f()
			// A collection may empty the pools in between.
			assert.LessOrEqual(t, testing.AllocsPerRun(100, f), 0.5, "%s: %s", name, what)
		}
	}
}

// Inference is shared by goroutines, each with memory of its own.
func TestInferenceIsConcurrent(t *testing.T) {
	const k = 6
	c, inf, s := bound(t, Preference{}, k, nil)
	theta := randomTheta(c, 1, rand.New(rand.NewPCG(5, 5)))
	exact := inf.(*exactInference)
	want := exact.LogZ(theta)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			square, ys := make([]float64, k*k), s.Make(5)
			for range 20 {
				exact.PairMarginals(square, theta)
				exact.SampleModel(ys, theta, 1)
				exact.Mode(&ys[0], theta, 1)
				assert.Equal(t, want, exact.LogZ(theta))
			}
		})
	}
	wg.Wait()
}

// NaN must not hang or leave the space.
func TestModesOfNaN(t *testing.T) {
	for _, k := range []int{3, MaxExact + 2} {
		for name, of := range someCouplings(k) {
			for reference, ref := range someReferences(k) {
				c, inf, s := bound(t, of, k, ref)
				theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
				for i := range theta.Logits {
					theta.Logits[i] = math.NaN()
				}
				y := Identity(k)
				value, _ := inf.Mode(&y, theta, 1)
				assert.NoError(t, s.Check(y), "%s, %s, k=%d", name, reference, k)
				assert.True(t, math.IsNaN(value))
			}
		}
	}
}

func TestFitConformance(t *testing.T) {
	const k, d = 4, 3
	data := ranked(60, d, k)
	for name, of := range someCouplings(k) {
		t.Run(name, func(t *testing.T) {
			c, _, space := bound(t, of, k, nil)
			sd, err := data.Structured()
			require.NoError(t, err)
			structuredtest.Fit(t, structuredtest.Problem[Ordering]{
				Structures: structuredtest.Structures[Ordering]{All: everyOrdering(k), Equal: Ordering.Equal},
				Data:       sd, Smooth: true,
				Config: structured.Config[Ordering]{
					Space: space, Coupling: c, Objective: structured.ExactLikelihood[Ordering]{},
					Network:  nn.MLP{Hidden: []int{5}, Activation: nn.Tanh},
					Training: structured.Training{Epochs: 3, BatchSize: 40, Seed: 5, Optimizer: nn.AdamW{Rate: 0.01}},
				},
			})
		})
	}
}
