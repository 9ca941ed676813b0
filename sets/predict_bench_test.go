package sets_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// BenchmarkPredict measures what a row of a batch of 1024 costs at prediction, and
// the allocations that it makes.
func BenchmarkPredict(b *testing.B) {
	const rows, features = 1024, 103
	for _, run := range []struct {
		k  int
		of sets.Coupling
	}{{14, sets.Unary{}}, {174, sets.Unary{}}, {14, sets.Pairwise{}}} {
		rng := rand.New(rand.NewPCG(1, 2))
		x := mat.NewDense(rows, features, nil)
		for i := range x.RawMatrix().Data {
			x.RawMatrix().Data[i] = rng.NormFloat64()
		}
		data := sets.Data{X: x, Y: sets.Make(rows, run.k)}
		for _, y := range data.Y {
			for j := range run.k {
				y.Set(j, rng.Float64() < 0.2)
			}
		}
		m, err := sets.Fit(b.Context(), data, sets.Config{Coupling: run.of, Training: structured.Training{Epochs: 1}})
		require.NoError(b, err)
		for _, what := range []struct {
			name string
			f    func() error
		}{
			{"LogProbs", func() error { _, err := m.LogProbs(b.Context(), data); return err }},
			{"Marginals", func() error { _, _, err := m.Marginals(b.Context(), x); return err }},
			{"Predict", func() error { _, err := m.Predict(b.Context(), x); return err }},
			{"Decide/hamming", func() error { _, err := m.Decide(b.Context(), x, sets.Hamming{}); return err }},
			{"Decide/f1", func() error { _, err := m.Decide(b.Context(), x, sets.F1); return err }},
		} {
			b.Run(fmt.Sprintf("%T/k=%d/%s", run.of, run.k, what.name), func(b *testing.B) {
				require.NoError(b, what.f())
				allocs := testing.AllocsPerRun(1, func() { require.NoError(b, what.f()) })
				for b.Loop() {
					if err := what.f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows/1e3, "µs/row")
				b.ReportMetric(allocs/rows, "allocs/row")
			})
		}
	}
}
