package snl

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// modelOf is a model without features with given parameters, raw targets.
func modelOf(t testing.TB, c Coupling, base Form, dim int, params []float64) *Model {
	t.Helper()
	tr, err := NewTrainer(Data{Y: randomPoints(20, dim, 1)}, Config{
		Coupling: c, Base: base, RawTargets: true, Objective: ScoreMatching{},
	})
	require.NoError(t, err)
	if params == nil {
		params = thetaFor(bind(t, c, dim), 0.8, 3).Own
	}
	require.Len(t, tr.Params(), len(params))
	copy(tr.Params(), params)
	return tr.Model()
}

// mass is the integral of a density, by a rule on nodes.
func mass(d Density, nodes structures) float64 {
	logp, sum := make([]float64, len(nodes.All)), 0.0
	d.LogDensity(logp, nodes.All)
	for i, l := range logp {
		sum += nodes.Weights[i] * math.Exp(l)
	}
	return sum
}

var standard = Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 1}}

// The flow of a parabola shrinks all of space: what it makes of a Gaussian is
// known.
func TestFlowOfAParabola(t *testing.T) {
	// log q + g = y - y^2 over the base exp(-y^2/2): to the mean 1/2 at rate 2.
	m := modelOf(t, ExponentialFamily{}, Gaussian{Mean: []float64{0}, Std: []float64{1}}, 1, []float64{1, -1})
	d, err := NewFlowDensity(m, nil, Flow{Steps: 20, StepSize: 0.02}, Trace{})
	require.NoError(t, err)
	shrink := math.Exp(-2 * 0.4)
	want := distuv.Normal{Mu: 0.5 * (1 - shrink), Sigma: shrink}
	ys := Points([]float64{-1, 0, 0.4, 2})
	got := make([]float64, len(ys))
	d.LogDensity(got, ys)
	for i, y := range ys {
		almost.Equal(t, want.LogProb(y[0]), got[i], 1e-6, 1e-6)
	}
}

// The density of a flow is one: it integrates to 1, and is that of its draws.
func TestFlowDensities(t *testing.T) {
	line := Joint{Logits: nn.Off, Network: small}
	for name, c := range map[string]struct {
		base Form
		dim  int
		of   Flow
	}{
		"line":    {Gaussian{Mean: []float64{0}, Std: []float64{1}}, 1, Flow{Steps: 20, StepSize: 0.05}},
		"student": {Student{Location: []float64{0}, Scale: []float64{1}}, 1, Flow{Steps: 10, Noise: Gaussian{Mean: []float64{0.3}, Std: []float64{1.2}}}},
		"plane":   {standard, 2, Flow{Steps: 5, StepSize: 0.04}},
	} {
		t.Run(name, func(t *testing.T) {
			m := modelOf(t, line, c.base, c.dim, nil)
			d, err := NewFlowDensity(m, nil, c.of, Trace{})
			require.NoError(t, err)
			nodes := trapezoids([]float64{0, 6, 5}[c.dim], []float64{0, 0.01, 0.05}[c.dim], c.dim)
			almost.Equal(t, 1, mass(d, nodes), 1e-5, 0)
			ys := makePoints(20_000, c.dim)
			d.Sample(ys, rand.New(rand.NewPCG(2, 2)))
			logp := make([]float64, len(nodes.All))
			d.LogDensity(logp, nodes.All)
			for k := range waves(ys[0]) {
				var draws []float64
				for _, y := range ys {
					draws = append(draws, waves(y)[k])
				}
				mean, std := stat.MeanStdDev(draws, nil)
				want := 0.0
				for i, y := range nodes.All {
					want += nodes.Weights[i] * math.Exp(logp[i]) * waves(y)[k]
				}
				almost.Equal(t, want, mean, 5*std/math.Sqrt(float64(len(draws))), 0, "feature %d", k)
			}
			// Hutchinson's estimate is unbiased, and on the line exact.
			probe, at := make([]float64, 3), randomPoints(3, c.dim, 2)
			exact := make([]float64, 3)
			d.LogDensity(exact, at)
			var values [3][]float64
			for key := range uint64(60) {
				h, err := NewFlowDensity(m, nil, c.of, Trace{Probes: 2, Key: key})
				require.NoError(t, err)
				h.LogDensity(probe, at)
				for i, v := range probe {
					values[i] = append(values[i], v)
				}
			}
			for i, v := range values {
				mean, std := stat.MeanStdDev(v, nil)
				almost.Equal(t, exact[i], mean, 5*std/math.Sqrt(float64(len(v)))+1e-9, 0)
				assert.Equal(t, c.dim > 1, std > 1e-9)
			}
		})
	}
}

