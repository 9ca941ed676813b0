package snl

import (
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// gaussianInference is exact inference for exp( <b, y> + y'Ay/2 ) relative to a
// Gaussian base N(m, P^-1) or Lebesgue measure (m = 0, P = 0): with
// l = b + A m and L = P - A the model is N(m + L^-1 l, L^-1), and
//
//	log Z = <b, m> + m'Am/2 + l'L^-1 l/2 - (log det L)/2 + (log det P)/2,
//
// where (d/2) log 2 pi stands for the last term over Lebesgue measure. log Z is
// +Inf, and has no gradient, where L is not positive definite. O(d^3).
type gaussianInference struct {
	dim       int
	diagonal  bool // the layout of the logits: pairs (b_i, A_ii)
	base      Density
	mean      []float64
	precision []float64 // d x d
	constant  float64
	idle      sync.Pool // of *gaussianMoments
}

var (
	_ structured.LogPartition[Point] = (*gaussianInference)(nil)
	_ structured.ExactSampler[Point] = (*gaussianInference)(nil)
)

// gaussianMoments are those of the model for one theta.
type gaussianMoments struct {
	l, inverse  []float64 // d x d: the Cholesky factor of L, lower; L^-1
	shift, mean []float64 // l; then the mean of the model
	score, logq [1]float64
	statistics  []float64
	source      stream.Source
	proper      bool
	logZ        float64
}

// inferGaussian returns nil for a base that is no Gaussian.
func inferGaussian(dim int, diagonal bool, base Density) structured.Inference[Point] {
	g := &gaussianInference{dim: dim, diagonal: diagonal, base: base}
	g.mean, g.precision = make([]float64, dim), make([]float64, dim*dim)
	if !isImproper(base) && !g.natural(base) {
		return nil
	}
	g.constant = 0.5 * float64(dim) * logTwoPi
	if !isImproper(base) {
		l := append([]float64(nil), g.precision...)
		if !factorise(l, dim) {
			return nil
		}
		g.constant = logDiagonal(l, dim)
	}
	g.idle.New = func() any {
		v := func(n int) []float64 { return make([]float64, n) }
		return &gaussianMoments{l: v(dim * dim), inverse: v(dim * dim), shift: v(dim), mean: v(dim)}
	}
	return g
}

// natural reads the mean and the precision of a Gaussian base.
func (g *gaussianInference) natural(base Density) bool {
	switch b := base.(type) {
	case *gaussian:
		copy(g.mean, b.mean)
		for j, s := range b.std {
			g.precision[j*g.dim+j] = 1 / (s * s)
		}
	case *fullGaussian:
		copy(g.mean, b.mean)
		column := make([]float64, g.dim)
		for j := range g.dim {
			clear(column)
			column[j] = 1
			b.whiten(column, append([]float64(nil), column...), make([]float64, g.dim))
			b.solveTransposed(column)
			for i, v := range column {
				g.precision[i*g.dim+j] = v
			}
		}
	default:
		return false
	}
	return true
}

// linear is the place of b_i in theta, and product that of A_ij, j <= i.
func (g *gaussianInference) linear(i int) int {
	if g.diagonal {
		return 2 * i
	}
	return i
}

func (g *gaussianInference) product(i, j int) int {
	if g.diagonal {
		return 2*i + 1
	}
	return g.dim + i*(i+1)/2 + j
}

// pairs calls do for the entries of the lower triangle of A that there are.
func (g *gaussianInference) pairs(do func(i, j, at int)) {
	for i := range g.dim {
		first := 0
		if g.diagonal {
			first = i
		}
		for j := first; j <= i; j++ {
			do(i, j, g.product(i, j))
		}
	}
}

// solve computes the model for theta.
func (g *gaussianInference) solve(theta []float64) *gaussianMoments {
	s, d := g.idle.Get().(*gaussianMoments), g.dim
	copy(s.l, g.precision)
	s.logZ = g.constant
	for i := range d {
		s.shift[i] = theta[g.linear(i)]
		s.logZ += s.shift[i] * g.mean[i]
	}
	g.pairs(func(i, j, at int) {
		a := theta[at]
		s.l[i*d+j] -= a
		s.shift[i] += a * g.mean[j]
		if i == j {
			s.logZ += 0.5 * a * g.mean[i] * g.mean[i]
		} else {
			s.shift[j] += a * g.mean[i]
			s.logZ += a * g.mean[i] * g.mean[j]
		}
	})
	if s.proper = factorise(s.l, d); !s.proper {
		s.logZ = math.Inf(1)
		return s
	}
	copy(s.mean, s.shift)
	forwardSubstitute(s.l, s.mean, d)
	for _, v := range s.mean {
		s.logZ += 0.5 * v * v
	}
	s.logZ -= logDiagonal(s.l, d)
	backSubstitute(s.l, s.mean, d)
	for i, m := range g.mean {
		s.mean[i] += m
	}
	return s
}

func (g *gaussianInference) LogZ(theta structured.Theta) float64 {
	s := g.solve(theta.Logits)
	defer g.idle.Put(s)
	return s.logZ
}

func (g *gaussianInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	s, d := g.solve(theta.Logits), g.dim
	defer g.idle.Put(s)
	if !s.proper {
		return s.logZ
	}
	for j := range d {
		column := s.inverse[j*d : (j+1)*d] // symmetric: a row will do
		clear(column)
		column[j] = 1
		forwardSubstitute(s.l, column, d)
		backSubstitute(s.l, column, d)
	}
	for i, m := range s.mean {
		grad.Logits[g.linear(i)] += weight * m
	}
	g.pairs(func(i, j, at int) {
		v := s.inverse[i*d+j] + s.mean[i]*s.mean[j]
		if i == j {
			v *= 0.5
		}
		grad.Logits[at] += weight * v
	})
	return s.logZ
}

// SampleModel overwrites ys with NaN where there is no model.
func (g *gaussianInference) SampleModel(ys []Point, theta structured.Theta, key uint64) {
	s := g.solve(theta.Logits)
	defer g.idle.Put(s)
	rng := s.source.At(key)
	for _, y := range ys {
		for i := range y {
			y[i] = rng.NormFloat64()
			if !s.proper {
				y[i] = math.NaN()
			}
		}
		if s.proper {
			backSubstitute(s.l, y, g.dim)
			for i, m := range s.mean {
				y[i] += m
			}
		}
	}
}

// Mode is the mean; where there is no model it is that of the base, and nothing
// is proven.
func (g *gaussianInference) Mode(dst *Point, theta structured.Theta, _ uint64) (float64, bool) {
	s := g.solve(theta.Logits)
	defer g.idle.Put(s)
	copy(*dst, s.mean)
	if !s.proper {
		copy(*dst, g.mean)
	}
	g.base.LogDensity(s.logq[:], []Point{*dst})
	value := s.logq[0]
	y := *dst
	for i, v := range y {
		value += theta.Logits[g.linear(i)] * v
	}
	g.pairs(func(i, j, at int) {
		v := theta.Logits[at] * y[i] * y[j]
		if i == j {
			v *= 0.5
		}
		value += v
	})
	return value, s.proper
}

// factorise overwrites the lower triangle of a symmetric matrix by its Cholesky
// factor, and reports whether it is positive definite.
func factorise(a []float64, d int) bool {
	for i := range d {
		for j := range i + 1 {
			v := a[i*d+j]
			for k := range j {
				v -= a[i*d+k] * a[j*d+k]
			}
			if i > j {
				a[i*d+j] = v / a[j*d+j]
				continue
			}
			if !(v > 0) || math.IsInf(v, 1) {
				return false
			}
			a[i*d+i] = math.Sqrt(v)
		}
	}
	return true
}

// logDiagonal is log det of a triangular factor.
func logDiagonal(l []float64, d int) float64 {
	v := 0.0
	for i := range d {
		v += math.Log(l[i*d+i])
	}
	return v
}

// forwardSubstitute overwrites x with L^-1 x, backSubstitute with L'^-1 x.
func forwardSubstitute(l, x []float64, d int) {
	for i := range d {
		for j := range i {
			x[i] -= l[i*d+j] * x[j]
		}
		x[i] /= l[i*d+i]
	}
}

func backSubstitute(l, x []float64, d int) {
	for i := d - 1; i >= 0; i-- {
		for j := i + 1; j < d; j++ {
			x[i] -= l[j*d+i] * x[j]
		}
		x[i] /= l[i*d+i]
	}
}
