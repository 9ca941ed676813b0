package snl

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// trainer has the parameters of a coupling without features: constant logits,
// then its own.
func trainer(t testing.TB, c Coupling, base Form, o structured.Objective[Point], d Data, seed uint64) *structured.Trainer[Point] {
	t.Helper()
	dim := len(d.Y[0])
	tr, err := structured.NewTrainer(d, structured.Config[Point]{
		Space: spaceOver(t, base, dim), Coupling: bind(t, c, dim), Objective: o, Training: structured.Training{Seed: seed},
	})
	require.NoError(t, err)
	return tr
}

func lossOf(t testing.TB, tr *structured.Trainer[Point], params []float64) float64 {
	t.Helper()
	copy(tr.Params(), params)
	v, err := tr.Evaluate(nil)
	require.NoError(t, err)
	return v
}

// stationary is where the gradient of a quadratic loss is 0.
func stationary(t testing.TB, tr *structured.Trainer[Point]) []float64 {
	t.Helper()
	n := len(tr.Params())
	gradient := func(unit int) []float64 {
		clear(tr.Params())
		if unit >= 0 {
			tr.Params()[unit] = 1
		}
		g := make([]float64, n)
		_, err := tr.Evaluate(g)
		require.NoError(t, err)
		return g
	}
	b, a := gradient(-1), mat.NewDense(n, n, nil)
	for j := range n {
		for i, v := range gradient(j) {
			a.Set(i, j, v-b[i])
		}
	}
	var x mat.VecDense
	require.NoError(t, x.SolveVec(a, mat.NewVecDense(n, b)))
	x.ScaleVec(-1, &x)
	return x.RawVector().Data
}

// weighted is a density as data: nodes of a quadrature with their masses.
func weighted(nodes structures, logp func(y Point) float64) Data {
	d := Data{}
	for i, y := range nodes.All {
		if p := nodes.Weights[i] * math.Exp(logp(y)); p > 1e-25 {
			d.Y, d.Weights = append(d.Y, y), append(d.Weights, p)
		}
	}
	return d
}

// unnormalisedObjectives are those of this package that see no normaliser.
var unnormalisedObjectives = map[string]structured.Objective[Point]{
	"sm":         ScoreMatching{},
	"ssm":        SlicedScoreMatching{Projections: 2},
	"ssm normal": SlicedScoreMatching{Directions: Normal},
	"ssm plain":  SlicedScoreMatching{Plain: true, Projections: 3},
	"fdssm":      FiniteDifferenceScoreMatching{Epsilon: 0.1, Projections: 2},
	"dsm":        DenoisingScoreMatching{Pairs: 2},
	"ksd":        KernelStein{},
	"ksd light":  KernelStein{GaussianKernel{Scale: 0.7}},
	"flow":       SelfAdversarialFlow{Flow: Flow{Steps: 3}, Samples: 2},
}

// The suite, with gradients through the network against central differences.
func TestUnnormalisedObjectivesConform(t *testing.T) {
	network := nn.MLP{Hidden: []int{4}, Activation: nn.Tanh}
	for name, o := range unnormalisedObjectives {
		t.Run(name, func(t *testing.T) {
			data, of, base, nodes := regression(40, 1), Joint{Logits: 3, Network: network}, Form(Student{Freedom: 9, Location: []float64{0}, Scale: []float64{1}}), trapezoids(8, 0.05, 1)
			cfg := structured.Config[Point]{Network: network, Objective: o, Training: structured.Training{Epochs: 2, BatchSize: 16, Seed: 3}}
			if _, pairs := o.(KernelStein); pairs { // in the plane, without features
				data, of, cfg.Network = Data{Y: randomPoints(40, 2, 4)}, Joint{Logits: 2, Network: network}, nil
				base, nodes = Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 2}}, trapezoids(8, 0.5, 2)
			}
			dim := len(data.Y[0])
			cfg.Space, cfg.Coupling = spaceOver(t, base, dim), bind(t, of, dim)
			_, flow := o.(SelfAdversarialFlow)
			_, exact := o.(ScoreMatching)
			structuredtest.Fit(t, structuredtest.Problem[Point]{Structures: nodes, Data: data, Config: cfg, Smooth: !flow, Sampled: !exact})
		})
	}
}

