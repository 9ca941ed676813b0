package fenchel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// bySorting is the level by the textbook: sort, and take the longest prefix
// that lies above its own level (Martins and Astudillo 2016; Peters, Niculae,
// Martins 2019).
func bySorting(scores []float64, c float64, square bool) (level float64) {
	z := append([]float64(nil), scores...)
	slices.Sort(z)
	slices.Reverse(z)
	sum, squares := 0.0, 0.0
	level = math.Inf(-1)
	for i, x := range z {
		k := float64(i + 1)
		sum += x
		squares += x * x
		t := (sum - c) / k
		if square {
			mean := sum / k
			rest := (c - (squares - k*mean*mean)) / k
			if rest < 0 {
				break
			}
			t = mean - math.Sqrt(rest)
		}
		if t > x {
			break
		}
		level = t
	}
	return level
}

// byBisection is the level by halving an interval until the last bit.
func byBisection(scores []float64, c float64, square bool) float64 {
	top := slices.Max(scores)
	lo, hi := top-max(c, math.Sqrt(c)), top
	for {
		mid, sum := lo+(hi-lo)/2, 0.0
		if mid <= lo || mid >= hi {
			return lo
		}
		for _, s := range scores {
			if d := s - mid; d > 0 && square {
				sum += d * d
			} else if d > 0 {
				sum += d
			}
		}
		if sum >= c {
			lo = mid
		} else {
			hi = mid
		}
	}
}

func selectionInputs(rng *rand.Rand, n int) [][]float64 {
	all := make([][]float64, 6)
	for k := range all {
		all[k] = make([]float64, n)
		for i := range all[k] {
			switch k {
			case 0:
				all[k][i] = rng.NormFloat64()
			case 1:
				all[k][i] = 1e-3 * rng.NormFloat64()
			case 2: // all orders of magnitude
				all[k][i] = -math.Pow(10, -9*rng.Float64())
			case 3: // every Newton step stops short
				all[k][i] = -math.Pow(1.01, float64(i%900)) * 1e-5
			case 4:
				all[k][i] = float64(rng.IntN(3)) / 100
			case 5:
				all[k][i] = -float64(i)
			}
		}
	}
	return all
}

// Three algorithms, each the others' oracle.
func TestSelection(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 21))
	for _, n := range []int{1, 2, 3, 64, 65, 1000, 5000} {
		for k, scores := range selectionInputs(rng, n) {
			for _, c := range []float64{0.01, 1, 4} {
				for _, square := range []bool{false, true} {
					top := slices.Max(scores)
					var x selection
					level, rest := x.solve(make([]float64, n), scores, top, c, square)
					got := top + (level + rest)
					almost.Equal(t, bySorting(scores, c, square), got, 1e-11, 1e-11, "input %d n=%d c=%g %v: sort", k, n, c, square)
					almost.Equal(t, byBisection(scores, c, square), got, 1e-11, 1e-11, "input %d n=%d c=%g %v: bisection", k, n, c, square)
				}
			}
		}
	}
}

// Random pivots alone, without Newton's steps, find the level too, with less
// than ten looks at an entry on average.
func TestSelectionByPivots(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 22))
	for k, scores := range selectionInputs(rng, 3000) {
		for _, square := range []bool{false, true} {
			top := slices.Max(scores)
			x := selection{work: make([]float64, len(scores)), c: 1, square: square, random: 12345}
			bound, looks := x.candidates(scores, top), 0
			for x.open > x.sure {
				looks += x.open - x.sure
				bound = max(bound, x.split())
				x.above(bound) // drops the pivot too
			}
			assert.Less(t, looks, 10*len(scores), "input %d", k)
			count, s1, s2, _ := x.above(bound)
			assert.Equal(t, float64(x.sure), count)
			want := byBisection(scores, 1, square) - top
			for _, w := range x.work[:x.sure] {
				assert.Greater(t, w, want-1e-12)
			}
			exact, _ := x.step(count, s1, s2)
			almost.Equal(t, want, bound+exact, 1e-10, 1e-10, "input %d %v", k, square)
			level, rest := x.refine(bound + exact)
			almost.Equal(t, want, level+rest, 1e-13, 1e-13, "input %d %v", k, square)
		}
	}
}
