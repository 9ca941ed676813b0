package structured

import "math/rand/v2"

// A Drawer is a coupling that keeps draws from the reference in a form of its
// own, on which sampling, scores and gradients cost less than structure by
// structure.
type Drawer[Y any] interface {
	Coupling[Y]
	// NewDraws returns memory for n draws from the reference of s, or nil where
	// a list does as well.
	NewDraws(s Space[Y], n int) Draws
}

// Draws is memory for a number of structures in any form, and what a coupling
// says of them. It is for one goroutine at a time.
type Draws interface {
	// Sample overwrites the structures with those that Space.Sample would
	// draw.
	Sample(rng *rand.Rand)
	// Score is Coupling.Score of the structures.
	Score(dst []float64, theta Theta)
	// AddGrad is Coupling.AddGrad of the structures.
	AddGrad(grad, theta Theta, weights []float64)
}

// SingleDraws are Draws that can take the expectation of the softmax by
// themselves, in float32.
type SingleDraws interface {
	Draws
	// Exponentials returns the sums over the structures of e_m and of e_m²,
	//
	//	e_m = exp(g(theta, y_m) - tau)
	//
	// and, unless the first is above most or NaN, adds factor·sum_m e_m
	// dg_m/dtheta to grad; with a factor of 0 grad is not looked at. It returns
	// NaN where rounding might spoil the e_m.
	Exponentials(grad, theta Theta, tau, factor, most float64) (sum, squares float64)
}

// listed are structures in a slice.
type listed[Y any] struct {
	coupling Coupling[Y]
	record   Record[Y] // nil where the coupling has none
	ys       []Y
}

func newListed[Y any](c Coupling[Y]) listed[Y] {
	l := listed[Y]{coupling: c}
	if r, ok := c.(Recorder[Y]); ok {
		l.record = r.NewRecord()
	}
	return l
}

func (l *listed[Y]) Score(dst []float64, theta Theta) {
	if l.record != nil {
		l.record.Score(dst, theta, l.ys)
		return
	}
	l.coupling.Score(dst, theta, l.ys)
}

// AddGrad is for the theta and the structures that were scored last.
func (l *listed[Y]) AddGrad(grad, theta Theta, weights []float64) {
	if l.record != nil {
		l.record.AddGrad(grad, weights)
		return
	}
	l.coupling.AddGrad(grad, theta, l.ys, weights)
}

// scorer is the part of Draws that an expectation needs.
type scorer interface {
	Score(dst []float64, theta Theta)
	AddGrad(grad, theta Theta, weights []float64)
}