// The gradients in space, over bases with and without bounds, of examples that go
// through the coupling together.
func TestGradientsInSeveralDimensions(t *testing.T) {
	base := map[string]Form{
		"free":  FullGaussian{Mean: []float64{0, 1, 0}, Covariance: []float64{1, 0.2, 0, 0.2, 1, 0.3, 0, 0.3, 2}},
		"boxed": Product{Of: []Form{Gaussian{Mean: []float64{0}, Std: []float64{1}}, Uniform{Low: []float64{-5}, High: []float64{5}}, Uniform{Low: []float64{-6}, High: []float64{4}}}},
	}
	for name, o := range unnormalisedObjectives {
		for over, b := range base {
			if _, flow := o.(SelfAdversarialFlow); flow {
				continue
			}
			p := structured.Problem[Point]{Space: spaceOver(t, b, 3), Coupling: bind(t, Joint{Logits: nn.Off, Network: small}, 3)}
			if _, err := o.Bind(p); over == "boxed" && err != nil {
				assert.ErrorIs(t, err, ErrBounded, name)
				continue
			}
			tr := trainer(t, Joint{Logits: nn.Off, Network: small}, b, o, Data{Y: randomPoints(40, 3, 2)}, 1)
			params := tr.Params()
			grad := make([]float64, len(params))
			_, err := tr.Evaluate(grad)
			require.NoError(t, err)
			const h = 1e-5
			for i := range params {
				at := params[i]
				params[i] = at + h
				up := lossOf(t, tr, params)
				params[i] = at - h
				down := lossOf(t, tr, params)
				params[i] = at
				almost.Equal(t, (up-down)/(2*h), grad[i], 1e-6, 1e-5, "%s, %s, parameter %d", name, over, i)
			}
		}
	}
}

// On an exponential family the loss is quadratic, and over the Gaussian one its
// minimum is the maximum likelihood estimate (Hyvärinen 2005, section 3.1):
// whatever the base, whose score is part of the model's.
func TestScoreMatchingOfGaussiansIsMaximumLikelihood(t *testing.T) {
	ys := cloud(200, 3)
	mean, cov := covariance(ys, nil, 2, 0)
	for _, base := range []Form{
		Lebesgue{}, Gaussian{Mean: []float64{1, 0}, Std: []float64{2, 3}}, FullGaussian{Mean: []float64{0, 1}, Covariance: []float64{4, 1, 1, 3}},
	} {
		for _, o := range []structured.Objective[Point]{ScoreMatching{}, SlicedScoreMatching{Projections: 200}} {
			theta := stationary(t, trainer(t, ExponentialFamily{}, base, o, Data{Y: ys}, 1))
			// grad log p = b + A y + the score of the base, at 0 and the axes.
			p := structured.Problem[Point]{Space: spaceOver(t, base, 2), Coupling: bind(t, ExponentialFamily{}, 2)}
			f, err := bindScores(p, "test", 2)
			require.NoError(t, err)
			s := f.evaluate(new(scoreScratch), structured.Theta{Logits: theta}, []Point{{0, 0}, {1, 0}, {0, 1}, {mean[0], mean[1]}})
			precision := mat.NewDense(2, 2, []float64{s[0] - s[2], s[0] - s[4], s[1] - s[3], s[1] - s[5]})
			within := 1e-9
			if _, sampled := o.(SlicedScoreMatching); sampled {
				within = 0.02 // 40,000 directions: a standard error of 0.5 %
			}
			almost.Slice(t, []float64{0, 0}, s[6:], within, 0, "the mean of the model is that of the data")
			var got mat.Dense
			require.NoError(t, got.Inverse(precision))
			almost.Slice(t, cov, got.RawMatrix().Data, within, within, "and so is the covariance")
		}
	}
}

