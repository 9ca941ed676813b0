// Package binomial holds the bands that samplers are tested against.
package binomial

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Band returns the least and the greatest count of n draws of probability p
// that are not surprising: a count below lo, or above hi, has probability at
// most level/2 each, by the exact binomial distribution.
func Band(n int, p, level float64) (lo, hi int) {
	switch {
	case p <= 0:
		return 0, 0
	case p >= 1:
		return n, n
	}
	// The normal approximation says where to start looking.
	width := 8*math.Sqrt(float64(n)*p*(1-p)) + 20
	lo, hi = max(0, int(float64(n)*p-width)), min(n, int(float64(n)*p+width))
	for lo < n && below(n, p, lo) <= level/2 { // P(X <= lo)
		lo++
	}
	for hi > 0 && 1-below(n, p, hi-1) <= level/2 { // P(X >= hi)
		hi--
	}
	return lo, hi
}

// below is P(X <= k).
func below(n int, p float64, k int) float64 {
	if k >= n {
		return 1
	}
	if k < 0 {
		return 0
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 1-p)
}
