package snl

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// forms are all forms with parameters, with nodes to integrate over.
func forms(dim int) map[string]Form {
	v := func(x ...float64) []float64 { return x[:dim] }
	cov := func(a, b, c float64) []float64 {
		if dim == 1 {
			return []float64{a}
		}
		return []float64{a, b, b, c}
	}
	line := Gaussian{Mean: []float64{0.3}, Std: []float64{0.8}}
	product := Product{Of: []Form{line, Student{Freedom: 60, Location: []float64{0}, Scale: []float64{0.5}}}[:dim]}
	return map[string]Form{
		"gaussian": Gaussian{Mean: v(0.5, -0.2), Std: v(0.7, 1.1)},
		"full":     FullGaussian{Mean: v(0.5, -0.2), Covariance: cov(0.7, -0.4, 1.1)},
		"student":  Student{Freedom: 80, Location: v(0.5, -0.2), Scale: cov(0.3, 0.1, 0.5)},
		"mixture": GaussianMixture{
			Weights: []float64{0.3, 0.7}, Means: [][]float64{v(-1, 1), v(1, 0.5)}, Covariances: [][]float64{cov(0.5, 0.2, 0.4), cov(1, 0, 0.6)},
		},
		"kernels": KernelDensity{Points: [][]float64{v(-1, 0), v(0, 1), v(2, 1)}, Weights: []float64{0.2, 0.3, 0.5}, Bandwidths: v(0.5, 0.8)},
		"mixed": Mixed{
			Of: []Form{Gaussian{Mean: v(0, 0), Std: v(0.5, 0.5)}, FullGaussian{Mean: v(0, 1), Covariance: cov(1, 0.5, 1)}}, Weights: []float64{0.9, 0.1},
		},
		"product": product,
		"given":   Given{&gaussian{mean: v(0, 0), std: v(1, 1), inverse: v(1, 1), base: -0.5 * float64(dim) * logTwoPi}},
	}
}

// Every density integrates to 1, is that of its draws, and has the gradient of
// its logarithm.
func TestDensities(t *testing.T) {
	for dim := 1; dim <= 2; dim++ {
		nodes := trapezoids(9, []float64{0, 0.02, 0.08}[dim], dim)
		for name, f := range forms(dim) {
			t.Run(fmt.Sprintf("%s/%d", name, dim), func(t *testing.T) {
				s := spaceOver(t, f, dim)
				assert.Equal(t, dim, s.Dim())
				structuredtest.Space(t, s, nodes)
				checkGradient(t, s.Base(), randomPoints(20, dim, 3))
			})
		}
		box := Uniform{Low: []float64{-1, 2}[:dim], High: []float64{0.5, 2.5}[:dim]}
		inside := legendres(-1, 0.5, 4, 1)
		if dim == 2 {
			x, w := legendresOn(-1, 0.5)
			u, k := legendresOn(2, 2.5)
			inside.All, inside.Weights = nil, nil
			for i := range x {
				for j := range u {
					inside.All, inside.Weights = append(inside.All, Point{x[i], u[j]}), append(inside.Weights, w[i]*k[j])
				}
			}
		}
		s := spaceOver(t, box, dim)
		structuredtest.Space(t, s, inside)
		assert.ErrorIs(t, s.Check(Point{3, 2.2}[:dim]), ErrOutside)
	}
}

func legendresOn(low, high float64) (x, w []float64) {
	s := legendres(low, high, 1, 1)
	for _, y := range s.All {
		x = append(x, y[0])
	}
	return x, s.Weights
}

func checkGradient(t *testing.T, d Density, ys []Point) {
	g, ok := d.(GradDensity)
	require.True(t, ok, "%T has no gradient", d)
	dim := d.Dim()
	grad := make([]float64, len(ys)*dim)
	g.GradLogDensity(grad, ys)
	const h = 1e-5
	for i, y := range ys {
		for j := range y {
			var at [2]float64
			up, down := clonePoint(y), clonePoint(y)
			up[j], down[j] = y[j]+h, y[j]-h
			d.LogDensity(at[:], []Point{up, down})
			almost.Equal(t, (at[0]-at[1])/(2*h), grad[i*dim+j], 1e-7, 1e-7, "point %d, coordinate %d", i, j)
		}
	}
}

