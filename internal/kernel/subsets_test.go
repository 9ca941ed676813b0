package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Lane by lane the sums are the loops that the package documents.
func TestSumsOverSubsets(t *testing.T) {
	if !SubsetSumsInLanes() {
		t.Skip("no assembly")
	}
	rng := rand.New(rand.NewPCG(6, 1))
	for _, k := range []int{1, 2, 5, 9} {
		n := 1 << k * SubsetLanes
		f, g, at, row := random(rng, 1, n, n), random(rng, 1, n, n), random(rng, 1, k*SubsetLanes, k*SubsetLanes), random(rng, 1, k*SubsetLanes, k*SubsetLanes)
		wantF, wantG, wantAt := append([]float64{}, f...), append([]float64{}, g...), append([]float64{}, at...)
		full := uint32(1<<k - 1)
		var sets []uint32
		for range 7 {
			sets = append(sets, uint32(rng.IntN(int(full)+1)))
		}
		var some, most []uint32
		for _, s := range sets {
			if s != 0 {
				some = append(some, s)
			}
			if s != full {
				most = append(most, s)
			}
		}
		for l := range SubsetLanes {
			for _, s := range some {
				sum := 0.0
				for i := range k {
					if s>>i&1 != 0 {
						sum += row[i*SubsetLanes+l] * wantF[(s&^(1<<i))*SubsetLanes+uint32(l)]
					}
				}
				wantF[int(s)*SubsetLanes+l] = sum
			}
			for _, s := range most {
				sum := 0.0
				for i := range k {
					if s>>i&1 == 0 {
						after := wantG[int(s|1<<i)*SubsetLanes+l]
						sum += row[i*SubsetLanes+l] * after
						wantAt[i*SubsetLanes+l] += wantF[int(s)*SubsetLanes+l] * after
					}
				}
				wantG[int(s)*SubsetLanes+l] = sum
			}
		}
		SumOverSubsets(f, row, some)
		require.Equal(t, wantF, f)
		SumOverSupersets(g, at, f, row, full, most)
		require.Equal(t, wantG, g)
		require.Equal(t, wantAt, at)
	}
}
