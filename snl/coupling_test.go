package snl

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

type structures = structuredtest.Structures[Point]

// waves are bounded features of points.
func waves(y Point) []float64 {
	sum, out := 0.0, []float64{}
	for j, v := range y {
		out = append(out, math.Sin(v), math.Cos(v), math.Tanh(v))
		sum += float64(j+1) * v
	}
	return append(out, math.Cos(sum))
}

// grid is the tensor product in dim dimensions of a rule on the line.
func grid(x, w []float64, dim int) structures {
	s := structures{Equal: func(a, b Point) bool { return slices.Equal(a, b) }, Features: waves, Scales: []float64{0, 0.3}}
	n := 1
	for range dim {
		n *= len(x)
	}
	for i := range n {
		y, weight := make(Point, dim), 1.0
		for j, at := 0, i; j < dim; j, at = j+1, at/len(x) {
			y[j] = x[at%len(x)]
			weight *= w[at%len(x)]
		}
		s.All, s.Weights = append(s.All, y), append(s.Weights, weight)
	}
	return s
}

// trapezoids is exact to rounding for densities that fall off inside
// [-reach, reach] and are smooth on the scale of h.
func trapezoids(reach, h float64, dim int) structures {
	var x, w []float64
	for i := range 2*int(reach/h) + 1 {
		x, w = append(x, -reach+float64(i)*h), append(w, h)
	}
	return grid(x, w, dim)
}

// legendres is the Gauss-Legendre rule on panels of an interval.
func legendres(low, high float64, panels, dim int) structures {
	x, w := make([]float64, 12*panels), make([]float64, 12*panels)
	for i := range panels {
		a := low + (high-low)*float64(i)/float64(panels)
		b := low + (high-low)*float64(i+1)/float64(panels)
		quad.Legendre{}.FixedLocations(x[12*i:12*(i+1)], w[12*i:12*(i+1)], a, b)
	}
	return grid(x, w, dim)
}

func bind(t testing.TB, c Coupling, dim int) Smooth {
	t.Helper()
	s, err := c.Bind(dim)
	require.NoError(t, err)
	require.Equal(t, dim, s.Dim())
	return s
}

func spaceOver(t testing.TB, f Form, dim int) *Space {
	t.Helper()
	d, err := f.Bind(dim)
	require.NoError(t, err)
	s, err := NewSpace(d)
	require.NoError(t, err)
	return s
}

func randomPoints(n, dim int, seed uint64) []Point {
	rng, ys := rand.New(rand.NewPCG(seed, 1)), makePoints(n, dim)
	for _, y := range ys {
		for j := range y {
			y[j] = rng.NormFloat64()
		}
	}
	return ys
}

// theta draws parameters of a scale.
func thetaFor(c structured.Coupling[Point], scale float64, seed uint64) structured.Theta {
	rng := rand.New(rand.NewPCG(seed, 2))
	t := structured.Theta{Logits: make([]float64, c.NumLogits()), Own: make([]float64, c.NumOwn())}
	for _, v := range [][]float64{t.Logits, t.Own} {
		for i := range v {
			v[i] = scale * rng.NormFloat64()
		}
	}
	return t
}

var small = nn.MLP{Hidden: []int{5, 4}, Activation: nn.Tanh}

// couplings are all couplings, small, with the dimensions to try.
var couplings = []struct {
	of   Coupling
	dims []int
}{
	{Joint{Logits: 3, Network: small}, []int{1, 2}},
	{Joint{Logits: nn.Off, Network: small}, []int{3}},
	{Joint{Logits: 2, Network: nn.ResMLP{Width: 4, Blocks: 2, Activation: nn.SiLU}}, []int{2}},
	{Joint{Logits: 2, Network: nn.MLP{Hidden: []int{6}}}, []int{2}},
	{Joint{Logits: 2, Network: nn.Linear{}}, []int{2}},
	{Joint{Logits: 2, Network: nn.MLP{Hidden: []int{5}, Activation: nn.Softplus}, Frequencies: []float64{1, 2.5}}, []int{1, 2}},
	{Joint{Logits: 2, Network: small, Frequencies: []float64{1}, Periodic: true}, []int{2}},
	{ExponentialFamily{}, []int{1, 2, 3}},
	{ExponentialFamily{Quadratic{Diagonal: true}}, []int{2}},
	{ExponentialFamily{Polynomial{}}, []int{1, 2}},
	{ExponentialFamily{Trigonometric{}}, []int{1}},
	{ExponentialFamily{Trigonometric{Order: 3}}, []int{2}},
	{MixtureDensity{Components: 1}, []int{1, 2}},
	{MixtureDensity{Components: 3}, []int{1, 2}},
	{MixtureDensity{Components: 2, Full: true, MinScale: nn.Off, Spread: nn.Off}, []int{3}},
	{Tilted{Base: MixtureDensity{Components: 2}, Energy: Joint{Logits: 2, Network: small}}, []int{1, 2}},
	{Tilted{Base: MixtureDensity{Components: 2, Full: true}, Energy: ExponentialFamily{}}, []int{2}},
}

