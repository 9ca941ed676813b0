package logpart

import (
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Network is tau as a network of the features with one output; the zero value
// is an nn.MLP with its default settings.
type Network struct {
	Of nn.Architecture
}

func (n Network) of() nn.Architecture {
	if n.Of == nil {
		return nn.MLP{}
	}
	return n.Of
}

// Validate reports what is wrong with Of.
func (n Network) Validate() error { return n.of().Validate() }

// Build wants Sizes.Features; an architecture that does not fit is an error.
func (n Network) Build(s Sizes) (Partition, error) {
	net, err := n.of().Build(s.Features, 1)
	if err != nil {
		return nil, err
	}
	return network{net}, nil
}

// Linear is tau as an affine function of the features. With scores that are
// linear in their parameters it keeps the joint objective convex.
type Linear struct{}

// Validate returns nil.
func (Linear) Validate() error { return nil }

// Build wants Sizes.Features.
func (Linear) Build(s Sizes) (Partition, error) {
	return Network{Of: nn.Linear{}}.Build(s)
}

// Constant is one tau for all x.
type Constant struct{}

// Validate returns nil.
func (Constant) Validate() error { return nil }

// Build makes one parameter.
func (Constant) Build(s Sizes) (Partition, error) {
	return Network{Of: nn.Constant{}}.Build(s)
}

type network struct{ nn.Network }

func (network) Generalizes() bool { return true }

func (n network) NewTape() Tape { return networkTape{n.Network.NewTape()} }

type networkTape struct{ tape nn.Tape }

func (t networkTape) Forward(params []float64, in Input, keys []uint64) []float64 {
	return t.tape.Forward(params, in.X, keys)
}

func (t networkTape) Backward(params, grad, dTau, dLogits []float64) {
	t.tape.Backward(params, grad, dTau, nil)
}

// Shift makes it a Shifter, where the network is one.
func (n network) Shift(params []float64, by float64) bool {
	s, ok := n.Network.(nn.Shifter)
	return ok && s.Shift(params, []float64{by})
}
