package snl

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// spreadMixture is a mixture for draws, with the phi of it.
func spreadMixture(t testing.TB, k, dim int) (*gaussians, []float64) {
	g, err := MixtureDensity{Components: k, Full: dim > 1}.bind(dim)
	require.NoError(t, err)
	c := &mixtureCoupling{g}
	return g, thetaFor(c, 0.7, uint64(10*k+dim)).Logits
}

// mixtureCDF is the distribution function of a mixture on the line.
func mixtureCDF(g *gaussians, phi []float64, y float64) float64 {
	s := g.get(phi)
	defer g.put(s)
	sum := 0.0
	for k, p := range s.pi {
		sum += p * 0.5 * math.Erfc(-(y-s.mean[k])*s.inv[k]/math.Sqrt2)
	}
	return sum
}

// Each draw, wherever it stands in the list, has the law of the mixture.
func TestSpreadDrawsHaveTheLawOfTheMixture(t *testing.T) {
	const n, keys = 8, 2000
	for _, k := range []int{1, 3} {
		g, phi := spreadMixture(t, k, 1)
		ys := makePoints(n, 1)
		u := make([][]float64, n)
		for key := range uint64(keys) {
			g.spread(ys, nil, phi, key)
			for m, y := range ys {
				u[m] = append(u[m], mixtureCDF(g, phi, y[0]))
			}
		}
		for m, of := range u {
			assert.Greater(t, TestUniform(of).PValue, 1e-4, "draw %d of %d components", m, k)
		}
	}
}

// The draws of one key lie evenly: one in each n-th part of the distribution of
// a single component, and means are nearer to the truth than of independent
// draws by far.
func TestSpreadDrawsLieEvenly(t *testing.T) {
	const n = 64
	g, phi := spreadMixture(t, 1, 1)
	ys := makePoints(n, 1)
	g.spread(ys, nil, phi, 5)
	seen := make([]int, n)
	shift := mixtureCDF(g, phi, ys[0][0])
	for _, y := range ys {
		_, part := math.Modf(1 + mixtureCDF(g, phi, y[0]) - shift + 0.5/n)
		seen[int(n*part)]++
	}
	for i, count := range seen {
		assert.Equal(t, 1, count, "part %d", i)
	}
	for _, c := range []struct{ k, dim, better int }{{1, 1, 100}, {3, 1, 50}, {1, 2, 10}, {3, 2, 5}} {
		g, phi := spreadMixture(t, c.k, c.dim)
		ys := makePoints(n, c.dim)
		// The mean of a smooth function of all coordinates.
		f := func(y Point) float64 {
			sum := 0.0
			for j, v := range y {
				sum += math.Cos(v + float64(j))
			}
			return sum
		}
		mean := func(draw func([]Point, []float64, []float64, uint64), keys int) (average, variance float64) {
			for key := range uint64(keys) {
				draw(ys, nil, phi, key)
				v := 0.0
				for _, y := range ys {
					v += f(y) / n
				}
				average += v / float64(keys)
				variance += v * v / float64(keys)
			}
			return average, variance - average*average
		}
		even, evenVariance := mean(g.spread, 1000)
		free, freeVariance := mean(g.sample, 1000)
		almost.Equal(t, even, free, 5*math.Sqrt((evenVariance+freeVariance)/1000), 0, "%d components in %d dimensions", c.k, c.dim)
		assert.Less(t, evenVariance, freeVariance/float64(c.better), "%d components in %d dimensions", c.k, c.dim)
	}
}

// The log-densities that come with draws are those that are asked for later,
// draws depend on the key alone, and nothing is infinite.
func TestSpreadDrawsKnowTheirDensity(t *testing.T) {
	for _, dim := range []int{1, 3} {
		g, phi := spreadMixture(t, 4, dim)
		ys, again := makePoints(50, dim), makePoints(50, dim)
		logp, want := make([]float64, 50), make([]float64, 50)
		g.spread(ys, logp, phi, 3)
		g.logDensity(want, phi, ys)
		almost.Same(t, want, logp)
		g.spread(again, nil, phi, 3)
		for m := range ys {
			almost.Same(t, ys[m], again[m])
		}
	}
	assert.False(t, math.IsInf(normalQuantile(0), 0))
	assert.False(t, math.IsInf(normalQuantile(1), 0))
}

// Estimates with standard errors take independent draws.
func TestMixtureProposalsHaveIndependentDraws(t *testing.T) {
	c := bind(t, MixtureDensity{Components: 2}, 1)
	p, err := MixtureProposal{}.Bind(structured.Problem[Point]{Space: spaceOver(t, Lebesgue{}, 1), Coupling: c})
	require.NoError(t, err)
	free := p.(structured.DependentProposal[Point]).Independent()
	theta := thetaFor(c, 0.5, 1)
	ys, want := makePoints(20, 1), makePoints(20, 1)
	logr := make([]float64, 20)
	free.Sample(ys, logr, theta, 4)
	c.(*mixtureCoupling).of.sample(want, nil, theta.Logits, 4)
	for m := range ys {
		almost.Same(t, want[m], ys[m])
	}
}

// On the line many points at once give what they give one by one, far out too.
func TestMixturesOfTheLineByVectors(t *testing.T) {
	for _, k := range []int{1, 3} {
		g, phi := spreadMixture(t, k, 1)
		var ys []Point
		for _, y := range []float64{0, 0.3, -2, 50, -1e8, 1e160, -1e300, math.Inf(1)} {
			ys = append(ys, Point{y})
		}
		got := make([]float64, len(ys))
		g.logDensity(got, phi, ys)
		s := g.get(phi)
		for m, y := range ys {
			want, _, _ := g.point(s, y, nil, 0)
			if math.IsInf(want, -1) {
				assert.Equal(t, want, got[m], "at %v", y)
				continue
			}
			almost.Equal(t, want, got[m], 1e-13, 1e-13, "at %v", y)
		}
		g.put(s)
		record := &mixtureRecord{of: g}
		record.logDensity(got, phi, ys[:4])
		weights := []float64{1, -2, 0.5, 3}
		grad, want := make([]float64, len(phi)), make([]float64, len(phi))
		record.addGrad(grad, weights)
		g.addGrad(want, phi, ys[:4], nil, weights, nil, nil)
		almost.Slice(t, want, grad, 1e-10, 1e-10)
	}
}
