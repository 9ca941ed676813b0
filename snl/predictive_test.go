package snl

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// curve is a coupling over the line by a formula.
type curve func(y float64) float64

func (curve) NumLogits() int            { return 0 }
func (curve) NumOwn() int               { return 0 }
func (curve) InitOwn([]float64, uint64) {}
func (c curve) Score(dst []float64, _ structured.Theta, ys []Point) {
	for i, y := range ys {
		dst[i] = c(y[0])
	}
}
func (curve) AddGrad(_, _ structured.Theta, _ []Point, _ []float64) {}

// predictiveOf integrates base times exp curve in coordinates shifted by 10
// with scale 3; the curve is one in z.
func predictiveOf(t *testing.T, base Form, c curve) *Predictive {
	t.Helper()
	in := coordinates{[]float64{10}, []float64{3}}
	d, err := base.Bind(1)
	require.NoError(t, err)
	s, err := NewSpace(in.in(d))
	require.NoError(t, err)
	s.coordinates = in
	p, err := newPredictive(s, c, structured.Theta{})
	require.NoError(t, err)
	return p
}

// gaussianCurve makes the model N(m, s^2) in z of Lebesgue measure.
func gaussianCurve(m, s float64) curve {
	return func(y float64) float64 { return -0.5 * (y - m) * (y - m) / (s * s) }
}

// Against the Gaussian in closed form, in the user's units, also where it is
// narrow and far from the centre of the base.
func TestPredictiveGaussian(t *testing.T) {
	base := Gaussian{Mean: []float64{10}, Std: []float64{3}} // N(0, 1) in z
	for _, c := range []struct{ mean, std float64 }{{0, 1}, {0.5, 0.3}, {-2, 0.01}, {6, 0.05}, {8.77, 1e-4}} {
		// Relative to the base: log N(z; m, s) - log N(z; 0, 1) and a constant.
		p := predictiveOf(t, base, func(z float64) float64 {
			return 5 - 0.5*(z-c.mean)*(z-c.mean)/(c.std*c.std) + 0.5*z*z
		})
		want := distuv.Normal{Mu: 10 + 3*c.mean, Sigma: 3 * c.std}
		almost.Equal(t, 5+math.Log(c.std), p.LogZ().Value, 1e-9, 1e-9, "log Z")
		assert.Less(t, p.LogZ().Error, 1e-8)
		assert.Equal(t, structured.Estimate, p.LogZ().Kind)
		almost.Equal(t, want.Mu, p.Mean(), 1e-9*want.Sigma, 1e-12)
		almost.Equal(t, want.Variance(), p.Variance(), 0, 1e-8)
		almost.Equal(t, want.Entropy(), p.Entropy(), 1e-8, 0)
		for _, z := range []float64{-4, -1.3, -0.2, 0, 0.4, 1, 2.5, 5} {
			y := want.Mu + z*want.Sigma
			almost.Equal(t, want.LogProb(y), p.LogPDF(y), 1e-7, 0)
			almost.Equal(t, want.Prob(y), p.PDF(y), 0, 1e-7)
			almost.Equal(t, want.CDF(y), p.CDF(y), 1e-8, 0)
			almost.Equal(t, crpsOfGaussian(y, want), p.CRPS(y), 1e-8*want.Sigma, 1e-7)
		}
		for _, prob := range []float64{1e-6, 0.01, 0.3, 0.5, 0.9, 0.999} {
			q, err := p.Quantile(prob)
			require.NoError(t, err)
			almost.Equal(t, want.Quantile(prob), q, 5e-9/want.Prob(q), 0)
			almost.Equal(t, prob, p.CDF(q), 1e-12+1e-15*math.Abs(q)/want.Sigma, 0, "quantiles invert the distribution function")
		}
		for _, kind := range []IntervalKind{Central, Shortest} {
			in, err := p.Interval(0.9, kind)
			require.NoError(t, err)
			r := 1.6448536269514722 * want.Sigma
			almost.Slice(t, []float64{want.Mu - r, want.Mu + r}, []float64{in.Low, in.High}, 1e-4*want.Sigma, 0, "%v", kind)
		}
		region, err := p.Region(0.9)
		require.NoError(t, err)
		require.Len(t, region, 1)
		almost.Equal(t, 2*1.6448536269514722*want.Sigma, region[0].Width(), 0, 1e-5)
		modes := p.Modes()
		require.Len(t, modes, 1)
		almost.Equal(t, want.Mu, modes[0].Y, 1e-5*want.Sigma, 1e-8)
		almost.Equal(t, want.Prob(want.Mu), modes[0].Density, 0, 1e-7)
	}
}

