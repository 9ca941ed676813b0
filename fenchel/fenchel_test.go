package fenchel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

var generators = []Generator{
	KL{}, ChiSquare{}, Tsallis{}, Tsallis{Alpha: 1}, Tsallis{Alpha: 1 + 1e-7}, Tsallis{Alpha: 1.2},
	Tsallis{Alpha: 2}, Tsallis{Alpha: 3.5},
	Scaled{Of: ChiSquare{}, Scale: 0.125}, Scaled{Of: KL{}, Scale: 2}, Scaled{Of: Tsallis{}},
	Hellinger{}, JensenShannon{}, ReverseKL{}, Scaled{Of: Hellinger{}, Scale: 0.5},
	ordinary{},
}

// ordinary is a generator as a user would write it, with nothing but the
// exported methods.
type ordinary struct{}

func (ordinary) F(u float64) float64         { return (u - 1) * (u - 1) / 2 }
func (ordinary) Deriv(u float64) float64     { return u - 1 }
func (ordinary) Conjugate(v float64) float64 { v = max(v, -1); return v * (1 + v/2) }
func (ordinary) Ratio(v float64) float64     { return max(0, 1+v) }
func (ordinary) Validate() error             { return nil }
func (ordinary) String() string              { return "ordinary" }

// inside is tau, or higher by 8 where the conjugate ends, so that scores lie in
// its domain.
func inside(f Generator, tau float64) float64 {
	if math.IsInf(f.Conjugate(8), 1) {
		return tau + 8
	}
	return tau
}

func each(t *testing.T, do func(t *testing.T, f Generator)) {
	for _, f := range generators {
		t.Run(fmt.Sprintf("%T/%v", f, f), func(t *testing.T) { do(t, f) })
	}
}

// Published special cases: alpha = 1 is KL, alpha = 2 is sparsemax with tau
// larger by 1.
func TestTsallisLimits(t *testing.T) {
	for v := -3.0; v < 3; v += 0.1 {
		almost.Equal(t, KL{}.Conjugate(v), Tsallis{Alpha: 1}.Conjugate(v), 1e-15, 1e-15)
		almost.Equal(t, KL{}.Conjugate(v), Tsallis{Alpha: 1 + 1e-9}.Conjugate(v), 1e-7, 1e-7)
		almost.Equal(t, ChiSquare{}.Ratio(v+1), Tsallis{Alpha: 2}.Ratio(v), 1e-14, 1e-14)
	}
}

// value is the objective summed by hand.
func value(f Generator, scores, q []float64, tau float64) float64 {
	sum := tau
	for i, s := range scores {
		sum += q[i] * f.Conjugate(s-tau)
	}
	return sum
}

func randomProblem(rng *rand.Rand, n int, scale float64) (scores, q []float64) {
	scores, q = make([]float64, n), make([]float64, n)
	total := 0.0
	for i := range scores {
		scores[i] = scale * rng.NormFloat64()
		q[i] = rng.Float64()
		total += q[i]
	}
	for i := range q {
		q[i] /= total
	}
	return scores, q
}

func TestThreshold(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	each(t, func(t *testing.T, f Generator) {
		for _, n := range []int{1, 2, 7, 100} {
			for _, scale := range []float64{0, 1, 30} {
				scores, q := randomProblem(rng, n, scale)
				tau, v, err := Threshold(f, scores, q)
				require.NoError(t, err)
				mass := 0.0
				for i, s := range scores {
					mass += q[i] * f.Ratio(s-tau)
				}
				almost.Equal(t, 1, mass, 1e-9, 0, "n=%d scale=%g: p must sum to 1", n, scale)
				almost.Equal(t, value(f, scores, q, tau), v, 1e-9, 1e-9)
				for _, d := range []float64{-0.1, -1e-3, 1e-3, 0.1} {
					if math.IsInf(value(f, scores, q, tau+d), 1) {
						continue // out of the domain
					}
					assert.GreaterOrEqual(t, value(f, scores, q, tau+d), v-1e-9*(1+math.Abs(v)), "tau is not the minimum")
				}
				// Shifting the scores shifts tau and the value.
				shifted := make([]float64, n)
				for i := range shifted {
					shifted[i] = scores[i] + 100
				}
				tau2, v2, err := Threshold(f, shifted, q)
				require.NoError(t, err)
				almost.Equal(t, tau+100, tau2, 1e-8, 0)
				almost.Equal(t, v+100, v2, 1e-8, 0)
			}
		}
	})
}

