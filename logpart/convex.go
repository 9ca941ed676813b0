package logpart

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// Convex is tau as an input-convex network of the logits theta = h(x) (Amos,
// Xu, Kolter 2017),
//
//	z_1 = s(theta A_1 + b_1),   z_l = s(z_{l-1} P_l + theta A_l + b_l),   l = 2..L
//	tau = z_L p + theta a + c,   P_l = s(R_l) >= 0,  p = s(r) >= 0,  s(v) = log(1 + e^v),
//
// a convex function of theta for any parameters, as log Z is one where the
// scores are linear in theta (all couplings but low-rank and deep ones). It
// errs less between the examples than a network that may bend either way.
// With one layer of k units it can be the log-partition of k unary scores.
//
// Parameters are, layer by layer, A, b and R, then r, a and c. It starts with
// the curvature of k unary scores, and at tau = 0, flat, for theta = 0. Cost: a
// multiplication per weight forward and two backward.
type Convex struct {
	Hidden []int // widths of the hidden layers; empty means one of 512
}

func (f Convex) hidden() []int {
	if len(f.Hidden) == 0 {
		return []int{512}
	}
	return f.Hidden
}

// Validate wants positive widths that fit into memory.
func (f Convex) Validate() error {
	for i, h := range f.Hidden {
		if h < 1 || h > maxWidth {
			return fmt.Errorf("logpart: Convex.Hidden[%d] is %d, want 1 to %d", i, h, maxWidth)
		}
	}
	return nil
}

const maxWidth = 1 << 24

// Build wants Sizes.Logits.
func (f Convex) Build(s Sizes) (Partition, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	if s.Logits < 0 || s.Logits > maxWidth {
		return nil, fmt.Errorf("logpart: Convex of %d logits", s.Logits)
	}
	c := &convex{in: s.Logits}
	below, at := 0, 0
	for _, h := range f.hidden() {
		l := convexLayer{below: below, width: h, a: at}
		l.b = l.a + c.in*h
		l.r = l.b + h
		at = l.r + below*h
		c.layers = append(c.layers, l)
		below = h
	}
	c.r = at
	c.a = c.r + below
	c.c = c.a + c.in
	return c, nil
}

// convexLayer is where the parameters of a layer begin.
type convexLayer struct{ below, width, a, b, r int }

type convex struct {
	in      int
	layers  []convexLayer
	r, a, c int // of the output
}

func (c *convex) NumParams() int  { return c.c + 1 }
func (*convex) Generalizes() bool { return true }
func (c *convex) NewTape() Tape {
	return &convexTape{convex: c, layers: make([]convexUnits, len(c.layers))}
}
func (c *convex) Decay(dst []bool) {
	clear(dst)
	for _, l := range c.layers {
		for i := l.a; i < l.b; i++ {
			dst[i] = true
		}
	}
}

func (c *convex) Init(params []float64, rng *rand.Rand) {
	clear(params)
	scale := 1 / math.Sqrt(float64(max(1, c.in)))
	for _, l := range c.layers {
		for i := l.a; i < l.b; i++ {
			params[i] = scale * rng.NormFloat64()
		}
		for i := l.r; i < l.r+l.below*l.width; i++ {
			params[i] = inverseSoftplus(1 / float64(max(1, l.below)))
		}
	}
	last := c.layers[len(c.layers)-1]
	p := min(1, float64(max(1, c.in))/float64(last.width))
	for i := range last.width {
		params[c.r+i] = inverseSoftplus(p)
	}
	// The value and the slope at theta = 0 are taken off.
	t := c.NewTape()
	zero := Input{Logits: make([]float64, c.in)}
	zero.X.Rows = 1
	value := t.Forward(params, zero, nil)[0]
	slope, grad := make([]float64, c.in), make([]float64, len(params))
	t.Backward(params, grad, []float64{1}, slope)
	params[c.c] = -value
	for i, d := range slope {
		params[c.a+i] = -d
	}
}

