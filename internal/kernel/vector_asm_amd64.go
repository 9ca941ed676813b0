//go:build !purego

package kernel

//go:noescape
func reluAVX2(a, b *float64, n int)

//go:noescape
func reluMaskAVX2(a, b *float64, n int)

//go:noescape
func multiplyAVX2(a, b *float64, n int)

//go:noescape
func sigmoidAVX2(a, b *float64, n int)

//go:noescape
func tanhAVX2(a, b *float64, n int)

//go:noescape
func siluAVX2(a, b *float64, n int)

//go:noescape
func softplusAVX2(a, b *float64, n int)

//go:noescape
func expSumAVX2(dst, x *float64, n int, shift float64, sum *[vector]float64)

//go:noescape
func maxOfAVX2(x *float64, n int, high *[vector]float64)

//go:noescape
func axpyAVX2(dst *float64, alpha float64, x *float64, n int)

//go:noescape
func scaleAVX2(x *float64, alpha float64, n int)

//go:noescape
func dotAVX2(x, y *float64, n int, sum *[4 * vector]float64)

//go:noescape
func adamAVX2(p, grad, m, v *float64, n int, c *AdamCoefficients)

//go:noescape
func momentumAVX2(p, grad, u *float64, n int, c *MomentumCoefficients)

//go:noescape
func reluAVX512(a, b *float64, n int)

//go:noescape
func reluMaskAVX512(a, b *float64, n int)

//go:noescape
func multiplyAVX512(a, b *float64, n int)

//go:noescape
func sigmoidAVX512(a, b *float64, n int)

//go:noescape
func tanhAVX512(a, b *float64, n int)

//go:noescape
func siluAVX512(a, b *float64, n int)

//go:noescape
func softplusAVX512(a, b *float64, n int)

//go:noescape
func expSumAVX512(dst, x *float64, n int, shift float64, sum *[vector]float64)

//go:noescape
func maxOfAVX512(x *float64, n int, high *[vector]float64)

//go:noescape
func axpyAVX512(dst *float64, alpha float64, x *float64, n int)

//go:noescape
func scaleAVX512(x *float64, alpha float64, n int)

//go:noescape
func dotAVX512(x, y *float64, n int, sum *[4 * vector]float64)

//go:noescape
func adamAVX512(p, grad, m, v *float64, n int, c *AdamCoefficients)

//go:noescape
func momentumAVX512(p, grad, u *float64, n int, c *MomentumCoefficients)
