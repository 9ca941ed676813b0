package snl

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/race"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// target is a model with exact draws.
type target struct {
	name     string
	problem  structured.Problem[Point]
	theta    structured.Theta
	sampler  structured.ExactSampler[Point]
	step     float64 // about the scale of the narrowest part
	unitDims int
}

func newTarget(t testing.TB, name string, c Coupling, base Form, dim int, step float64, logits ...float64) target {
	s, space := bind(t, c, dim), spaceOver(t, base, dim)
	inf, err := s.(structured.Inferrer[Point]).Infer(space)
	require.NoError(t, err)
	theta := structured.Theta{Logits: logits}
	require.Len(t, logits, s.NumLogits())
	return target{
		name: name, problem: structured.Problem[Point]{Space: space, Coupling: s, Inference: inf}, theta: theta,
		sampler: inf.(structured.ExactSampler[Point]), step: step, unitDims: dim,
	}
}

// targets are Gaussian and not, over Lebesgue measure, a Gaussian and a box.
func targets(t testing.TB) []target {
	none := MixtureDensity{Components: 2, Spread: nn.Off, MinScale: nn.Off}
	full := MixtureDensity{Components: 1, Full: true, MinScale: nn.Off}
	box := Uniform{Low: []float64{-1}, High: []float64{2}}
	return []target{
		newTarget(t, "mixture", none, Lebesgue{}, 1, 1, 0.3, -0.3, -1.2, 1, math.Log(0.5), math.Log(0.8)),
		newTarget(t, "correlated", full, Lebesgue{}, 2, 0.8, 1, -1, 0, math.Log(0.7), -0.8),
		newTarget(t, "tilted", ExponentialFamily{}, Gaussian{Mean: []float64{0.5, 0}, Std: []float64{1, 0.7}}, 2, 0.7, 1, -1, -0.4, 0.5, -0.3),
		newTarget(t, "truncated", ExponentialFamily{}, box, 1, 0.8, 2, -1),
	}
}

func runKernel(t testing.TB, k structured.Kernel[Point], g target, ys []Point, key uint64) (rate float64) {
	t.Helper()
	chains, err := k.Bind(g.problem)
	require.NoError(t, err)
	a, n := chains.(CountingChains).RunCounting(ys, g.theta, key)
	return float64(a) / float64(n)
}

// sameLaw checks means of the waves and squares of points against those of
// exact draws, within 6 standard errors of the difference.
func sameLaw(t *testing.T, want, got []Point, what string) {
	t.Helper()
	f := func(ys []Point) (mean, variance []float64) {
		for _, y := range ys {
			w := waves(y)
			for _, v := range y {
				w = append(w, v, v*v)
			}
			if mean == nil {
				mean, variance = make([]float64, len(w)), make([]float64, len(w))
			}
			for k, v := range w {
				mean[k] += v / float64(len(ys))
				variance[k] += v * v / float64(len(ys))
			}
		}
		for k, m := range mean {
			variance[k] = (variance[k] - m*m) / float64(len(ys))
		}
		return mean, variance
	}
	a, va := f(want)
	b, vb := f(got)
	for k := range a {
		almost.Equal(t, a[k], b[k], 6*math.Sqrt(va[k]+vb[k]), 0, "%s: feature %d", what, k)
	}
}

// Chains that start with the law of the model keep it, however long the steps.
func TestMetropolisChainsLeaveTheModelInvariant(t *testing.T) {
	const n = 20_000
	for _, g := range targets(t) {
		start, fresh := makePoints(n, g.unitDims), makePoints(n, g.unitDims)
		g.sampler.SampleModel(fresh, g.theta, 99)
		for name, kernel := range map[string]func(step float64) structured.Kernel[Point]{
			"MALA":        func(s float64) structured.Kernel[Point] { return MALA{Step: s, Steps: 4} },
			"random walk": func(s float64) structured.Kernel[Point] { return RandomWalk{Step: s, Steps: 4} },
		} {
			for _, factor := range []float64{0.7, 1.6} {
				t.Run(g.name+"/"+name, func(t *testing.T) {
					g.sampler.SampleModel(start, g.theta, 7)
					rate := runKernel(t, kernel(factor*g.step), g, start, 3)
					sameLaw(t, fresh, start, name)
					assert.Greater(t, rate, 0.1)
					assert.Less(t, rate, 0.99, "a test of steps that are all taken would be none")
				})
			}
		}
	}
}

