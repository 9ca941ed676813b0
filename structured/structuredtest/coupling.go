package structuredtest

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// random fills theta with numbers of the given scale.
func random(c interface {
	NumLogits() int
	NumOwn() int
}, scale float64, rng *rand.Rand) structured.Theta {
	t := structured.Theta{Logits: make([]float64, c.NumLogits()), Own: make([]float64, c.NumOwn())}
	for _, v := range [][]float64{t.Logits, t.Own} {
		for i := range v {
			v[i] = scale * rng.NormFloat64()
		}
	}
	return t
}

func zero(t structured.Theta) structured.Theta {
	return structured.Theta{Logits: make([]float64, len(t.Logits)), Own: make([]float64, len(t.Own))}
}

func clone(t structured.Theta) structured.Theta {
	return structured.Theta{Logits: append([]float64{}, t.Logits...), Own: append([]float64{}, t.Own...)}
}

// numbers lists both parts of theta, for looping over them.
func numbers(t structured.Theta) [][]float64 { return [][]float64{t.Logits, t.Own} }

// differences checks grad against central differences of f at theta.
func differences(t *testing.T, what string, theta, grad structured.Theta, f func(structured.Theta) float64) {
	t.Helper()
	const h = 1e-5
	for part, v := range numbers(theta) {
		for i := range v {
			at := v[i]
			v[i] = at + h
			up := f(theta)
			v[i] = at - h
			down := f(theta)
			v[i] = at
			almost.Equal(t, (up-down)/(2*h), numbers(grad)[part][i], 1e-6, 1e-6, "%s: derivative %d of part %d", what, i, part)
		}
	}
}

// Coupling checks the contract of a structured.Coupling over a space: scores
// and gradients, and whatever exact inference it claims, at several scales.
func Coupling[Y any](t *testing.T, c structured.Coupling[Y], space structured.Space[Y], s Structures[Y]) {
	t.Helper()
	require.NotEmpty(t, s.All, "the suite needs a list of the structures")
	rng := rand.New(rand.NewPCG(5, 6))
	scales := s.Scales
	if scales == nil {
		scales = []float64{0, 0.5, 3}
	}
	for _, scale := range scales {
		theta := random(c, scale, rng)
		t.Run("score", func(t *testing.T) { scores(t, c, space, s, theta, rng) })
		inferrer, ok := c.(structured.Inferrer[Y])
		if !ok {
			continue
		}
		inf, err := inferrer.Infer(space)
		require.NoError(t, err)
		t.Run("inference", func(t *testing.T) { inference(t, c, inf, space, s, theta) })
	}
}

func scores[Y any](t *testing.T, c structured.Coupling[Y], space structured.Space[Y], s Structures[Y], theta structured.Theta, rng *rand.Rand) {
	before := clone(theta)
	// Long lists may be scored in another way than short ones.
	some := s.All
	if s.continuous() {
		some = where(c, space, s, theta)
	}
	many := some
	for len(many) < 200 {
		many = append(many, some...)
	}
	all, one := make([]float64, len(many)), make([]float64, 1)
	c.Score(all, theta, many)
	weights := make([]float64, len(many))
	for i := range many {
		c.Score(one, theta, many[i:i+1])
		almost.Equal(t, one[0], all[i], 1e-12, 1e-12, "score of structure %d alone and among many", i)
		weights[i] = rng.NormFloat64()
	}
	sum := func(theta structured.Theta) float64 {
		c.Score(all, theta, many)
		v := 0.0
		for i, x := range all {
			v += weights[i] * x
		}
		return v
	}
	grad := zero(theta)
	c.AddGrad(grad, theta, many, weights)
	differences(t, "scores", theta, grad, sum)
	// AddGrad adds, and a few structures give what many do.
	twice := clone(grad)
	for i := range many {
		c.AddGrad(twice, theta, many[i:i+1], weights[i:i+1])
	}
	for part, v := range numbers(twice) {
		for i, x := range v {
			almost.Equal(t, 2*numbers(grad)[part][i], x, 1e-9, 1e-10, "AddGrad must add")
		}
	}
	if r, ok := c.(structured.Recorder[Y]); ok {
		if kept := r.NewRecord(); kept != nil {
			record(t, c, kept, many, theta, weights, grad)
		}
	}
	almost.Same(t, before.Logits, theta.Logits, "theta was changed")
	almost.Same(t, before.Own, theta.Own, "theta was changed")
}

// record checks that what a coupling keeps gives its scores and its gradient,
// again for other structures and for fewer.
func record[Y any](t *testing.T, c structured.Coupling[Y], kept structured.Record[Y], many []Y, theta structured.Theta, weights []float64, grad structured.Theta) {
	want, got := make([]float64, len(many)), make([]float64, len(many))
	for _, n := range []int{len(many), 1, len(many)} {
		c.Score(want, theta, many)
		kept.Score(got[:n], theta, many[:n])
		almost.Same(t, want[:n], got[:n], "scores that a record keeps")
		expected := grad
		if n < len(many) {
			expected = zero(theta)
			c.AddGrad(expected, theta, many[:n], weights[:n])
		}
		recorded := zero(theta)
		for times := 1.0; times <= 2; times++ { // it adds
			kept.AddGrad(recorded, weights[:n])
			for part, v := range numbers(recorded) {
				for i, x := range v {
					almost.Equal(t, times*numbers(expected)[part][i], x, 1e-9, 1e-10, "gradient of a record")
				}
			}
		}
	}
}

