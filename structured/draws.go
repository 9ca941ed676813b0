package structured

import (
	"fmt"
	"math/rand/v2"
)

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

// Precision is what an expectation over samples is computed in.
type Precision int

const (
	// Single is float32, where the draws can do that (those of unary scores of
	// sets from the reference, with the softmax): scores, exponentials and the
	// sums over blocks of a few hundred samples; the sums of these are float64. A
	// score is off by about 2^-24 times the sum of the sizes of its terms, 1e-5
	// and less as a rule, where samples are off by parts of a hundred. What
	// float32 cannot hold is computed again in float64. The bits are the same on
	// every machine and for any number of workers.
	Single Precision = iota
	// Double is float64 throughout.
	Double
)

// String is the name of the constant.
func (p Precision) String() string {
	switch p {
	case Single:
		return "Single"
	case Double:
		return "Double"
	}
	return fmt.Sprintf("Precision(%d)", int(p))
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
