//go:build purego || !amd64

package kernel

// vectors reports whether there are vector instructions for the functions
// below, which are not called otherwise.
func vectors() bool { return false }

func call(op, *float64, *float64, int) { panic("kernel: no assembly") }
func expSum(dst, x *float64, _ int, shift float64, sum *[vector]float64) {
	panic("kernel: no assembly")
}
func maxOf(x *float64, _ int, high *[vector]float64)               { panic("kernel: no assembly") }
func axpy(dst *float64, alpha float64, x *float64, _ int)          { panic("kernel: no assembly") }
func scale(x *float64, alpha float64, _ int)                       { panic("kernel: no assembly") }
func dot(x, y *float64, _ int, sum *[4 * vector]float64)           { panic("kernel: no assembly") }
func adam(p, grad, m, v *float64, _ int, c *AdamCoefficients)      { panic("kernel: no assembly") }
func momentum(p, grad, u *float64, _ int, c *MomentumCoefficients) { panic("kernel: no assembly") }
