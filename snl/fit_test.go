package snl

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

var ctx = context.Background()

// noisy is n examples of y = 5 + 2 sin x + 0.6 e.
func noisy(n int, seed uint64) Data {
	rng, x, y := rand.New(rand.NewPCG(seed, 8)), make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = 6*rng.Float64() - 3
		y[i] = 5 + 2*math.Sin(x[i]) + 0.6*rng.NormFloat64()
	}
	return Data{X: mat.NewDense(n, 1, x), Y: Points(y)}
}

// noisyTruth is its entropy given x.
var noisyTruth = distuv.Normal{Mu: 0, Sigma: 0.6}.Entropy()

var tiny = Joint{Logits: 3, Network: nn.MLP{Hidden: []int{6}, Activation: nn.Tanh}}

func TestConfigurationsConform(t *testing.T) {
	network := nn.MLP{Hidden: []int{4}, Activation: nn.Tanh}
	data := noisy(30, 1)
	plane := Data{X: data.X, Y: makePoints(30, 2)}
	for i, y := range plane.Y {
		y[0], y[1] = data.Y[i][0], 3-0.2*data.Y[i][0]*data.Y[i][0]
	}
	for name, c := range map[string]struct {
		data   Data
		cfg    Config
		smooth bool
	}{
		"quadrature":  {data, Config{Coupling: tiny, Objective: QuadratureLikelihood{Panels: 8, Nodes: 4}}, true},
		"snl":         {data, Config{Coupling: tiny}, false},
		"no features": {Data{Y: data.Y}, Config{Coupling: Joint{Logits: nn.Off, Network: network}}, false},
		"around":      {data, Config{Coupling: tiny, Objective: MinMin{Samples: 8, Proposal: structured.Around[Point]{Of: GaussianNoise{}}}}, false},
		"plane":       {plane, Config{Coupling: tiny, Base: FullGaussian{}, Proposal: GaussianMixture{Components: 2}}, false},
		"improper":    {data, Config{Coupling: MixtureDensity{Components: 2}, Base: Lebesgue{}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.cfg.Network = network
			if c.data.X == nil {
				c.cfg.Network = nil
			}
			c.cfg.Training = structured.Training{Epochs: 2, BatchSize: 16, Seed: 3}
			d, sc, err := c.cfg.structured(c.data)
			require.NoError(t, err)
			structuredtest.Fit(t, structuredtest.Problem[Point]{
				Structures: trapezoids(9, []float64{0, 0.05, 0.5}[len(d.Y[0])], len(d.Y[0])),
				Data:       d, Config: sc, Smooth: c.smooth, Sampled: !c.smooth,
			})
		})
	}
}

// The concave case: over an exponential family the self-normalised likelihood
// has the maximum likelihood estimate for its optimum, and tau there is log Z.
func TestSelfNormalisedLikelihoodIsMaximumLikelihood(t *testing.T) {
	ys := cloud(400, 3)
	fitted, err := FullGaussian{}.Fit(ys, nil, 0)
	require.NoError(t, err)
	want := mustBind(t, fitted, 2)
	m, err := Fit(ctx, Data{Y: ys}, Config{
		Coupling: ExponentialFamily{}, Base: FullGaussian{Widen: 1.3}, Tau: logpart.Constant{},
		Objective: MinMin{Samples: 16},
		Training: structured.Training{
			Epochs: 800, BatchSize: 400, Seed: 1, Optimizer: nn.AdamW{Rate: 0.02, WeightDecay: nn.Off},
			TauOptimizer: nn.AdamW{Rate: 0.02, WeightDecay: nn.Off}, Schedule: nn.Cosine{},
		},
	})
	require.NoError(t, err)
	logp := make([]float64, len(ys))
	want.LogDensity(logp, ys)
	lps, err := m.LogProbs(ctx, Data{Y: ys})
	require.NoError(t, err)
	kl := 0.0 // of the empirical likelihoods
	for i, lp := range lps {
		kl += (logp[i] - lp.Value) / float64(len(ys))
	}
	assert.Equal(t, structured.Exact, lps[0].Kind)
	assert.Less(t, kl, 1e-3, "the mean log-likelihood is nearly that of the maximum")
	assert.Greater(t, kl, -1e-5, "and no more")
	taus, err := m.Taus(ctx, nil)
	require.NoError(t, err)
	almost.Equal(t, lps[0].Normalizer, taus[0], 5e-3, 0, "tau is log Z")
	p, err := m.Multivariate(ctx, nil, Importance{})
	require.NoError(t, err)
	mean, cov := covariance(ys, nil, 2, 0)
	almost.Slice(t, mean, p.Mean(), 0.05, 0)
	got := p.Covariance()
	for i := range 2 {
		for j := range 2 {
			almost.Equal(t, cov[i*2+j], got.At(i, j), 0.1, 0.02)
		}
	}
}

