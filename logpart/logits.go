package logpart

import (
	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Logits is tau as a network of the logits theta = h(x), with one output. Since
// log Z(x) depends on x only through them, this form generalises where the
// scores do. The zero value is one hidden layer of 512 softplus units, with
// which k units already are the log-partition of k unary scores exactly:
// log Z = sum_j softplus(u_j) - k log 2.
//
// The gradient of tau flows on into the logits, as the joint objective has it;
// at the minimum over tau it vanishes.
type Logits struct {
	Of nn.Architecture
}

func (l Logits) of() nn.Architecture {
	if l.Of == nil {
		return nn.MLP{Hidden: []int{512}, Activation: nn.Softplus}
	}
	return l.Of
}

// Validate reports what is wrong with Of.
func (l Logits) Validate() error { return l.of().Validate() }

// Build wants Sizes.Logits; an architecture that does not fit is an error.
func (l Logits) Build(s Sizes) (Partition, error) {
	net, err := l.of().Build(s.Logits, 1)
	if err != nil {
		return nil, err
	}
	return ofLogits{network{net}}, nil
}

type ofLogits struct{ network }

func (l ofLogits) NewTape() Tape { return &logitsTape{tape: l.Network.NewTape(), logits: l.In()} }

type logitsTape struct {
	tape   nn.Tape
	logits int
	dIn    []float64
}

func (t *logitsTape) Forward(params []float64, in Input, keys []uint64) []float64 {
	return t.tape.Forward(params, nn.DenseInput(in.Logits, in.X.Rows, t.logits), keys)
}

func (t *logitsTape) Backward(params, grad, dTau, dLogits []float64) {
	if cap(t.dIn) < len(dLogits) {
		t.dIn = make([]float64, len(dLogits))
	}
	t.dIn = t.dIn[:len(dLogits)]
	t.tape.Backward(params, grad, dTau, t.dIn)
	floats.Add(dLogits, t.dIn)
}