// bumps is the log of a density of two bumps on the line, and its derivative.
func bumps(y float64) (logp, score float64) {
	a, b := 0.6*math.Exp(-0.5*(y+1)*(y+1)/0.25)/0.5, 0.4*math.Exp(-0.5*(y-1.2)*(y-1.2)/0.49)/0.7
	return math.Log(a+b) - 0.5*logTwoPi, (-a*(y+1)/0.25 - b*(y-1.2)/0.49) / (a + b)
}

// The loss is the Fisher divergence less E |grad log p_data|^2/2, and on the
// line the sliced one is the same.
func TestScoreMatchingIsTheFisherDivergence(t *testing.T) {
	data := weighted(trapezoids(9, 0.02, 1), func(y Point) float64 { l, _ := bumps(y[0]); return l })
	base := Student{Freedom: 6, Location: []float64{0.2}, Scale: []float64{0.8}}
	of := Joint{Logits: 2, Network: small}
	tr := trainer(t, of, base, ScoreMatching{}, data, 1)
	p := structured.Problem[Point]{Space: spaceOver(t, base, 1), Coupling: bind(t, of, 1)}
	f, err := bindScores(p, "test", 2)
	require.NoError(t, err)
	for seed := range uint64(3) {
		theta := thetaFor(p.Coupling, 1, seed)
		loss := lossOf(t, tr, append(clonePoint(theta.Logits), theta.Own...))
		s := f.evaluate(new(scoreScratch), theta, data.Y)
		want := 0.0
		for i, y := range data.Y {
			_, truth := bumps(y[0])
			want += data.Weights[i] * ((truth-s[i])*(truth-s[i]) - truth*truth) / 2
		}
		almost.Equal(t, want, loss, 1e-8, 1e-8)
		sliced := trainer(t, of, base, SlicedScoreMatching{Projections: 2}, data, seed)
		almost.Equal(t, loss, lossOf(t, sliced, tr.Params()), 1e-9, 1e-9)
	}
}

// Sliced score matching is unbiased for the implicit one, in all its forms.
func TestSlicedScoreMatchingIsUnbiased(t *testing.T) {
	ys := randomPoints(60, 3, 7)
	of := Joint{Logits: nn.Off, Network: small}
	for name, base := range map[string]Form{
		"free":  Gaussian{Mean: []float64{0, 0, 1}, Std: []float64{1, 2, 1}},
		"boxed": Product{Of: []Form{Gaussian{Mean: []float64{0}, Std: []float64{1}}, Uniform{Low: []float64{-5}, High: []float64{5}}, Uniform{Low: []float64{-6}, High: []float64{4}}}},
	} {
		exact := trainer(t, of, base, ScoreMatching{}, Data{Y: ys}, 1)
		theta := thetaFor(bind(t, of, 3), 1.5, 1).Own
		want := lossOf(t, exact, theta)
		spread := map[string]float64{}
		for form, o := range map[string]SlicedScoreMatching{
			"rademacher": {}, "normal": {Directions: Normal}, "plain": {Plain: true}, "plain normal": {Plain: true, Directions: Normal, Projections: 2},
		} {
			var values []float64
			for seed := range uint64(150) {
				values = append(values, lossOf(t, trainer(t, of, base, o, Data{Y: ys}, seed), theta))
			}
			mean, std := stat.MeanStdDev(values, nil)
			spread[form] = std
			almost.Equal(t, want, mean, 5*std/math.Sqrt(float64(len(values))), 0, "%s, %s", name, form)
		}
		assert.Less(t, spread["rademacher"], spread["normal"])
	}
	// The first term has no variance left, and here there is nothing else.
	for plain, want := range map[bool]float64{false: 0, true: 0.01} {
		var values []float64
		for seed := range uint64(5) {
			o := SlicedScoreMatching{Plain: plain}
			values = append(values, lossOf(t, trainer(t, ExponentialFamily{Polynomial{Degree: 1}}, Lebesgue{}, o, Data{Y: ys}, seed), []float64{1, 2, -1}))
		}
		_, std := stat.MeanStdDev(values, nil)
		assert.Equal(t, want > 0, std > want, "Plain %v: %g", plain, std)
	}
}

