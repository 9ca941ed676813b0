package snl

import (
	"math"
	"math/rand/v2"
)

// kMeansPlusPlus chooses k of the points as centres far from each other: each
// next one with a probability proportional to its weight times its squared
// distance, in units of the scales, to the nearest centre so far (Arthur and
// Vassilvitskii 2007). O(n k d). It returns fewer where there are not k
// different points.
func kMeansPlusPlus(ys []Point, weights, scale []float64, k int, rng *rand.Rand) []Point {
	var centres []Point
	nearest := make([]float64, len(ys))
	for i := range nearest {
		nearest[i] = weight(weights, i) // the first is drawn by weight alone
	}
	for len(centres) < k {
		total := 0.0
		for _, v := range nearest {
			total += v
		}
		if total == 0 {
			break
		}
		at, u := -1, total*rng.Float64()
		for i, v := range nearest {
			if v > 0 {
				at = i // rounding may leave u above every sum: then the last
				if u -= v; u < 0 {
					break
				}
			}
		}
		c := ys[at]
		first := len(centres) == 0
		centres = append(centres, clonePoint(c))
		for i, y := range ys {
			w := weight(weights, i)
			if w == 0 {
				continue
			}
			d := 0.0
			for j := range c {
				z := (y[j] - c[j]) / scale[j]
				d += z * z
			}
			if first {
				nearest[i] = math.Inf(1)
			}
			nearest[i] = min(nearest[i], w*d)
		}
	}
	return centres
}
