package snl

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// untrained is a regression model of the default sizes.
func untrained(b *testing.B) *Model {
	tr, err := NewTrainer(noisy(100, 1), Config{Network: nn.MLP{Hidden: []int{32}}})
	require.NoError(b, err)
	return tr.Model()
}

func BenchmarkPredictive(b *testing.B) {
	m := untrained(b)
	x := []float64{0.5}
	for b.Loop() {
		_, err := m.Predictive(ctx, x)
		require.NoError(b, err)
	}
}

func BenchmarkPredictiveQueries(b *testing.B) {
	p, err := untrained(b).Predictive(ctx, []float64{0.5})
	require.NoError(b, err)
	b.Run("CDF", func(b *testing.B) {
		for b.Loop() {
			p.CDF(5.3)
		}
	})
	b.Run("Quantile", func(b *testing.B) {
		for b.Loop() {
			p.quantile(0.37)
		}
	})
	b.Run("CRPS", func(b *testing.B) {
		for b.Loop() {
			p.CRPS(5.3)
		}
	})
	b.Run("LogPDF", func(b *testing.B) {
		for b.Loop() {
			p.LogPDF(5.3)
		}
	})
}

func BenchmarkLogDensity(b *testing.B) {
	for name, f := range forms(2) {
		d, err := f.Bind(2)
		require.NoError(b, err)
		ys, dst := randomPoints(1000, 2, 1), make([]float64, 1000)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				d.LogDensity(dst, ys)
			}
		})
		rng := rand.New(rand.NewPCG(1, 1))
		b.Run(name+"/sample", func(b *testing.B) {
			for b.Loop() {
				d.Sample(ys, rng)
			}
		})
	}
}
