package kernel

import "math"

// ReLU sets dst to the positive part of x,
//
//	dst[i] = max(x[i], 0)
//
// and a NaN stays one. dst may be x.
func ReLU(dst, x []float64) {
	sameLength(dst, x)
	if vectors() {
		dst, x = pairs(opReLU, dst, x)
	}
	for i, v := range x {
		dst[i] = max(v, 0)
	}
}

// ReLUMask takes g back through ReLU: it sets g[i] to 0 where y[i], a result
// of ReLU, is zero. Where y[i] is NaN, g[i] is left as it is.
func ReLUMask(g, y []float64) {
	sameLength(g, y)
	if vectors() {
		g, y = pairs(opReLUMask, g, y)
	}
	for i, v := range y {
		// keep is all ones if v is not zero: -b has its top bit set exactly
		// for 0 < b < 2^63. A branch would be mispredicted half of the time.
		b := math.Float64bits(v) &^ (1 << 63)
		keep := uint64(int64(-b) >> 63)
		g[i] = math.Float64frombits(math.Float64bits(g[i]) & keep)
	}
}