// A change of coordinates changes nothing but the unit of volume, whether a
// density does it itself or not.
func TestDensitiesInOtherCoordinates(t *testing.T) {
	for dim := 1; dim <= 2; dim++ {
		c := coordinates{[]float64{2, -1}[:dim], []float64{3, 0.2}[:dim]}
		zs := randomPoints(50, dim, 4)
		ys := c.restored(zs)
		for name, f := range forms(dim) {
			d, err := f.Bind(dim)
			require.NoError(t, err)
			want, got, wrapped := make([]float64, 50), make([]float64, 50), make([]float64, 50)
			d.LogDensity(want, ys)
			own := c.in(d)
			_, own2 := own.(*transformed)
			_, own3 := own.(gradTransformed)
			assert.False(t, own2 || own3, "%s stays of its kind", name)
			own.LogDensity(got, zs)
			other := gradTransformed{&transformed{of: d, coordinates: c, volume: c.logVolume()}}
			other.LogDensity(wrapped, zs)
			for i := range want {
				almost.Equal(t, want[i]+c.logVolume(), got[i], 1e-11, 1e-11, "%s", name)
				almost.Equal(t, want[i]+c.logVolume(), wrapped[i], 1e-11, 1e-11, "%s", name)
			}
			checkGradient(t, own, zs)
			checkGradient(t, other, zs)
			// The same numbers give the same draws.
			a, b := makePoints(20, dim), makePoints(20, dim)
			own.Sample(a, rand.New(rand.NewPCG(1, 2)))
			other.Sample(b, rand.New(rand.NewPCG(1, 2)))
			for i := range a {
				almost.Slice(t, b[i], a[i], 1e-12, 1e-12, "%s", name)
			}
			low, high, low2, high2 := make(Point, dim), make(Point, dim), make(Point, dim), make(Point, dim)
			assert.Equal(t, extentOf(own, low, high), extentOf(other, low2, high2))
			almost.Slice(t, low2, low, 1e-9, 1e-9, "%s", name)
			almost.Slice(t, high2, high, 1e-9, 1e-9, "%s", name)
		}
	}
}

func TestDensitiesDoNotAllocate(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for name, f := range forms(2) {
		d, err := f.Bind(2)
		require.NoError(t, err)
		ys, dst, grad := randomPoints(100, 2, 5), make([]float64, 100), make([]float64, 200)
		rng := rand.New(rand.NewPCG(1, 2))
		assert.Less(t, testing.AllocsPerRun(50, func() {
			d.LogDensity(dst, ys)
			d.(GradDensity).GradLogDensity(grad, ys)
			d.Sample(ys, rng)
		}), 1.0, name)
	}
}

// Student against gonum's, far out too.
func TestStudentOnTheLine(t *testing.T) {
	d, err := Student{Freedom: 3, Location: []float64{1}, Scale: []float64{4}}.Bind(1)
	require.NoError(t, err)
	want := distuv.StudentsT{Mu: 1, Sigma: 2, Nu: 3}
	var got [1]float64
	for _, y := range []float64{-1e6, -3, 1, 1.5, 40} {
		d.LogDensity(got[:], []Point{{y}})
		almost.Equal(t, want.LogProb(y), got[0], 1e-12, 1e-12)
	}
	// Draws with few degrees of freedom, by quartiles: exact binomial bands
	// are those of structuredtest; here the law is that of gonum.
	ys := makePoints(20_000, 1)
	d.Sample(ys, rand.New(rand.NewPCG(3, 4)))
	u := make([]float64, len(ys))
	for i, y := range ys {
		u[i] = want.CDF(y[0])
	}
	assert.Greater(t, TestUniform(u).PValue, 1e-6)
}

func TestGammaDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, shape := range []float64{0.3, 1, 4.5} {
		u := make([]float64, 20_000)
		for i := range u {
			u[i] = distuv.Gamma{Alpha: shape, Beta: 1}.CDF(gamma(shape, rng))
		}
		assert.Greater(t, TestUniform(u).PValue, 1e-6, "shape %g", shape)
	}
}

