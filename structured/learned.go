package structured

import (
	"errors"
	"fmt"
)

// Learned is a proposal that is trained beside the model: a [Family] whose
// parameters phi(x) are the outputs of a second network, Config.Auxiliary
// (Gustafsson, Danelljan, Schön 2022). The trained model keeps it, and draws
// from it for what it answers by sampling.
//
// Where the model puts mass that the family has not found, its weights have a
// heavy tail; a [Mixture] with the reference bounds them.
type Learned[Y any] struct {
	// Family is what the proposal is made of; it is needed.
	Family Family[Y]
	// Teacher is what it learns from; the zero value is FromModel.
	Teacher Teacher
}

// Bind returns the errors of the Family.
func (l Learned[Y]) Bind(p Problem[Y]) (Proposal[Y], error) {
	if l.Family == nil {
		return nil, errors.New("structured: Learned.Family is missing")
	}
	if l.Teacher < FromModel || l.Teacher > Adversarial {
		return nil, fmt.Errorf("structured: unknown Learned.Teacher %d", int(l.Teacher))
	}
	family, err := l.Family.Bind(p)
	if err != nil {
		return nil, err
	}
	return &learned[Y]{l, family}, nil
}

// Follows reports that the draws are an example's own.
func (Learned[Y]) Follows() bool { return true }

// Sample is never called: Bind returns what draws.
func (Learned[Y]) Sample([]Y, []float64, Theta, uint64) { panic(errUnbound) }

const errUnbound = "structured: a proposal must be bound to a problem first"

type learned[Y any] struct {
	Learned[Y]
	family BoundFamily[Y]
}

func (l *learned[Y]) NumLogits() int   { return l.family.NumLogits() }
func (l *learned[Y]) Teacher() Teacher { return l.Learned.Teacher }

func (l *learned[Y]) Sample(ys []Y, logr []float64, theta Theta, key uint64) {
	l.family.Sample(ys, logr, theta.Aux, key)
}

func (l *learned[Y]) LogProb(dst []float64, ys []Y, theta Theta) {
	l.family.LogProb(dst, theta.Aux, ys)
}

func (l *learned[Y]) AddGradLogProb(grad []float64, theta Theta, ys []Y, weights []float64) {
	l.family.AddGradLogProb(grad, theta.Aux, ys, weights)
}
