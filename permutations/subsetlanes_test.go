package permutations

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Many examples at once have the log Z and gradients of one by one, also where a
// sum has to be done again, and none depends on the others.
func TestManyAreOneByOne(t *testing.T) {
	for _, name := range []string{"permutahedron", "birkhoff", "preference"} {
		for _, k := range []int{1, 2, 5, 9, mostInLanes, mostInLanes + 1} {
			c, inf, _ := bound(t, someCouplings(k)[name], k, nil)
			exact := inf.(*exactInference)
			for _, n := range []int{0, 1, 3, 4, 16, 17, 37} {
				rng := rand.New(rand.NewPCG(7, uint64(n)))
				var thetas, grads, want []structured.Theta
				weights, logZ := make([]float64, n), make([]float64, n)
				for i := range n {
					thetas = append(thetas, randomTheta(c, []float64{0.1, 1, 1e4}[i%3], rng))
					g := structured.Theta{Logits: make([]float64, c.NumLogits())}
					for j := range g.Logits {
						g.Logits[j] = rng.NormFloat64()
					}
					grads = append(grads, g)
					want = append(want, structured.Theta{Logits: append([]float64{}, g.Logits...)})
					if i%5 > 0 {
						weights[i] = rng.NormFloat64()
					}
				}
				exact.AddGradLogZs(logZ, grads, thetas, weights)
				for i, theta := range thetas {
					almost.Equal(t, exact.AddGradLogZ(want[i], theta, weights[i]), logZ[i], 1e-12, 1e-13)
					almost.Slice(t, want[i].Logits, grads[i].Logits, 1e-11, 1e-12, "%s, k=%d, n=%d", name, k, n)
				}
				clear(logZ)
				exact.AddGradLogZs(logZ, nil, thetas, nil)
				for i, theta := range thetas {
					almost.Equal(t, exact.LogZ(theta), logZ[i], 1e-12, 1e-13)
				}
				if n > 4 { // others before it, and in another lane
					again := make([]float64, n-1)
					exact.AddGradLogZs(again, nil, thetas[1:], nil)
					require.Equal(t, logZ[1:], again)
				}
			}
		}
	}
}

// BenchmarkExactMany times log Z and its gradient for 64 examples on one core.
func BenchmarkExactMany(b *testing.B) {
	for _, name := range []string{"permutahedron", "birkhoff"} {
		for _, k := range []int{6, 11, 12} {
			c, inf, _ := bound(b, someCouplings(k)[name], k, nil)
			rng := rand.New(rand.NewPCG(1, 1))
			const n = 64
			var thetas, grads []structured.Theta
			weights, logZ := make([]float64, n), make([]float64, n)
			for i := range n {
				thetas = append(thetas, randomTheta(c, 1, rng))
				grads = append(grads, structured.Theta{Logits: make([]float64, c.NumLogits())})
				weights[i] = 1
			}
			b.Run(fmt.Sprintf("%s/k=%d", name, k), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					inf.(*exactInference).AddGradLogZs(logZ, grads, thetas, weights)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n/float64(int(1)<<k), "ns/subset")
			})
		}
	}
}
