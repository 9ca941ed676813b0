package almost

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

type recorder struct{ failed bool }

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestStrictness(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want, got, abs, rel float64
		pass                bool
	}{
		{1, 1, 0, 0, true},
		{1, 1.05, 0.1, 0, true},
		{100, 101, 0, 0.02, true},
		{1, 1.2, 0.1, 0, false},
		{nan, nan, 1, 1, false},
		{inf, inf, 1, 1, false},
		{1, 5, nan, 0, false},
		{1, 5, 0, nan, false},
		{1, nan, 1, 0, false},
	} {
		r := &recorder{}
		assert.Equal(t, c.pass, Equal(r, c.want, c.got, c.abs, c.rel), "%+v", c)
		assert.Equal(t, !c.pass, r.failed, "%+v", c)
	}
	r := &recorder{}
	assert.False(t, Slice(r, []float64{1, 2, 3}, []float64{1, 2}, 1, 1))
	assert.False(t, Slice(r, []float64{1, 2}, nil, 1, 1))
	assert.True(t, Slice(r, []float64{1, 2}, []float64{1, 2}, 0, 0))
	assert.False(t, Same(r, []float64{0}, []float64{math.Copysign(0, -1)}))
	assert.True(t, Same(r, []float64{nan}, []float64{nan}))
}
