package nn

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// outputGain scales the starting weights of every output layer, so that
// training starts near zero logits yet not at the symmetric point where
// products of two logits have no gradient.
const outputGain = 0.1

// An affine layer maps a row x to x·W + b. W, in x out and row-major, and
// then b, unless there is none, lie at offset in the flat parameters.
type affine struct {
	in, out, offset int
	bias            bool
	arithmetic      kernel.Arithmetic
}

// A layout lays layers one after the other in the flat parameters.
type layout struct {
	params     int
	err        error
	arithmetic kernel.Arithmetic // of the layers
}

func (l *layout) affine(in, out int, bias bool) affine {
	if in < 0 || out < 0 {
		l.fail(in, out)
	}
	a := affine{in: in, out: out, offset: l.params, bias: bias, arithmetic: l.arithmetic}
	if l.err != nil {
		return a
	}
	const most = math.MaxInt / 8 // bytes per float64
	inputs := uint64(in)
	if bias {
		inputs++
	}
	hi, n := bits.Mul64(inputs, uint64(out))
	if hi != 0 || n > most-uint64(l.params) {
		l.fail(in, out)
		return a
	}
	l.params += int(n)
	return a
}

func (l *layout) fail(in, out int) {
	if l.err == nil {
		l.err = &SizeError{In: in, Out: out}
	}
}

func (l affine) weights(p []float64) []float64 {
	end := l.offset + l.in*l.out
	return p[l.offset:end:end]
}

func (l affine) biases(p []float64) []float64 {
	start := l.offset + l.in*l.out
	return p[start : start+l.out : start+l.out]
}

// initialise draws the weights from a normal of standard deviation std and
// sets the biases to zero.
func (l affine) initialise(params []float64, rng *rand.Rand, std float64) {
	w := l.weights(params)
	for i := range w {
		w[i] = std * rng.NormFloat64()
	}
	if l.bias {
		clear(l.biases(params))
	}
}

func (l affine) decay(dst []bool) {
	n := l.in * l.out
	for i := range n {
		dst[l.offset+i] = true
	}
	if l.bias {
		clear(dst[l.offset+n : l.offset+n+l.out])
	}
}

// forward sets dst, rows x out, to src·W + b.
func (l affine) forward(params, dst, src []float64, rows int) {
	l.start(params, dst, rows)
	l.arithmetic.NN(dst, l.out, src, l.in, l.weights(params), l.out, rows, l.out, l.in, true)
}

// start sets each row of dst to b.
func (l affine) start(params, dst []float64, rows int) {
	if l.bias {
		kernel.SpreadRow(dst, l.out, l.biases(params), rows)
	} else {
		clear(dst)
	}
}

// forwardAdd sets dst to base + src·W + b.
func (l affine) forwardAdd(params, dst, base, src []float64, rows int) {
	copy(dst, base)
	if l.bias {
		b := l.biases(params)
		for i := range rows {
			kernel.Axpy(dst[i*l.out:(i+1)*l.out], 1, b)
		}
	}
	l.arithmetic.NN(dst, l.out, src, l.in, l.weights(params), l.out, rows, l.out, l.in, true)
}

// forwardInput is forward of a batch that may be sparse, in time proportional
// to its nonzeros.
func (l affine) forwardInput(params, dst []float64, x Input) {
	if !x.Sparse() {
		l.forward(params, dst, x.Dense, x.Rows)
		return
	}
	l.start(params, dst, x.Rows)
	w := l.weights(params)
	for i := range x.Rows {
		row := dst[i*l.out : (i+1)*l.out]
		for p := x.Offsets[i]; p < x.Offsets[i+1]; p++ {
			c := int(x.Columns[p])
			kernel.Axpy(row, x.Values[p], w[c*l.out:(c+1)*l.out])
		}
	}
}

// backward adds to grad the derivative with respect to W, srcᵀ·g, and to b,
// the sum of the rows of g.
func (l affine) backward(grad, src, g []float64, rows int) {
	l.arithmetic.TN(l.weights(grad), l.out, src, l.in, g, l.out, l.in, l.out, rows, true)
	l.backwardBias(grad, g, rows)
}

func (l affine) backwardBias(grad, g []float64, rows int) {
	if l.bias {
		kernel.SumRows(l.biases(grad), g, l.out, rows)
	}
}

// backwardInput is backward for a batch that may be sparse.
func (l affine) backwardInput(grad []float64, x Input, g []float64) {
	if !x.Sparse() {
		l.backward(grad, x.Dense, g, x.Rows)
		return
	}
	w := l.weights(grad)
	for i := range x.Rows {
		row := g[i*l.out : (i+1)*l.out]
		for p := x.Offsets[i]; p < x.Offsets[i+1]; p++ {
			c := int(x.Columns[p])
			kernel.Axpy(w[c*l.out:(c+1)*l.out], x.Values[p], row)
		}
	}
	l.backwardBias(grad, g, x.Rows)
}

// backwardRows sets dst, rows x in, to the derivative with respect to the
// rows the layer was applied to, g·Wᵀ, or adds it.
func (l affine) backwardRows(params, dst, g []float64, rows int, add bool) {
	l.arithmetic.NT(dst, l.in, g, l.out, l.weights(params), l.out, rows, l.in, l.out, add)
}

// A Shifter is a Network whose outputs can be moved by a constant through its
// parameters. All networks of this package are.
type Shifter interface {
	Network
	// Shift changes params so that by[j] is added to output j of every row; it
	// reports false, and changes nothing, where the network has no intercepts.
	Shift(params, by []float64) bool
}

var (
	_ Shifter = (*perceptron)(nil)
	_ Shifter = (*residual)(nil)
	_ Shifter = (*constant)(nil)
)

// shift is Shift of the output layer.
func (l affine) shift(params, by []float64) bool {
	if !l.bias {
		return false
	}
	kernel.Axpy(l.biases(params), 1, by)
	return true
}
