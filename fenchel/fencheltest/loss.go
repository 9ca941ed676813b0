package fencheltest

import (
	"errors"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// Loss checks that l keeps the contract of fenchel.Loss on vectors of the
// length of the targets, which are points of its polytope: the conjugate and
// the entropy agree, the loss is what its definition says, is not negative and
// vanishes at the argmax, gradients and Jacobians agree with central
// differences, aliased and missing destinations change nothing, the arguments
// are left alone, and NaN and +Inf are errors.
func Loss(t T, l fenchel.Loss, targets ...[]float64) {
	t.Helper()
	if err := l.Validate(); err != nil {
		t.Errorf("%v is not valid: %v", l, err)
		return
	}
	if l.String() == "" {
		t.Errorf("%T has no name", l)
	}
	rng := stream(uint64(len(targets)))
	for k, target := range targets {
		n := len(target)
		scores, direction := make([]float64, n), make([]float64, n)
		for _, spread := range []float64{0.2, 1, 5} {
			for i := range scores {
				scores[i], direction[i] = spread*rng.NormFloat64(), rng.NormFloat64()
			}
			c := &check{t: t, l: l, scores: scores, target: target}
			c.definition()
			c.gradient()
			c.jacobian(direction)
			if t, ok := l.(fenchel.Labelled); ok {
				c.label(t, (k+int(spread))%n)
			}
		}
		bad := append([]float64(nil), scores...)
		for _, x := range []float64{math.NaN(), math.Inf(1)} {
			bad[n-1] = x
			if _, err := l.Argmax(make([]float64, n), bad); err == nil {
				t.Errorf("%v: Argmax takes a score of %g", l, x)
			}
			if _, err := l.Loss(nil, bad, target); err == nil {
				t.Errorf("%v: Loss takes a score of %g", l, x)
			}
		}
	}
}

type check struct {
	t              T
	l              fenchel.Loss
	scores, target []float64
}

func (c *check) argmax(scores []float64) ([]float64, float64) {
	c.t.Helper()
	p := make([]float64, len(scores))
	before := append([]float64(nil), scores...)
	v, err := c.l.Argmax(p, scores)
	if err != nil {
		c.t.Errorf("%v: Argmax: %v", c.l, err)
	}
	almost.Same(c.t, before, scores, "Argmax changes the scores")
	alias := append([]float64(nil), scores...)
	if _, err := c.l.Argmax(alias, alias); err != nil {
		c.t.Errorf("%v: Argmax in place: %v", c.l, err)
	}
	almost.Slice(c.t, p, alias, 1e-12, 1e-12, "Argmax in place")
	return p, v
}

func (c *check) loss(grad, scores, target []float64) float64 {
	c.t.Helper()
	v, err := c.l.Loss(grad, scores, target)
	if err != nil {
		c.t.Errorf("%v: Loss: %v", c.l, err)
	}
	return v
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func (c *check) definition() {
	c.t.Helper()
	p, conjugate := c.argmax(c.scores)
	size := 1 + math.Abs(conjugate) + math.Sqrt(dot(c.scores, c.scores)*(1+dot(p, p)))
	almost.Equal(c.t, dot(c.scores, p)+c.l.Entropy(p), conjugate, 1e-11*size, 0, "%v: Omega* is not reached at the argmax", c.l)
	other := dot(c.scores, c.target) + c.l.Entropy(c.target)
	if other > conjugate+1e-11*size {
		c.t.Errorf("%v: the target gives %g, above Omega* = %g", c.l, other, conjugate)
	}
	v := c.loss(nil, c.scores, c.target)
	almost.Equal(c.t, conjugate-other, v, 1e-11*(size+math.Abs(other)), 0, "%v: the loss is not Omega* + Omega - <s,y>", c.l)
	if v < 0 {
		c.t.Errorf("%v: negative loss %g", c.l, v)
	}
	if at := c.loss(nil, c.scores, p); !(at >= 0 && at <= 1e-12*size) {
		c.t.Errorf("%v: the loss of the argmax is %g, not 0", c.l, at)
	}
}

// central is the central difference of f at 0; smooth says that the two sides
// agree, so that it means something.
func central(f func(h float64) float64) (slope float64, smooth bool) {
	const h = 1e-5
	up, mid, down := f(h), f(0), f(-h)
	return (up - down) / (2 * h), math.Abs(up-2*mid+down) <= 1e-4*h*(1+math.Abs(mid))
}

func (c *check) gradient() {
	c.t.Helper()
	grad, p := make([]float64, len(c.scores)), make([]float64, len(c.scores))
	v := c.loss(grad, c.scores, c.target)
	almost.Equal(c.t, v, c.loss(nil, c.scores, c.target), 1e-14, 1e-12, "%v: the loss without a gradient", c.l)
	alias := append([]float64(nil), c.scores...)
	almost.Equal(c.t, v, c.loss(alias, alias, c.target), 1e-14, 1e-12, "%v: the loss in place", c.l)
	almost.Slice(c.t, grad, alias, 1e-12, 1e-12, "the gradient in place")
	p, _ = c.argmax(c.scores)
	for i := range p {
		p[i] -= c.target[i]
	}
	almost.Slice(c.t, p, grad, 1e-12, 1e-12, "the gradient is not argmax - target")
	for i := range grad {
		moved := append([]float64(nil), c.scores...)
		slope, smooth := central(func(h float64) float64 {
			moved[i] = c.scores[i] + h
			return c.loss(nil, moved, c.target)
		})
		if smooth {
			almost.Equal(c.t, slope, grad[i], 1e-7*(1+v), 1e-7, "%v: gradient %d", c.l, i)
		}
	}
}

func (c *check) jacobian(direction []float64) {
	c.t.Helper()
	p, _ := c.argmax(c.scores)
	dst := make([]float64, len(p))
	if err := c.l.JVP(dst, p, c.scores, direction); err != nil {
		if !errors.Is(err, fenchel.ErrCurvature) {
			c.t.Errorf("%v: JVP: %v", c.l, err)
		}
		return
	}
	moved := make([]float64, len(p))
	at := func(h float64, i int) float64 {
		for j := range moved {
			moved[j] = c.scores[j] + h*direction[j]
		}
		q, _ := c.argmax(moved)
		return q[i]
	}
	for i := range p {
		slope, smooth := central(func(h float64) float64 { return at(h, i) })
		if smooth {
			almost.Equal(c.t, slope, dst[i], 1e-5, 1e-5, "%v: Jacobian row %d", c.l, i)
		}
	}
}

// label compares LabelLoss with Loss.
func (c *check) label(l fenchel.Labelled, label int) {
	c.t.Helper()
	target, grad := make([]float64, len(c.scores)), make([]float64, len(c.scores))
	target[label] = 1
	want := make([]float64, len(c.scores))
	v, err := l.Loss(want, c.scores, target)
	got, err2 := l.LabelLoss(grad, c.scores, label)
	if err != nil || err2 != nil {
		if (err == nil) != (err2 == nil) {
			c.t.Errorf("%v: Loss of a label says %v, LabelLoss %v", l, err, err2)
		}
		return
	}
	almost.Equal(c.t, v, got, 1e-13, 1e-11, "%v: LabelLoss", l)
	almost.Slice(c.t, want, grad, 1e-13, 1e-12, "the gradient of LabelLoss")
	without, _ := l.LabelLoss(nil, c.scores, label)
	almost.Equal(c.t, got, without, 1e-14, 1e-12, "%v: LabelLoss without a gradient", l)
}
