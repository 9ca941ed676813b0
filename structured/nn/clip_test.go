package nn

import (
	"math"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
)

func TestClipNorm(t *testing.T) {
	const small, tiny = 0x1p-1060, 5e-324
	for _, c := range []struct {
		grad  []float64
		limit float64
		norm  float64
		want  []float64 // nil if unchanged
	}{
		{nil, 1, 0, nil},
		{[]float64{0, 0}, 1, 0, nil},
		{[]float64{3, -4}, 5, 5, nil},
		{[]float64{3, -4}, 6, 5, nil},
		{[]float64{3, -4}, 1, 5, []float64{0.6, -0.8}},
		{[]float64{3, -4}, 0, 5, nil},
		{[]float64{3, -4}, -1, 5, nil},
		{[]float64{3, -4}, math.Inf(1), 5, nil},
		{[]float64{3, -4}, math.NaN(), 5, nil},
		{[]float64{3e300, -4e300}, 1, 5e300, []float64{0.6, -0.8}},
		{[]float64{3e300, -4e300}, 1e-10, 5e300, []float64{0.6e-10, -0.8e-10}},
		{[]float64{3e-200, -4e-200}, 1e-200, 5e-200, []float64{0.6e-200, -0.8e-200}},
		{[]float64{3e-162, -4e-162}, 1, 5e-162, nil}, // squares of few digits
		{[]float64{3 * small, -4 * small}, 1, 5 * small, nil},
		{[]float64{tiny}, 1, tiny, nil},
	} {
		grad := clone(c.grad)
		almost.Equal(t, c.norm, ClipNorm(grad, c.limit), 0, 1e-14, "%v", c.grad)
		if c.want == nil {
			almost.Same(t, c.grad, grad)
		} else {
			almost.Slice(t, c.want, grad, 0, 1e-14, "%v", c.grad)
		}
	}
}

func TestClipNormReportsWhatIsNotFinite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, grad := range [][]float64{{1, nan}, {nan, inf}, {-inf, nan, 3}} {
		was := clone(grad)
		assert.True(t, math.IsNaN(ClipNorm(grad, 1)))
		almost.Same(t, was, grad)
	}
	for _, grad := range [][]float64{{1, -inf}, {inf, inf}, {1.5e308, 1.5e308}} {
		was := clone(grad)
		assert.True(t, math.IsInf(ClipNorm(grad, 1), 1))
		almost.Same(t, was, grad)
	}
	grad := make([]float64, 1000)
	assert.Zero(t, testing.AllocsPerRun(3, func() { ClipNorm(grad, 1) }))
}
