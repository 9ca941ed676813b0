package permutations

import (
	"math/bits"
)

// inversions is the number of pairs r < s with p[r] > p[s], for a permutation
// p. It uses p and scratch, of the same length, as working memory above 64
// entries, by merge sort in O(n log n); up to there it costs O(n) and leaves
// both alone.
func inversions(p, scratch []int) int {
	if len(p) > 64 {
		return mergeInversions(p, scratch)
	}
	n, seen := 0, uint64(0)
	for r := len(p) - 1; r >= 0; r-- {
		bit := uint64(1) << p[r]
		n += bits.OnesCount64(seen & (bit - 1))
		seen |= bit
	}
	return n
}

// mergeInversions sorts p and returns the number of pairs r < s with
// p[r] > p[s]; equal entries are no inversion. scratch is at least as long.
func mergeInversions(p, scratch []int) int {
	if len(p) < 2 {
		return 0
	}
	mid := len(p) / 2
	n := mergeInversions(p[:mid], scratch) + mergeInversions(p[mid:], scratch)
	left := scratch[:copy(scratch, p[:mid])]
	i, j, at := 0, mid, 0
	for ; i < len(left) && j < len(p); at++ {
		if left[i] <= p[j] {
			p[at] = left[i]
			i++
		} else {
			p[at] = p[j]
			j++
			n += len(left) - i
		}
	}
	copy(p[at:], left[i:])
	return n
}
