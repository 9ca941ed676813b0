package binomial

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBandAgainstTheSum(t *testing.T) {
	for _, n := range []int{1, 10, 60} {
		for _, p := range []float64{0.01, 0.3, 0.5, 0.97} {
			const level = 1e-3
			pmf := make([]float64, n+1)
			for k := range pmf {
				a, _ := math.Lgamma(float64(n + 1))
				b, _ := math.Lgamma(float64(k + 1))
				c, _ := math.Lgamma(float64(n - k + 1))
				pmf[k] = math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
			}
			lo, hi := Band(n, p, level)
			under, over := 0.0, 0.0
			for k, m := range pmf {
				if k < lo {
					under += m
				}
				if k > hi {
					over += m
				}
			}
			assert.LessOrEqual(t, under, level/2)
			assert.LessOrEqual(t, over, level/2)
			assert.Greater(t, under+pmf[lo], level/2, "n=%d p=%g: lo could be higher", n, p)
			assert.Greater(t, over+pmf[hi], level/2, "n=%d p=%g: hi could be lower", n, p)
		}
	}
	lo, hi := Band(5, 0, 1e-7)
	assert.Equal(t, [2]int{0, 0}, [2]int{lo, hi})
	lo, hi = Band(5, 1, 1e-7)
	assert.Equal(t, [2]int{5, 5}, [2]int{lo, hi})
}
