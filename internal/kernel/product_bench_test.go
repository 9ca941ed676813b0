package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// peakOf measures what the multiply-adds of the level reach in registers and
// the first cache: the micro-kernel over one tile of C, as many steps as a
// block has, the best of many runs, in GFLOP/s.
func peakOf() float64 {
	g := geometries[use]
	w := new(workspace)
	p := panel{
		c: &w.c[0], cRow: g.cols * size, a: &w.a[0], aRow: size, aStep: 0, aBlock: 0, b: &w.b[0], bRow: 0,
		rows: g.rows, steps: 1 << 14, add: 0,
	}
	p.setMask(g, g.cols)
	best := time.Duration(1 << 62)
	for range 200 {
		q := p
		start := time.Now()
		q.run(w)
		best = min(best, time.Since(start))
	}
	return 2 * float64(g.rows*g.cols*p.steps) / float64(best.Nanoseconds())
}

// BenchmarkProduct reports the rate of the whole run, and, since others may
// use the machine, that of the fastest tenth of a millisecond or more, with
// its fraction of the peak of the same instructions. A product of m x n x k
// is 2 m n k operations on 8 (m k + k n + m n) bytes.
func BenchmarkProduct(b *testing.B) {
	defer func(was level) { use = was }(use)
	rng := rand.New(rand.NewPCG(5, 5))
	for _, l := range levels {
		use = l
		peak := 0.0
		if l != portable {
			peak = peakOf()
		}
		for _, s := range [][3]int{{64, 103, 256}, {64, 256, 14}, {64, 256, 1}, {128, 294, 512}, {256, 512, 512}, {1, 256, 512}} {
			rows, in, out := s[0], s[1], s[2]
			x, w, y := random(rng, rows, in, in), random(rng, in, out, out), random(rng, rows, out, out)
			dst := make([]float64, max(rows, in)*max(in, out))
			for _, run := range []struct {
				name string
				f    func()
			}{
				{"NN", func() { NN(dst, out, x, in, w, out, rows, out, in, false) }},
				{"TN", func() { TN(dst, out, x, in, y, out, in, out, rows, false) }},
				{"NT", func() { NT(dst, in, y, out, w, out, rows, in, out, false) }},
				{"NN32", func() { Float32.NN(dst, out, x, in, w, out, rows, out, in, false) }},
				{"TN32", func() { Float32.TN(dst, out, x, in, y, out, in, out, rows, false) }},
				{"NT32", func() { Float32.NT(dst, in, y, out, w, out, rows, in, out, false) }},
			} {
				b.Run(fmt.Sprintf("%s/%s/%dx%dx%d", l, run.name, rows, in, out), func(b *testing.B) {
					flops := 2 * float64(rows*in*out)
					group := 1 + int(1e6/flops) // products between two looks at the clock
					best, n := time.Duration(1<<62), 0
					start := time.Now()
					for b.Loop() {
						run.f()
						if n++; n%group == 0 {
							now := time.Now()
							best = min(best, now.Sub(start))
							start = now
						}
					}
					rate := flops * float64(group) / float64(best.Nanoseconds())
					b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
					if n >= group {
						b.ReportMetric(rate, "best-GFLOP/s")
						if peak > 0 {
							b.ReportMetric(rate/peak, "of-peak")
						}
					}
				})
			}
		}
	}
}