// Sparsemax of z is the projection onto the simplex; Scaled by 1/N under the
// uniform q must give it (checked against the sort algorithm of Martins and
// Astudillo 2016).
func TestScaledChiSquareIsSparsemax(t *testing.T) {
	z := []float64{0.9, 0.1, 0.7, -2, 0.75}
	n := float64(len(z))
	f := Scaled{Of: Sparsemax, Scale: 1 / n}
	tau, _, err := Threshold(f, z, []float64{0.2, 0.2, 0.2, 0.2, 0.2})
	require.NoError(t, err)
	// Sorted: .9 .75 .7 .1 -2; support 3, threshold (2.35-1)/3 = .45
	for i, want := range []float64{0.45, 0, 0.25, 0, 0.3} {
		almost.Equal(t, want, f.Ratio(z[i]-tau)/n, 1e-14, 0)
	}
}

func TestThresholdErrors(t *testing.T) {
	inf := math.Inf(1)
	_, _, err := Threshold(Scaled{Of: Sparsemax, Scale: 1e-4}, []float64{1e15, 1e15 + 0.1, 3}, nil)
	assert.ErrorIs(t, err, ErrPrecision)
	for _, f := range generators {
		_, _, err := Threshold(f, []float64{0, math.NaN()}, nil)
		assert.ErrorIs(t, err, ErrNaN)
		_, _, err = Threshold(f, []float64{0, inf}, nil)
		assert.ErrorIs(t, err, ErrNaN)
		_, _, err = Threshold(f, []float64{-inf, -inf}, nil)
		assert.ErrorIs(t, err, ErrNoSupport)
		_, _, err = Threshold(f, nil, nil)
		assert.ErrorIs(t, err, ErrNoSupport)
		a, av, err := Threshold(f, []float64{1, -inf, 2}, []float64{0.5, 0, 0.5})
		require.NoError(t, err)
		b, bv, _ := Threshold(f, []float64{1, 2}, []float64{0.5, 0.5})
		almost.Equal(t, b, a, 1e-13, 1e-13)
		almost.Equal(t, bv, av, 1e-13, 1e-13)
	}
}

func TestSampledGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	const h = 1e-6
	each(t, func(t *testing.T, f Generator) {
		for _, bound := range []float64{0, 1.5} { // 1.5 puts some weights on the tangent
			e := Sampled{Loss: f, MaxRatio: bound}
			scores, logw := make([]float64, 9), make([]float64, 9)
			for m := range scores {
				scores[m], logw[m] = 2*rng.NormFloat64(), 0.5*rng.NormFloat64()
			}
			at := func(scores []float64, tau float64) float64 {
				v, _ := e.Evaluate(make([]float64, len(scores)), scores, logw, tau)
				return v
			}
			grad, tau := make([]float64, 9), inside(f, 0.3)
			_, dtau := e.Evaluate(grad, scores, logw, tau)
			almost.Equal(t, (at(scores, tau+h)-at(scores, tau-h))/(2*h), dtau, 1e-7, 1e-7)
			for m := range scores {
				up, down := append([]float64(nil), scores...), append([]float64(nil), scores...)
				up[m] += h
				down[m] -= h
				almost.Equal(t, (at(up, tau)-at(down, tau))/(2*h), grad[m], 1e-7, 1e-7, "score %d, bound %g", m, bound)
			}
		}
	})
}

// With all structures listed and weights q N, the estimate is the objective.
func TestSampledOverAllStructuresIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	each(t, func(t *testing.T, f Generator) {
		scores, q := randomProblem(rng, 6, 1.5)
		logw := make([]float64, 6)
		for i := range logw {
			logw[i] = math.Log(6 * q[i])
		}
		for _, tau := range []float64{-1, 0, 2, 8} {
			if math.IsInf(value(f, scores, q, tau), 1) {
				continue // out of the domain
			}
			got, _ := Sampled{Loss: f}.Evaluate(make([]float64, 6), scores, logw, tau)
			almost.Equal(t, value(f, scores, q, tau), got, 1e-12, 1e-12)
		}
	})
}

