package snl

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Gaussian is the Gaussian density with independent coordinates,
//
//	log q(y) = -sum_j [ log s_j + log(2 pi)/2 + ((y_j - m_j)/s_j)^2 / 2 ].
//
// The zero value is fitted: m and s are the mean and the standard deviation of
// the targets.
type Gaussian struct {
	// Mean and Std have one entry per coordinate; nil is estimated.
	Mean, Std []float64
	// Widen multiplies an estimated standard deviation; 0 stands for 1.
	Widen float64
}

// Fit estimates what is nil, by maximum likelihood.
func (g Gaussian) Fit(ys []Point, weights []float64, _ uint64) (Form, error) {
	if g.Mean != nil && g.Std != nil {
		return g, nil
	}
	dim, err := checkPoints(ys, weights)
	if err != nil {
		return nil, err
	}
	widen, err := widening("Gaussian", g.Widen)
	if err != nil {
		return nil, err
	}
	mean, std := moments(ys, weights, dim)
	if g.Mean == nil {
		g.Mean = mean
	}
	if g.Std == nil {
		for j := range std {
			std[j] *= widen
		}
		g.Std = std
	}
	g.Widen = 0
	return g, nil
}

func widening(what string, w float64) (float64, error) {
	if w == 0 {
		return 1, nil
	}
	if !(w > 0) || math.IsInf(w, 1) {
		return 0, fmt.Errorf("snl: %s.Widen %g is not positive and finite", what, w)
	}
	return w, nil
}

// Bind wants a mean and a positive standard deviation per coordinate.
func (g Gaussian) Bind(dim int) (Density, error) {
	if g.Mean == nil || g.Std == nil {
		return nil, fmt.Errorf("snl: Gaussian: %w", ErrNotFitted)
	}
	if err := checkLocationScale("Gaussian", dim, g.Mean, g.Std); err != nil {
		return nil, err
	}
	return newGaussian(clonePoint(g.Mean), clonePoint(g.Std)), nil
}

func newGaussian(mean, std []float64) *gaussian {
	d := &gaussian{mean: mean, std: std, inverse: make([]float64, len(mean))}
	d.base = -0.5 * float64(len(mean)) * logTwoPi
	for j, s := range std {
		d.inverse[j] = 1 / s
		d.base -= math.Log(s)
	}
	return d
}

// checkLocationScale wants dim finite locations and positive scales.
func checkLocationScale(what string, dim int, location, scale []float64) error {
	for name, v := range map[string][]float64{"locations": location, "scales": scale} {
		if len(v) != dim {
			return &structured.DimensionError{What: name + " of " + what, Want: dim, Got: len(v)}
		}
	}
	for j := range location {
		if !finite(location[j]) || !finite(scale[j]) || !(scale[j] > 0) {
			return fmt.Errorf("snl: %s: location %g and scale %g of coordinate %d", what, location[j], scale[j], j)
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

type gaussian struct {
	mean, std, inverse []float64
	base               float64 // log q(mean)
}

var (
	_ GradDensity = (*gaussian)(nil)
	_ Extended    = (*gaussian)(nil)
)

func (g *gaussian) Dim() int { return len(g.mean) }

func (g *gaussian) in(c coordinates) Density {
	return newGaussian(c.location(g.mean), c.lengths(g.std))
}

func (g *gaussian) LogDensity(dst []float64, ys []Point) {
	for i, y := range ys {
		sum := 0.0
		for j, m := range g.mean {
			z := (y[j] - m) * g.inverse[j]
			sum += z * z
		}
		dst[i] = g.base - 0.5*sum
	}
}

func (g *gaussian) GradLogDensity(dst []float64, ys []Point) {
	for i, y := range ys {
		for j, m := range g.mean {
			dst[i*len(y)+j] = (m - y[j]) * g.inverse[j] * g.inverse[j]
		}
	}
}

func (g *gaussian) Sample(ys []Point, rng *rand.Rand) {
	for _, y := range ys {
		for j, m := range g.mean {
			y[j] = m + g.std[j]*rng.NormFloat64()
		}
	}
}

// gaussianReach is how many standard deviations the extent of a Gaussian has on
// either side: P(|z| > 9) is about 2e-19.
const gaussianReach = 9

func (g *gaussian) Extent(low, high Point) bool {
	for j, m := range g.mean {
		low[j], high[j] = m-gaussianReach*g.std[j], m+gaussianReach*g.std[j]
	}
	return false
}