// crpsOfGaussian is the closed form (Gneiting and Raftery 2007, equation 21).
func crpsOfGaussian(y float64, n distuv.Normal) float64 {
	z := (y - n.Mu) / n.Sigma
	return n.Sigma * (z*(2*distuv.UnitNormal.CDF(z)-1) + 2*distuv.UnitNormal.Prob(z) - 1/math.Sqrt(math.Pi))
}

// shapes are densities of which nothing is known in closed form but what the
// definitions say.
func shapes(t *testing.T) map[string]*Predictive {
	normal := Gaussian{Mean: []float64{10}, Std: []float64{3}}
	return map[string]*Predictive{
		"base":     predictiveOf(t, normal, func(float64) float64 { return 0 }),
		"two":      predictiveOf(t, normal, func(z float64) float64 { return math.Log(math.Exp(-200*(z-1)*(z-1)) + 0.5*math.Exp(-20*(z+2)*(z+2))) }),
		"kinks":    predictiveOf(t, normal, func(z float64) float64 { return -8*math.Abs(z-0.3) + 5*max(z-1.2, 0) }),
		"step":     predictiveOf(t, normal, func(z float64) float64 { return 3 * math.Tanh(400*(z-0.711)) }),
		"box":      predictiveOf(t, Uniform{Low: []float64{7}, High: []float64{13}}, func(z float64) float64 { return 2 * z }),
		"student":  predictiveOf(t, Student{Freedom: 3, Location: []float64{10}, Scale: []float64{9}}, func(z float64) float64 { return math.Sin(3 * z) }),
		"improper": predictiveOf(t, Lebesgue{}, func(z float64) float64 { return -z*z*z*z + 3*z*z + 0.4*z }),
		"far":      predictiveOf(t, normal, func(z float64) float64 { return 40 * z }), // N(40, 1) in z
	}
}

