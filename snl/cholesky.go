package snl

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// cholesky is a positive definite matrix S = L L' by its lower factor, for
// densities in (y - m)' S^-1 (y - m). Points have few coordinates, so that
// plain loops over the packed factor beat calls of a library.
type cholesky struct {
	dim     int
	l       []float64 // rows of L, packed: row i from i(i+1)/2
	logSqrt float64   // log det L
}

// newCholesky factorises the row-major dim x dim matrix s.
func newCholesky(what string, s []float64, dim int) (cholesky, error) {
	c := cholesky{dim: dim}
	if len(s) != dim*dim {
		return c, &structured.DimensionError{What: "entries of the matrix of " + what, Want: dim * dim, Got: len(s)}
	}
	for i := range dim {
		for j := range i {
			if a, b := s[i*dim+j], s[j*dim+i]; math.Abs(a-b) > 1e-9*math.Sqrt(math.Abs(s[i*dim+i]*s[j*dim+j])) || !finite(a) {
				return c, fmt.Errorf("snl: %s: entries (%d, %d) %g and (%d, %d) %g of a symmetric matrix", what, i, j, a, j, i, b)
			}
		}
	}
	var f mat.Cholesky
	if !f.Factorize(mat.NewSymDense(dim, append([]float64(nil), s...))) {
		return c, fmt.Errorf("snl: %s: the matrix is not positive definite", what)
	}
	var lower mat.TriDense
	f.LTo(&lower)
	c.l = make([]float64, 0, dim*(dim+1)/2)
	for i := range dim {
		for j := range i + 1 {
			c.l = append(c.l, lower.At(i, j))
		}
		c.logSqrt += math.Log(lower.At(i, i))
	}
	if !finite(c.logSqrt) {
		return c, fmt.Errorf("snl: %s: the matrix is not positive definite", what)
	}
	return c, nil
}

// in is the matrix in scaled coordinates: row i of L over scale i.
func (c *cholesky) in(k coordinates) cholesky {
	out := cholesky{dim: c.dim, l: clonePoint(c.l), logSqrt: c.logSqrt - k.logVolume()}
	for i, at := 0, 0; i < c.dim; i++ {
		for j := range i + 1 {
			out.l[at+j] /= k.scale[i]
		}
		at += i + 1
	}
	return out
}

// whiten overwrites z with L^-1 (y - m) and returns its squared length.
func (c *cholesky) whiten(z, y, m []float64) float64 {
	sum, at := 0.0, 0
	for i := range z {
		v := y[i] - m[i]
		for j := range i {
			v -= c.l[at+j] * z[j]
		}
		v /= c.l[at+i]
		z[i] = v
		sum += v * v
		at += i + 1
	}
	return sum
}

// solveTransposed overwrites z with L'^-1 z.
func (c *cholesky) solveTransposed(z []float64) {
	for i := c.dim - 1; i >= 0; i-- {
		at := i * (i + 1) / 2
		z[i] /= c.l[at+i]
		for j := range i {
			z[j] -= c.l[at+j] * z[i]
		}
	}
}

// colour overwrites y with m + scale L z; y and z may be the same.
func (c *cholesky) colour(y, z, m []float64, scale float64) {
	for i := c.dim - 1; i >= 0; i-- {
		at, v := i*(i+1)/2, 0.0
		for j := range i + 1 {
			v += c.l[at+j] * z[j]
		}
		y[i] = m[i] + scale*v
	}
}

// deviation is the standard deviation of coordinate i, the length of its row.
func (c *cholesky) deviation(i int) float64 {
	at, v := i*(i+1)/2, 0.0
	for j := range i + 1 {
		v += c.l[at+j] * c.l[at+j]
	}
	return math.Sqrt(v)
}

// covariance returns the weighted mean and covariance, row-major, with floor
// times each variance added to the diagonal.
func covariance(ys []Point, weights []float64, dim int, floor float64) (mean, cov []float64) {
	mean, std := moments(ys, weights, dim)
	cov = make([]float64, dim*dim)
	total := 0.0
	for i, y := range ys {
		w := weight(weights, i)
		if w == 0 {
			continue
		}
		total += w
		for a := range dim {
			d := w * (y[a] - mean[a])
			for b := range a + 1 {
				cov[a*dim+b] += d * (y[b] - mean[b])
			}
		}
	}
	for a := range dim {
		for b := range a {
			cov[a*dim+b] /= total
			cov[b*dim+a] = cov[a*dim+b]
		}
		cov[a*dim+a] = std[a] * std[a] * (1 + floor)
	}
	return mean, cov
}
