package fenchel_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// What the precision tests are run on.

// labels are some single entries as targets, among them the best and the worst,
// and soft targets.
func labels(scores, q []float64) (targets [][]float64) {
	n := len(scores)
	open := []int{}
	for i, s := range scores {
		if !math.IsInf(s, -1) && (q == nil || q[i] > 0) {
			open = append(open, i)
		}
	}
	slices.SortFunc(open, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for _, i := range []int{open[0], open[len(open)-1], open[len(open)/2]} {
		y := make([]float64, n)
		y[i] = 1
		targets = append(targets, y)
	}
	// In binary fractions, whose sum is exactly 1.
	y := make([]float64, n)
	y[open[0]] = 1
	for k, i := range open[1:] {
		y[i] = float64(1+k%7) / 1024
		y[open[0]] -= y[i]
	}
	half := make([]float64, n)
	half[open[0]] += 0.75
	half[open[len(open)/2]] += 0.25
	return append(targets, y, half)
}

// inputs are vectors that have been trouble for somebody.
func inputs(rng *rand.Rand) map[string][]float64 {
	normal := func(n int, scale, shift float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = shift + scale*rng.NormFloat64()
		}
		return x
	}
	sorted := normal(300, 1, 0)
	sort.Float64s(sorted)
	geometric, halves, spike, edge := make([]float64, 60), make([]float64, 200), normal(1000, 1e-6, 0), make([]float64, 50)
	for i := range geometric {
		geometric[i] = -math.Pow(2, float64(-i))
	}
	for i := range halves {
		halves[i] = -math.Pow(1.05, float64(i)) * 1e-4
	}
	spike[17] = 0.9
	for i := range edge { // exactly at the edge of the support, and an ulp off
		edge[i] = -1 + float64(i-25)*0x1p-53
	}
	edge[3] = 0
	masked := normal(40, 1, 0)
	for i := 0; i < 40; i += 3 {
		masked[i] = math.Inf(-1)
	}
	return map[string][]float64{
		"one": {3.5}, "two": {0.1, 0.2}, "equal": make([]float64, 77), "normal": normal(500, 1, 0), "narrow": normal(500, 1e-3, 5),
		"wide": normal(500, 100, 0), "shifted": normal(200, 1, 1e9), "negative": normal(200, 1, -1e9), "huge": {1e30, -1e30, 1e30, 5},
		"sorted": sorted, "geometric": geometric, "halves": halves, "spike": spike, "edge": edge, "masked": masked,
		"tiny": {1e-310, -1e-310, 0, 3e-308}, "close": {1, 1 + 0x1p-52, 1 - 0x1p-53, 1},
	}
}

// subsetTargets are the best and the worst subset of about k, and marginals.
func subsetTargets(scores, q []float64, k float64, atMost bool) (targets [][]float64) {
	n := len(scores)
	open := []int{}
	for i, s := range scores {
		if !math.IsInf(s, -1) && (q == nil || q[i] > 0) {
			open = append(open, i)
		}
	}
	slices.SortFunc(open, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	fill := func() {
		y, left := make([]float64, n), k
		for _, i := range open {
			y[i] = min(1, left)
			left -= y[i]
		}
		targets = append(targets, y)
	}
	fill()
	slices.Reverse(open)
	fill()
	if atMost {
		half := make([]float64, n)
		for i, y := range targets[0] {
			half[i] = y / 2
		}
		targets = append(targets, make([]float64, n), half)
	}
	return targets
}

// weights are references of n entries: a probability that is nowhere near even,
// with a 0, and one that is nearly nothing where the best scores are.
func weights(rng *rand.Rand, scores []float64) [][]float64 {
	n := len(scores)
	if n < 2 {
		return [][]float64{nil}
	}
	q, tiny := make([]float64, n), make([]float64, n)
	for i := range q {
		q[i] = rng.ExpFloat64() / float64(n)
		tiny[i] = 1
	}
	tiny[slices.Index(scores, slices.Max(scores))] = 1e-12
	if n > 2 {
		q[n/2] = 0
	}
	return [][]float64{nil, q, tiny}
}