func TestPredictiveIsADistribution(t *testing.T) {
	for name, p := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			// The density integrates to the differences of the distribution
			// function, by another rule than the one it was made by.
			lo, hi := p.quantile(1e-6), p.quantile(1-1e-6)
			const n = 40_000
			ys, logp := make([]float64, n), make([]float64, n)
			h := (hi - lo) / n
			for i := range ys {
				ys[i] = lo + (float64(i)+0.5)*h
			}
			p.LogPDFs(logp, ys)
			sum, last, mean, worst := p.CDF(lo), 0.0, 0.0, 0.0
			for i, l := range logp {
				c := p.CDF(ys[i])
				assert.GreaterOrEqual(t, c, last, "the distribution function falls at %g", ys[i])
				last = c
				worst = max(worst, math.Abs(sum+0.5*h*math.Exp(l)-c))
				sum += h * math.Exp(l)
				mean += h * ys[i] * math.Exp(l)
			}
			tolerance := 2e-6
			if name == "step" || name == "student" {
				tolerance = 1e-4 // of the comparison: the step is 1/400 wide, the tails are long
			}
			almost.Equal(t, 1, sum+1e-6, tolerance, 0, "the density integrates to 1")
			assert.Less(t, worst, tolerance, "the distribution function is the integral of the density")
			if name != "student" { // whose tails have a part in it
				almost.Equal(t, p.Mean(), mean, 1e-3, 0)
			}
			for prob := 0.001; prob < 1; prob += 0.0137 {
				almost.Equal(t, prob, p.CDF(p.quantile(prob)), 1e-12, 0, "quantiles invert")
			}
			rng := rand.New(rand.NewPCG(1, 2))
			draws := make([]float64, 20_000)
			p.Sample(draws, rng)
			u := make([]float64, len(draws))
			for i, y := range draws {
				u[i] = p.CDF(y)
			}
			assert.Greater(t, TestUniform(u).PValue, 1e-6, "draws are of the distribution")
			// CRPS from its other form: E|Y-y| - E|Y-Y'|/2.
			for _, y := range []float64{p.quantile(0.02), p.quantile(0.7), p.quantile(0.5) + 20} {
				var estimate weightedMean
				for i := 0; i+1 < len(draws); i += 2 {
					a, b := draws[i], draws[i+1]
					estimate.add(0.5*(math.Abs(a-y)+math.Abs(b-y)-math.Abs(a-b)), 1)
				}
				almost.Equal(t, estimate.value(), p.CRPS(y), 6*estimate.standardError(), 0)
			}
			for _, level := range []float64{0.1, 0.5, 0.95} {
				central, err := p.Interval(level, Central)
				require.NoError(t, err)
				shortest, err := p.Interval(level, Shortest)
				require.NoError(t, err)
				region, err := p.Region(level)
				require.NoError(t, err)
				total, mass := 0.0, 0.0
				for _, in := range region {
					total += in.Width()
					mass += p.CDF(in.High) - p.CDF(in.Low)
				}
				almost.Equal(t, level, p.CDF(central.High)-p.CDF(central.Low), 1e-10, 0)
				almost.Equal(t, level, p.CDF(shortest.High)-p.CDF(shortest.Low), 1e-10, 0)
				almost.Equal(t, level, mass, 1e-6, 0)
				assert.LessOrEqual(t, shortest.Width(), central.Width()*(1+1e-9))
				assert.LessOrEqual(t, total, shortest.Width()*(1+1e-6))
			}
			for _, m := range p.Modes() {
				for _, e := range []float64{-1e-3, 1e-3} {
					assert.GreaterOrEqual(t, m.Density*(1+1e-9), p.PDF(m.Y+e), "a mode at %g", m.Y)
				}
			}
		})
	}
}

func TestPredictiveShapes(t *testing.T) {
	s := shapes(t)
	assert.Len(t, s["two"].Modes(), 2)
	region, err := s["two"].Region(0.9)
	require.NoError(t, err)
	assert.Len(t, region, 2)
	// exp(2z) on [-1, 1]: z has the density 2 exp(2z)/(e^2 - e^-2).
	box := s["box"]
	almost.Equal(t, math.Log(math.Sinh(2)/2), box.LogZ().Value, 1e-10, 0)
	almost.Equal(t, (math.Exp(1)-math.Exp(-2))/(math.Exp(2)-math.Exp(-2)), box.CDF(10+3*0.5), 1e-9, 0)
	assert.Equal(t, 0.0, box.PDF(13.001))
	in, err := box.Interval(0.5, Shortest)
	require.NoError(t, err)
	almost.Equal(t, 13, in.High, 1e-9, 0, "the shortest interval ends where the density is highest")
	modes := box.Modes()
	require.Len(t, modes, 1)
	almost.Equal(t, 13, modes[0].Y, 1e-8, 0, "a mode at the edge")
	// exp(40 z) tilts N(0, 1) to N(40, 1).
	almost.Equal(t, 10+3*40, s["far"].Mean(), 1e-8, 0)
	almost.Equal(t, 800, s["far"].LogZ().Value, 1e-8, 0)
	// log Z of Lebesgue measure is that of an energy in the user's units.
	g := predictiveOf(t, Lebesgue{}, gaussianCurve(1, 0.5))
	almost.Equal(t, math.Log(3*0.5)+0.5*logTwoPi, g.LogZ().Value, 1e-9, 0)
	// kinks: two Laplace pieces; the mode is the kink.
	almost.Equal(t, 10+3*0.3, s["kinks"].Modes()[0].Y, 1e-6, 0)
}