// Standardising changes units, not probabilities: the same model of the same
// numbers in other units.
func TestUnits(t *testing.T) {
	data := noisy(60, 2)
	other := Data{X: data.X, Y: makePoints(60, 1)}
	for i, y := range other.Y {
		y[0] = 1000 * data.Y[i][0]
	}
	for name, base := range map[string]Form{"gaussian": Gaussian{}, "improper": Lebesgue{}} {
		cfg := Config{
			Coupling: Joint{Logits: 3, Network: nn.Linear{}}, Base: base, Network: nn.MLP{Hidden: []int{4}},
			Training: structured.Training{Epochs: 3, Seed: 1},
		}
		if name == "improper" {
			cfg.Coupling = Tilted{Base: MixtureDensity{Components: 2}, Energy: cfg.Coupling}
		}
		a, err := Fit(ctx, data, cfg)
		require.NoError(t, err)
		b, err := Fit(ctx, other, cfg)
		require.NoError(t, err)
		la, err := a.LogProbs(ctx, data)
		require.NoError(t, err)
		lb, err := b.LogProbs(ctx, other)
		require.NoError(t, err)
		for i := range la {
			almost.Equal(t, la[i].Value, lb[i].Value+math.Log(1000), 1e-8, 1e-8)
		}
		pa, err := a.Predictive(ctx, []float64{0.3})
		require.NoError(t, err)
		pb, err := b.Predictive(ctx, []float64{0.3})
		require.NoError(t, err)
		almost.Equal(t, 1000*pa.Mean(), pb.Mean(), 0, 1e-8)
		almost.Equal(t, 1000*pa.CRPS(4), pb.CRPS(4000), 0, 1e-8)
		almost.Equal(t, pa.LogPDF(4), pb.LogPDF(4000)+math.Log(1000), 1e-8, 0)
		lp, err := a.LogProb([]float64{0.3}, Point{4})
		require.NoError(t, err)
		almost.Equal(t, pa.LogPDF(4), lp.Value, 1e-8, 0, "one density, by two ways")
		ta, err := a.Taus(ctx, data.X)
		require.NoError(t, err)
		tb, err := b.Taus(ctx, other.X)
		require.NoError(t, err)
		unit := 0.0
		if name == "improper" {
			unit = math.Log(1000)
		}
		almost.Equal(t, ta[0]+unit, tb[0], 1e-8, 0, "log Z is relative to the base")
	}
}

// What a nil objective and a nil base stand for.
func TestDefaults(t *testing.T) {
	data := noisy(10, 1)
	for name, c := range map[string]struct {
		cfg       Config
		objective structured.Objective[Point]
		base      Form
	}{
		"joint":     {Config{}, MinMin{}, Gaussian{}},
		"proposal":  {Config{Proposal: Student{}}, MinMin{Proposal: Fixed{}}, Gaussian{}},
		"lebesgue":  {Config{Base: Lebesgue{}}, MinMin{Proposal: Fixed{}}, Lebesgue{}},
		"tilted":    {Config{Coupling: Tilted{}}, MinMin{Proposal: MixtureProposal{}}, Lebesgue{}},
		"mixture":   {Config{Coupling: MixtureDensity{}}, structured.ExactLikelihood[Point]{}, Lebesgue{}},
		"quadratic": {Config{Coupling: ExponentialFamily{}}, structured.ExactLikelihood[Point]{}, Gaussian{}},
		"given":     {Config{Coupling: ExponentialFamily{}, Objective: MinMin{}, Base: Uniform{}}, MinMin{}, Uniform{}},
	} {
		_, sc, err := c.cfg.structured(data)
		require.NoError(t, err, name)
		assert.Equal(t, c.objective, sc.Objective, name)
		assert.IsType(t, mustBind(t, mustFit(t, c.base, data.Y), 1), sc.Space.(*Space).Base(), name)
	}
	d, _, err := Config{}.structured(data)
	require.NoError(t, err)
	mean, std := moments(d.Y, nil, 1)
	almost.Equal(t, 0, mean[0], 1e-12, 0)
	almost.Equal(t, 1, std[0], 1e-12, 0)
	d, _, err = Config{RawTargets: true}.structured(data)
	require.NoError(t, err)
	assert.Equal(t, data.Y, d.Y)
}

func mustFit(t *testing.T, f Form, ys []Point) Form {
	t.Helper()
	f, err := f.Fit(ys, nil, 1)
	require.NoError(t, err)
	return f
}

