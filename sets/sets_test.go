package sets

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

var ctx = context.Background()

func TestReferenceErrors(t *testing.T) {
	for _, ref := range []Reference{
		FixedSize{-1}, FixedSize{4}, BoundedSize{2, 1}, BoundedSize{0, 9},
		Bernoulli{}, Bernoulli{P: []float64{0, .5, .5}}, Bernoulli{P: []float64{.1, 1, .5}}, Bernoulli{P: []float64{.1, math.NaN(), .5}},
	} {
		_, err := NewSpace(3, ref)
		assert.Error(t, err, "%+v", ref)
	}
	_, err := NewSpace(0, nil)
	assert.ErrorIs(t, err, ErrNoLabels)
	_, err = NewCoupling(Unary{}, 0)
	assert.ErrorIs(t, err, ErrNoLabels)
	_, err = NewCoupling(Pairwise{Rank: 9}, 3)
	assert.Error(t, err)
	s, err := NewSpace(3, BoundedSize{1, 2})
	require.NoError(t, err)
	var size *SizeError
	assert.ErrorAs(t, s.Check(New(3)), &size)
	var dim *structured.DimensionError
	assert.ErrorAs(t, s.Check(New(4, 1)), &dim)
}

// Draws over many words: every label has its own probability.
func TestBernoulliOverManyLabels(t *testing.T) {
	const k, n = 174, 20_000
	ref := Bernoulli{}
	rng := rand.New(rand.NewPCG(1, 2))
	for range k {
		ref.P = append(ref.P, rng.Float64()*0.98+0.01)
	}
	s, err := NewSpace(k, ref)
	require.NoError(t, err)
	ys := s.Make(n)
	s.Sample(ys, rng)
	for j, p := range ref.P {
		count := 0
		for _, y := range ys {
			if y.Has(j) {
				count++
			}
		}
		lo, hi := binomial.Band(n, p, 1e-9)
		assert.True(t, lo <= count && count <= hi, "label %d of probability %g: %d of %d", j, p, count, n)
	}
	for _, y := range ys {
		assert.NoError(t, s.Check(y)) // no bits beyond k
		assert.True(t, y.SubsetOf(All(k)))
	}
}

// The recursion over sizes at the extremes: forced labels, empty ranges of
// probability, and many labels.
func TestSizeRecursion(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, scale := range []float64{0.1, 3, 40, 1000} {
		for _, size := range [][2]int{{0, 0}, {0, 3}, {3, 3}, {7, 9}, {9, 9}, {0, 9}} {
			v := make([]float64, 9)
			for i := range v {
				v[i] = scale * rng.NormFloat64()
			}
			want, one, _, _, _ := bruteForce(9, size[0], size[1], v, make([]float64, 81))
			r := newSizeRecursion(9)
			almost.Equal(t, want, r.logZ(v, size[0], size[1]), 1e-10, 1e-12, "scale %g, sizes %v", scale, size)
			got := make([]float64, 9)
			r.marginals(got, 1)
			almost.Slice(t, one, got, 1e-10, 1e-9, "marginals at scale %g, sizes %v", scale, size)
		}
	}
	// 2000 labels, exactly 1000 chosen, all alike: log C(2000, 1000).
	r := newSizeRecursion(2000)
	almost.Equal(t, numeric.LogChoose(2000, 1000), r.logZ(make([]float64, 2000), 1000, 1000), 0, 1e-12)
	m := make([]float64, 2000)
	r.marginals(m, 1)
	almost.Equal(t, 0.5, m[0], 1e-10, 0)
	almost.Equal(t, 0.5, m[1999], 1e-10, 0)
}

func TestModeTies(t *testing.T) {
	for _, of := range []Coupling{Unary{}, Pairwise{}} {
		space, _ := NewSpace(4, nil)
		c, _ := of.Bind(4)
		inf, err := c.Infer(space)
		require.NoError(t, err)
		y := space.Make(1)
		y[0].Fill()
		inf.Mode(&y[0], structured.Theta{Logits: make([]float64, c.NumLogits())}, 1)
		assert.True(t, y[0].Empty(), "%T: all scores 0: the empty set", of)
	}
	space, _ := NewSpace(4, FixedSize{2})
	inf, _ := unary{4}.Infer(space)
	y := space.Make(1)
	inf.Mode(&y[0], structured.Theta{Logits: []float64{1, 2, 1, 1}}, 1)
	assert.Equal(t, "{0, 1}", y[0].String(), "ties go to the lower label")
}

// Many labels, no exact sums: the model says between which bounds it is, and what
// it estimates.
func TestBeyondEnumeration(t *testing.T) {
	data := ising(60, 3, 30)
	cfg := Config{Coupling: Pairwise{Rank: 2}, Network: nn.Linear{}, Training: structured.Training{Epochs: 3, Seed: 1}}
	m, err := Fit(ctx, data, cfg) // the default objective must be a sampled one
	require.NoError(t, err)
	x := mat.Row(nil, 0, data.X)
	lp, err := m.LogProb(x, data.Y[0])
	require.NoError(t, err)
	assert.Equal(t, structured.Interval, lp.Kind)
	almost.Equal(t, 1, lp.Confidence, 0, 0)
	assert.True(t, lp.Lower <= lp.Value && lp.Value <= lp.Upper)
	assert.Less(t, lp.Upper-lp.Lower, 1.0)
	modes, err := m.Modes(ctx, data.X)
	require.NoError(t, err)
	assert.True(t, modes[0].Proven, "of interactions as weak as these")
	p, how, err := m.Marginals(ctx, data.X)
	require.NoError(t, err)
	assert.Equal(t, structured.Estimate, how)
	assert.Greater(t, mat.Min(p), 0.0)
	assert.Less(t, mat.Max(p), 1.0)
	ys, how, err := m.Sample(x, 5, rand.New(rand.NewPCG(1, 1)))
	require.NoError(t, err)
	assert.Len(t, ys, 5)
	assert.Equal(t, structured.Estimate, how)

	cfg.Objective = Exact{}
	_, err = Fit(ctx, data, cfg)
	assert.ErrorIs(t, err, structured.ErrIntractable)
	assert.ErrorContains(t, err, "30 labels")
}

