package datasets

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// binomialTail is the probability of a binomial number at least as far out, on
// its side, as count.
func binomialTail(count, n int, p float64) float64 {
	lower, upper := 0.0, 0.0
	logN, _ := math.Lgamma(float64(n) + 1)
	for c := range n + 1 {
		a, _ := math.Lgamma(float64(c) + 1)
		b, _ := math.Lgamma(float64(n-c) + 1)
		mass := math.Exp(logN - a - b + float64(c)*math.Log(p) + float64(n-c)*math.Log1p(-p))
		if c <= count {
			lower += mass
		}
		if c >= count {
			upper += mass
		}
	}
	return min(lower, upper)
}

// requireBinomial checks that a count lies in the exact band that a binomial
// number leaves with probability 1e-7.
func requireBinomial(t *testing.T, count, n int, p float64, what any) {
	t.Helper()
	require.Greater(t, binomialTail(count, n, p), 0.5e-7, "%v: %d of %d, probability %g", what, count, n, p)
}

func TestBinomialTail(t *testing.T) {
	almost.Equal(t, 6./32, binomialTail(4, 5, 0.5), 0, 1e-12) // 5 + 1 of 32
	almost.Equal(t, 0.001, binomialTail(0, 3, 0.9), 0, 1e-12) // 0.1^3
	almost.Equal(t, 0.352, binomialTail(2, 3, 0.4), 0, 1e-12) // 3*0.4^2*0.6 + 0.4^3
	almost.Equal(t, 0.648, binomialTail(1, 3, 0.4), 0, 1e-12) // 0.6^3 + 3*0.4*0.6^2
}
