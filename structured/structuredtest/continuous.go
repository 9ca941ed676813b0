package structuredtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// continuous reports whether All are the nodes of a quadrature rule.
func (s Structures[Y]) continuous() bool { return s.Weights != nil }

// logWeight is the log of the weight of node i, 0 in a list.
func (s Structures[Y]) logWeight(i int) float64 {
	if s.Weights == nil {
		return 0
	}
	return math.Log(s.Weights[i])
}

// where lists the nodes that have mass under the model. Far from it scores can
// be so large that differences of them say nothing.
func where[Y any](c structured.Coupling[Y], space structured.Space[Y], s Structures[Y], theta structured.Theta) []Y {
	e := enumerate(c, space, s, theta)
	var ys []Y
	for i, p := range e.p {
		if p > 1e-9 {
			ys = append(ys, s.All[i])
		}
	}
	return ys
}

// sigmas is how far the mean of draws may be off, in standard errors: a right
// sampler is off by more with probability surprise.
const sigmas = 6.2

// means checks the means of the features over draws against p, the weights of
// the nodes.
func means[Y any](t *testing.T, what string, ys []Y, s Structures[Y], p []float64) {
	t.Helper()
	require.NotNil(t, s.Features, "the suite needs features of continuous structures")
	n := len(s.Features(s.All[0]))
	mean, square, got := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, y := range s.All {
		for k, f := range s.Features(y) {
			mean[k] += p[i] * f
			square[k] += p[i] * f * f
		}
	}
	for _, y := range ys {
		for k, f := range s.Features(y) {
			got[k] += f / float64(len(ys))
		}
	}
	for k := range got {
		se := math.Sqrt(max(0, square[k]-mean[k]*mean[k]) / float64(len(ys)))
		almost.Equal(t, mean[k], got[k], sigmas*se+1e-9, 0, "%s: mean of feature %d over %d draws", what, k, len(ys))
	}
}

// continuousSpace is Space for a space of reals.
func continuousSpace[Y any](t *testing.T, space structured.Space[Y], s Structures[Y]) {
	require.Len(t, s.Weights, len(s.All))
	assert.True(t, math.IsInf(space.LogCardinality(), 1), "log cardinality")
	own := copies(space, s.All)
	space.Copy(&own[0], s.All[len(s.All)-1])
	for i := range own {
		at := i
		if i == 0 {
			at = len(s.All) - 1
		}
		assert.True(t, s.Equal(own[i], s.All[at]), "Copy must not share memory between structures")
	}
	logq, q, sum := make([]float64, len(s.All)), make([]float64, len(s.All)), 0.0
	space.LogProb(logq, s.All)
	inside := s
	inside.All = nil
	for i, l := range logq {
		q[i] = s.Weights[i] * math.Exp(l)
		sum += q[i]
		if !math.IsInf(l, -1) {
			assert.NoError(t, space.Check(s.All[i]), "node %d", i)
			inside.All = append(inside.All, s.All[i])
		}
	}
	if e, ok := space.(structured.Encoder[Y]); ok {
		t.Run("encode", func(t *testing.T) { encoder(t, e, inside) })
	}
	if i, ok := space.(structured.Improper[Y]); ok && i.Improper() {
		return
	}
	almost.Equal(t, 1, sum, 1e-9, 0, "the reference must integrate to 1")
	ys := space.Make(draws)
	space.Sample(ys, rand.New(rand.NewPCG(1, 2)))
	for _, y := range ys {
		require.NoError(t, space.Check(y), "drawn outside the support: %v", y)
	}
	means(t, "reference", ys, s, q)
	again := copies(space, ys)
	space.Sample(again, rand.New(rand.NewPCG(1, 2)))
	for i := range again {
		require.True(t, s.Equal(ys[i], again[i]), "draw %d differs for the same stream", i)
	}
}

// continuousProposal is Proposal over reals: where the proposal knows its
// density, that must be one, and be what the draws have; otherwise the features
// weighted by q/r must have the means of the reference.
func continuousProposal[Y any](t *testing.T, p structured.Proposal[Y], space structured.Space[Y], s Structures[Y], theta structured.Theta) {
	ys, logr := space.Make(draws), make([]float64, draws)
	p.Sample(ys, logr, theta, 3)
	again, logr2 := space.Make(draws), make([]float64, draws)
	p.Sample(again, logr2, theta, 3)
	almost.Same(t, logr, logr2, "the same key must give the same draws")
	for m := range again {
		require.True(t, s.Equal(ys[m], again[m]), "the same key must give the same draws")
	}
	if d, ok := p.(structured.DensityProposal[Y]); ok {
		at, r, sum := make([]float64, len(s.All)), make([]float64, len(s.All)), 0.0
		d.LogProb(at, s.All, theta)
		for i, l := range at {
			r[i] = s.Weights[i] * math.Exp(l)
			sum += r[i]
		}
		almost.Equal(t, 1, sum, 1e-8, 0, "the proposal must integrate to 1")
		means(t, "proposal", ys, s, r)
		d.LogProb(logr2, ys, theta)
		almost.Slice(t, logr2, logr, 1e-9, 1e-9, "the density of the draws")
		return
	}
	logq, n := make([]float64, draws), float64(draws)
	space.LogProb(logq, ys)
	want := weighted(s, space)
	mean, square := make([]float64, len(want)), make([]float64, len(want))
	for m, y := range ys {
		w := math.Exp(logq[m] - logr[m])
		for k, f := range append([]float64{1}, s.Features(y)...) {
			mean[k] += w * f / n
			square[k] += w * f * w * f / n
		}
	}
	for k := range want {
		se := math.Sqrt(max(0, square[k]-mean[k]*mean[k]) / n)
		almost.Equal(t, want[k], mean[k], sigmas*se+1e-9, 0, "the proposal must cover the reference: mean of q/r times feature %d", k)
	}
}

// weighted has the integrals of q and of q times each feature.
func weighted[Y any](s Structures[Y], space structured.Space[Y]) []float64 {
	logq := make([]float64, len(s.All))
	space.LogProb(logq, s.All)
	sums := make([]float64, 1+len(s.Features(s.All[0])))
	for i, y := range s.All {
		for k, f := range append([]float64{1}, s.Features(y)...) {
			sums[k] += s.Weights[i] * math.Exp(logq[i]) * f
		}
	}
	return sums
}