func TestFormsThatCannotBe(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, f := range []Form{
		Gaussian{}, Gaussian{Mean: []float64{0}, Std: []float64{0}}, Gaussian{Mean: []float64{nan}, Std: []float64{1}},
		Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 1}},
		FullGaussian{}, FullGaussian{Mean: []float64{0}, Covariance: []float64{-1}}, FullGaussian{Mean: []float64{inf}, Covariance: []float64{1}},
		FullGaussian{Mean: []float64{0}, Covariance: []float64{nan}}, FullGaussian{Mean: []float64{0}, Covariance: []float64{1, 2}},
		Student{}, Student{Freedom: -1, Location: []float64{0}, Scale: []float64{1}},
		GaussianMixture{}, GaussianMixture{Weights: []float64{1}}, GaussianMixture{Weights: []float64{0.5}, Means: [][]float64{{0}}, Covariances: [][]float64{{1}}},
		KernelDensity{}, KernelDensity{Points: [][]float64{{0}}, Bandwidths: []float64{-1}}, KernelDensity{Points: [][]float64{{nan}}, Bandwidths: []float64{1}},
		Uniform{}, Uniform{Low: []float64{1}, High: []float64{1}}, Uniform{Low: []float64{0}, High: []float64{inf}},
		Product{}, Product{Of: []Form{nil}}, Mixed{}, Mixed{Of: []Form{nil}}, Mixed{Of: []Form{Lebesgue{}}}, Given{},
		Given{&gaussian{mean: []float64{0, 0}}},
	} {
		_, err := f.Bind(1)
		assert.Error(t, err, "%#v", f)
	}
	_, err := FullGaussian{Mean: []float64{0, 0}, Covariance: []float64{1, 0.5, -0.5, 1}}.Bind(2)
	assert.Error(t, err, "not symmetric")
	ys := []Point{{1}, {2}}
	for _, f := range []Form{
		Gaussian{Widen: -1}, FullGaussian{Widen: nan}, Student{Widen: inf}, GaussianMixture{Components: -1}, GaussianMixture{Floor: 2},
		GaussianMixture{Restarts: -1}, KernelDensity{MaxPoints: -1}, KernelDensity{Bandwidth: 7}, Uniform{Margin: -1},
	} {
		_, err := f.Fit(ys, nil, 1)
		assert.Error(t, err, "%#v", f)
	}
	for _, bad := range [][]Point{nil, {{1}, {nan}}, {{1}, {1, 2}}, {{}}} {
		_, err := FitDensity(Gaussian{}, bad, nil, 1)
		assert.Error(t, err)
	}
	var de *structured.DataError
	_, err = FitDensity(Gaussian{}, []Point{{1, 1}, {2, inf}}, nil, 1)
	require.ErrorAs(t, err, &de)
	assert.Equal(t, [2]int{1, 1}, [2]int{de.Row, de.Column})
}

// wavy is a density of one's own, without gradient or extent.
type wavy struct{ Low float64 }

func (wavy) Dim() int { return 1 }
func (w wavy) LogDensity(dst []float64, ys []Point) {
	for i, y := range ys {
		dst[i] = math.Inf(-1)
		if u := y[0] - w.Low; u >= 0 && u <= 1 {
			dst[i] = math.Log(2 * u)
		}
	}
}
func (w wavy) Sample(ys []Point, rng *rand.Rand) {
	for _, y := range ys {
		y[0] = w.Low + math.Sqrt(rng.Float64())
	}
}

func TestADensityOfOnesOwn(t *testing.T) {
	s := spaceOver(t, Given{wavy{2}}, 1)
	structuredtest.Space(t, s, legendres(2, 3, 10, 1))
	d := coordinates{[]float64{1}, []float64{2}}.in(wavy{2})
	_, grad := d.(GradDensity)
	assert.False(t, grad, "capabilities are not faked")
	var low, high [1]float64
	assert.False(t, extentOf(d, low[:], high[:]))
	assert.True(t, low[0] < 0.51 && high[0] > 0.99, "[%g, %g] in z holds [0.5, 1]", low[0], high[0])
	m, err := Mixed{Of: []Form{Given{wavy{2}}, Gaussian{Mean: []float64{0}, Std: []float64{1}}}}.Bind(1)
	require.NoError(t, err)
	_, grad = m.(GradDensity)
	assert.False(t, grad)
}
