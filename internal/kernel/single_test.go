package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func random32(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// bitSum32 is the sum of the x of the bits of y, in the order that is promised.
func bitSum32(sum float32, x []float32, y uint64) float32 {
	for from := 0; from < len(x); from += 8 {
		var half [2]float32
		for j := from; j < from+8; j++ {
			if y>>j&1 != 0 {
				half[(j-from)/4] += x[j]
			}
		}
		sum += half[0] + half[1]
	}
	return sum
}

func TestBitSums32(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(4, 1))
		for bytes := range 9 {
			x := random32(rng, 64)
			if bytes > 1 {
				x[5] = float32(math.Inf(1)) // which leaves no trace where it is not in the sum
			}
			tables := make([]float32, 256)
			SubsetSums32(tables, x)
			for _, m := range []int{0, 16, 32, 48, 64, 80, 1008} {
				for _, off := range []int{0, 1, 3} { // alignments
					all, words := random32(rng, m+off+1), make([]uint64, m+off)[off:]
					was, want := append([]float32{}, all...), make([]float32, m)
					for i := range words {
						words[i] = rng.Uint64()
						want[i] = bitSum32(all[off+i], x[:8*bytes], words[i])
					}
					AddBitSums32(all[off:off+m], words, tables[:32*bytes])
					require.Equal(t, want, append([]float32{}, all[off:off+m]...), "%d bytes, %d words", bytes, m)
					require.Equal(t, was[:off], all[:off])
					require.Equal(t, was[off+m], all[off+m])
				}
			}
		}
		assert.Panics(t, func() { SubsetSums32(make([]float32, 32), make([]float32, 8)) })
		assert.Panics(t, func() { AddBitSums32(make([]float32, 8), make([]uint64, 8), make([]float32, 32)) })
		assert.Panics(t, func() { AddBitSums32(make([]float32, 16), make([]uint64, 17), make([]float32, 32)) })
		assert.Panics(t, func() { AddBitSums32(nil, nil, make([]float32, 9*32)) })
		assert.Panics(t, func() { Exp32(make([]float32, 15)) })
	})
}

// One call computes each element as it does alone, close to the truth, and all
// levels to the same bits.
func TestExp32(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	x := random32(rng, 4096)
	for i := range x {
		x[i] *= 12
	}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	copy(x, []float32{0, -inf, inf, nan, 88.3, 88.4, 89, 1e30, -87.2, -87.4, -88, -1e30})
	was := use
	use = portable
	want := append([]float32{}, x...)
	wantSum, wantSquares := Exp32(want[16:])
	use = was
	onEachLevel(t, func(t *testing.T) {
		for _, from := range []int{16, 32} {
			part := append(make([]float32, 1), x[from:]...)[1:]
			sum, squares := Exp32(part)
			require.Equal(t, want[from:], part)
			if from == 16 {
				assert.Equal(t, []float64{wantSum, wantSquares}, []float64{sum, squares})
			}
		}
		special := append([]float32{}, x[:16]...)
		sum, _ := Exp32(special)
		assert.True(t, math.IsNaN(sum))
		assert.True(t, math.IsNaN(float64(special[3])))
		special[3] = 0
		assert.Equal(t, []float32{1, 0, inf, 0}, special[:4])
		assert.Equal(t, []float32{inf, inf, inf}, special[5:8])
		assert.Equal(t, []float32{0, 0, 0}, special[9:12])
		sum, squares := Exp32(nil)
		assert.Equal(t, []float64{0, 0}, []float64{sum, squares})
	})
	for i, v := range x[16:] {
		e := math.Exp(float64(v))
		require.LessOrEqual(t, math.Abs(float64(want[16+i])-e), 2e-7*e, "e^%v", v)
	}
	small := random32(rng, 512)
	sum, squares := Exp32(small)
	a, b := 0.0, 0.0
	for _, e := range small {
		a += float64(e)
		b += float64(e) * float64(e)
	}
	assert.LessOrEqual(t, math.Abs(sum-a), 1e-6*a)
	assert.LessOrEqual(t, math.Abs(squares-b), 1e-6*b)
}

// BenchmarkSingle reports nanoseconds per set and label, and per exponential, of
// the fastest of many runs.
func BenchmarkSingle(b *testing.B) {
	defer func(was level) { use = was }(use)
	rng := rand.New(rand.NewPCG(1, 1))
	const n = 1008
	x, words, dst := random32(rng, 64), make([]uint64, n), make([]float32, n)
	for i := range words {
		words[i] = rng.Uint64()
	}
	tables := make([]float32, 256)
	SubsetSums32(tables, x)
	for _, l := range levels {
		use = l
		for _, run := range []struct {
			name string
			per  float64
			f    func()
		}{
			{"BitSums", n * 64, func() { AddBitSums32(dst, words, tables) }},
			{"SubsetSums", 64, func() { SubsetSums32(tables, x) }},
			{"Exp", n, func() { Exp32(dst) }},
		} {
			b.Run(l.String()+"/"+run.name, func(b *testing.B) {
				best := time.Hour
				for b.Loop() {
					for i := range dst {
						dst[i] = -1
					}
					start := time.Now()
					for range 4 {
						run.f()
					}
					best = min(best, time.Since(start))
				}
				b.ReportMetric(float64(best.Nanoseconds())/4/run.per, "best-ns/each")
			})
		}
	}
}
