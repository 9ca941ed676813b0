package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// family is an exponential family on the line with a member that is the truth,
//
//	p(y) = q(y) exp( <theta, T(y)> ) / Z.
type family int

const (
	gaussian   family = iota // over a wider Gaussian
	doubleWell               // a polynomial of degree 4 over a Gaussian
	vonMises                 // on the circle
)

var families = []family{gaussian, doubleWell, vonMises}

func (f family) String() string { return [...]string{"gaussian", "double_well", "von_mises"}[f] }

// describe is what the truth is.
func (f family) describe() string {
	return [...]string{
		"N(1, 0.7^2), mean and variance unknown, over N(0, 2^2)",
		"exp( 0.5 y + 2 y^2/2 - 2 y^4/4 ) over N(0, 1.5^2), four coefficients unknown",
		"exp( 1 sin y + 1.5 cos y ) on the circle, both coefficients unknown",
	}[f]
}

// truth is theta.
func (f family) truth() []float64 {
	switch f {
	case doubleWell:
		return []float64{0.5, 2, 0, -2}
	case vonMises:
		return []float64{1, 1.5}
	}
	precision := 1 / (0.7 * 0.7)
	return []float64{precision, 0.25 - precision}
}

// base is q, complete.
func (f family) base() snl.Form {
	if f == vonMises {
		return snl.Uniform{Low: []float64{-math.Pi}, High: []float64{math.Pi}}
	}
	if f == doubleWell {
		return snl.Gaussian{Mean: []float64{0}, Std: []float64{1.5}}
	}
	return snl.Gaussian{Mean: []float64{0}, Std: []float64{2}}
}

func (f family) statistics() snl.Statistics {
	switch f {
	case doubleWell:
		return snl.Polynomial{}
	case vonMises:
		return snl.Trigonometric{}
	}
	return snl.Quadratic{}
}

// config is that of the family, without an objective.
func (f family) config() snl.Config {
	return snl.Config{
		Coupling: snl.ExponentialFamily{Statistics: f.statistics()}, Base: f.base(), RawTargets: true, Network: nn.Constant{},
	}
}

// bounds hold all of the truth but less than 1e-9.
func (f family) bounds() (low, high float64) {
	if f == vonMises {
		return -math.Pi, math.Pi
	}
	return -5, 6
}

// table is the truth on a grid.
type table struct{ at, logp, cdf []float64 }

const tableSize = 20001

// table tabulates the truth by the trapezoidal rule, whose error is far below
// that of any estimate.
func (f family) table() (*table, error) {
	statistics, err := f.statistics().Bind(1)
	if err != nil {
		return nil, err
	}
	base, err := f.base().Bind(1)
	if err != nil {
		return nil, err
	}
	low, high := f.bounds()
	t := &table{at: make([]float64, tableSize), logp: make([]float64, tableSize), cdf: make([]float64, tableSize)}
	ys := make([]snl.Point, tableSize)
	for i := range ys {
		t.at[i] = low + (high-low)*float64(i)/(tableSize-1)
		ys[i] = t.at[i : i+1]
	}
	base.LogDensity(t.logp, ys)
	values := make([]float64, statistics.Len())
	theta := f.truth()
	if len(theta) != len(values) {
		return nil, fmt.Errorf("%v: %d statistics for %d parameters", f, len(values), len(theta))
	}
	for i, y := range ys {
		statistics.Jet(values, nil, nil, y, nil)
		for k, v := range values {
			t.logp[i] += theta[k] * v
		}
	}
	for i := 1; i < tableSize; i++ {
		t.cdf[i] = t.cdf[i-1] + 0.5*(math.Exp(t.logp[i-1])+math.Exp(t.logp[i]))*(t.at[i]-t.at[i-1])
	}
	z := t.cdf[tableSize-1]
	for i := range t.cdf {
		t.cdf[i] /= z
		t.logp[i] -= math.Log(z)
	}
	return t, nil
}

// sample draws by inversion, linear between points of the grid.
func (t *table) sample(n int, rng *rand.Rand) []snl.Point {
	ys := make([]float64, n)
	for i := range ys {
		u := rng.Float64()
		j, _ := slices.BinarySearch(t.cdf, u)
		j = min(max(j, 1), tableSize-1)
		part := (u - t.cdf[j-1]) / (t.cdf[j] - t.cdf[j-1])
		ys[i] = t.at[j-1] + part*(t.at[j]-t.at[j-1])
	}
	return snl.Points(ys)
}

// log is the true log-density, linear between points of the grid.
func (t *table) log(dst, ys []float64) {
	step := t.at[1] - t.at[0]
	for i, y := range ys {
		at := (y - t.at[0]) / step
		j := min(max(int(at), 0), tableSize-2)
		part := at - float64(j)
		dst[i] = t.logp[j] + part*(t.logp[j+1]-t.logp[j])
	}
}
