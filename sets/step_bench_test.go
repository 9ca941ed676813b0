package sets_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// BenchmarkStep measures the training step that PyTorch and JAX are compared
// by in examples/benchmark: batch 64, 103 features, two perceptrons of 256
// hidden units, Adam.
func BenchmarkStep(b *testing.B) {
	const rows, batch, features, hidden = 1024, 64, 103, 256
	for _, k := range []int{14, 174} {
		for _, shared := range []bool{true, false} {
			for _, workers := range []int{1, 2} {
				draw := map[bool]string{true: "shared", false: "example"}[shared]
				b.Run(fmt.Sprintf("k=%d/samples=1000/draw=%s/workers=%d", k, draw, workers), func(b *testing.B) {
					rng := rand.New(rand.NewPCG(1, 2))
					x := mat.NewDense(rows, features, nil)
					for i := range x.RawMatrix().Data {
						x.RawMatrix().Data[i] = rng.NormFloat64()
					}
					ys := sets.Make(rows, k)
					for _, y := range ys {
						for j := range k {
							y.Set(j, rng.Float64() < 0.3)
						}
					}
					space, err := sets.NewSpace(k, nil)
					require.NoError(b, err)
					coupling, err := sets.Unary{}.Bind(k)
					require.NoError(b, err)
					t, err := structured.NewTrainer(structured.Data[sets.Set]{X: x, Y: ys}, structured.Config[sets.Set]{
						Space: space, Coupling: coupling,
						Network:   nn.MLP{Hidden: []int{hidden}},
						Tau:       logpart.Network{Of: nn.MLP{Hidden: []int{hidden}}},
						Objective: structured.MinMin[sets.Set]{Samples: 1000, Shared: shared},
						Training: structured.Training{
							BatchSize: batch, Optimizer: nn.Adam{}, TauOptimizer: nn.Adam{},
							Epochs: 1 << 40, RawFeatures: true, Workers: workers,
						},
					})
					require.NoError(b, err)
					b.ReportAllocs()
					b.ResetTimer()
					best := time.Hour
					for range b.N {
						start := time.Now()
						_, err := t.Epoch(b.Context())
						require.NoError(b, err)
						best = min(best, time.Since(start))
					}
					b.ReportMetric(rows/batch*float64(b.N)/b.Elapsed().Seconds(), "steps/s")
					b.ReportMetric(rows/batch/best.Seconds(), "best-steps/s")
				})
			}
		}
	}
}