func TestPredictiveSpecialValues(t *testing.T) {
	p := shapes(t)["base"]
	nan, inf := math.NaN(), math.Inf(1)
	assert.True(t, math.IsNaN(p.LogPDF(nan)) && math.IsNaN(p.CDF(nan)) && math.IsNaN(p.CRPS(nan)))
	assert.Equal(t, [4]float64{0, 0, 0, 1}, [4]float64{p.PDF(inf), p.PDF(-inf), p.CDF(-inf), p.CDF(inf)})
	for _, prob := range []float64{-0.1, 1.1, nan} {
		_, err := p.Quantile(prob)
		assert.Error(t, err)
	}
	for _, level := range []float64{0, 1, nan, -1} {
		_, err := p.Interval(level, Central)
		assert.Error(t, err)
		_, err = p.Region(level)
		assert.Error(t, err)
	}
	_, err := p.Interval(0.5, 7)
	assert.Error(t, err)
	lo, err := p.Quantile(0)
	require.NoError(t, err)
	hi, err := p.Quantile(1)
	require.NoError(t, err)
	assert.Less(t, lo, 10-3*7.0)
	assert.Greater(t, hi, 10+3*7.0)
	_, ok := p.Tau()
	assert.False(t, ok)
	assert.Equal(t, "central", Central.String())
	assert.Equal(t, "shortest", Shortest.String())
}

func TestIntegralsThatAreNone(t *testing.T) {
	integrate := func(base Form, c curve) error {
		s := spaceOver(t, base, 1)
		_, err := newPredictive(s, c, structured.Theta{})
		return err
	}
	normal := Gaussian{Mean: []float64{0}, Std: []float64{1}}
	assert.ErrorIs(t, integrate(Lebesgue{}, func(float64) float64 { return 0 }), ErrDiverges)
	assert.ErrorIs(t, integrate(normal, func(z float64) float64 { return z * z }), ErrDiverges)
	assert.ErrorIs(t, integrate(normal, func(float64) float64 { return math.Inf(-1) }), ErrNoMass)
	assert.Error(t, integrate(normal, func(float64) float64 { return math.NaN() }))
	assert.Error(t, integrate(normal, func(float64) float64 { return math.Inf(1) }))
	assert.ErrorIs(t, integrate(Lebesgue{}, func(z float64) float64 { return -math.Log1p(math.Abs(z)) }), ErrDiverges, "1/|z|")
}

// A Cauchy density has tails that the geometric series must account for.
func TestPowerTails(t *testing.T) {
	s := spaceOver(t, Lebesgue{}, 1)
	p, err := newPredictive(s, curve(func(z float64) float64 { return -math.Log1p(z * z) }), structured.Theta{})
	require.NoError(t, err)
	almost.Equal(t, math.Log(math.Pi), p.LogZ().Value, 2*p.LogZ().Error, 0)
	assert.Less(t, p.LogZ().Error, 1e-6)
	almost.Equal(t, 0.75, p.CDF(1), 1e-6, 0)
}

// The error that is reported is one.
func TestQuadratureErrorIsHonest(t *testing.T) {
	d, err := (Gaussian{Mean: []float64{0}, Std: []float64{1}}).Bind(1)
	require.NoError(t, err)
	s, err := NewSpace(d)
	require.NoError(t, err)
	for width := 1.0; width > 1e-5; width /= 3 {
		for _, limit := range []int{480, 2000, 100_000} {
			c := curve(func(z float64) float64 { return -math.Abs(z-0.2) / width })
			s.quadrature.MaxEvaluations = limit
			p, err := newPredictive(s, c, structured.Theta{})
			require.NoError(t, err)
			// E exp(-|z-a|/w) of a standard Gaussian.
			tail := func(a float64) float64 {
				return math.Exp(a/width+0.5/(width*width)) * 0.5 * math.Erfc((a+1/width)/math.Sqrt2)
			}
			want := tail(0.2) + tail(-0.2)
			if width < 0.04 { // the same by its expansion, where the terms overflow
				w := width
				phi := math.Exp(-0.02) / math.Sqrt(2*math.Pi)
				want = 2 * w * phi * (1 + w*w*(0.04-1) + w*w*w*w*(0.0016-6*0.04+3))
				if w > 3e-3 {
					continue
				}
			}
			almost.Equal(t, math.Log(want), p.LogZ().Value, 3*p.LogZ().Error+1e-12+math.Pow(width, 6)*20*b2f(width < 0.04), 0, "width %g, limit %d, reported %g", width, limit, p.LogZ().Error)
		}
	}
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
