package fenchel_test

import (
	"fmt"
	"math/big"

	"github.com/gibbs-ebm/gibbs/fenchel"
)

// divergence is a generator in long arithmetic.
type divergence struct {
	// f is f(u); nil where it is infinite.
	f func(u *big.Float) *big.Float
	// ratio is (f*+)'(v) and its slope; nil beyond the end of its domain.
	ratio func(v *big.Float) (u, slope *big.Float)
	// deriv is f'(u) for u > 0.
	deriv func(u *big.Float) *big.Float
	scale float64
	// closed says that the threshold is log-sum-exp, and the conjugate too.
	closed bool
}

// long is f in long arithmetic.
func long(f fenchel.Generator) divergence {
	one, two := num(1), num(2)
	switch g := f.(type) {
	case nil:
		return long(fenchel.KL{})
	case fenchel.Scaled:
		d := long(g.Of)
		d.scale *= g.Scale
		return d
	case fenchel.Tsallis:
		if g.Alpha == 1 {
			return long(fenchel.KL{})
		}
		a := num(g.Alpha)
		if g.Alpha == 0 {
			a = num(1.5)
		}
		b := sub(a, one)
		return divergence{
			f: func(u *big.Float) *big.Float {
				return div(sub(sub(pow(u, a), one), mul(a, sub(u, one))), mul(a, b))
			},
			ratio: func(v *big.Float) (u, slope *big.Float) {
				x := add(one, mul(b, v))
				if x.Sign() <= 0 {
					return zero(), zero()
				}
				if m := div(one, b); m.IsInt() || float(m) == 0.5 { // no logarithms
					u = pow(x, m)
				} else {
					u = exp(div(log(x), b))
				}
				return u, div(u, x)
			},
			deriv: func(u *big.Float) *big.Float { return div(sub(pow(u, b), one), b) },
			scale: 1,
		}
	case fenchel.KL:
		return divergence{
			f: func(u *big.Float) *big.Float {
				if u.Sign() == 0 {
					return num(1)
				}
				return sub(mul(u, log(u)), sub(u, one))
			},
			ratio: func(v *big.Float) (u, slope *big.Float) { u = exp(v); return u, u },
			deriv: log,
			scale: 1, closed: true,
		}
	case fenchel.ChiSquare:
		return divergence{
			f: func(u *big.Float) *big.Float { return div(sub(mul(u, u), one), two) },
			ratio: func(v *big.Float) (u, slope *big.Float) {
				if v.Sign() <= 0 {
					return zero(), zero()
				}
				return v, one
			},
			deriv: func(u *big.Float) *big.Float { return u },
			scale: 1,
		}
	case fenchel.Hellinger:
		return divergence{
			f: func(u *big.Float) *big.Float { r := sub(pow(u, num(0.5)), one); return mul(two, mul(r, r)) },
			ratio: func(v *big.Float) (u, slope *big.Float) {
				b := sub(one, div(v, two))
				if b.Sign() <= 0 {
					return nil, nil
				}
				u = div(one, mul(b, b))
				return u, div(u, b)
			},
			deriv: func(u *big.Float) *big.Float { return mul(two, sub(one, div(one, pow(u, num(0.5))))) },
			scale: 1,
		}
	case fenchel.JensenShannon:
		return divergence{
			f: func(u *big.Float) *big.Float {
				v := mul(add(u, one), log(div(add(u, one), two)))
				if u.Sign() != 0 {
					v = sub(v, mul(u, log(u)))
				}
				return mul(num(-2), v)
			},
			ratio: func(v *big.Float) (u, slope *big.Float) {
				e := exp(div(v, two))
				rest := sub(two, e)
				if rest.Sign() <= 0 {
					return nil, nil
				}
				return div(e, rest), div(e, mul(rest, rest))
			},
			deriv: func(u *big.Float) *big.Float { return mul(two, log(div(mul(two, u), add(u, one)))) },
			scale: 1,
		}
	case fenchel.ReverseKL:
		return divergence{
			f: func(u *big.Float) *big.Float {
				if u.Sign() == 0 {
					return nil
				}
				return sub(sub(u, one), log(u))
			},
			ratio: func(v *big.Float) (u, slope *big.Float) {
				b := sub(one, v)
				if b.Sign() <= 0 {
					return nil, nil
				}
				u = div(one, b)
				return u, mul(u, u)
			},
			deriv: func(u *big.Float) *big.Float { return sub(one, div(one, u)) },
			scale: 1,
		}
	}
	panic(fmt.Sprintf("no reference for %T", f))
}
