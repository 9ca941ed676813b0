package logpart

import (
	"math"
	"math/rand/v2"
)

// Table is tau as one free number per training example, the finite-sum form
// of the joint objective: it can fit log Z(x_i) exactly, and has no value for
// x outside the training set.
type Table struct{}

// Validate returns nil.
func (Table) Validate() error { return nil }

// Build makes one parameter for each of Sizes.Examples.
func (Table) Build(s Sizes) (Partition, error) { return table(s.Examples), nil }

type table int

func (t table) NumParams() int                        { return int(t) }
func (t table) Init(params []float64, rng *rand.Rand) { clear(params) }
func (t table) Decay(dst []bool)                      { clear(dst) }
func (t table) Generalizes() bool                     { return false }
func (t table) NewTape() Tape                         { return &tableTape{} }

type tableTape struct {
	index []int
	tau   []float64
}

func (t *tableTape) Forward(params []float64, in Input, keys []uint64) []float64 {
	t.index = in.Index
	t.tau = t.tau[:0]
	for i := range in.X.Rows {
		if in.Index == nil {
			t.tau = append(t.tau, math.NaN())
		} else {
			t.tau = append(t.tau, params[in.Index[i]])
		}
	}
	return t.tau
}

func (t *tableTape) Backward(params, grad, dTau, dLogits []float64) {
	for i, at := range t.index {
		grad[at] += dTau[i]
	}
}

// Shift makes it a Shifter.
func (t table) Shift(params []float64, by float64) bool {
	for i := range params {
		params[i] += by
	}
	return true
}