func TestLearnsARegression(t *testing.T) {
	train, test := noisy(1500, 1), noisy(1000, 2)
	m, err := Fit(ctx, train, Config{
		Coupling: Joint{Logits: 8, Network: nn.MLP{Hidden: []int{16}, Activation: nn.SiLU}}, Network: nn.MLP{Hidden: []int{16}, Activation: nn.SiLU},
		Training: structured.Training{Epochs: 40, Seed: 1, Optimizer: nn.AdamW{Rate: 0.01}, Schedule: nn.Cosine{}},
	})
	require.NoError(t, err)
	r, err := Evaluate(ctx, m, test)
	require.NoError(t, err)
	assert.Equal(t, 1000, r.Rows)
	assert.Less(t, r.NLL, noisyTruth+0.08)
	assert.Greater(t, r.NLL, noisyTruth-5*r.NLLError)
	assert.Less(t, r.NormalizerError, 1e-7)
	assert.Less(t, r.TauGap, 0.1)
	assert.Less(t, r.RMSE, 0.66)
	almost.Equal(t, 0.6/math.Sqrt(math.Pi), r.CRPS, 0.03, 0)
	for _, c := range r.Coverage {
		almost.Equal(t, c.Level, c.Fraction, 0.06, 0)
	}
	assert.Contains(t, r.String(), "NLL")
	total := 0
	for _, n := range r.Histogram(10) {
		total += n
	}
	assert.Equal(t, 1000, total)

	// The metrics are the numbers of the report.
	d, err := m.space().data(test, 1)
	require.NoError(t, err)
	for metric, want := range map[structured.Metric[Point]]float64{NLL{}: r.NLL, MeanCRPS{}: r.CRPS, RMSE{}: r.RMSE} {
		got, err := metric.Evaluate(ctx, m.Standardised(), &d)
		require.NoError(t, err)
		almost.Equal(t, want, got, 1e-9, 1e-9, "%v", metric)
		assert.False(t, metric.Maximize())
	}
	means, err := m.Means(ctx, mat.NewDense(2, 1, []float64{0, math.Pi / 2}))
	require.NoError(t, err)
	almost.Slice(t, []float64{5, 7}, []float64{means.At(0, 0), means.At(1, 0)}, 0.25, 0)
	// KL(truth || model) on a grid.
	grid := make([]float64, 801)
	for i := range grid {
		grid[i] = float64(i) / 80
	}
	x := mat.NewDense(3, 1, []float64{-1, 0, 2})
	kl, err := Divergence(ctx, m, x, grid, func(dst []float64, row int, ys []float64) {
		for i, y := range ys {
			dst[i] = distuv.Normal{Mu: 5 + 2*math.Sin(x.At(row, 0)), Sigma: 0.6}.LogProb(y)
		}
	})
	require.NoError(t, err)
	assert.Greater(t, kl, 0.0)
	assert.Less(t, kl, 0.08)
}

// An unconditional model with nothing learned is its base: everything about it
// is known.
func TestEvaluationOfAKnownDensity(t *testing.T) {
	ys := randomPoints(3000, 1, 1)
	weights := make([]float64, len(ys))
	for i, y := range ys {
		y[0] = 3 + 2*y[0]
		weights[i] = float64(i % 2)
	}
	tr, err := NewTrainer(Data{Y: ys}, Config{
		Base: Gaussian{Mean: []float64{3}, Std: []float64{2}}, Coupling: Joint{Logits: nn.Off, Network: nn.Linear{}},
	})
	require.NoError(t, err)
	clear(tr.Params())
	m := tr.Model()
	r, err := Evaluate(ctx, m, Data{Y: ys, Weights: weights})
	require.NoError(t, err)
	truth := distuv.Normal{Mu: 3, Sigma: 2}
	var nll, crps weightedMean
	for i, y := range ys {
		nll.add(-truth.LogProb(y[0]), weights[i])
		crps.add(crpsOfGaussian(y[0], truth), weights[i])
	}
	assert.Equal(t, 1500, r.Rows)
	almost.Equal(t, nll.value(), r.NLL, 1e-9, 1e-9)
	almost.Equal(t, nll.standardError(), r.NLLError, 0, 1e-9)
	almost.Equal(t, crps.value(), r.CRPS, 1e-8, 1e-8)
	almost.Equal(t, 0, r.TauGap, 1e-8, 0)
	assert.True(t, r.HasTau)
	assert.Greater(t, r.Calibration.PValue, 1e-4)
	grid := make([]float64, 2001)
	for i := range grid {
		grid[i] = -15 + float64(i)*36/2000
	}
	kl, err := Divergence(ctx, m, nil, grid, func(dst []float64, _ int, ys []float64) {
		for i, y := range ys {
			dst[i] = distuv.Normal{Mu: 4, Sigma: 2}.LogProb(y)
		}
	})
	require.NoError(t, err)
	almost.Equal(t, 1.0/8, kl, 1e-8, 0, "KL of Gaussians a distance of 1 apart: d^2/(2 s^2)")
	for _, g := range [][]float64{nil, {0}, {0, 0}, {1, 0}, {0, math.NaN()}} {
		_, err := Divergence(ctx, m, nil, g, nil)
		assert.Error(t, err)
	}
	draws, err := m.Sample(ctx, nil, 5000, rand.New(rand.NewPCG(1, 1)))
	require.NoError(t, err)
	u := make([]float64, len(draws))
	for i, y := range draws {
		u[i] = truth.CDF(y[0])
	}
	assert.Greater(t, TestUniform(u).PValue, 1e-6)
	lps, err := m.LogProbs(ctx, Data{Y: ys[:5]})
	require.NoError(t, err)
	one, err := m.LogProb(nil, ys[3])
	require.NoError(t, err)
	assert.Equal(t, one, lps[3])
	assert.Equal(t, structured.Estimate, one.Kind)
}

