package kernel

import (
	"math"
	"math/big"
)

// The exact functions that the tests measure errors against, to 200 bits.
const bigPrec = 200

func bigOf(x float64) *big.Float { return new(big.Float).SetPrec(bigPrec).SetFloat64(x) }

// bigLn2 is log 2 as the sum of 1/(k 2^k).
var bigLn2 = func() *big.Float {
	sum := bigOf(0)
	for k := 1; k <= bigPrec; k++ {
		sum.Add(sum, new(big.Float).SetMantExp(bigOf(0).Quo(bigOf(1), bigOf(float64(k))), -k))
	}
	return sum
}()

// bigExp is e^x as 2^n e^r, the latter by its series.
func bigExp(x *big.Float) *big.Float {
	v, _ := x.Float64()
	n := math.Round(v / math.Ln2)
	r := bigOf(0).Mul(bigOf(n), bigLn2)
	r.Sub(x, r)
	sum, term := bigOf(1), bigOf(1)
	for k := 1; term.Sign() != 0 && term.MantExp(nil) > -bigPrec; k++ {
		term.Mul(term, r).Quo(term, bigOf(float64(k)))
		sum.Add(sum, term)
	}
	return new(big.Float).SetMantExp(sum, int(n))
}

// bigLog is log x: three steps of Newton's method from a float64.
func bigLog(x *big.Float) *big.Float {
	v, _ := x.Float64()
	y := bigOf(math.Log(v))
	for range 3 {
		e := bigExp(bigOf(0).Neg(y))
		e.Mul(e, x).Sub(e, bigOf(1))
		y.Add(y, e)
	}
	return y
}

func bigSigmoid(z float64) *big.Float {
	e := bigExp(bigOf(-z))
	return bigOf(0).Quo(bigOf(1), e.Add(e, bigOf(1)))
}

func bigTanh(z float64) *big.Float {
	e := bigExp(bigOf(0).Mul(bigOf(2), bigOf(z)))
	below := bigOf(0).Add(e, bigOf(1))
	return e.Quo(e.Sub(e, bigOf(1)), below)
}

func bigSoftplus(z float64) *big.Float {
	e := bigExp(bigOf(z))
	if z < -40 { // e - e²/2 + e³/3
		sum := bigOf(0).Quo(e, bigOf(3))
		sum.Sub(sum, bigOf(0.5)).Mul(sum, e).Add(sum, bigOf(1))
		return sum.Mul(sum, e)
	}
	return bigLog(e.Add(e, bigOf(1)))
}

// ulps is the distance of got from want in units in the last place of want,
// those of denormal numbers below the normal ones.
func ulps(want *big.Float, got float64) float64 {
	exponent := max(want.MantExp(nil)-53, -1074)
	d := bigOf(0).Sub(bigOf(got), want)
	f, _ := d.SetMantExp(d, -exponent).Float64()
	return math.Abs(f)
}