// inverseSoftplus is the v with log(1 + e^v) = y > 0.
func inverseSoftplus(y float64) float64 { return y + math.Log(-math.Expm1(-y)) }

type convexUnits struct {
	z, slope []float64 // of the units, rows x width
	p, rise  []float64 // s(R) and its derivative
	g, dp    []float64
}

type convexTape struct {
	*convex
	rows    int
	theta   []float64
	layers  []convexUnits
	p, rise []float64 // s(r) and its derivative
	tau     []float64
}

// positive overwrites p with s(r) and rise with its derivative.
func positive(p, rise []float64, r []float64) (_, _ []float64) {
	p, rise = numeric.Grow(p, len(r)), numeric.Grow(rise, len(r))
	copy(p, r)
	kernel.Softplus(p, rise)
	return p, rise
}

func (t *convexTape) Forward(params []float64, in Input, _ []uint64) []float64 {
	c, n := t.convex, in.X.Rows
	t.rows, t.theta = n, in.Logits
	var below []float64
	for i, l := range c.layers {
		u := &t.layers[i]
		u.z, u.slope = numeric.Grow(u.z, n*l.width), numeric.Grow(u.slope, n*l.width)
		kernel.SpreadRow(u.z, l.width, params[l.b:l.r], n)
		kernel.NN(u.z, l.width, in.Logits, c.in, params[l.a:l.b], l.width, n, l.width, c.in, true)
		if i > 0 {
			u.p, u.rise = positive(u.p, u.rise, params[l.r:l.r+l.below*l.width])
			kernel.NN(u.z, l.width, below, l.below, u.p, l.width, n, l.width, l.below, true)
		}
		kernel.Softplus(u.z, u.slope)
		below = u.z
	}
	t.p, t.rise = positive(t.p, t.rise, params[c.r:c.a])
	t.tau = numeric.Grow(t.tau, n)
	width := len(t.p)
	for i := range t.tau {
		t.tau[i] = params[c.c] + kernel.Dot(t.p, below[i*width:(i+1)*width]) +
			kernel.Dot(params[c.a:c.c], in.Logits[i*c.in:(i+1)*c.in])
	}
	return t.tau
}

func (t *convexTape) Backward(params, grad, dTau, dLogits []float64) {
	c, n := t.convex, t.rows
	last := len(c.layers) - 1
	width, top := len(t.p), &t.layers[last]
	top.g = numeric.Grow(top.g, n*width)
	for i, d := range dTau {
		row := top.z[i*width : (i+1)*width]
		for j, z := range row {
			grad[c.r+j] += d * z * t.rise[j]
			top.g[i*width+j] = d * t.p[j]
		}
		kernel.Axpy(grad[c.a:c.c], d, t.theta[i*c.in:(i+1)*c.in])
		kernel.Axpy(dLogits[i*c.in:(i+1)*c.in], d, params[c.a:c.c])
		grad[c.c] += d
	}
	for i := last; i >= 0; i-- {
		l, u := c.layers[i], &t.layers[i]
		kernel.Multiply(u.g, u.slope[:n*l.width])
		kernel.TN(grad[l.a:l.b], l.width, t.theta, c.in, u.g, l.width, c.in, l.width, n, true)
		kernel.SumRows(grad[l.b:l.r], u.g, l.width, n)
		kernel.NT(dLogits, c.in, u.g, l.width, params[l.a:l.b], l.width, n, c.in, l.width, true)
		if i == 0 {
			return
		}
		d := &t.layers[i-1]
		d.g = numeric.Grow(d.g, n*l.below)
		kernel.NT(d.g, l.below, u.g, l.width, u.p, l.width, n, l.below, l.width, false)
		dp := numeric.Zeroed(u.dp, len(u.p))
		u.dp = dp
		kernel.TN(dp, l.width, d.z, l.below, u.g, l.width, l.below, l.width, n, true)
		for j, x := range dp {
			grad[l.r+j] += x * u.rise[j]
		}
	}
}

// Shift makes it a Shifter.
func (c *convex) Shift(params []float64, by float64) bool {
	params[c.c] += by
	return true
}