func TestBadData(t *testing.T) {
	data := noisy(20, 1)
	bad := func(change func(d *Data)) error {
		d := Data{X: mat.DenseCopyOf(data.X), Y: makePoints(20, 1)}
		for i := range d.Y {
			copy(d.Y[i], data.Y[i])
		}
		change(&d)
		m, err := Fit(ctx, d, Config{Coupling: tiny, Training: structured.Training{Epochs: 1}})
		assert.Nil(t, m)
		return err
	}
	var de *structured.DataError
	require.ErrorAs(t, bad(func(d *Data) { d.Y[3][0] = math.NaN() }), &de)
	assert.Equal(t, [2]int{3, 0}, [2]int{de.Row, de.Column})
	assert.ErrorIs(t, de, structured.ErrNotFinite)
	require.ErrorAs(t, bad(func(d *Data) { d.Y[5] = Point{1, 2} }), &de)
	assert.Equal(t, 5, de.Row)
	require.ErrorAs(t, bad(func(d *Data) { d.Y[0] = nil }), &de)
	assert.ErrorIs(t, de, ErrNoCoordinates)
	require.ErrorAs(t, bad(func(d *Data) { d.Weights = make([]float64, 20); d.Weights[2] = -1 }), &de)
	assert.Equal(t, 2, de.Row)
	assert.ErrorIs(t, bad(func(d *Data) { d.Weights = make([]float64, 20) }), structured.ErrNoExamples)
	assert.ErrorIs(t, bad(func(d *Data) { d.Y = nil }), structured.ErrNoExamples)
	assert.Error(t, bad(func(d *Data) { d.X.(*mat.Dense).Set(1, 0, math.Inf(1)) }))

	// Rows of weight 0 may hold anything.
	w := make([]float64, 20)
	for i := range w {
		w[i] = min(1, float64(i))
	}
	_, err := Fit(ctx, Data{X: data.X, Y: append([]Point{nil}, data.Y[1:]...), Weights: w}, Config{Coupling: tiny, Training: structured.Training{Epochs: 1}})
	assert.NoError(t, err)

	m, err := Fit(ctx, data, Config{Coupling: tiny, Base: Uniform{}, Training: structured.Training{Epochs: 1}})
	require.NoError(t, err)
	_, err = m.LogProbs(ctx, Data{X: data.X, Y: append([]Point{{1e6}}, data.Y[1:]...)})
	assert.ErrorIs(t, err, ErrOutside)
	_, err = Evaluate(ctx, m, Data{X: data.X, Y: append([]Point{{1e6}}, data.Y[1:]...)})
	assert.ErrorIs(t, err, ErrOutside)
	_, err = m.LogProb([]float64{1}, Point{math.NaN()})
	assert.ErrorIs(t, err, structured.ErrNotFinite)
	_, err = m.Score([]float64{1}, Point{1, 2})
	assert.Error(t, err)
	_, err = m.Predictive(ctx, []float64{1, 2})
	assert.Error(t, err)
	_, err = m.Predictive(ctx, []float64{math.NaN()})
	assert.Error(t, err)
	_, err = m.Sample(ctx, []float64{1}, 3, nil)
	assert.ErrorIs(t, err, structured.ErrNoSource)
	_, err = Fit(ctx, data, Config{Coupling: tiny, Base: Uniform{Low: []float64{4}, High: []float64{5}}})
	assert.ErrorIs(t, err, ErrOutside, "targets outside the base")
	for _, q := range []Quadrature{{Tolerance: -1}, {Tolerance: math.NaN()}, {MaxEvaluations: -1}} {
		_, err = Fit(ctx, data, Config{Coupling: tiny, Quadrature: q})
		assert.Error(t, err)
	}
	_, err = Fit(ctx, data, Config{Coupling: tiny, Proposal: Lebesgue{}})
	assert.ErrorIs(t, err, structured.ErrImproper)
	_, err = Fit(ctx, data, Config{Coupling: tiny, Base: Lebesgue{}, Objective: MinMin{}})
	assert.ErrorIs(t, err, structured.ErrImproper)
}