// enumerated is the truth about theta, from the list of structures.
type enumerated[Y any] struct {
	scores, logq, p []float64
	logZ            float64
}

func enumerate[Y any](c structured.Coupling[Y], space structured.Space[Y], s Structures[Y], theta structured.Theta) enumerated[Y] {
	n := len(s.All)
	e := enumerated[Y]{scores: make([]float64, n), logq: make([]float64, n), p: make([]float64, n)}
	c.Score(e.scores, theta, s.All)
	space.LogProb(e.logq, s.All)
	high := math.Inf(-1)
	for i := range n {
		high = max(high, e.scores[i]+e.logq[i]+s.logWeight(i))
	}
	sum := 0.0
	for i := range n {
		e.p[i] = math.Exp(e.scores[i] + e.logq[i] + s.logWeight(i) - high)
		sum += e.p[i]
	}
	for i := range n {
		e.p[i] /= sum
	}
	e.logZ = high + math.Log(sum)
	return e
}

func inference[Y any](t *testing.T, c structured.Coupling[Y], inf structured.Inference[Y], space structured.Space[Y], s Structures[Y], theta structured.Theta) {
	truth := enumerate(c, space, s, theta)
	best := math.Inf(-1)
	for i := range truth.scores {
		best = max(best, truth.scores[i]+truth.logq[i])
	}
	dst := space.Make(1)
	value, proven := inf.Mode(&dst[0], theta, 1)
	require.NoError(t, space.Check(dst[0]), "the mode is outside the space")
	at, logq := make([]float64, 1), make([]float64, 1)
	c.Score(at, theta, dst)
	space.LogProb(logq, dst)
	almost.Equal(t, at[0]+logq[0], value, 1e-9, 1e-9, "the value of the mode")
	if s.continuous() {
		assert.True(t, !proven || value >= best-1e-9, "a proven mode must be best: %g, node %g", value, best)
	} else if proven {
		almost.Equal(t, best, value, 1e-9, 1e-9, "a proven mode must be best")
	}
	if z, ok := inf.(structured.LogPartition[Y]); ok {
		logPartition(t, c, z, s, theta, truth)
	}
	if z, ok := inf.(structured.ConditionalLogPartition[Y]); ok {
		for _, ev := range s.Evidence {
			conditional(t, z, s, theta, truth, ev)
		}
	}
	if z, ok := inf.(structured.LogPartitionSurrogate[Y]); ok {
		surrogate(t, z, theta, truth)
	}
	if k, ok := inf.(structured.KBester[Y]); ok {
		kBest(t, k, space, s, theta, truth)
	}
	if h, ok := inf.(structured.ExactEntropy[Y]); ok {
		entropy(t, h, theta, truth)
	}
	if sampler, ok := inf.(structured.ExactSampler[Y]); ok {
		ys := space.Make(draws)
		sampler.SampleModel(ys, theta, 7)
		if s.continuous() {
			means(t, "exact sampler", ys, s, truth.p)
			return
		}
		counts := make([]int, len(s.All))
		for _, y := range ys {
			i := s.index(y)
			require.GreaterOrEqual(t, i, 0, "drawn outside the space: %v", y)
			counts[i]++
		}
		bands(t, "exact sampler", counts, truth.p)
		again := space.Make(draws)
		sampler.SampleModel(again, theta, 7)
		for i := range ys {
			require.True(t, s.Equal(ys[i], again[i]), "the same key must give the same draws")
		}
	}
}

func logPartition[Y any](t *testing.T, c structured.Coupling[Y], z structured.LogPartition[Y], s Structures[Y], theta structured.Theta, truth enumerated[Y]) {
	almost.Equal(t, truth.logZ, z.LogZ(theta), 1e-10, 1e-12, "log Z against enumeration")
	grad := zero(theta)
	almost.Equal(t, truth.logZ, z.AddGradLogZ(grad, theta, 1), 1e-10, 1e-12)
	want := zero(theta)
	c.AddGrad(want, theta, s.All, truth.p)
	for part, v := range numbers(want) {
		almost.Slice(t, v, numbers(grad)[part], 1e-10, 1e-9, "the gradient of log Z is the expected gradient of the score")
	}
	z.AddGradLogZ(grad, theta, -0.5)
	for part, v := range numbers(want) {
		for i := range v {
			almost.Equal(t, v[i]/2, numbers(grad)[part][i], 1e-10, 1e-9, "AddGradLogZ must add, weighted")
		}
	}
	// Concurrent use, for the race detector.
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			assert.Equal(t, z.LogZ(theta), z.LogZ(theta))
			z.AddGradLogZ(zero(theta), theta, 1)
		})
	}
	wg.Wait()
}

func conditional[Y any](t *testing.T, z structured.ConditionalLogPartition[Y], s Structures[Y], theta structured.Theta, truth enumerated[Y], ev structured.Evidence[Y]) {
	p := 0.0
	for i, y := range s.All {
		if ev.Allows(y) {
			p += truth.p[i]
		}
	}
	grad := zero(theta)
	logZ, err := z.AddGradLogZGiven(grad, theta, ev, 1)
	require.NoError(t, err)
	almost.Equal(t, truth.logZ+math.Log(p), logZ, 1e-9, 1e-10, "log Z given the evidence")
	differences(t, "log Z given the evidence", theta, grad, func(theta structured.Theta) float64 {
		v, err := z.AddGradLogZGiven(structured.Theta{}, theta, ev, 0)
		require.NoError(t, err)
		return v
	})
}