func TestCouplings(t *testing.T) {
	for _, c := range couplings {
		for _, dim := range c.dims {
			t.Run(fmt.Sprintf("%T%+v/%d", c.of, c.of, dim), func(t *testing.T) {
				s := bind(t, c.of, dim)
				ys := randomPoints(9, dim, 3)
				structuredtest.Smooth(t, s, ys)
				structuredtest.Coupling(t, scoresOnly{s}, structured.Space[Point](spaceOver(t, Lebesgue{}, dim)), structures{
					All: randomPoints(300, dim, 4), Equal: func(a, b Point) bool { return slices.Equal(a, b) }, Scales: []float64{0, 0.5, 1},
				})
			})
		}
	}
}

// scoresOnly hides the inference of a coupling.
type scoresOnly struct{ structured.Coupling[Point] }

func TestExactInference(t *testing.T) {
	full := FullGaussian{Mean: []float64{0.3, -0.5}, Covariance: []float64{0.25, 0.1, 0.1, 0.3}}
	for _, c := range []struct {
		name  string
		of    Coupling
		base  Form
		nodes structures
	}{
		{"Gaussian", ExponentialFamily{}, Gaussian{Mean: []float64{0.7}, Std: []float64{0.5}}, trapezoids(12, 0.05, 1)},
		{"Gaussian, diagonal", ExponentialFamily{Quadratic{Diagonal: true}}, Gaussian{Mean: []float64{0.7, -1}, Std: []float64{0.5, 0.4}}, trapezoids(6, 0.15, 2)},
		{"Gaussian, correlated", ExponentialFamily{}, Gaussian{Mean: []float64{0.7, -1}, Std: []float64{0.5, 0.4}}, trapezoids(6, 0.15, 2)},
		{"full Gaussian", ExponentialFamily{}, full, trapezoids(6, 0.15, 2)},
		{"truncated Gaussian", ExponentialFamily{}, Uniform{Low: []float64{-1}, High: []float64{2}}, legendres(-1, 2, 30, 1)},
		{"truncated Gaussian, 2", ExponentialFamily{Polynomial{Degree: 2}}, Uniform{Low: []float64{-1, -1}, High: []float64{2, 2}}, legendres(-1, 2, 5, 2)},
		{"von Mises", ExponentialFamily{Trigonometric{}}, Uniform{Low: []float64{-math.Pi}, High: []float64{math.Pi}}, legendres(-math.Pi, math.Pi, 40, 1)},
		{"von Mises, higher", ExponentialFamily{Trigonometric{Order: 3}}, Uniform{Low: []float64{-math.Pi}, High: []float64{math.Pi}}, legendres(-math.Pi, math.Pi, 40, 1)},
		{"polynomial", ExponentialFamily{Polynomial{}}, Uniform{Low: []float64{-2}, High: []float64{2}}, legendres(-2, 2, 40, 1)},
		{"Gaussian, standardised", ExponentialFamily{}, standardised{Gaussian{Mean: []float64{7, 2}, Std: []float64{1.5, 0.2}}}, trapezoids(6, 0.15, 2)},
		{"full Gaussian, standardised", ExponentialFamily{}, standardised{FullGaussian{Mean: []float64{6, 3}, Covariance: []float64{2, 0.3, 0.3, 0.1}}}, trapezoids(6, 0.15, 2)},
		{"truncated Gaussian, standardised", ExponentialFamily{}, standardised{Uniform{Low: []float64{2}, High: []float64{11}}}, legendres(-1, 2, 30, 1)},
		{"normal", MixtureDensity{Components: 1}, Lebesgue{}, trapezoids(30, 0.1, 1)},
		{"mixture", MixtureDensity{Components: 4}, Lebesgue{}, trapezoids(30, 0.1, 1)},
		{"mixture in 2", MixtureDensity{Components: 2}, Lebesgue{}, trapezoids(14, 0.3, 2)},
		{"full mixture in 2", MixtureDensity{Components: 2, Full: true}, Lebesgue{}, trapezoids(14, 0.3, 2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := c.base.Bind(len(c.nodes.All[0]))
			require.NoError(t, err)
			if _, _, ok := boxOf(d); ok {
				c.nodes.Scales = []float64{0, 1, 4}
			}
			dim := len(c.nodes.All[0])
			s, space := bind(t, c.of, dim), spaceOver(t, c.base, dim)
			inf, err := s.(structured.Inferrer[Point]).Infer(space)
			require.NoError(t, err)
			_, ok := inf.(structured.LogPartition[Point])
			require.True(t, ok, "no log partition")
			structuredtest.Coupling(t, s.(structured.Coupling[Point]), structured.Space[Point](space), c.nodes)
		})
	}
}

