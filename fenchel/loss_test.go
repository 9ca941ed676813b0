package fenchel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/fenchel/fencheltest"
	"github.com/gibbs-ebm/gibbs/fenchel/projection"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

var inf = math.Inf(1)

// measure is a reference that is no probability.
var measure = []float64{0.5, 2, 0.1, 1, 0.7, 1.3}

func probability() []float64 {
	q := append([]float64(nil), measure...)
	for i := range q {
		q[i] /= 5.6
	}
	return q
}

// overSimplex are losses over distributions of six entries.
func overSimplex() (all []fenchel.Labelled) {
	for _, f := range generators() {
		all = append(all, fenchel.Simplex{Of: f}, fenchel.Simplex{Of: f, Reference: probability()}, fenchel.Simplex{Of: f, Reference: measure})
	}
	for _, n := range []fenchel.Norm{{}, {Alpha: 1.5}, {Alpha: 5, Scale: 0.5}, {Alpha: 1.1}} {
		all = append(all, n)
		n.Reference = measure
		all = append(all, n)
	}
	return append(all, fenchel.Simplex{})
}

var (
	distributions = [][]float64{{0.3, 0.1, 0.2, 0.15, 0.05, 0.2}, {0.5, 0.5, 0, 0, 0, 0}, {0, 0, 1, 0, 0, 0}}
	subsets       = [][]float64{{1, 0, 1, 0, 0, 0}, {0.5, 0.5, 0.25, 0.25, 0.5, 0}, {0, 0.9, 0, 0.1, 0, 1}}
)

func TestLosses(t *testing.T) {
	for _, l := range overSimplex() {
		targets := distributions
		if s, ok := l.(fenchel.Simplex); ok && s.Of != nil && math.IsInf(s.Of.F(0), 1) {
			targets = targets[:1]
			_, err := l.LabelLoss(nil, make([]float64, 6), 0)
			assert.ErrorIs(t, err, fenchel.ErrTarget)
		}
		t.Run(fmt.Sprintf("%T/%v", l, l), func(t *testing.T) { fencheltest.Loss(t, l, targets...) })
	}
	for _, f := range generators() {
		if math.IsInf(f.F(0), 1) {
			continue
		}
		for _, q := range [][]float64{nil, {1.5, 0.9, 1.1, 1, 2, 0.8}} {
			for _, atMost := range []bool{false, true} {
				l := fenchel.Subsets{Of: f, K: 2, AtMost: atMost, Reference: q}
				targets := subsets
				if atMost {
					targets = append([][]float64{make([]float64, 6), {0, 0.5, 0.5, 0, 0, 0}}, targets...)
				}
				t.Run(l.String(), func(t *testing.T) { fencheltest.Loss(t, l, targets...) })
			}
		}
		for _, q := range [][]float64{nil, {0.5, 0.9, 1e-3, 0.2, 0.35, 0.7}} {
			l := fenchel.OneVersusAll{Of: f, Reference: q}
			t.Run(l.String(), func(t *testing.T) { fencheltest.Loss(t, l, append(subsets, make([]float64, 6))...) })
		}
	}
	for _, l := range []fenchel.Squared{
		{}, {Scale: 0.3}, {Onto: projection.Simplex{}}, {Onto: projection.Simplex{Radius: 2}, Scale: 2}, {Onto: projection.CappedSimplex{K: 2}},
		{Onto: projection.Box{}}, {Onto: projection.Permutahedron{}}, {Onto: projection.Isotonic{}},
	} {
		targets := map[string][][]float64{"squared on simplex": distributions, "squared on permutahedron": {{3, 1, 2, 6, 5, 4}, {3.5, 3.5, 3.5, 3.5, 3.5, 3.5}}, "squared on isotonic": {{-1, -1, 0, 2, 2, 9}}}[l.String()]
		if targets == nil {
			targets = subsets
		}
		t.Run(l.String(), func(t *testing.T) { fencheltest.Loss(t, l, targets...) })
	}
	t.Run("birkhoff", func(t *testing.T) {
		fencheltest.Loss(t, fenchel.Squared{Onto: projection.Birkhoff{}}, []float64{0, 1, 0, 1, 0, 0, 0, 0, 1}, []float64{0.5, 0.25, 0.25, 0.5, 0, 0.5, 0, 0.75, 0.25})
	})
}