// A quartic potential lets nothing through beyond some point: the density there
// is 0, and the rest still integrates to 1.
func TestFlowsEndSomewhere(t *testing.T) {
	m := modelOf(t, ExponentialFamily{Polynomial{Degree: 4}}, Lebesgue{}, 1, []float64{0, 1, 0, -2})
	of := Flow{Steps: 200, StepSize: 0.0025, Noise: Gaussian{Mean: []float64{0}, Std: []float64{1}}}
	d, err := NewFlowDensity(m, nil, of, Trace{})
	require.NoError(t, err)
	dst := make([]float64, 2)
	d.LogDensity(dst, Points([]float64{3, -50}))
	assert.Equal(t, []float64{math.Inf(-1), math.Inf(-1)}, dst)
	almost.Equal(t, 1, mass(d, trapezoids(4, 0.002, 1)), 1e-4, 0)
}

// In the user's units, whatever those of the model.
func TestFlowUnits(t *testing.T) {
	ys := cloud(50, 1)
	tr, err := NewTrainer(Data{Y: ys}, Config{Coupling: Joint{Logits: nn.Off, Network: small}, Objective: SelfAdversarialFlow{}})
	require.NoError(t, err)
	m := tr.Model()
	of := Flow{Steps: 5}
	d, err := NewFlowDensity(m, nil, of, Trace{})
	require.NoError(t, err)
	assert.Equal(t, 2, d.Dim())
	mean, std := moments(ys, nil, 2)
	nodes := trapezoids(6, 0.1, 2)
	for i, y := range nodes.All {
		for j := range y {
			y[j] = mean[j] + std[j]*y[j]
			nodes.Weights[i] *= std[j]
		}
	}
	almost.Equal(t, 1, mass(d, nodes), 1e-4, 0)
	z, err := m.space().data(Data{Y: ys}, 2)
	require.NoError(t, err)
	got, err := FlowNLL{Flow: of}.Evaluate(ctx, m.Standardised(), &z)
	require.NoError(t, err)
	logp := make([]float64, len(ys))
	d.LogDensity(logp, ys)
	almost.Equal(t, -stat.Mean(logp, nil), got, 1e-12, 1e-12)
	assert.False(t, FlowNLL{}.Maximize())
}

func TestFlowsThatCannotBe(t *testing.T) {
	smooth := Joint{Logits: nn.Off, Network: small}
	_, err := NewFlowDensity(modelOf(t, smooth, standard, 2, nil), nil, Flow{}, Trace{Probes: -1})
	assert.ErrorContains(t, err, "Probes")
	_, err = NewFlowDensity(modelOf(t, smooth, Given{gradOnly{mustBind(t, Gaussian{Mean: []float64{0}, Std: []float64{1}}, 1).(*gaussian)}}, 1, nil), nil, Flow{}, Trace{})
	assert.ErrorIs(t, err, errNoCurvature)
	_, err = NewFlowDensity(modelOf(t, smooth, Lebesgue{}, 2, nil), nil, Flow{Noise: Lebesgue{}}, Trace{})
	assert.ErrorIs(t, err, structured.ErrImproper)
	_, err = NewFlowDensity(modelOf(t, smooth, standard, 2, nil), nil, Flow{Noise: Gaussian{}}, Trace{})
	assert.ErrorIs(t, err, ErrNotFitted)
}

