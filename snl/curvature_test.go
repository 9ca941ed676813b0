package snl

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// checkCurvature compares second derivatives with differences of the gradient.
func checkCurvature(t *testing.T, d Density, name string) {
	t.Helper()
	c, ok := Curved(d)
	require.True(t, ok, "%s, a %T, has second derivatives", name, d)
	dim := d.Dim()
	ys, vs := randomPoints(30, dim, 5), randomPoints(30, dim, 6)
	got := make([]float64, len(ys))
	c.CurvatureLogDensity(got, ys, vs)
	const h = 1e-5
	for i, y := range ys {
		up, down := clonePoint(y), clonePoint(y)
		for j, v := range vs[i] {
			up[j], down[j] = y[j]+h*v, y[j]-h*v
		}
		grad, want := make([]float64, 2*dim), 0.0
		c.GradLogDensity(grad, []Point{up, down})
		for j, v := range vs[i] {
			want += v * (grad[j] - grad[dim+j]) / (2 * h)
		}
		almost.Equal(t, want, got[i], 1e-7, 1e-7, "%s, point %d", name, i)
	}
}

func TestCurvatures(t *testing.T) {
	for dim := 1; dim <= 2; dim++ {
		all := forms(dim)
		all["uniform"] = Uniform{Low: []float64{-9, -9}[:dim], High: []float64{9, 9}[:dim]}
		all["lebesgue"] = Lebesgue{}
		c := coordinates{[]float64{0.4, -1}[:dim], []float64{0.6, 1.7}[:dim]}
		for name, f := range all {
			d := mustBind(t, f, dim)
			checkCurvature(t, d, name)
			checkCurvature(t, c.in(d), name+" in other coordinates")
			checkCurvature(t, gradTransformed{&transformed{of: d, coordinates: c}}, name+" transformed")
		}
	}
}

func TestCurvaturesAreNotFaked(t *testing.T) {
	bare := Given{noGradient{}}
	line := Gaussian{Mean: []float64{0}, Std: []float64{1}}
	gradOnly := Given{gradOnly{mustBind(t, line, 1).(*gaussian)}}
	for _, f := range []Form{bare, gradOnly, Mixed{Of: []Form{line, gradOnly}}} {
		_, ok := Curved(mustBind(t, f, 1))
		assert.False(t, ok, "%#v", f)
	}
	_, ok := Curved(mustBind(t, Product{Of: []Form{line, gradOnly}}, 2))
	assert.False(t, ok)
	// Where the density is 0 so is its curvature.
	d, ok := Curved(mustBind(t, Product{Of: []Form{line, Uniform{Low: []float64{0}, High: []float64{1}}}}, 2))
	require.True(t, ok)
	dst := []float64{7, 7}
	d.CurvatureLogDensity(dst, []Point{{0, 2}, {0, 0.5}}, []Point{{1, 1}, {1, 1}})
	almost.Slice(t, []float64{0, -1}, dst, 1e-15, 0)
}

// gradOnly is a density with a gradient and no more.
type gradOnly struct{ GradDensity }

func TestBounds(t *testing.T) {
	line, box := Gaussian{Mean: []float64{0}, Std: []float64{1}}, Uniform{Low: []float64{0}, High: []float64{1}}
	for _, c := range []struct {
		of   Form
		dim  int
		want []bool
	}{
		{line, 1, []bool{false}},
		{Lebesgue{}, 1, []bool{false}},
		{box, 1, []bool{true}},
		{Product{Of: []Form{line, box}}, 2, []bool{false, true}},
		{Product{Of: []Form{box, Given{noGradient{}}}}, 2, []bool{true, false}},
		{Mixed{Of: []Form{box, box}}, 1, []bool{true}},
		{Mixed{Of: []Form{line, box}}, 1, []bool{false}},
	} {
		low, high := make(Point, c.dim), make(Point, c.dim)
		bounded := boundsOf(mustBind(t, c.of, c.dim), low, high)
		for j, want := range c.want {
			assert.Equal(t, want, finite(low[j]) && finite(high[j]), "%#v", c.of)
		}
		assert.Equal(t, slices.Contains(c.want, true), bounded, "%#v", c.of)
	}
}