func TestMarginals(t *testing.T) {
	data := ising(80, 3, 5)
	for name, cfg := range map[string]Config{
		"unary":     {},
		"pairwise":  {Coupling: Pairwise{}},
		"sizes":     {Coupling: Pairwise{}, Reference: BoundedSize{0, 5}},
		"sparsemax": {Coupling: Pairwise{}, Objective: MinMin{Loss: fenchel.Sparsemax}},
	} {
		cfg.Training = structured.Training{Epochs: 10, Seed: 1}
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err, name)
		p, how, err := m.Marginals(ctx, data.X)
		require.NoError(t, err)
		assert.Equal(t, structured.Exact, how, name)
		s := m.Space().(*Space)
		for i := range 3 {
			want := make([]float64, 5)
			for ys := range s.Enumerate(7) {
				for _, y := range ys {
					lp, err := m.LogProb(mat.Row(nil, i, data.X), y)
					require.NoError(t, err)
					for j := range y.Labels() {
						want[j] += math.Exp(lp.Value)
					}
				}
			}
			almost.Slice(t, want, p.RawRowView(i), 1e-10, 0, name)
		}
	}
}

// Missing labels: training and likelihood count what was observed, and rows of
// which nothing was observed count nothing.
// Edge cases a user's data can have.
// Exact likelihood recovers the model that made the data, within the error of
// a finite sample.
func TestRecoversTheTruth(t *testing.T) {
	const k, n = 3, 4000
	space, _ := NewSpace(k, nil)
	c, _ := Pairwise{}.Bind(k)
	truth := structured.Theta{Logits: []float64{0.5, -1, 0.2, 1.5, -0.7, 0.9}}
	inf, err := c.Infer(space)
	require.NoError(t, err)
	ys := space.Make(n)
	inf.(structured.ExactSampler[Set]).SampleModel(ys, truth, 8)
	cfg := Config{Coupling: Pairwise{}, Reference: Uniform{}, Training: structured.Training{
		Epochs: 400, BatchSize: n, Optimizer: nn.Adam{Rate: 0.05},
	}}
	m, err := Fit(ctx, Data{Y: ys}, cfg)
	require.NoError(t, err)
	logits, err := m.Logits(ctx, nil)
	require.NoError(t, err)
	almost.Slice(t, truth.Logits, logits.RawRowView(0), 0.35, 0)

	// And at that maximum the model's pair frequencies are the data's.
	grad := structured.Theta{Logits: make([]float64, 6)}
	inf.(structured.LogPartition[Set]).AddGradLogZ(grad, structured.Theta{Logits: logits.RawRowView(0)}, 1)
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = -1.0 / n
	}
	c.AddGrad(grad, truth, ys, weights)
	almost.Slice(t, make([]float64, 6), grad.Logits, 1e-3, 0, "moments match")
}

func TestStopMetrics(t *testing.T) {
	data := ising(100, 3, 4)
	data.Observed = nil
	for range data.Y {
		data.Observed = append(data.Observed, New(4, 0, 1, 2))
	}
	for _, metric := range []ModeMetric{F1Samples, F1Micro, F1Macro, JaccardSamples, SubsetAccuracy, HammingLoss} {
		cfg := Config{Validation: &data, StopOn: metric, Training: structured.Training{Epochs: 3}}
		m, err := Fit(ctx, data, cfg)
		require.NoError(t, err)
		h := m.History()
		assert.Equal(t, metric.Name, h.Metric)
		modes, err := m.Predict(ctx, data.X)
		require.NoError(t, err)
		want, err := metric.Of(Evaluation{Truth: data.Y, Predicted: modes, Observed: data.Observed})
		require.NoError(t, err)
		almost.Equal(t, want, h.Epochs[h.BestEpoch-1].Metric, 0, 0, metric.Name)
	}
	votes := Data{Y: data.Y}
	_, err := Fit(ctx, votes, Config{Validation: &votes, StopOn: F1Samples, Training: structured.Training{Epochs: 1}})
	assert.NoError(t, err, "without features one mode serves all rows")
}

// Rows of weight 0 may hold anything, in training, validation and metrics.
// Evidence that makes no sense is an error with its row, before training.
// Estimated samples and marginals tell the same story, or say that they cannot.
func TestEstimatesAgree(t *testing.T) {
	data := ising(200, 3, 26)
	cfg := Config{Coupling: Pairwise{Rank: 1}, Network: nn.Linear{}, Training: structured.Training{Epochs: 20, Seed: 1}}
	m, err := Fit(ctx, data, cfg)
	require.NoError(t, err)
	x := mat.Row(nil, 0, data.X)
	ys, how, err := m.Sample(x, 2000, rand.New(rand.NewPCG(2, 2)))
	require.NoError(t, err)
	assert.Equal(t, structured.Estimate, how)
	size := 0.0
	for _, y := range ys {
		size += float64(y.Count()) / 2000
	}
	p, _, err := m.Marginals(ctx, mat.NewDense(1, 3, x))
	require.NoError(t, err)
	almost.Equal(t, mat.Sum(p), size, 0.5, 0, "the mean size")
}
