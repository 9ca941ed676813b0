package numeric

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func TestLogDomain(t *testing.T) {
	inf := math.Inf(1)
	almost.Equal(t, math.Log(5), LogAddExp(math.Log(2), math.Log(3)), 1e-15, 0)
	almost.Equal(t, 1000+math.Ln2, LogAddExp(1000, 1000), 0, 1e-15)
	almost.Equal(t, 3, LogAddExp(-inf, 3), 0, 0)
	assert.Equal(t, -inf, LogAddExp(-inf, -inf))
	almost.Equal(t, math.Log(6), LogSumExp([]float64{0, math.Log(2), -inf, math.Log(3)}), 1e-15, 0)
	almost.Equal(t, -1000+math.Log(2), LogSumExp([]float64{-1000, -1000}), 0, 1e-15)
	assert.Equal(t, -inf, LogSumExp(nil))
	assert.Equal(t, -inf, LogSumExp([]float64{-inf}))
	assert.Equal(t, inf, LogSumExp([]float64{inf, 0}))
	assert.True(t, math.IsNaN(LogSumExp([]float64{0, math.NaN()})))
	for _, v := range []float64{-800, -3, 0, 2, 30, 800} {
		almost.Equal(t, LogAddExp(0, v), Softplus(v), 1e-15, 1e-15)
		almost.Equal(t, math.Exp(v-Softplus(v)), Sigmoid(v), 1e-15, 1e-13)
		almost.Equal(t, 1, Sigmoid(v)+Sigmoid(-v), 1e-15, 0)
	}
	almost.Equal(t, math.Log(10), LogChoose(5, 2), 1e-14, 0)
	almost.Equal(t, math.Log(120), LogFactorial(5), 1e-14, 0)
	almost.Equal(t, 0, LogChoose(7, 0), 0, 0)
}

func TestSlices(t *testing.T) {
	s := []int{1, 2, 3}
	assert.Equal(t, []int{1, 2}, Grow(s, 2))
	assert.Equal(t, []int{0, 0}, Zeroed(s, 2))
	assert.Equal(t, 3, s[2], "what is beyond is left alone")
	assert.Len(t, Grow(s, 5), 5)
	assert.Equal(t, []int{0, 0, 0, 0}, Zeroed(s, 4))
}