// Finite differences tend to the derivatives, with an error that falls with the
// square of the distance.
func TestFiniteDifferencesTendToTheSlicedForm(t *testing.T) {
	ys, of := randomPoints(50, 2, 7), Joint{Logits: nn.Off, Network: small}
	base := Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 2}}
	theta := thetaFor(bind(t, of, 2), 1, 1).Own
	want := lossOf(t, trainer(t, of, base, SlicedScoreMatching{Plain: true, Projections: 3}, Data{Y: ys}, 4), theta)
	at := func(e float64) float64 {
		return lossOf(t, trainer(t, of, base, FiniteDifferenceScoreMatching{Epsilon: e, Projections: 3}, Data{Y: ys}, 4), theta) - want
	}
	almost.Equal(t, 4, at(0.01)/at(0.005), 0.02, 0)
	almost.Equal(t, 0, at(1e-3), 1e-4, 0)
}

// Denoising learns the data with the noise: from N(m, s^2), N(m, s^2 + Sigma^2);
// and its loss is that of the implicit form over the noisy data.
func TestDenoisingLearnsTheNoisyDensity(t *testing.T) {
	const sigma = 0.6
	ys := randomPoints(256, 1, 9)
	mean, std := moments(ys, nil, 1)
	o := DenoisingScoreMatching{Sigma: sigma, Pairs: 2000}
	theta := stationary(t, trainer(t, ExponentialFamily{}, Lebesgue{}, o, Data{Y: ys}, 1))
	noisyVariance := std[0]*std[0] + sigma*sigma
	// A million draws: a standard error of 0.0014 of the variance.
	almost.Equal(t, noisyVariance, -1/theta[1], 0, 0.01)
	almost.Equal(t, mean[0], -theta[0]/theta[1], 0.01, 0)

	noisy := weighted(trapezoids(12, 0.02, 1), func(y Point) float64 {
		p := 0.0
		for _, c := range ys {
			z := (y[0] - c[0]) / sigma
			p += math.Exp(-0.5*z*z) / float64(len(ys)) / sigma
		}
		return math.Log(p) - 0.5*logTwoPi
	})
	of := Joint{Logits: nn.Off, Network: small}
	own := thetaFor(bind(t, of, 1), 1, 1).Own
	base := Gaussian{Mean: []float64{0}, Std: []float64{2}}
	want := lossOf(t, trainer(t, of, base, ScoreMatching{}, noisy, 1), own)
	got := lossOf(t, trainer(t, of, base, o, Data{Y: ys}, 1), own)
	almost.Equal(t, want, got, 0.01, 0.01)
}

// With little noise the pairs make denoising the sliced form with normal
// directions, and the variance does not explode.
func TestDenoisingWithLittleNoise(t *testing.T) {
	ys, of := randomPoints(50, 2, 7), Joint{Logits: nn.Off, Network: small}
	base := Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 2}}
	theta := thetaFor(bind(t, of, 2), 1, 1).Own
	want := lossOf(t, trainer(t, of, base, SlicedScoreMatching{Directions: Normal}, Data{Y: ys}, 4), theta)
	got := lossOf(t, trainer(t, of, base, DenoisingScoreMatching{Sigma: 1e-4}, Data{Y: ys}, 4), theta)
	almost.Equal(t, want, got, 1e-6, 1e-6)
}

// Over a box the weights keep score matching consistent: from the density
// itself its parameters come back. Angles need none; and where they would be
// needed and are not there, the parameters are wrong.
func TestScoreMatchingOverBoxes(t *testing.T) {
	box := Uniform{Low: []float64{-1}, High: []float64{2}}
	truth := []float64{0.8, -0.7}
	truncated := weighted(legendres(-1, 2, 10, 1), func(y Point) float64 { return truth[0]*y[0] + truth[1]*y[0]*y[0]/2 })
	for name, o := range map[string]structured.Objective[Point]{"sm": ScoreMatching{}, "ssm": SlicedScoreMatching{Projections: 2}} {
		almost.Slice(t, truth, stationary(t, trainer(t, ExponentialFamily{}, box, o, truncated, 1)), 1e-8, 0, name)
	}
	wrong := stationary(t, trainer(t, ExponentialFamily{}, box, ScoreMatching{Periodic: true}, truncated, 1))
	assert.Greater(t, math.Abs(wrong[1]-truth[1]), 0.3)

	circle, kappa := Uniform{Low: []float64{-math.Pi}, High: []float64{math.Pi}}, []float64{1.2, -0.7}
	angles := weighted(legendres(-math.Pi, math.Pi, 20, 1), func(y Point) float64 { return kappa[0]*math.Sin(y[0]) + kappa[1]*math.Cos(y[0]) })
	for _, o := range []structured.Objective[Point]{ScoreMatching{Periodic: true}, ScoreMatching{}, SlicedScoreMatching{Periodic: true}} {
		almost.Slice(t, kappa, stationary(t, trainer(t, ExponentialFamily{Trigonometric{}}, circle, o, angles, 1)), 1e-8, 0)
	}
}