// Unbiased: the mean over many samples from a proposal is within its own
// standard error of the exact value.
func TestSampledIsUnbiased(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	each(t, func(t *testing.T, f Generator) {
		scores, q := randomProblem(rng, 6, 1)
		r := []float64{0.3, 0.1, 0.1, 0.2, 0.2, 0.1}
		const repeats, m = 4000, 5
		tau := inside(f, 0.2)
		exact := value(f, scores, q, tau)
		sum, sum2 := 0.0, 0.0
		s, w := make([]float64, m), make([]float64, m)
		for range repeats {
			for j := range s {
				u, i := rng.Float64(), 0
				for u >= r[i] && i < 5 {
					u -= r[i]
					i++
				}
				s[j], w[j] = scores[i], math.Log(q[i]/r[i])
			}
			v, _ := Sampled{Loss: f}.Evaluate(s, s, w, tau)
			sum += v
			sum2 += v * v
		}
		mean := sum / repeats
		se := math.Sqrt((sum2/repeats - mean*mean) / repeats)
		almost.Equal(t, exact, mean, 5*se, 0)
	})
}

// Early in training g - tau can be anything: the value stays finite, its slope
// is at most MaxRatio/M, and the bound can be switched off.
func TestSampledBound(t *testing.T) {
	for _, f := range []Generator{KL{}, ChiSquare{}, Tsallis{}} {
		grad := make([]float64, 1)
		for _, s := range []float64{50, 800, 1e9} {
			v, dtau := Sampled{Loss: f}.Evaluate(grad, []float64{s}, nil, 0)
			assert.False(t, math.IsInf(v, 0) || math.IsNaN(v), "%v at %g", f, s)
			assert.LessOrEqual(t, grad[0], DefaultMaxRatio)
			almost.Equal(t, 1-grad[0], dtau, 0, 1e-15)
		}
	}
	v, _ := Sampled{MaxRatio: math.Inf(1)}.Evaluate(make([]float64, 1), []float64{800}, nil, 0)
	assert.True(t, math.IsInf(v, 1))
	grad := make([]float64, 1)
	Sampled{MaxRatio: math.Inf(1)}.Evaluate(grad, []float64{50}, nil, 0)
	almost.Equal(t, math.Exp(50), grad[0], 0, 1e-14)
	_, mass := Sampled{Loss: Sparsemax}.Accumulate(grad, []float64{-1}, []float64{800}, 0)
	assert.Equal(t, [2]float64{0, 0}, [2]float64{grad[0], mass}, "no weight on what has no probability")
	// A vast weight and a vast score that cancel are no problem.
	Sampled{}.Evaluate(grad, []float64{900}, []float64{-899}, 0)
	almost.Equal(t, math.E, grad[0], 0, 1e-12)
}

func TestValidate(t *testing.T) {
	for _, f := range generators {
		assert.NoError(t, f.Validate())
		assert.NotEmpty(t, f.String())
	}
	for _, f := range []Generator{Tsallis{Alpha: 0.5}, Tsallis{Alpha: math.NaN()}, Scaled{}, Scaled{Of: KL{}, Scale: -1}, Scaled{Of: Tsallis{Alpha: 0.1}}} {
		assert.Error(t, f.Validate(), "%#v", f)
	}
	assert.Error(t, Sampled{MaxRatio: -1}.Validate())
	assert.Error(t, Sampled{MaxRatio: math.NaN()}.Validate())
	assert.NoError(t, Sampled{MaxRatio: math.Inf(1)}.Validate())
}

func TestNoAllocation(t *testing.T) {
	s, g := make([]float64, 100), make([]float64, 100)
	for _, f := range generators {
		assert.Zero(t, testing.AllocsPerRun(10, func() { Sampled{Loss: f}.Evaluate(g, s, nil, 0) }), "%v", f)
	}
}
