package logpart

import (
	"errors"
	"math/rand/v2"
)

// Structured is tau on top of what the space knows in closed form,
//
//	tau(x) = base(theta(x)) + residual(x),
//
// where the base is a cheap approximation of log Z that the coupling offers
// (structured.LogPartitionSurrogate): the sum over independent labels, belief
// propagation for pairs, a Bethe permanent. Its gradient flows on into the
// logits. The base has no parameters and needs no data, so that tau is about
// as good for unseen x as for seen ones; and since its gradient is nearly that
// of log Z, it takes most of the variance out of the sampled objective,
//
//	(1/M) sum_m w_m (grad g_m - grad tau) + grad tau,   w_m = p/r,
//
// in which grad tau is a control variate.
type Structured struct {
	// Residual is what is learned on top of an approximate base; nil stands
	// for nothing. An exact base takes none.
	Residual Form
}

// Base says what the caller knows of log Z for a Structured tau.
type Base int

const (
	// NoBase: nothing.
	NoBase Base = iota
	// ApproximateBase: an approximation.
	ApproximateBase
	// ExactBase: log Z itself.
	ExactBase
)

// ErrNoBase is returned where a Structured tau was wanted and nothing is known
// to put it on.
var ErrNoBase = errors.New("logpart: Structured needs a coupling with a surrogate of log Z, and the softmax loss")

// Based is a Partition that wants Input.Base.
type Based interface {
	Partition
	// UsesBase reports whether it does.
	UsesBase() bool
}

// Validate reports what is wrong with Residual.
func (s Structured) Validate() error {
	if s.Residual == nil {
		return nil
	}
	if _, nested := s.Residual.(Structured); nested {
		return errors.New("logpart: the Residual of Structured is Structured again")
	}
	return s.Residual.Validate()
}

// Build is ErrNoBase without a base, and returns the errors of Residual.
func (s Structured) Build(sizes Sizes) (Partition, error) {
	if sizes.Base == NoBase {
		return nil, ErrNoBase
	}
	if sizes.Base == ExactBase || s.Residual == nil {
		return based{}, nil
	}
	residual, err := s.Residual.Build(sizes)
	return based{residual}, err
}

type based struct{ residual Partition } // nil for none

func (based) UsesBase() bool { return true }

func (b based) NumParams() int {
	if b.residual == nil {
		return 0
	}
	return b.residual.NumParams()
}

func (b based) Init(params []float64, rng *rand.Rand) {
	if b.residual != nil {
		b.residual.Init(params, rng)
	}
}

func (b based) Decay(dst []bool) {
	if b.residual != nil {
		b.residual.Decay(dst)
	}
}

func (b based) Generalizes() bool { return b.residual == nil || b.residual.Generalizes() }

func (b based) NewTape() Tape {
	t := &basedTape{}
	if b.residual != nil {
		t.residual = b.residual.NewTape()
	}
	return t
}

type basedTape struct {
	residual Tape
	tau      []float64
}

func (t *basedTape) Forward(params []float64, in Input, keys []uint64) []float64 {
	t.tau = append(t.tau[:0], in.Base...)
	if t.residual != nil {
		for i, r := range t.residual.Forward(params, in, keys) {
			t.tau[i] += r
		}
	}
	return t.tau
}

// Backward is that of the residual: the derivative of tau with respect to the
// base is 1, and the caller's to pass on.
func (t *basedTape) Backward(params, grad, dTau, dLogits []float64) {
	if t.residual != nil {
		t.residual.Backward(params, grad, dTau, dLogits)
	}
}

// Shift makes it a Shifter, where the residual is one.
func (b based) Shift(params []float64, by float64) bool {
	s, ok := b.residual.(Shifter)
	return ok && s.Shift(params, by)
}