// standardised is a density of y as one of (y - 5)/3, or (y - 2)/0.5 for a second
// coordinate.
type standardised struct{ Form }

func (s standardised) Bind(dim int) (Density, error) {
	d, err := s.Form.Bind(dim)
	if err != nil {
		return nil, err
	}
	return coordinates{shift: []float64{5, 2}[:dim], scale: []float64{3, 0.5}[:dim]}.in(d), nil
}

func TestInferenceThatThereIsNot(t *testing.T) {
	infer := func(c Coupling, f Form) (structured.Inference[Point], error) {
		return bind(t, c, 1).(structured.Inferrer[Point]).Infer(spaceOver(t, f, 1))
	}
	one := []float64{1}
	for _, c := range []struct {
		of   Coupling
		base Form
	}{
		{ExponentialFamily{}, Student{Location: []float64{0}, Scale: one, Freedom: 3}},
		{ExponentialFamily{Polynomial{}}, Gaussian{Mean: one, Std: one}},
		{ExponentialFamily{Trigonometric{}}, Lebesgue{}},
	} {
		inf, err := infer(c.of, c.base)
		require.NoError(t, err)
		assert.Nil(t, inf, "%T over %T", c.of, c.base)
	}
	_, err := infer(MixtureDensity{}, Gaussian{Mean: one, Std: one})
	assert.ErrorContains(t, err, "Lebesgue")
	_, err = infer(Tilted{}, Gaussian{Mean: one, Std: one})
	assert.ErrorContains(t, err, "Lebesgue")
	inf, err := infer(Tilted{}, Lebesgue{})
	require.NoError(t, err)
	assert.Nil(t, inf)
	var dim *structured.DimensionError
	_, err = bind(t, ExponentialFamily{}, 2).(structured.Inferrer[Point]).Infer(spaceOver(t, Lebesgue{}, 1))
	assert.ErrorAs(t, err, &dim)
}

// A Gaussian that the base does not hold down has an infinite integral, and
// says so.
func TestAnImproperGaussianHasAnInfiniteLogZ(t *testing.T) {
	inf, err := bind(t, ExponentialFamily{}, 2).(structured.Inferrer[Point]).Infer(spaceOver(t, Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 1}}, 2))
	require.NoError(t, err)
	theta := structured.Theta{Logits: []float64{0, 0, 1.5, 0, 0}}
	grad := structured.Theta{Logits: make([]float64, 5)}
	z := inf.(structured.LogPartition[Point])
	assert.True(t, math.IsInf(z.LogZ(theta), 1))
	assert.True(t, math.IsInf(z.AddGradLogZ(grad, theta, 1), 1))
	assert.Equal(t, make([]float64, 5), grad.Logits)
	y := Point{7, 7}
	_, proven := inf.Mode(&y, theta, 1)
	assert.False(t, proven)
	ys := makePoints(1, 2)
	inf.(structured.ExactSampler[Point]).SampleModel(ys, theta, 1)
	assert.True(t, math.IsNaN(ys[0][0]))
}

