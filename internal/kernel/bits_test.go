package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bitSum is the sum of the x of the bits of y, in the order that is promised.
func bitSum(sum float64, x []float64, y uint64) float64 {
	for from := 0; from < len(x); from += 8 {
		var half [2]float64
		for j := from; j < min(len(x), from+8); j++ {
			if y>>j&1 != 0 {
				half[(j-from)/4] += x[j]
			}
		}
		sum += half[0] + half[1]
	}
	return sum
}

func TestBitSums(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 1))
		for _, n := range []int{0, 1, 3, 4, 5, 8, 9, 14, 31, 33, 63, 64} {
			x := random(rng, 1, n, n)
			tables := make([]float64, Subsets(n))
			SubsetSums(tables, x)
			for _, m := range []int{0, 1, 7, 8, 9, 40, 41, tableOf256 - 1, tableOf256, tableOf256 + 3} {
				words, want := make([]uint64, m), make([]float64, m)
				got, check := inside(rng, random(rng, 1, m, m))
				for i := range words {
					words[i] = rng.Uint64()
					if n == 0 {
						want[i] = got[i]
						continue
					}
					want[i] = bitSum(got[i], x, words[i])
				}
				AddBitSums(got, words, tables)
				require.Equal(t, want, got, "%d numbers, %d words", n, m)
				check(t)
			}
		}
		assert.Panics(t, func() { SubsetSums(make([]float64, 31), make([]float64, 8)) })
		assert.Panics(t, func() { AddBitSums(make([]float64, 2), make([]uint64, 3), make([]float64, 32)) })
		assert.Panics(t, func() { AddBitSums(nil, nil, make([]float64, 33)) })
		assert.Panics(t, func() { AddBitSums(nil, nil, make([]float64, 9*32)) })
	})
}

// What is not in a sum must not show in it.
func TestBitSumsOfInfinities(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		x := []float64{1, math.Inf(1), 2, math.NaN(), 4, math.Inf(-1), 8, 16, 32}
		tables := make([]float64, Subsets(len(x)))
		SubsetSums(tables, x)
		for _, m := range []int{1, 16, tableOf256} {
			dst, words := make([]float64, m), make([]uint64, m)
			for i := range words {
				words[i] = ^uint64(0b101010)
			}
			AddBitSums(dst, words, tables)
			for _, v := range dst {
				require.Equal(t, 63.0, v)
			}
			words[0], dst[0] = 1<<1|1<<5, 0
			AddBitSums(dst, words, tables)
			assert.True(t, math.IsNaN(dst[0]), "Inf - Inf")
		}
	})
}

func TestTranspose(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 2))
		for range 20 {
			var src, dst [64]uint64
			for i := range src {
				src[i] = rng.Uint64() & rng.Uint64()
			}
			Transpose(&dst, &src)
			for i := range 64 {
				for j := range 64 {
					require.Equal(t, src[i]>>j&1, dst[j]>>i&1, "%d, %d", i, j)
				}
			}
			again := dst
			Transpose(&again, &again)
			assert.Equal(t, src, again, "in place")
		}
	})
}

// AddWeighted is AddBitSums of the transposed words to the last bit.
func TestAddWeighted(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 6))
		for _, n := range []int{0, 1, 7, 8, 9, 63, 64} {
			weights := random(rng, 1, n, n)
			var words, turned [64]uint64
			for i := range words[:n] {
				words[i] = rng.Uint64()
			}
			Transpose(&turned, &words)
			tables := make([]float64, Subsets(n))
			SubsetSums(tables, weights)
			for _, k := range []int{0, 1, 4, 15, 16, 17, 33, 64} {
				want := random(rng, 1, k, k)
				got, check := inside(rng, want)
				AddBitSums(want, turned[:k], tables)
				if !AddWeighted(got, words[:n], weights) {
					require.False(t, weighs())
					continue
				}
				require.Equal(t, want, append([]float64{}, got...), "%d words, %d bits", n, k)
				check(t)
			}
		}
		assert.Panics(t, func() { AddWeighted(nil, make([]uint64, 2), make([]float64, 3)) })
	})
}

