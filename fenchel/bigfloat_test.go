package fenchel_test

import (
	"math"
	"math/big"
)

// Arithmetic in long floats, for the reference of the high precision tests.

// precision is the number of bits; TestHighPrecisionExtremes has more.
var precision uint = 240

func num(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }
func zero() *big.Float         { return new(big.Float).SetPrec(precision) }
func add(a, b *big.Float) *big.Float {
	return zero().Add(a, b)
}
func sub(a, b *big.Float) *big.Float { return zero().Sub(a, b) }
func mul(a, b *big.Float) *big.Float { return zero().Mul(a, b) }
func div(a, b *big.Float) *big.Float { return zero().Quo(a, b) }

func float(a *big.Float) float64 { x, _ := a.Float64(); return x }

// exp is e^x by Taylor's series after halving x until it is small, 0 or a vast
// number beyond e^±1e6.
func exp(x *big.Float) *big.Float {
	y := zero().Set(x)
	switch v := float(x); {
	case v < -1e6:
		return zero()
	case v > 1e6:
		y = num(1e6)
	}
	halvings := 0
	for y.Sign() != 0 && y.MantExp(nil) > -24 {
		y.SetMantExp(y, -1)
		halvings++
	}
	sum, term := num(1), num(1)
	for k := 1.0; term.Sign() != 0 && term.MantExp(nil) > -int(precision)-60; k++ {
		term = div(mul(term, y), num(k))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

var ln2 = map[uint]*big.Float{}

// log is log x by Newton's method on exp.
func log(x *big.Float) *big.Float {
	newton := func(m *big.Float) *big.Float {
		y := num(math.Log(float(m)))
		for digits := uint(40); digits < 2*precision; digits *= 2 {
			y = add(y, sub(div(m, exp(y)), num(1)))
		}
		return y
	}
	if ln2[precision] == nil {
		ln2[precision] = newton(num(2))
	}
	m := zero()
	e := x.MantExp(m)
	return add(newton(m), mul(num(float64(e)), ln2[precision]))
}

// pow is x^y for x >= 0.
func pow(x, y *big.Float) *big.Float {
	switch v := float(y); {
	case v == 0:
		return num(1)
	case x.Sign() == 0:
		return zero()
	case v == 0.5:
		return zero().Sqrt(x)
	case v == math.Trunc(v) && v > 0 && v <= 16:
		z := num(1)
		for range int(v) {
			z.Mul(z, x)
		}
		return z
	}
	return exp(mul(y, log(x)))
}