// Values of Bessel and error functions, from Abramowitz and Stegun, tables 9.8
// and 7.1, and closed forms for peaks of any sharpness.
func TestLogZOfKnownIntegrals(t *testing.T) {
	logZ := func(s Statistics, low, high float64, theta ...float64) float64 {
		inf, err := bind(t, ExponentialFamily{s}, 1).(structured.Inferrer[Point]).Infer(spaceOver(t, Uniform{Low: []float64{low}, High: []float64{high}}, 1))
		require.NoError(t, err)
		return inf.(structured.LogPartition[Point]).LogZ(structured.Theta{Logits: theta})
	}
	almost.Equal(t, math.Log(1.2660658777520084), logZ(Trigonometric{}, -math.Pi, math.Pi, 0, 1), 1e-14, 1e-13, "I0(1)")
	almost.Equal(t, math.Log(2.2795853023360673), logZ(Trigonometric{}, -math.Pi, math.Pi, 2, 0), 1e-14, 1e-13, "I0(2)")
	k := 1e6 // log I0(k) = k - log(2 pi k)/2 + 1/(8k) + ...
	almost.Equal(t, k-0.5*math.Log(2*math.Pi*k)+1/(8*k), logZ(Trigonometric{}, -math.Pi, math.Pi, 0.6*k, 0.8*k), 1e-8, 0, "I0(1e6)")
	almost.Equal(t, math.Log(math.Sqrt(math.Pi)/2*math.Erf(1)), logZ(Quadratic{}, 0, 1, 0, -2), 1e-14, 1e-13, "erf(1)")
	for _, precision := range []float64{1e2, 1e6, 1e12} { // a needle at 0.3
		want := -0.5*math.Log(precision/(2*math.Pi)) - math.Log(2)
		almost.Equal(t, want+0.5*precision*0.09, logZ(Quadratic{}, -1, 1, 0.3*precision, -precision), 1e-9, 1e-14, "precision %g", precision)
	}
	// exp(a t) alone: (e^a - e^-a)/2a, also where e^a overflows.
	almost.Equal(t, math.Log(math.Sinh(3)/3), logZ(Polynomial{Degree: 1}, -1, 1, 3), 1e-14, 1e-13)
	almost.Equal(t, 1e5-math.Log(2e5), logZ(Polynomial{Degree: 1}, -1, 1, 1e5), 0, 1e-14)
	// A well at the middle, with the mass at both ends: Dawson's integral,
	// int_0^1 e^(t^2) dt = 1.46265174590718160880.
	almost.Equal(t, math.Log(1.4626517459071816), logZ(Quadratic{}, -1, 1, 0, 2), 1e-14, 1e-13, "Dawson")
}

// At the maximum of the likelihood the moments of the model are those of the
// data, and these are the closed-form estimates.
func TestTheGaussianFamilyReachesMaximumLikelihood(t *testing.T) {
	ys := randomPoints(500, 2, 8)
	for _, y := range ys {
		y[0], y[1] = 1+0.6*y[0], -0.5+0.3*y[0]+0.4*y[1]
	}
	f, err := FullGaussian{}.Fit(ys, nil, 1)
	require.NoError(t, err)
	fitted, err := f.Bind(2)
	require.NoError(t, err)
	c, space := bind(t, ExponentialFamily{}, 2), spaceOver(t, Gaussian{Mean: []float64{0, 0}, Std: []float64{3, 2}}, 2)
	inf, err := c.(structured.Inferrer[Point]).Infer(space)
	require.NoError(t, err)
	z := inf.(structured.LogPartition[Point])
	// Newton's steps by the Hessian of log Z, from differences of its gradient.
	n := c.NumLogits()
	theta := structured.Theta{Logits: []float64{0, 0, -2, 0, -2}}
	mean := structured.Theta{Logits: make([]float64, n)}
	w := slices.Repeat([]float64{1 / float64(len(ys))}, len(ys))
	c.AddGrad(mean, theta, ys, w)
	residual := func() []float64 {
		g := structured.Theta{Logits: make([]float64, n)}
		z.AddGradLogZ(g, theta, 1)
		for i := range g.Logits {
			g.Logits[i] -= mean.Logits[i]
		}
		return g.Logits
	}
	newton(t, theta.Logits, residual, 30)
	almost.Slice(t, make([]float64, n), residual(), 1e-10, 0)
	at := randomPoints(20, 2, 9)
	score, logq, want := make([]float64, 20), make([]float64, 20), make([]float64, 20)
	c.Score(score, theta, at)
	space.LogProb(logq, at)
	fitted.LogDensity(want, at)
	for i := range at {
		almost.Equal(t, want[i], score[i]+logq[i]-z.LogZ(theta), 1e-5, 1e-5, "the fitted density is the maximum of the likelihood")
	}
}

// newton solves residual = 0 in x, with the Jacobian from differences.
func newton(t *testing.T, x []float64, residual func() []float64, steps int) {
	t.Helper()
	n := len(x)
	for range steps {
		r, jacobian := residual(), make([]float64, n*n)
		for j, at := range x {
			const h = 1e-6
			x[j] = at + h
			up := residual()
			x[j] = at - h
			down := residual()
			x[j] = at
			for i := range n {
				jacobian[i*n+j] = (up[i] - down[i]) / (2 * h)
			}
		}
		for i := range n { // symmetric, as it should be
			for j := range i {
				v := (jacobian[i*n+j] + jacobian[j*n+i]) / 2
				jacobian[i*n+j], jacobian[j*n+i] = v, v
			}
		}
		require.True(t, factorise(jacobian, n), "log Z is strictly convex")
		forwardSubstitute(jacobian, r, n)
		backSubstitute(jacobian, r, n)
		scale := 1.0
		for _, v := range r {
			scale = min(scale, 0.5/math.Abs(v))
		}
		for i := range x {
			x[i] -= scale * r[i]
		}
	}
}
