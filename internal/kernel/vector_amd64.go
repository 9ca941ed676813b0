//go:build !purego

package kernel

// vectors reports whether the functions below can be called.
func vectors() bool { return use != portable }

// call applies f to n numbers, a multiple of 8.
func call(f op, a, b *float64, n int) {
	if use == avx512 {
		switch f {
		case opReLU:
			reluAVX512(a, b, n)
		case opReLUMask:
			reluMaskAVX512(a, b, n)
		case opMultiply:
			multiplyAVX512(a, b, n)
		case opSigmoid:
			sigmoidAVX512(a, b, n)
		case opTanh:
			tanhAVX512(a, b, n)
		case opSiLU:
			siluAVX512(a, b, n)
		case opSoftplus:
			softplusAVX512(a, b, n)
		}
		return
	}
	switch f {
	case opReLU:
		reluAVX2(a, b, n)
	case opReLUMask:
		reluMaskAVX2(a, b, n)
	case opMultiply:
		multiplyAVX2(a, b, n)
	case opSigmoid:
		sigmoidAVX2(a, b, n)
	case opTanh:
		tanhAVX2(a, b, n)
	case opSiLU:
		siluAVX2(a, b, n)
	case opSoftplus:
		softplusAVX2(a, b, n)
	}
}

func expSum(dst, x *float64, n int, shift float64, sum *[vector]float64) {
	if use == avx512 {
		expSumAVX512(dst, x, n, shift, sum)
	} else {
		expSumAVX2(dst, x, n, shift, sum)
	}
}

func maxOf(x *float64, n int, high *[vector]float64) {
	if use == avx512 {
		maxOfAVX512(x, n, high)
	} else {
		maxOfAVX2(x, n, high)
	}
}

func axpy(dst *float64, alpha float64, x *float64, n int) {
	if use == avx512 {
		axpyAVX512(dst, alpha, x, n)
	} else {
		axpyAVX2(dst, alpha, x, n)
	}
}

func scale(x *float64, alpha float64, n int) {
	if use == avx512 {
		scaleAVX512(x, alpha, n)
	} else {
		scaleAVX2(x, alpha, n)
	}
}

func dot(x, y *float64, n int, sum *[4 * vector]float64) {
	if use == avx512 {
		dotAVX512(x, y, n, sum)
	} else {
		dotAVX2(x, y, n, sum)
	}
}

func adam(p, grad, m, v *float64, n int, c *AdamCoefficients) {
	if use == avx512 {
		adamAVX512(p, grad, m, v, n, c)
	} else {
		adamAVX2(p, grad, m, v, n, c)
	}
}

func momentum(p, grad, u *float64, n int, c *MomentumCoefficients) {
	if use == avx512 {
		momentumAVX512(p, grad, u, n, c)
	} else {
		momentumAVX2(p, grad, u, n, c)
	}
}