// The loss and its gradient with the ends of the flow held fixed: from noise
// that is nearly a point, the ends are known.
func TestSelfAdversarialGradient(t *testing.T) {
	noise := Gaussian{Mean: []float64{0.3}, Std: []float64{1e-9}}
	base, of := Gaussian{Mean: []float64{0}, Std: []float64{2}}, Joint{Logits: 2, Network: small}
	ys, steps, step := Points([]float64{-1, 0.2, 1.5}), 4, 0.1
	tr := trainer(t, of, base, SelfAdversarialFlow{Flow: Flow{Steps: steps, StepSize: step, Noise: noise}, Samples: 2}, Data{Y: ys}, 1)
	c := bind(t, of, 1)
	theta := thetaFor(c, 1, 5)
	copy(tr.Params(), append(clonePoint(theta.Logits), theta.Own...))
	end := 0.3
	for range steps {
		var g [1]float64
		c.GradY(g[:], theta, Points([]float64{end}))
		end += step * (g[0] - end/4)
	}
	points := Points([]float64{-1, 0.2, 1.5, end})
	weights := []float64{-1.0 / 3, -1.0 / 3, -1.0 / 3, 1}
	want, logq, scores := 0.0, make([]float64, 4), make([]float64, 4)
	mustBind(t, base, 1).LogDensity(logq, points)
	c.Score(scores, theta, points)
	for i, w := range weights {
		want += w * (scores[i] + logq[i])
	}
	grad := make([]float64, len(tr.Params()))
	loss, err := tr.Evaluate(grad)
	require.NoError(t, err)
	almost.Equal(t, want, loss, 1e-7, 1e-7)
	into := structured.Theta{Logits: make([]float64, len(theta.Logits)), Own: make([]float64, len(theta.Own))}
	c.AddGrad(into, theta, points, weights)
	almost.Slice(t, append(into.Logits, into.Own...), grad, 1e-7, 1e-7)
}

// An energy that is its own generator: the flow learns two bumps from noise that
// has one, and a flow that runs away says so.
func TestSelfAdversarialFlowLearns(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	draws := func(n int) Data {
		ys := makePoints(n, 1)
		for _, y := range ys {
			y[0] = 10 + 2*math.Copysign(1, rng.Float64()-0.5) + 0.5*rng.NormFloat64()
		}
		return Data{Y: ys}
	}
	train, test := draws(1000), draws(500)
	of := Flow{Steps: 15, StepSize: 0.05}
	cfg := Config{
		Coupling: Joint{Logits: nn.Off, Network: nn.MLP{Hidden: []int{32}, Activation: nn.SiLU}}, Objective: SelfAdversarialFlow{Flow: of},
		Validation: &test, StopOn: FlowNLL{Flow: of},
		Training: structured.Training{Epochs: 40, BatchSize: 100, Seed: 1, Optimizer: nn.AdamW{Rate: 0.01}, Schedule: nn.Cosine{}},
	}
	m, err := Fit(ctx, train, cfg)
	require.NoError(t, err)
	d, err := NewFlowDensity(m, nil, of, Trace{})
	require.NoError(t, err)
	logp := make([]float64, 500)
	d.LogDensity(logp, test.Y)
	normal := distuv.Normal{Mu: 10, Sigma: math.Sqrt(4.25)}
	gaussian := 0.0
	for _, y := range test.Y {
		gaussian -= normal.LogProb(y[0]) / 500
	}
	truth := math.Ln2 + distuv.Normal{Mu: 0, Sigma: 0.5}.Entropy()
	t.Logf("NLL of the flow %.3f, of a Gaussian %.3f, of the truth about %.3f", -stat.Mean(logp, nil), gaussian, truth)
	assert.Less(t, -stat.Mean(logp, nil), gaussian-0.25)
	ys := makePoints(2000, 1)
	d.Sample(ys, rng)
	middle := 0
	for _, y := range ys {
		if math.Abs(y[0]-10) < 1 {
			middle++
		}
	}
	assert.Less(t, middle, 300, "of a Gaussian it would be 700, of the truth 45")

	cfg.StopOn, cfg.Validation = nil, nil
	cfg.Objective = SelfAdversarialFlow{Flow: Flow{Steps: 2000, StepSize: 50}}
	_, err = Fit(ctx, train, cfg)
	var diverged *structured.DivergedError
	assert.ErrorAs(t, err, &diverged)
}
