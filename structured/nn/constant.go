package nn

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// Constant is a row of outputs that is learned and does not depend on x,
//
//	h(x) = b
//
// for models without features; the number of inputs may be 0. Its parameters
// are b. They start normal with standard deviation 0.1, near zero and yet not
// at the symmetric point where products of two outputs have no gradient.
// Weight decay does not apply to them: they are intercepts.
type Constant struct{}

// Validate returns nil.
func (Constant) Validate() error { return nil }

// Build makes the network. The error is a *SizeError.
func (Constant) Build(in, out int) (Network, error) {
	var l layout
	if in < 0 {
		l.fail(in, out)
	}
	l.affine(0, out, true)
	if l.err != nil {
		return nil, l.err
	}
	return &constant{in: in, out: out}, nil
}

type constant struct{ in, out int }

func (n *constant) In() int        { return n.in }
func (n *constant) Out() int       { return n.out }
func (n *constant) NumParams() int { return n.out }

func (n *constant) Init(params []float64, rng *rand.Rand) {
	mustHave(params, n.out)
	for i := range params {
		params[i] = outputGain * rng.NormFloat64()
	}
}

func (n *constant) Decay(dst []bool) {
	mustHave(dst, n.out)
	clear(dst)
}

func (n *constant) NewTape() Tape { return &constantTape{net: n} }

type constantTape struct {
	net  *constant
	rows int
	out  []float64
	jet  constantJet
}

func (t *constantTape) Forward(params []float64, x Input, keys []uint64) []float64 {
	mustHave(params, t.net.out)
	var b batch
	b.begin(x, t.net.in, keys, &dropout{keep: 1 << 32})
	t.rows = x.Rows
	kernel.SpreadRow(resize(&t.out, x.Rows*t.net.out), t.net.out, params, x.Rows)
	return t.out
}

func (t *constantTape) Backward(params, grad, dOut, dIn []float64) {
	mustHave(params, t.net.out)
	mustHave(grad, t.net.out)
	mustHave(dOut, t.rows*t.net.out)
	kernel.SumRows(grad, dOut, t.net.out, t.rows)
	if dIn != nil {
		mustHave(dIn, t.rows*t.net.in)
		clear(dIn)
	}
}

// Shift makes the network a Shifter.
func (n *constant) Shift(params, by []float64) bool {
	kernel.Axpy(params, 1, by)
	return true
}
