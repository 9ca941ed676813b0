package nn

import "github.com/gibbs-ebm/gibbs/internal/kernel"

// A Jet is a batch of rows that move: the derivatives of order 0, 1 and 2 at
// t = 0 of a row a(t), so that a line has Value x, First v and Second nil. Each
// has Rows x columns numbers, row-major. Those of an order that was not asked
// for are nil.
type Jet struct {
	Rows int
	// Shared, of an input, has the first features of every row, the same for
	// all and not moving: they are multiplied into the first layer once, not
	// once per row. Value, First and Second then have the other columns.
	Shared []float64

	Value, First []float64
	Second       []float64 // of an input, nil stands for zeros
}

// JetTape is a Tape whose network can be differentiated along curves of its
// inputs, and these derivatives in turn with respect to everything: forward
// over reverse, with the layers, parameters and kernels of Forward. All
// networks of this package have it; it is found by type assertion.
//
//	order 0: h(a)   order 1: also d/dt h(a(t))   order 2: also d^2/dt^2 h(a(t))
//
// An order costs one Forward or Backward more each. There is no dropout. Jets
// have memory of their own: a Forward between ForwardJet and BackwardJet does
// no harm.
type JetTape interface {
	Tape
	// JetOrder is the highest order: 2 if the activation is smooth, and 1 for
	// ReLU, whose derivative is one almost everywhere only.
	JetOrder() int
	// ForwardJet evaluates the network and its derivatives along the curves x
	// up to order, from 0 to JetOrder; a higher one is a panic. The result
	// belongs to the tape and is valid until the next ForwardJet. A row gets
	// the same bits alone and in a batch.
	ForwardJet(params []float64, x Jet, order int) Jet
	// BackwardJet takes the derivatives of a loss with respect to the results
	// of the last ForwardJet, nil slices standing for zeros, and adds the
	// derivative with respect to the parameters to grad, unless that is nil.
	// The slices of dIn that are not nil are overwritten with the derivatives
	// with respect to those of x. x must not have been changed.
	BackwardJet(params, grad []float64, dOut, dIn Jet)
}

var (
	_ JetTape = (*perceptronTape)(nil)
	_ JetTape = (*residualTape)(nil)
	_ JetTape = (*constantTape)(nil)
)

// jetInput is what a tape remembers of the input of the last ForwardJet.
type jetInput struct {
	x     Jet
	order int
	sum   []float64 // of the rows of the gradient of the first layer
}

// begin checks x against a network of in inputs and remembers it.
func (j *jetInput) begin(x Jet, in, order, most int) {
	if order < 0 || order > most {
		panic("nn: jet of an order that the network does not have")
	}
	n := x.Rows * (in - len(x.Shared))
	mustHave(x.Value, n)
	if order >= 1 {
		mustHave(x.First, n)
	}
	if order >= 2 && x.Second != nil {
		mustHave(x.Second, n)
	}
	j.x, j.order = x, order
}

// stacks is the number of rows of all orders together: those of order 0 come
// first, then those of order 1, then of order 2.
func (j *jetInput) stacks() int { return (j.order + 1) * j.x.Rows }

// forward applies the first layer: dst, stacks x out, is set to the jet of
// x·W + b.
func (j *jetInput) forward(l affine, params, dst []float64) {
	x, n := j.x, j.x.Rows*l.out
	if n == 0 {
		return
	}
	shared, w := len(x.Shared), l.weights(params)
	cols, rest := l.in-shared, w[shared*l.out:]
	first := dst[:l.out]
	l.start(params, first, 1)
	kernel.NN(first, l.out, x.Shared, shared, w, l.out, 1, l.out, shared, true)
	for i := 1; i < x.Rows; i++ {
		copy(dst[i*l.out:(i+1)*l.out], first)
	}
	kernel.NN(dst[:n], l.out, x.Value, cols, rest, l.out, x.Rows, l.out, cols, true)
	if j.order >= 1 {
		kernel.NN(dst[n:2*n], l.out, x.First, cols, rest, l.out, x.Rows, l.out, cols, false)
	}
	if j.order >= 2 {
		if x.Second == nil {
			clear(dst[2*n : 3*n])
		} else {
			kernel.NN(dst[2*n:3*n], l.out, x.Second, cols, rest, l.out, x.Rows, l.out, cols, false)
		}
	}
}

