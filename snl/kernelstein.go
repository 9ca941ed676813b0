package snl

import (
	"errors"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// KernelStein is the kernel Stein discrepancy (Liu, Lee, Jordan 2016;
// Chwialkowski, Strathmann, Gretton 2016) of the data from the model,
//
//	loss(y_i) = mean over j != i of u(y_i, y_j),   s = grad [ g + log q ],
//	u(y, y')  = k <s, s'> + <s, grad' k> + <s', grad k> + tr grad grad' k,
//
// for density estimation. The expectation of u over pairs of draws of p_data is
// squared distance between p_data and p in a space of functions that the kernel
// k stands for, 0 where they agree, and there is no normaliser in it.
//
// The pairs are those of the piece of a mini-batch that one worker evaluates: 32
// examples, or an eighth of the mini-batch where that is more. Which they are
// follows from the seed and not from the number of workers, and the mean is
// unbiased for any; larger mini-batches have a smaller variance. An example
// that is alone in its piece has loss 0. With weights pairs count with their
// product.
//
// A mini-batch of n costs n gradients in y, n passes of order 1 and O(n m d) for
// pieces of m. The coupling must be Smooth and the base have a gradient and no
// bounds, or be Lebesgue measure. Scores that depend on features are an
// ErrConditional: there is one y for each x.
type KernelStein struct {
	// Kernel is k; nil stands for InverseMultiquadric{}.
	Kernel SteinKernel
}

// ErrConditional is returned for what is about p(y) where there is p(y|x).
var ErrConditional = errors.New("snl: the kernel Stein discrepancy is of densities without features")

// A SteinKernel is a positive definite function of the distance, k(|y - y'|^2).
type SteinKernel interface {
	Validate() error
	// Radial returns k and its first and second derivatives with respect to
	// the squared distance.
	Radial(square float64) (k, first, second float64)
}

// InverseMultiquadric is the kernel (1 + r^2/Scale^2)^-Power, whose discrepancy
// tends to 0 only where the law of the data tends to the model in any
// dimension, for Power < 1 (Gorham, Mackey 2017). Its tails are heavy.
type InverseMultiquadric struct {
	// Scale is a length in the units of the space; 0 stands for 1.
	Scale float64
	// Power is positive; 0 stands for 1/2.
	Power float64
}

// Validate wants numbers that are not negative.
func (k InverseMultiquadric) Validate() error {
	if !(k.Scale >= 0 && k.Power >= 0) || math.IsInf(k.Scale+k.Power, 1) {
		return fmt.Errorf("snl: InverseMultiquadric: scale %g and power %g", k.Scale, k.Power)
	}
	return nil
}

// Radial is the power and its derivatives.
func (k InverseMultiquadric) Radial(square float64) (value, first, second float64) {
	scale, power := orDefault(k.Scale, 1), orDefault(k.Power, 0.5)
	c := 1 / (scale * scale)
	base := 1 + c*square
	if value = math.Pow(base, -power); power == 0.5 {
		value = 1 / math.Sqrt(base)
	}
	first = -power * c * value / base
	return value, first, -(power + 1) * c * first / base
}

// GaussianKernel is the kernel exp(-r^2/(2 Scale^2)). Its tails are light: in
// several dimensions it sees little of what is far apart.
type GaussianKernel struct {
	// Scale is a length in the units of the space; 0 stands for 1.
	Scale float64
}

// Validate wants a Scale that is not negative.
func (k GaussianKernel) Validate() error {
	if !(k.Scale >= 0) || math.IsInf(k.Scale, 1) {
		return fmt.Errorf("snl: GaussianKernel: scale %g", k.Scale)
	}
	return nil
}

// Radial is the exponential and its derivatives.
func (k GaussianKernel) Radial(square float64) (value, first, second float64) {
	scale := orDefault(k.Scale, 1)
	c := -0.5 / (scale * scale)
	value = math.Exp(c * square)
	return value, c * value, c * c * value
}

// String is ksd.
func (KernelStein) String() string { return "ksd" }

func (o KernelStein) kernel() SteinKernel {
	if o.Kernel == nil {
		return InverseMultiquadric{}
	}
	return o.Kernel
}

// Validate returns the error of the Kernel.
func (o KernelStein) Validate() error { return o.kernel().Validate() }

// Bind returns the errors of Validate, an *OrderError for a coupling that is not
// Smooth, ErrBounded, and an error for a base without a gradient.
func (o KernelStein) Bind(p structured.Problem[Point]) (structured.Criterion[Point], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	f, err := bindScores(p, "KernelStein", 1)
	if err != nil {
		return nil, err
	}
	return &kernelStein{field: f, kernel: o.kernel()}, f.unbounded()
}

type kernelStein struct {
	unnormalised
	field  scoreField
	kernel SteinKernel
}

type kernelSteinScratch struct {
	scoreScratch
	all   []float64 // scores of the batch, n x d
	pulls scratch   // derivatives with respect to them
	ones  []float64
}

func (c *kernelStein) NewScratch() structured.Scratch { return new(kernelSteinScratch) }

func (c *kernelStein) Evaluate(b *structured.Batch[Point], scratch structured.Scratch) error {
	s, n, d := scratch.(*kernelSteinScratch), b.Len(), c.field.dim
	for i, k := 0, len(b.Logits)/max(n, 1); i < len(b.Logits); i++ {
		if b.Logits[i] != b.Logits[i%k] {
			return ErrConditional
		}
	}
	s.all = numeric.Grow(s.all, n*d)
	err := eachTheta("ksd", b, func(lo, hi int) {
		copy(s.all[lo*d:hi*d], c.field.evaluate(&s.scoreScratch, b.Theta(lo), b.Y[lo:hi]))
	})
	if err != nil {
		return err
	}
	c.pairs(b, s)
	if !b.WantsGrad() {
		return nil
	}
	s.ones = s.ones[:0]
	for range n {
		s.ones = append(s.ones, 1)
	}
	return eachTheta("ksd", b, func(lo, hi int) {
		c.field.smooth.AddGradJet(b.Grad(lo), b.Theta(lo), b.Y[lo:hi], s.pulls.points[lo:hi], nil, s.ones[lo:hi], nil)
	})
}

// pairs writes the losses, and the derivatives of their sum by Scale with
// respect to the scores.
func (c *kernelStein) pairs(b *structured.Batch[Point], s *kernelSteinScratch) {
	n, d, total := b.Len(), c.field.dim, 0.0
	weights := b.Scale // in proportion to the weights, and equal where there are none
	for i := range n {
		total += weight(weights, i)
	}
	pulls := s.pulls.makePoints(n, d)
	clear(s.pulls.flat[:n*d])
	clear(b.Loss[:n])
	for i := range n {
		wi := weight(weights, i)
		for j := range i {
			wj := weight(weights, j)
			si, sj := s.all[i*d:(i+1)*d], s.all[j*d:(j+1)*d]
			u, k, first := steinPair(c.kernel, b.Y[i], b.Y[j], si, sj)
			toI, toJ := share(wj, total-wi), share(wi, total-wj)
			b.Loss[i] += toI * u
			b.Loss[j] += toJ * u
			both := scaleOf(b, i)*toI + scaleOf(b, j)*toJ
			for l := range d {
				e := 2 * first * (b.Y[i][l] - b.Y[j][l])
				pulls[i][l] += both * (k*sj[l] - e)
				pulls[j][l] += both * (k*si[l] + e)
			}
		}
	}
}

// share is part/total, 0 where there is nothing.
func share(part, total float64) float64 {
	if part == 0 {
		return 0
	}
	return part / total
}

// steinPair is u of two points with scores s and t, and k and its derivative
// with respect to the squared distance: with e = y - z,
//
//	u = k <s, t> - 2 k' <s - t, e> - 2 d k' - 4 |e|^2 k''.
func steinPair(kernel SteinKernel, y, z Point, s, t []float64) (u, k, first float64) {
	square, dot, along := 0.0, 0.0, 0.0
	for j, v := range y {
		e := v - z[j]
		square += e * e
		dot += s[j] * t[j]
		along += (s[j] - t[j]) * e
	}
	k, first, second := kernel.Radial(square)
	return k*dot - 2*first*(along+float64(len(y))) - 4*square*second, k, first
}
