package snl

import (
	"errors"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Joint is a network of its own on the logits and the point together, the
// score of an energy-based model in its general form:
//
//	Phi(theta, y) = net([theta, psi(y)]),   psi(y) = y, or Fourier features of y
//
// Its parameters are those of net. All samples of an example go through it in
// matrix products, and the part of the first layer that multiplies theta is
// done once per example. A sample costs one Forward of net for the score, one
// more Backward for a gradient, and as much again per order of derivative in y.
//
// Points and logits should be of order 1: standardise targets. The first scores
// are near zero, so that log Z starts near 0.
type Joint struct {
	// Logits is the number of numbers it takes from h; 0 stands for 32, and
	// nn.Off for none: a score of y alone, for density estimation.
	Logits int
	// Network is net; its tapes must be nn.JetTape, as those of package nn
	// are. nil stands for nn.MLP of two layers of 64 with nn.SiLU. With ReLU
	// there are no second derivatives in y. Its dropout is not used.
	Network nn.Architecture
	// Frequencies w add the features sin(w y_j) and cos(w y_j) for every
	// coordinate, as sharp densities want (Tancik et al. 2020).
	Frequencies []float64
	// Periodic leaves out y itself: with frequencies 1, 2, ... the score is
	// one on a circle or torus.
	Periodic bool
}

func (c Joint) network() nn.Architecture {
	if c.Network == nil {
		return nn.MLP{Hidden: []int{64, 64}, Activation: nn.SiLU}
	}
	return c.Network
}

func (c Joint) logits() int {
	switch c.Logits {
	case 0:
		return 32
	case nn.Off:
		return 0
	}
	return c.Logits
}

// ErrNoJets is returned for a network whose inputs cannot be differentiated
// along.
var ErrNoJets = errors.New("snl: the network of a coupling over points needs tapes that are nn.JetTape")

// Validate reports the first setting that makes no sense, if any.
func (c Joint) Validate() error {
	if c.logits() < 0 {
		return fmt.Errorf("snl: Joint.Logits is %d: want a positive number, 0 for 32 or nn.Off for none", c.Logits)
	}
	for i, w := range c.Frequencies {
		if !(w > 0) || math.IsInf(w, 1) {
			return fmt.Errorf("snl: Joint.Frequencies[%d] is %g: want a positive number", i, w)
		}
	}
	if c.Periodic && len(c.Frequencies) == 0 {
		return errors.New("snl: Joint.Periodic wants Frequencies")
	}
	return c.network().Validate()
}

// Bind makes the coupling for points of R^dim.
func (c Joint) Bind(dim int) (Smooth, error) {
	if err := checkDim(dim); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	f := fourier{dim: dim, frequencies: append([]float64(nil), c.Frequencies...), periodic: c.Periodic}
	net, err := c.network().Build(c.logits()+f.len(), 1)
	if err != nil {
		return nil, err
	}
	tape, ok := net.NewTape().(nn.JetTape)
	if !ok {
		return nil, fmt.Errorf("%w: %T", ErrNoJets, c.Network)
	}
	j := &joint{features: f, logits: c.logits(), net: net, order: tape.JetOrder()}
	j.idle.New = func() any { return &jointScratch{tape: net.NewTape().(nn.JetTape)} }
	return j, nil
}
