package logpart

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// A Form describes tau before the sizes of the data are known. It is plain
// configuration.
type Form interface {
	// Validate reports the first setting that makes no sense, if any.
	Validate() error
	// Build makes tau for data of the given sizes.
	Build(s Sizes) (Partition, error)
}

// Sizes are what tau is made for: the number of features of x, of logits h(x)
// per example, and of training examples; and what is known of log Z.
type Sizes struct {
	Features, Logits, Examples int
	Base                       Base
}

// A Partition is tau(x) as a differentiable function of its parameters, which
// the caller owns as one flat vector. It is immutable and safe for concurrent
// use.
type Partition interface {
	NumParams() int
	// Init overwrites params with starting values: tau starts near 0, the
	// log-partition of scores that are all 0.
	Init(params []float64, rng *rand.Rand)
	// Decay sets dst[i] to whether weight decay applies to parameter i.
	Decay(dst []bool)
	// Generalizes reports whether tau has a value for x outside the training
	// set.
	Generalizes() bool
	// NewTape returns scratch memory for one goroutine.
	NewTape() Tape
}

// Input is what tau may look at: a batch of examples.
type Input struct {
	// X has the features, one row per example.
	X nn.Input
	// Logits has theta = h(x), one row per example, row-major.
	Logits []float64
	// Index has the position of each example in the training set, or is nil
	// for examples outside it.
	Index []int
	// Base has an approximation of log Z for each row, for a Partition that
	// is Based and uses it; others do not look at it.
	Base []float64
}

// A Tape evaluates tau and remembers what the gradient needs. It serves one
// goroutine at a time.
type Tape interface {
	// Forward returns tau for each row; NaN where it has no value. The slice
	// belongs to the tape. keys are those of [nn.Tape].
	Forward(params []float64, in Input, keys []uint64) []float64
	// Backward takes d loss/d tau of the rows of the last Forward and adds
	// d loss/d params to grad, and d loss/d logits through tau to dLogits.
	// It may change dTau.
	Backward(params, grad, dTau, dLogits []float64)
}

// A Shifter is a Partition to which a constant can be added through its
// parameters. All forms of this package make one, except for a network without
// intercepts and for Structured without a residual.
type Shifter interface {
	Partition
	// Shift changes params so that by is added to every tau; it reports false,
	// and changes nothing, where it cannot.
	Shift(params []float64, by float64) bool
}