// backward takes the derivative g, stacks x out, with respect to what forward
// set.
func (j *jetInput) backward(l affine, params, grad, g []float64, dIn Jet) {
	x, n := j.x, j.x.Rows*l.out
	shared, w := len(x.Shared), l.weights(params)
	cols, rest := l.in-shared, w[shared*l.out:]
	if grad != nil || dIn.Shared != nil {
		clear(resize(&j.sum, l.out))
		kernel.SumRows(j.sum, g[:n], l.out, x.Rows)
	}
	if grad != nil {
		into := l.weights(grad)
		kernel.TN(into, l.out, x.Shared, shared, j.sum, l.out, shared, l.out, 1, true)
		kernel.TN(into[shared*l.out:], l.out, x.Value, cols, g[:n], l.out, cols, l.out, x.Rows, true)
		if j.order >= 1 {
			kernel.TN(into[shared*l.out:], l.out, x.First, cols, g[n:2*n], l.out, cols, l.out, x.Rows, true)
		}
		if j.order >= 2 && x.Second != nil {
			kernel.TN(into[shared*l.out:], l.out, x.Second, cols, g[2*n:], l.out, cols, l.out, x.Rows, true)
		}
		if l.bias {
			kernel.Axpy(l.biases(grad), 1, j.sum)
		}
	}
	if dIn.Shared != nil {
		mustHave(dIn.Shared, shared)
		kernel.NT(dIn.Shared, shared, j.sum, l.out, w, l.out, 1, shared, l.out, false)
	}
	for k, d := range [...][]float64{dIn.Value, dIn.First, dIn.Second} {
		if d == nil {
			continue
		}
		mustHave(d, x.Rows*cols)
		if k > j.order {
			clear(d)
			continue
		}
		kernel.NT(d, cols, g[k*n:(k+1)*n], l.out, rest, l.out, x.Rows, cols, l.out, false)
	}
}

// stack sets dst, stacks x cols, to the derivatives in d.
func (j *jetInput) stack(dst []float64, d Jet, cols int) {
	n := j.x.Rows * cols
	for k, v := range [...][]float64{d.Value, d.First, d.Second} {
		if k > j.order {
			return
		}
		if v == nil {
			clear(dst[k*n : (k+1)*n])
			continue
		}
		mustHave(v, n)
		copy(dst[k*n:(k+1)*n], v)
	}
}

// split is a stack as a Jet.
func (j *jetInput) split(s []float64, cols int) Jet {
	n := j.x.Rows * cols
	out := Jet{Rows: j.x.Rows, Value: s[:n:n]}
	if j.order >= 1 {
		out.First = s[n : 2*n : 2*n]
	}
	if j.order >= 2 {
		out.Second = s[2*n : 3*n : 3*n]
	}
	return out
}

// startJet sets the rows of order 0 of a stack to b, and the others to zero.
func (l affine) startJet(params, dst []float64, rows int) {
	l.start(params, dst[:rows*l.out], rows)
	clear(dst[rows*l.out:])
}

// forwardJet sets dst to the jet of src·W + b: one product for all orders.
func (l affine) forwardJet(params, dst, src []float64, rows, stacks int) {
	l.startJet(params, dst, rows)
	kernel.NN(dst, l.out, src, l.in, l.weights(params), l.out, stacks, l.out, l.in, true)
}

// backwardJet adds the derivatives with respect to W and b to grad.
func (l affine) backwardJet(grad, src, g []float64, rows, stacks int) {
	kernel.TN(l.weights(grad), l.out, src, l.in, g, l.out, l.in, l.out, stacks, true)
	l.backwardBias(grad, g[:rows*l.out], rows)
}