// The loss on a vector and the threshold that Sampled converges to are one
// thing.
func TestSimplexIsThreshold(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	q := probability()
	for _, f := range generators() {
		scores, p := make([]float64, 6), make([]float64, 6)
		for range 20 {
			for i := range scores {
				scores[i] = 2 * rng.NormFloat64()
			}
			tau, value, err := fenchel.Threshold(f, scores, q)
			require.NoError(t, err)
			conjugate, err := fenchel.Simplex{Of: f, Reference: q}.Argmax(p, scores)
			require.NoError(t, err)
			almost.Equal(t, value, conjugate, 1e-13, 1e-13, "%v", f)
			logw := make([]float64, 6) // all six, drawn uniformly
			for i, s := range scores {
				almost.Equal(t, q[i]*f.Ratio(s-tau), p[i], 1e-12, 1e-11, "%v", f)
				logw[i] = math.Log(6 * q[i])
			}
			sampled, dtau := fenchel.Sampled{Loss: f}.Evaluate(make([]float64, 6), scores, logw, tau)
			almost.Equal(t, value, sampled, 1e-12, 1e-12, "%v", f)
			almost.Equal(t, 0, dtau, 1e-11, 0, "%v", f)
		}
	}
}

func TestShiftInvariance(t *testing.T) {
	small := []float64{0.25, -1.5, 0.75, 0.5, -0.125, 0.625} // exact beside 1e9
	var losses []fenchel.Loss
	for _, l := range overSimplex() {
		losses = append(losses, l)
	}
	for _, f := range generators() {
		losses = append(losses, fenchel.Subsets{Of: f, K: 2})
	}
	losses = append(losses, fenchel.Squared{Onto: projection.Permutahedron{}})
	for _, l := range losses {
		want, got := make([]float64, 6), make([]float64, 6)
		a, err := l.Argmax(want, small)
		require.NoError(t, err)
		mass := 0.0
		for _, p := range want {
			mass += p
		}
		for _, shift := range []float64{1e9, -1e9} {
			big := make([]float64, 6)
			for i := range big {
				big[i] = small[i] + shift
			}
			b, err := l.Argmax(got, big)
			require.NoError(t, err)
			almost.Slice(t, want, got, 1e-13, 1e-13, "%v", l)
			almost.Equal(t, a+shift*mass, b, 1e-6, 1e-15, "%v", l)
			labelled, ok := l.(fenchel.Labelled)
			if !ok {
				continue
			}
			wantLoss, wantErr := labelled.LabelLoss(nil, small, 1)
			if loss, err := labelled.LabelLoss(nil, big, 1); wantErr == nil {
				require.NoError(t, err)
				almost.Equal(t, wantLoss, loss, 0, 1e-12, "%v", l)
			}
		}
	}
}

func TestSpecialValues(t *testing.T) {
	for _, l := range overSimplex() {
		p := make([]float64, 6)
		// -Inf excludes: as if the entry were not there.
		_, err := l.Argmax(p, []float64{1, -inf, 0.5, 0.25, -inf, -2})
		require.NoError(t, err)
		assert.Zero(t, p[1])
		assert.Zero(t, p[4])
		sum := 0.0
		for _, x := range p {
			sum += x
		}
		almost.Equal(t, 1, sum, 1e-14, 0)
		_, err = l.Argmax(p, []float64{-inf, -inf, -inf, -inf, -inf, -inf})
		assert.ErrorIs(t, err, fenchel.ErrNoSupport)
		_, err = l.LabelLoss(p, []float64{1, -inf, 0.5, 0.25, -inf, -2}, 1)
		assert.Error(t, err)
		for _, label := range []int{-1, 6} {
			_, err = l.LabelLoss(p, make([]float64, 6), label)
			assert.ErrorIs(t, err, fenchel.ErrTarget)
		}
		for _, target := range [][]float64{{1, 1, 0, 0, 0, 0}, {-0.1, 1.1, 0, 0, 0, 0}, {math.NaN(), 1, 0, 0, 0, 0}} {
			_, err = l.Loss(nil, make([]float64, 6), target)
			assert.ErrorIs(t, err, fenchel.ErrTarget)
		}
		var entry *fenchel.EntryError
		_, err = l.Argmax(p, []float64{0, 0, math.NaN(), 0, 0, 0})
		require.ErrorAs(t, err, &entry)
		assert.Equal(t, 2, entry.Index)
		assert.ErrorIs(t, err, fenchel.ErrNaN)
	}
	_, err := fenchel.Simplex{}.Argmax(nil, nil)
	assert.ErrorIs(t, err, fenchel.ErrNoSupport)
	for _, q := range []float64{-1, math.NaN(), inf} {
		_, err = fenchel.Simplex{Reference: []float64{1, q}}.Argmax(make([]float64, 2), make([]float64, 2))
		assert.ErrorIs(t, err, fenchel.ErrReference)
		assert.ErrorIs(t, fenchel.Simplex{Reference: []float64{1, q}}.Validate(), fenchel.ErrReference)
	}
	assert.Error(t, fenchel.Simplex{Reference: []float64{0, 0}}.Validate())
	assert.Error(t, fenchel.Simplex{Of: fenchel.Tsallis{Alpha: 0.5}}.Validate())
	assert.Error(t, fenchel.Norm{Alpha: 1}.Validate())
	assert.Error(t, fenchel.Norm{Scale: -1}.Validate())
	assert.Error(t, fenchel.Subsets{K: -1}.Validate())
	assert.Error(t, fenchel.Squared{Scale: math.NaN()}.Validate())
	assert.Error(t, fenchel.Squared{Onto: projection.Birkhoff{N: -1}}.Validate())
	// A reference that underflows in the sum.
	p := make([]float64, 2)
	_, err = fenchel.Simplex{Reference: []float64{1e-300, 1}}.Argmax(p, []float64{0, -700})
	require.NoError(t, err)
	almost.Equal(t, 1e-300/(1e-300+math.Exp(-700)), p[0], 0, 1e-12)
	_, err = fenchel.Simplex{Reference: []float64{1e-306, 1}}.Argmax(p, []float64{0, -715})
	require.NoError(t, err)
	almost.Equal(t, math.Exp(-715-math.Log(1e-306)), p[1]/p[0], 0, 1e-12)
}

