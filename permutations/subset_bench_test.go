package permutations

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/structured"
)

// BenchmarkExact times log Z and its gradient for one example on one core.
func BenchmarkExact(b *testing.B) {
	for _, name := range []string{"permutahedron", "birkhoff", "preference"} {
		for _, k := range []int{6, 11, 16, 20} {
			for _, scale := range []float64{1, 1e3} {
				c, inf, _ := bound(b, someCouplings(k)[name], k, nil)
				theta := randomTheta(c, scale, rand.New(rand.NewPCG(1, 1)))
				grad := structured.Theta{Logits: make([]float64, c.NumLogits())}
				exact := inf.(*exactInference)
				run := func(what string, f func()) {
					b.Run(fmt.Sprintf("%s/%s/k=%d/scale=%g", name, what, k, scale), func(b *testing.B) {
						f()
						b.ResetTimer()
						for range b.N {
							f()
						}
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(int(1)<<k), "ns/subset")
					})
				}
				run("logZ", func() { exact.LogZ(theta) })
				run("gradient", func() { exact.AddGradLogZ(grad, theta, 1) })
			}
		}
	}
}

// BenchmarkScore times 1000 orderings of 16 labels.
func BenchmarkScore(b *testing.B) {
	const k, n = 16, 1000
	rng := rand.New(rand.NewPCG(1, 1))
	for _, name := range []string{"permutahedron", "birkhoff", "preference"} {
		c, _, s := bound(b, someCouplings(k)[name], k, nil)
		theta, ys, dst := randomTheta(c, 1, rng), s.Make(n), make([]float64, n)
		grad := structured.Theta{Logits: make([]float64, c.NumLogits())}
		s.Sample(ys, rng)
		b.Run(name+"/score", func(b *testing.B) {
			for b.Loop() {
				c.Score(dst, theta, ys)
			}
		})
		b.Run(name+"/gradient", func(b *testing.B) {
			for b.Loop() {
				c.AddGrad(grad, theta, ys, dst)
			}
		})
	}
}