func TestSelect(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 5))
		for _, n := range []int{0, 1, 7, 8, 9, 63, 64, 65, 130, 200} {
			x := random(rng, 1, n, n)
			if n > 3 {
				x[3] = math.Inf(1)
			}
			words := make([]uint64, 3*((n+63)/64))
			for i := range words {
				words[i] = rng.Uint64()
			}
			want := make([]float64, n)
			for i := range want {
				if words[i/64*3]>>(i%64)&1 != 0 {
					want[i] = x[i]
				}
			}
			dst, check := inside(rng, random(rng, 1, n, n))
			Select(dst, x, words, 3)
			require.Equal(t, want, append([]float64{}, dst...), "%d", n)
			check(t)
			Select(x, x, words, 3)
			require.Equal(t, want, append([]float64{}, x...), "in place")
		}
	})
}

// The numbers behind a key are the same on every machine: do not change them.
func TestRandomWords(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		// SplitMix64 from the state 1234567 as published with the algorithm:
		// 6457827717110365317, 3203168211198807973, 9817491932198370423, ...
		dst := make([]uint64, 21)
		RandomWords(dst, 1234567, 0, 1)
		assert.Equal(t, []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821}, dst[:5])
		for _, n := range []int{0, 1, 7, 8, 9, 21} {
			every := make([]uint64, n)
			RandomWords(every, 1234567, 2, 3)
			for i, w := range every {
				one := []uint64{0}
				RandomWords(one, 1234567, 2+3*uint64(i), 0)
				assert.Equal(t, one[0], w)
				if 2+3*i < len(dst) {
					assert.Equal(t, dst[2+3*i], w)
				}
			}
		}
	})
}

// RandomBits is the comparison of 32-bit numbers, made of the bits of as many
// words, with the thresholds.
func TestRandomBits(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 3))
		var limit [64]uint32
		var th Thresholds
		for j := range limit {
			limit[j] = rng.Uint32()
		}
		limit[5], limit[6], limit[7] = 0, 1, math.MaxUint32
		th.Set(limit[:])
		valid := ^uint64(0) >> 3
		const n, key, from, step = 19, 99, 4, 3
		dst := make([]uint64, n)
		th.RandomBits(dst, valid, key, from, step)
		words := make([]uint64, 32)
		for i, y := range dst {
			RandomWords(words, key, 32*(from+step*uint64(i)), 1)
			for j, t32 := range limit {
				u := uint32(0)
				for b, w := range words {
					u |= uint32(w>>j&1) << (31 - b)
				}
				want := u < t32 && valid>>j&1 != 0
				require.Equal(t, want, y>>j&1 != 0, "set %d, bit %d", i, j)
			}
		}
	})
}

func BenchmarkBits(b *testing.B) {
	defer func(was level) { use = was }(use)
	rng := rand.New(rand.NewPCG(3, 4))
	const n = 1024
	x, words := random(rng, 1, 64, 64), make([]uint64, n)
	dst, weights := make([]float64, n), random(rng, 1, n, n)
	tables, all := make([]float64, Subsets(64)), make([]float64, Subsets(n))
	SubsetSums(tables, x)
	var th Thresholds
	var limit [64]uint32
	for j := range limit {
		limit[j] = rng.Uint32()
	}
	th.Set(limit[:])
	for _, l := range levels {
		use = l
		for _, run := range []struct {
			name  string
			f     func()
			count float64
			of    string
		}{
			{"RandomWords", func() { RandomWords(words, 1, 0, 1) }, n, "word"},
			{"RandomBits", func() { th.RandomBits(words, ^uint64(0), 1, 0, 1) }, n * 64, "bit"},
			{"Transpose", func() { Transpose((*[64]uint64)(words), (*[64]uint64)(words)) }, 64 * 64, "bit"},
			{"SubsetSums", func() { SubsetSums(all, weights) }, n, "number"},
			{"AddWeighted", func() { AddWeighted(x, words, weights) }, n * 64, "bit"},
			{"AddBitSums", func() { AddBitSums(dst, words, tables) }, n * 64, "bit"},
			{"AddBitSums64", func() { AddBitSums(dst[:64], words[:64], tables) }, 64 * 64, "bit"},
		} {
			b.Run(fmt.Sprint(l, "/", run.name), func(b *testing.B) {
				for b.Loop() {
					run.f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/run.count, "ns/"+run.of)
			})
		}
	}
}