// Sparsemax and entmax are 0 exactly from their margin on, normmax from its
// scale on, and not an ulp before; the softmax never is.
func TestMargins(t *testing.T) {
	for _, c := range []struct {
		l      fenchel.Labelled
		margin float64
	}{
		{fenchel.Simplex{Of: fenchel.Sparsemax}, 1}, {fenchel.Simplex{Of: fenchel.Tsallis{}}, 2}, {fenchel.Simplex{Of: fenchel.Tsallis{Alpha: 1.25}}, 4},
		{fenchel.Simplex{Of: fenchel.Tsallis{Alpha: 3}}, 0.5}, {fenchel.Simplex{Of: fenchel.Scaled{Of: fenchel.Sparsemax, Scale: 4}}, 4}, {fenchel.Norm{}, 1}, {fenchel.Norm{Alpha: 4, Scale: 2}, 2},
	} {
		grad := make([]float64, 3)
		for _, base := range []float64{0, -8} {
			for _, g := range [][]float64{grad, nil} {
				loss, err := c.l.LabelLoss(g, []float64{base, base + c.margin, base}, 1)
				require.NoError(t, err)
				assert.Zero(t, loss, "%v", c.l)
				loss, err = c.l.LabelLoss(g, []float64{base, base + c.margin - 1e-6, base}, 1)
				require.NoError(t, err)
				assert.Positive(t, loss, "%v", c.l)
			}
		}
		_, _ = c.l.LabelLoss(grad, []float64{0, c.margin, 0}, 1)
		assert.Equal(t, []float64{0, 0, 0}, grad)
	}
	// Whatever the reference and the scale, and close to the softmax too.
	for _, l := range []fenchel.Simplex{
		{Of: fenchel.Scaled{Of: fenchel.Sparsemax, Scale: 0.3}, Reference: measure}, {Of: fenchel.Tsallis{}, Reference: probability()},
		{Of: fenchel.Tsallis{Alpha: 1.05}}, {Of: fenchel.Tsallis{Alpha: 1.05}, Reference: measure},
	} {
		for _, lead := range []float64{40.1, 77.7} {
			loss, err := l.LabelLoss(make([]float64, 6), []float64{0.1, -0.3, lead, 0, 0.2, 0.1}, 2)
			require.NoError(t, err)
			assert.Zero(t, loss, "%v", l)
		}
	}
	for _, lead := range []float64{1, 10, 100, 700} {
		loss, err := fenchel.Simplex{}.LabelLoss(nil, []float64{lead, 0}, 0)
		require.NoError(t, err)
		almost.Equal(t, math.Log1p(math.Exp(-lead)), loss, 0, 1e-12)
		loss, err = fenchel.OneVersusAll{}.Loss(nil, []float64{lead, -lead}, []float64{1, 0})
		require.NoError(t, err)
		almost.Equal(t, 2*math.Log1p(math.Exp(-lead)), loss, 0, 1e-12)
	}
	loss, err := fenchel.OneVersusAll{Of: fenchel.Sparsemax}.Loss(nil, []float64{1, -1, -7}, []float64{1, 0, 0})
	require.NoError(t, err)
	assert.Zero(t, loss)
	loss, err = fenchel.Subsets{Of: fenchel.Sparsemax, K: 2}.Loss(nil, []float64{5, -1, 6, 4}, []float64{1, 0, 1, 0})
	require.NoError(t, err)
	assert.Zero(t, loss)
}
