package snl

import (
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured"
)

// FullGaussian is the Gaussian density with any covariance S,
//
//	log q(y) = -[ log det(2 pi S) + (y - m)' S^-1 (y - m) ] / 2,  O(d^2) per point.
//
// The zero value is fitted to the mean and covariance of the targets.
type FullGaussian struct {
	// Mean has d entries, Covariance d x d, row-major; nil is estimated.
	Mean, Covariance []float64
	// Widen multiplies estimated standard deviations; 0 stands for 1.
	Widen float64
}

// covarianceFloor is the part of each variance that is added to an estimated
// covariance, so that coordinates that determine each other do not make it
// singular.
const covarianceFloor = 1e-6

// Fit estimates what is nil, by maximum likelihood; 1e-6 of each variance is
// added to the diagonal.
func (g FullGaussian) Fit(ys []Point, weights []float64, _ uint64) (Form, error) {
	if g.Mean != nil && g.Covariance != nil {
		return g, nil
	}
	dim, err := checkPoints(ys, weights)
	if err != nil {
		return nil, err
	}
	widen, err := widening("FullGaussian", g.Widen)
	if err != nil {
		return nil, err
	}
	mean, cov := covariance(ys, weights, dim, covarianceFloor)
	if g.Mean == nil {
		g.Mean = mean
	}
	if g.Covariance == nil {
		for i := range cov {
			cov[i] *= widen * widen
		}
		g.Covariance = cov
	}
	g.Widen = 0
	return g, nil
}

// Bind wants a finite mean and a positive definite covariance.
func (g FullGaussian) Bind(dim int) (Density, error) {
	if g.Mean == nil || g.Covariance == nil {
		return nil, fmt.Errorf("snl: FullGaussian: %w", ErrNotFitted)
	}
	if err := checkLocation("FullGaussian", g.Mean, dim); err != nil {
		return nil, err
	}
	c, err := newCholesky("FullGaussian", g.Covariance, dim)
	if err != nil {
		return nil, err
	}
	return newFullGaussian(clonePoint(g.Mean), c), nil
}

func newFullGaussian(mean []float64, c cholesky) *fullGaussian {
	return &fullGaussian{mean: mean, cholesky: c, base: -0.5*float64(c.dim)*logTwoPi - c.logSqrt}
}

func checkLocation(what string, location []float64, dim int) error {
	if len(location) != dim {
		return &structured.DimensionError{What: "coordinates of the location of " + what, Want: dim, Got: len(location)}
	}
	for j, v := range location {
		if !finite(v) {
			return fmt.Errorf("snl: %s: location %g of coordinate %d", what, v, j)
		}
	}
	return nil
}

type fullGaussian struct {
	cholesky
	mean []float64
	base float64 // log q(mean)
}

var (
	_ GradDensity = (*fullGaussian)(nil)
	_ Extended    = (*fullGaussian)(nil)
)

func (g *fullGaussian) Dim() int { return g.dim }

func (g *fullGaussian) in(c coordinates) Density {
	return newFullGaussian(c.location(g.mean), g.cholesky.in(c))
}

func (g *fullGaussian) LogDensity(dst []float64, ys []Point) {
	s := getScratch()
	z := s.vector(g.dim)
	for i, y := range ys {
		dst[i] = g.base - 0.5*g.whiten(z, y, g.mean)
	}
	s.release()
}

func (g *fullGaussian) GradLogDensity(dst []float64, ys []Point) {
	for i, y := range ys {
		row := dst[i*g.dim : (i+1)*g.dim]
		g.whiten(row, y, g.mean)
		g.solveTransposed(row)
		for j, v := range row {
			row[j] = -v
		}
	}
}

func (g *fullGaussian) Sample(ys []Point, rng *rand.Rand) {
	for _, y := range ys {
		for j := range y {
			y[j] = rng.NormFloat64()
		}
		g.colour(y, y, g.mean, 1)
	}
}

func (g *fullGaussian) Extent(low, high Point) bool {
	for j, m := range g.mean {
		r := gaussianReach * g.deviation(j)
		low[j], high[j] = m-r, m+r
	}
	return false
}
