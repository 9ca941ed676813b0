package sets

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// bruteForce sums over the subsets one by one.
func bruteForce(n, lo, hi int, v, u []float64) (logZ float64, one, two []float64, best float64, mode uint64) {
	one, two = make([]float64, n), make([]float64, n*n)
	scores := make([]float64, 1<<n)
	best = math.Inf(-1)
	for y := range scores {
		if c := bits.OnesCount(uint(y)); c < lo || c > hi {
			scores[y] = math.Inf(-1)
			continue
		}
		for i := range n {
			if y>>i&1 == 0 {
				continue
			}
			scores[y] += v[i]
			for j := range i {
				if y>>j&1 != 0 {
					scores[y] += u[i*n+j]
				}
			}
		}
		if scores[y] > best {
			best, mode = scores[y], uint64(y)
		}
	}
	logZ = numeric.LogSumExp(scores)
	for y, s := range scores {
		p := math.Exp(s - logZ)
		for i := range n {
			if y>>i&1 == 0 {
				continue
			}
			one[i] += p
			for j := i + 1; j < n; j++ {
				if y>>j&1 != 0 {
					two[i*n+j] += p
				}
			}
		}
	}
	return logZ, one, two, best, mode
}

func randomIsing(rng *rand.Rand, n int, scale float64) (v, u []float64) {
	v, u = make([]float64, n), make([]float64, n*n)
	for i := range n {
		v[i] = scale * rng.NormFloat64()
		for j := range i {
			x := scale * rng.NormFloat64()
			u[i*n+j], u[j*n+i] = x, x
		}
	}
	return v, u
}

func TestEnumerationAgainstBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var e enumeration // reused, so that stale memory would show
	for _, n := range []int{0, 1, 2, 5, 9, 10, 11, 13} {
		for _, scale := range []float64{0, 0.3, 2, 60, 1e4} {
			for _, size := range [][2]int{{0, n}, {0, n / 2}, {n / 3, n}, {n / 2, n / 2}} {
				v, u := randomIsing(rng, n, scale)
				logZ, one, two, best, mode := bruteForce(n, size[0], size[1], v, u)
				for _, grad := range []bool{false, true} {
					e.reset(n, size[0], size[1])
					copy(e.v, v)
					copy(e.u, u)
					almost.Equal(t, logZ, e.logZ(grad), 1e-12*(1+scale), 1e-13, "n=%d scale=%g sizes=%v", n, scale, size)
				}
				almost.Slice(t, one, e.one, 1e-11, 1e-10, "marginals, n=%d scale=%g sizes=%v", n, scale, size)
				for i := range n {
					for j := i + 1; j < n; j++ {
						almost.Equal(t, two[i*n+j], e.two[i*n+j], 1e-11, 1e-10, "pair %d %d, n=%d scale=%g sizes=%v", i, j, n, scale, size)
					}
				}
				e.reset(n, size[0], size[1])
				copy(e.v, v)
				copy(e.u, u)
				e.prepare()
				got, inner, outer := e.best()
				almost.Equal(t, best, got, 1e-10*(1+scale), 1e-13)
				if scale > 0 && mode != uint64(inner)|uint64(outer)<<e.m {
					t.Errorf("mode of n=%d scale=%g sizes=%v: want %b", n, scale, size, mode)
				}
			}
		}
	}
}

// The wide path and the weights must agree where both work.
func TestEnumerationPathsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	v, u := randomIsing(rng, 12, 1.5)
	var a, b enumeration
	for _, e := range []*enumeration{&a, &b} {
		e.reset(12, 0, 12)
		copy(e.v, v)
		copy(e.u, u)
	}
	want := a.logZ(true)
	// A pair of opposite huge terms that cancel widens the span only.
	b.reset(14, 0, 14)
	clear(b.v)
	copy(b.v, v)
	for i := range 12 {
		copy(b.u[i*14:i*14+12], u[i*12:(i+1)*12])
	}
	b.v[12], b.v[13] = -2000, -2000
	got := b.logZ(true)
	if !b.wide || a.wide {
		t.Fatal("the test does not reach both paths")
	}
	almost.Equal(t, want, got, 1e-12, 1e-13)
	almost.Slice(t, a.one, b.one[:12], 1e-13, 1e-11)
}

func BenchmarkEnumeration(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{6, 14, 20} {
		v, u := randomIsing(rng, n, 0.5)
		for _, grad := range []bool{false, true} {
			name := map[bool]string{false: "logZ", true: "grad"}[grad]
			b.Run(name+"/k="+string(rune('0'+n/10))+string(rune('0'+n%10)), func(b *testing.B) {
				var e enumeration
				for b.Loop() {
					e.reset(n, 0, n)
					copy(e.v, v)
					copy(e.u, u)
					e.logZ(grad)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(int(1)<<n), "ns/subset")
			})
		}
	}
}