// From far away chains reach the model.
func TestMetropolisChainsConverge(t *testing.T) {
	const n = 2000
	for _, g := range targets(t) {
		for _, k := range []structured.Kernel[Point]{MALA{Step: g.step, Steps: 100}, RandomWalk{Step: 1.5 * g.step, Steps: 200}} {
			ys, exact := makePoints(n, g.unitDims), makePoints(10*n, g.unitDims)
			for _, y := range ys {
				for j := range y {
					y[j] = 1.8
				}
			}
			runKernel(t, k, g, ys, 5)
			g.sampler.SampleModel(exact, g.theta, 6)
			sameLaw(t, exact, ys, g.name)
		}
	}
}

// The unadjusted algorithm on N(0, s^2) is an autoregression whose variance is
// known: s^2/(1 - h^2/4s^2) where MALA has s^2.
func TestLangevinHasTheBiasThatItHas(t *testing.T) {
	const n, s = 40_000, 0.8
	g := newTarget(t, "normal", MixtureDensity{Components: 1, MinScale: nn.Off}, Lebesgue{}, 1, 1, 0.5, math.Log(s))
	variance := func(k structured.Kernel[Point]) float64 {
		ys := makePoints(n, 1)
		g.sampler.SampleModel(ys, g.theta, 1)
		runKernel(t, k, g, ys, 2)
		v := 0.0
		for _, y := range ys {
			v += (y[0] - 0.5) * (y[0] - 0.5) / n
		}
		return v
	}
	se := math.Sqrt(2.0 / n) // relative, of a variance
	for _, h := range []float64{0.4, 0.8, 1.2} {
		want := s * s / (1 - h*h/(4*s*s))
		almost.Equal(t, want, variance(Langevin{Step: h, Steps: 60}), 0, 6*se, "step %g", h)
	}
	almost.Equal(t, s*s, variance(MALA{Step: 1.2, Steps: 60}), 0, 6*se, "adjusted")
}

func TestChainsStayInTheSupport(t *testing.T) {
	g := targets(t)[3]
	for _, k := range []structured.Kernel[Point]{Langevin{Step: 1.5}, MALA{Step: 1.5}, RandomWalk{Step: 1.5}} {
		ys := makePoints(500, 1)
		g.sampler.SampleModel(ys, g.theta, 1)
		runKernel(t, k, g, ys, 2)
		for _, y := range ys {
			require.NoError(t, g.problem.Space.Check(y), "%T", k)
		}
	}
}

// A chain is that of its key and number alone.
func TestChainsDoNotDependOnEachOther(t *testing.T) {
	for _, g := range targets(t) {
		for _, k := range []structured.Kernel[Point]{Langevin{}, MALA{}, RandomWalk{}} {
			chains, err := k.Bind(g.problem)
			require.NoError(t, err)
			run := func(n int) []Point {
				ys := makePoints(40, g.unitDims)
				g.sampler.SampleModel(ys, g.theta, 1)
				chains.Run(ys[:n], g.theta, 8)
				return ys[:n]
			}
			all := run(40)
			for m, y := range run(7) {
				almost.Same(t, all[m], y, "%T on %s", k, g.name)
			}
			again := run(40)
			for m := range all {
				almost.Same(t, all[m], again[m], "the same key must give the same chains")
			}
			chains.Run(nil, g.theta, 1)
		}
	}
}

// Coupled chains have the law of Run, meet, and stay together.
func TestCoupledChains(t *testing.T) {
	const n = 4000
	for _, g := range targets(t) {
		for _, k := range []structured.Kernel[Point]{
			MALA{Step: g.step, Steps: 3}, RandomWalk{Step: g.step, Steps: 3}, Langevin{Step: g.step / 2, Steps: 3},
		} {
			chains, err := k.Bind(g.problem)
			require.NoError(t, err)
			coupled := chains.(structured.CoupledChains[Point])
			x, y, alone := makePoints(n, g.unitDims), makePoints(n, g.unitDims), makePoints(n, g.unitDims)
			met := 0
			for m := range x {
				for j := range x[m] {
					x[m][j], y[m][j], alone[m][j] = 0.4, -0.6, -0.6
				}
				if coupled.RunCoupled(&x[m], &y[m], g.theta, uint64(m)) {
					met++
					assert.Equal(t, x[m], y[m])
					assert.True(t, coupled.RunCoupled(&x[m], &y[m], g.theta, uint64(n+m)), "chains that have met stay together")
					assert.Equal(t, x[m], y[m])
				} else {
					assert.NotEqual(t, x[m], y[m])
					coupled.RunCoupled(&x[m], &y[m], g.theta, uint64(n+m))
				}
			}
			assert.Greater(t, met, n/20, "%T on %s: chains must have a chance to meet", k, g.name)
			chains.Run(alone, g.theta, 2)
			chains.Run(alone, g.theta, 3)
			sameLaw(t, alone, y, g.name+": the second chain")
			for _, p := range alone {
				for j := range p {
					p[j] = 0.4
				}
			}
			chains.Run(alone, g.theta, 2)
			chains.Run(alone, g.theta, 3)
			sameLaw(t, alone, x, g.name+": the first chain")
		}
	}
}

