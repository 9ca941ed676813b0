package kernel

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkVector reports nanoseconds per number over vectors that stay in the
// second cache, of the whole run and of its fastest piece.
func BenchmarkVector(b *testing.B) {
	defer func(was level) { use = was }(use)
	const n = 8192
	rng := rand.New(rand.NewPCG(1, 1))
	x, y, z, u := random(rng, 1, n, n), make([]float64, n), make([]float64, n), make([]float64, n)
	c := AdamCoefficients{Beta1: 0.9, Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Epsilon: 1e-8, Step: 1e-9, Root: 3, Shrink: 1}
	d := MomentumCoefficients{Momentum: 0.9, Velocity: 1e-9}
	for _, l := range levels {
		use = l
		for _, run := range []struct {
			name string
			f    func()
		}{
			{"Exp", func() { Exp(y, x) }},
			{"ExpSum", func() { ExpSum(y, x, 1) }},
			{"SumExp", func() { SumExp(x, 1) }},
			{"LogSumExp", func() { LogSumExp(x) }},
			{"Max", func() { Max(x) }},
			{"Sigmoid", func() { Sigmoid(y, x) }},
			{"Tanh", func() { copy(y, x); Tanh(y, z) }},
			{"SiLU", func() { copy(y, x); SiLU(y, z) }},
			{"Softplus", func() { copy(y, x); Softplus(y, z) }},
			{"ReLU", func() { ReLU(y, x) }},
			{"ReLUMask", func() { ReLUMask(y, x) }},
			{"Multiply", func() { Multiply(y, x) }},
			{"Axpy", func() { Axpy(y, 1e-9, x) }},
			{"Dot", func() { Dot(y, x) }},
			{"Adam", func() { c.Adam(y, x, z, u) }},
			{"Descend", func() { d.Descend(y, x, z) }},
		} {
			clear(z)
			clear(u)
			b.Run(l.String()+"/"+run.name, func(b *testing.B) {
				best := time.Duration(1 << 62)
				for b.Loop() {
					start := time.Now()
					run.f()
					best = min(best, time.Since(start))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/number")
				b.ReportMetric(float64(best.Nanoseconds())/n, "best-ns/number")
			})
		}
	}
}