func TestUnnormalisedObjectivesThatCannotBe(t *testing.T) {
	kinks := bind(t, Joint{Logits: 2, Network: nn.MLP{Hidden: []int{3}}}, 1)
	smooth := bind(t, ExponentialFamily{}, 1)
	line := spaceOver(t, Gaussian{Mean: []float64{0}, Std: []float64{1}}, 1)
	box := spaceOver(t, Uniform{Low: []float64{0}, High: []float64{1}}, 1)
	var order *OrderError
	for name, o := range unnormalisedObjectives {
		require.NoError(t, o.Validate())
		_, err := o.Bind(structured.Problem[Point]{Space: line, Coupling: kinks})
		switch o.(type) {
		case ScoreMatching, SlicedScoreMatching:
			assert.ErrorAs(t, err, &order, name)
		default:
			assert.NoError(t, err, name)
			_, err = o.Bind(structured.Problem[Point]{Space: box, Coupling: smooth})
			assert.ErrorIs(t, err, ErrBounded, name)
		}
		p := structured.Problem[Point]{Space: line, Coupling: scoresOnly{smooth}}
		_, err = o.Bind(p)
		if _, scores := o.(FiniteDifferenceScoreMatching); scores {
			assert.NoError(t, err)
			continue
		}
		assert.ErrorAs(t, err, &order, name)
		_, err = o.Bind(structured.Problem[Point]{Space: spaceOver(t, Given{noGradient{}}, 1), Coupling: smooth})
		assert.ErrorContains(t, err, "gradient", name)
	}
	for _, o := range []structured.Objective[Point]{
		SlicedScoreMatching{Projections: -1}, SlicedScoreMatching{Directions: 7}, FiniteDifferenceScoreMatching{Epsilon: -1},
		FiniteDifferenceScoreMatching{Epsilon: math.NaN()}, FiniteDifferenceScoreMatching{Projections: -1}, DenoisingScoreMatching{Sigma: math.Inf(1)},
		DenoisingScoreMatching{Pairs: -1}, KernelStein{InverseMultiquadric{Scale: -1}}, KernelStein{GaussianKernel{Scale: math.NaN()}},
		SelfAdversarialFlow{Samples: -1}, SelfAdversarialFlow{Flow: Flow{Steps: -1}}, SelfAdversarialFlow{Flow: Flow{StepSize: math.NaN()}},
	} {
		assert.Error(t, o.Validate(), "%#v", o)
		_, err := o.Bind(structured.Problem[Point]{Space: line, Coupling: smooth})
		assert.Error(t, err, "%#v", o)
	}
	_, err := SelfAdversarialFlow{}.Bind(structured.Problem[Point]{Space: spaceOver(t, Lebesgue{}, 1), Coupling: smooth})
	assert.ErrorIs(t, err, structured.ErrImproper)
}

func TestDirections(t *testing.T) {
	vs, rng := makePoints(20_000, 2), rand.New(rand.NewPCG(1, 1))
	for _, d := range []Directions{Rademacher, Normal} {
		d.draw(vs, rng)
		_, cov := covariance(vs, nil, 2, 0)
		almost.Slice(t, []float64{1, 0, 0, 1}, cov, 0.06, 0, "%v", d)
	}
	assert.Equal(t, "normal", Normal.String())
	assert.Equal(t, "Directions(9)", Directions(9).String())
}
