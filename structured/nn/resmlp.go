package nn

import (
	"math"
	"math/rand/v2"
)

const (
	defaultBlocks = 2
	maxBlocks     = 1000 // a bound on what a hostile file can ask for
)

// ResMLP is a residual perceptron with B blocks,
//
//	a_0  = x·W_0 + b_0                                   Width units
//	a_l  = a_{l-1} + drop(act(a_{l-1}·U_l + c_l))·V_l + d_l,    l = 1..B
//	h(x) = a_B·W_1 + b_1
//
// It is the residual network of Gorishniy et al. (2021) without normalisation,
// which would make a row depend on its batch. Its parameters are W_0, b_0,
// U_1, c_1, V_1, d_1, ..., W_1, b_1, each matrix row-major with a row per
// input. W_0 starts normal with standard deviation sqrt(1/in); U as the
// hidden weights of MLP; V with that of Glorot & Bengio (2010) divided by
// sqrt(B), so that the variance of a_B does not grow with B; W_1 with 0.1
// times that of Glorot & Bengio, so that the first outputs are near zero;
// biases at zero. Costs are counted as for MLP.
type ResMLP struct {
	Width      int        // of the stream a; 0 means 128
	Blocks     int        // at most 1000; 0 means 2
	Inner      int        // units inside each block; 0 means Width
	Activation Activation // inside the blocks; the zero value is ReLU
	Dropout    float64    // probability in [0, 1) that a unit inside a block is dropped in training, as in MLP
	Precision  Precision  // of products, as in MLP
}

// Validate returns a *SettingError if a size is out of range, the activation
// unknown or the dropout not in [0, 1).
func (a ResMLP) Validate() error {
	s := settings{of: "ResMLP"}
	s.sizeOrDefault("Width", a.Width)
	s.want(a.Blocks >= 0 && a.Blocks <= maxBlocks, "Blocks", float64(a.Blocks), "a number from 1 to 1000, or 0 for the default")
	s.sizeOrDefault("Inner", a.Inner)
	s.activation(a.Activation)
	s.fraction("Dropout", a.Dropout)
	s.precision(a.Precision)
	return s.err
}

// Build makes the network. The error is a *SettingError or a *SizeError.
func (a ResMLP) Build(in, out int) (Network, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	width := or(a.Width, defaultWidth)
	inner := or(a.Inner, width)
	l := layout{arithmetic: a.Precision.arithmetic()}
	n := &residual{act: a.Activation, drop: newDropout(a.Dropout)}
	n.first = l.affine(in, width, true)
	for b := 0; b < or(a.Blocks, defaultBlocks) && l.err == nil; b++ {
		n.blocks = append(n.blocks, block{up: l.affine(width, inner, true), down: l.affine(inner, width, true)})
	}
	n.last = l.affine(width, out, true)
	n.params = l.params
	if l.err != nil {
		return nil, l.err
	}
	return n, nil
}

// A block is the two layers of a residual branch.
type block struct {
	up, down affine
}

type residual struct {
	first, last affine
	blocks      []block
	act         Activation
	drop        dropout
	params      int
}

func (n *residual) In() int        { return n.first.in }
func (n *residual) Out() int       { return n.last.out }
func (n *residual) NumParams() int { return n.params }

func (n *residual) Init(params []float64, rng *rand.Rand) {
	mustHave(params, n.params)
	n.first.initialise(params, rng, 1/math.Sqrt(float64(max(n.first.in, 1))))
	shrink := 1 / math.Sqrt(float64(len(n.blocks)))
	for _, b := range n.blocks {
		b.up.initialise(params, rng, n.act.gain(b.up.in, b.up.out))
		b.down.initialise(params, rng, shrink*glorot(b.down.in, b.down.out))
	}
	n.last.initialise(params, rng, outputGain*glorot(n.last.in, n.last.out))
}

func (n *residual) Decay(dst []bool) {
	mustHave(dst, n.params)
	n.first.decay(dst)
	for _, b := range n.blocks {
		b.up.decay(dst)
		b.down.decay(dst)
	}
	n.last.decay(dst)
}

func (n *residual) NewTape() Tape {
	return &residualTape{
		net: n, drop: n.drop,
		stream: make([][]float64, len(n.blocks)+1), inner: make([]units, len(n.blocks)),
	}
}

type residualTape struct {
	net    *residual
	drop   dropout
	batch  batch
	stream [][]float64 // a_0, ..., a_B
	inner  []units
	out    []float64
	g, gin []float64 // gradients of the stream and inside a block
	jet    residualJet
}

func (t *residualTape) Forward(params []float64, x Input, keys []uint64) []float64 {
	n := t.net
	mustHave(params, n.params)
	t.batch.begin(x, n.In(), keys, &t.drop)
	a := resize(&t.stream[0], x.Rows*n.first.out)
	n.first.forwardInput(params, a, x)
	for i, b := range n.blocks {
		b.up.forward(params, t.inner[i].resize(n.act, x.Rows*b.up.out), a, x.Rows)
		t.inner[i].forward(n.act, b.up.out, keys, i, &t.drop)
		next := resize(&t.stream[i+1], x.Rows*b.down.out)
		b.down.forwardAdd(params, next, a, t.inner[i].a, x.Rows)
		a = next
	}
	n.last.forward(params, resize(&t.out, x.Rows*n.last.out), a, x.Rows)
	return t.out
}

func (t *residualTape) Backward(params, grad, dOut, dIn []float64) {
	n, rows := t.net, t.batch.x.Rows
	mustHave(params, n.params)
	mustHave(grad, n.params)
	mustHave(dOut, rows*n.last.out)
	g := resize(&t.g, rows*n.last.in)
	n.last.backward(grad, t.stream[len(n.blocks)], dOut, rows)
	n.last.backwardRows(params, g, dOut, rows, false)
	for i := len(n.blocks) - 1; i >= 0; i-- {
		b, u := n.blocks[i], &t.inner[i]
		gin := resize(&t.gin, rows*b.up.out)
		b.down.backward(grad, u.a, g, rows)
		b.down.backwardRows(params, gin, g, rows, false)
		n.act.backward(gin, u.a, u.d, t.batch.scale)
		b.up.backward(grad, t.stream[i], gin, rows)
		b.up.backwardRows(params, g, gin, rows, true)
	}
	n.first.backwardInput(grad, t.batch.x, g)
	if dIn != nil {
		mustHave(dIn, rows*n.In())
		n.first.backwardRows(params, dIn, g, rows, false)
	}
}

// Shift makes the network a Shifter.
func (n *residual) Shift(params, by []float64) bool { return n.last.shift(params, by) }
