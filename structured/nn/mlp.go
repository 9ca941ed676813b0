package nn

import (
	"fmt"
	"math/rand/v2"
)

const defaultWidth = 128

// MLP is a multilayer perceptron with L hidden layers,
//
//	a_0     = x
//	a_l     = drop(act(a_{l-1}·W_l + b_l)),    l = 1..L
//	h(x)    = a_L·W_{L+1} + b_{L+1}
//
// Its parameters are W_1, b_1, ..., W_{L+1}, b_{L+1}, each W row-major with a
// row per input of its layer. Hidden weights start normal with the standard
// deviation of He et al. (2015), sqrt(2/in), or for Tanh of Glorot & Bengio
// (2010), sqrt(2/(in+out)); those of the output layer with 0.1 times that of
// Glorot & Bengio, so that the first outputs are near zero; biases at zero. A
// row costs one multiplication per weight forward and two backward, except
// that the first layer only pays for the nonzeros of a sparse row.
type MLP struct {
	Hidden     []int      // widths of the hidden layers; empty means one of 128. For none use Linear
	Activation Activation // of the hidden layers; the zero value is ReLU

	// Dropout is the probability, in [0, 1), that a hidden unit is dropped in
	// training: the unit is zero then, and 1/(1-Dropout) times its value
	// otherwise (Srivastava et al., 2014).
	Dropout float64

	// Precision is what the products of dense rows and weights are computed in.
	// Auto stands for Double. Single is up to twice as fast on amd64, with
	// outputs and gradients off by parts of 10^6 of their largest terms; elsewhere
	// it is Double. Derivatives in the input by jets are always in float64.
	Precision Precision
}

// Validate returns a *SettingError if a width is not positive, the activation
// unknown or the dropout not in [0, 1).
func (a MLP) Validate() error {
	s := settings{of: "MLP"}
	for i, w := range a.Hidden {
		s.want(w > 0, fmt.Sprintf("Hidden[%d]", i), float64(w), "a positive number")
	}
	s.activation(a.Activation)
	s.fraction("Dropout", a.Dropout)
	s.precision(a.Precision)
	return s.err
}

// Build makes the network. The error is a *SettingError or a *SizeError.
func (a MLP) Build(in, out int) (Network, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	hidden := a.Hidden
	if len(hidden) == 0 {
		hidden = []int{defaultWidth}
	}
	l := layout{arithmetic: a.Precision.arithmetic()}
	var layers []affine
	from := in
	for _, width := range hidden {
		layers = append(layers, l.affine(from, width, true))
		from = width
	}
	layers = append(layers, l.affine(from, out, true))
	if l.err != nil {
		return nil, l.err
	}
	return &perceptron{layers: layers, act: a.Activation, drop: newDropout(a.Dropout), params: l.params}, nil
}

// A perceptron is affine layers with an activation and dropout in between.
type perceptron struct {
	layers []affine
	act    Activation
	drop   dropout
	params int
}

func (n *perceptron) In() int        { return n.layers[0].in }
func (n *perceptron) Out() int       { return n.layers[len(n.layers)-1].out }
func (n *perceptron) NumParams() int { return n.params }

func (n *perceptron) Init(params []float64, rng *rand.Rand) {
	mustHave(params, n.params)
	last := len(n.layers) - 1
	for _, l := range n.layers[:last] {
		l.initialise(params, rng, n.act.gain(l.in, l.out))
	}
	l := n.layers[last]
	l.initialise(params, rng, outputGain*glorot(l.in, l.out))
}

func (n *perceptron) Decay(dst []bool) {
	mustHave(dst, n.params)
	for _, l := range n.layers {
		l.decay(dst)
	}
}

func (n *perceptron) NewTape() Tape {
	return &perceptronTape{net: n, drop: n.drop, hidden: make([]units, len(n.layers)-1)}
}

type perceptronTape struct {
	net    *perceptron
	drop   dropout
	batch  batch
	hidden []units
	out    []float64
	g      [2][]float64 // gradients of a layer and of the one below
	jet    perceptronJet
}

func (t *perceptronTape) Forward(params []float64, x Input, keys []uint64) []float64 {
	n := t.net
	mustHave(params, n.params)
	t.batch.begin(x, n.In(), keys, &t.drop)
	var below []float64
	for i, l := range n.layers {
		dst := resize(&t.out, x.Rows*l.out)
		if i < len(t.hidden) {
			dst = t.hidden[i].resize(n.act, x.Rows*l.out)
		}
		if i == 0 {
			l.forwardInput(params, dst, x)
		} else {
			l.forward(params, dst, below, x.Rows)
		}
		if i < len(t.hidden) {
			t.hidden[i].forward(n.act, l.out, keys, i, &t.drop)
		}
		below = dst
	}
	return below
}

func (t *perceptronTape) Backward(params, grad, dOut, dIn []float64) {
	n, rows := t.net, t.batch.x.Rows
	mustHave(params, n.params)
	mustHave(grad, n.params)
	mustHave(dOut, rows*n.Out())
	g := dOut
	for i := len(n.layers) - 1; i > 0; i-- {
		l, h := n.layers[i], &t.hidden[i-1]
		l.backward(grad, h.a, g, rows)
		below := resize(&t.g[i%2], rows*l.in)
		l.backwardRows(params, below, g, rows, false)
		n.act.backward(below, h.a, h.d, t.batch.scale)
		g = below
	}
	n.layers[0].backwardInput(grad, t.batch.x, g)
	if dIn != nil {
		mustHave(dIn, rows*n.In())
		n.layers[0].backwardRows(params, dIn, g, rows, false)
	}
}

// Shift makes the network a Shifter.
func (n *perceptron) Shift(params, by []float64) bool {
	return n.layers[len(n.layers)-1].shift(params, by)
}