// Two Gaussian moves are the same as often as any coupling can make them: with
// the probability 1 minus the total variation of their laws.
func TestTheReflectionCouplingIsMaximal(t *testing.T) {
	const n, h = 20_000, 0.5
	g := newTarget(t, "flat", ExponentialFamily{Polynomial{Degree: 1}}, Uniform{Low: []float64{-50}, High: []float64{50}}, 1, 1, 0)
	chains, err := RandomWalk{Step: h, Steps: 1}.Bind(g.problem)
	require.NoError(t, err)
	for _, distance := range []float64{0.2, 1} {
		met, mean, square := 0, 0.0, 0.0
		for m := range n {
			x, y := Point{0}, Point{distance}
			if chains.(structured.CoupledChains[Point]).RunCoupled(&x, &y, g.theta, uint64(m)) {
				met++
			}
			z := (y[0] - distance) / h // standard normal whether they met or not
			mean += z / n
			square += z * z / n
		}
		almost.Equal(t, 0, mean, 6/math.Sqrt(n), 0, "the mean of the second move")
		almost.Equal(t, 1, square, 6*math.Sqrt(2.0/n), 0, "the variance of the second move")
		p := math.Erfc(distance / (2 * h * math.Sqrt2))
		lo, hi := binomial.Band(n, p, 1e-9)
		assert.True(t, lo <= met && met <= hi, "distance %g: met %d times, want %d to %d", distance, met, lo, hi)
	}
}

func TestKernelSettings(t *testing.T) {
	g := targets(t)[0]
	for _, k := range []structured.Kernel[Point]{
		Langevin{Step: -1}, MALA{Step: math.NaN()}, RandomWalk{Step: math.Inf(1)}, Langevin{Steps: -1}, MALA{Steps: -2}, RandomWalk{Steps: -1},
	} {
		_, err := k.Bind(g.problem)
		assert.ErrorContains(t, err, "want a positive number", "%#v", k)
	}
	var order *OrderError
	p := g.problem
	p.Coupling = scoresOnly{g.problem.Coupling}
	for _, k := range []structured.Kernel[Point]{Langevin{}, MALA{}} {
		_, err := k.Bind(p)
		assert.ErrorAs(t, err, &order)
	}
	_, err := RandomWalk{}.Bind(p)
	assert.NoError(t, err, "a random walk needs scores alone")
	p = g.problem
	p.Space = spaceOver(t, Given{noGradient{}}, 1)
	_, err = MALA{}.Bind(p)
	assert.ErrorContains(t, err, "has no gradient")
}

type noGradient struct{}

func (noGradient) Dim() int                            { return 1 }
func (noGradient) LogDensity(dst []float64, _ []Point) { clear(dst) }
func (noGradient) Sample([]Point, *rand.Rand)          {}

func TestChainsDoNotAllocate(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	c := bind(t, Joint{Logits: 2, Network: small}, 2)
	p := structured.Problem[Point]{Space: spaceOver(t, Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 1}}, 2), Coupling: c}
	theta, ys := thetaFor(c, 0.5, 1), randomPoints(16, 2, 1)
	for _, k := range []structured.Kernel[Point]{Langevin{}, MALA{}, RandomWalk{}} {
		chains, err := k.Bind(p)
		require.NoError(t, err)
		allocs := testing.AllocsPerRun(20, func() { chains.Run(ys, theta, 1) })
		assert.Less(t, allocs, 1.0, "%T", k)
	}
	assert.False(t, slices.ContainsFunc(ys, func(y Point) bool { return math.IsNaN(y[0]) }))
}
