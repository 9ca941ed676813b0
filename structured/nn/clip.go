package nn

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// ClipNorm returns the Euclidean norm of grad and, if it is above limit,
// rescales grad in place to have the norm limit (Pascanu, Mikolov, Bengio,
// 2013). A limit that is 0, negative, infinite or NaN clips nothing.
//
// The norm neither overflows nor underflows on the way. It is NaN if grad
// holds a NaN; else +Inf if grad holds an infinity or the norm is beyond the
// largest float64. In these cases grad is left as it is and should not be
// used. O(len(grad)), without allocation.
func ClipNorm(grad []float64, limit float64) float64 {
	norm := norm2(grad)
	if !(norm > limit && limit > 0) || math.IsInf(norm, 1) {
		return norm
	}
	if f := limit / norm; f > 0x1p-1000 {
		kernel.Scale(grad, f)
		return norm
	}
	for i := range grad { // f has lost digits
		grad[i] = grad[i] / norm * limit
	}
	return norm
}

// norm2 is the Euclidean norm of x, NaN if x holds one.
func norm2(x []float64) float64 {
	// Away from the ends of the range the plain sum does. Below 2^-900 the
	// squares that underflowed may matter.
	if sum := kernel.Dot(x, x); sum > 0x1p-900 && sum <= math.MaxFloat64 {
		return math.Sqrt(sum)
	}
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(v))
	}
	// A power of two near the largest: dividing by it is exact. It is 1 for
	// 0, an infinity or NaN, which then go through the sum.
	_, exponent := math.Frexp(largest)
	sum := 0.0
	for _, v := range x {
		s := math.Ldexp(v, -exponent)
		sum += s * s
	}
	return math.Ldexp(math.Sqrt(sum), exponent)
}
