package nn

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// An Activation is the nonlinearity applied to each hidden unit.
type Activation int

// With sigma(z) = 1/(1+exp(-z)):
//
//	ReLU      max(z, 0)            derivative 1 for z > 0, else 0
//	Tanh      tanh(z)              derivative 1 - tanh(z)^2
//	SiLU      z sigma(z)           derivative sigma(z) (1 + z (1 - sigma(z)))
//	Softplus  log(1 + exp(z))      derivative sigma(z)
//
// SiLU is also known as swish (Elfwing, Uchibe, Doya, 2018; Ramachandran,
// Zoph, Le, 2017). Use a smooth one, SiLU or Softplus, where the derivative
// with respect to the input is itself differentiated.
const (
	ReLU Activation = iota
	Tanh
	SiLU
	Softplus
)

var activationNames = [...]string{ReLU: "ReLU", Tanh: "Tanh", SiLU: "SiLU", Softplus: "Softplus"}

func (a Activation) valid() bool { return a >= 0 && int(a) < len(activationNames) }

// String is the name of the constant.
func (a Activation) String() string {
	if !a.valid() {
		return fmt.Sprintf("Activation(%d)", int(a))
	}
	return activationNames[a]
}

// MarshalText writes the name of the constant.
func (a Activation) MarshalText() ([]byte, error) {
	if !a.valid() {
		return nil, fmt.Errorf("nn: there is no %s", a)
	}
	return []byte(activationNames[a]), nil
}

// UnmarshalText reads what MarshalText writes.
func (a *Activation) UnmarshalText(text []byte) error {
	for i, name := range activationNames {
		if string(text) == name {
			*a = Activation(i)
			return nil
		}
	}
	return fmt.Errorf("nn: there is no activation %q", text)
}

// smooth reports whether the derivative has to be kept by forward: that of
// ReLU can be told from its value.
func (a Activation) smooth() bool { return a != ReLU }

// forward overwrites z with the activations and, if smooth, d with the
// derivatives there.
func (a Activation) forward(z, d []float64) {
	if a == ReLU {
		kernel.ReLU(z, z)
		return
	}
	d = d[:len(z)]
	switch a {
	case Tanh:
		kernel.Tanh(z, d)
	case SiLU:
		kernel.SiLU(z, d)
	case Softplus:
		kernel.Softplus(z, d)
	default:
		panic("nn: unknown activation")
	}
}

// backward multiplies g by the derivatives that forward and dropout left:
// those in d if smooth; else scale where the activation y is not zero.
func (a Activation) backward(g, y, d []float64, scale float64) {
	if a == ReLU {
		kernel.ReLUMask(g, y)
		if scale != 1 {
			kernel.Scale(g, scale)
		}
		return
	}
	kernel.Multiply(g, d[:len(g)])
}

// gain is the standard deviation of the starting weights of a layer followed
// by the activation: after He et al. (2015), sqrt(2/in), for those that let
// half of the line through, and Glorot & Bengio (2010), sqrt(2/(in+out)), for
// Tanh.
func (a Activation) gain(in, out int) float64 {
	if a == Tanh {
		return glorot(in, out)
	}
	return math.Sqrt(2 / float64(max(in, 1)))
}

// glorot is the standard deviation of Glorot & Bengio (2010).
func glorot(in, out int) float64 { return math.Sqrt(2 / float64(max(in+out, 1))) }
