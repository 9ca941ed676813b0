package nn

import "math/rand/v2"

// An Architecture describes a network before the sizes of its input and its
// output are known. It is plain configuration; the zero value of each
// architecture in this package is usable.
type Architecture interface {
	// Validate reports the first setting that makes no sense, if any.
	Validate() error
	// Build makes the network for rows of in features and out outputs.
	Build(in, out int) (Network, error)
}

// A Network is a differentiable map from rows of In features to rows of Out
// outputs. It is immutable and safe for concurrent use; its parameters are a
// flat vector kept by the caller.
type Network interface {
	In() int
	Out() int
	NumParams() int
	// Init overwrites params, of length NumParams, with starting values.
	Init(params []float64, rng *rand.Rand)
	// Decay sets dst[i], for each of the NumParams parameters, to whether
	// weight decay applies to it: weights yes, biases no.
	Decay(dst []bool)
	// NewTape returns scratch memory for one goroutine.
	NewTape() Tape
}

// A Tape evaluates a network and remembers what the gradient needs. It serves
// one goroutine at a time and grows to the largest batch it has seen; after
// that it does not allocate.
type Tape interface {
	// Forward returns the outputs for the rows of x, Rows x Out, row-major.
	// The slice belongs to the tape and is valid until the next Forward.
	//
	// keys is nil at prediction time. In training it has one key per row, and
	// all randomness (dropout) of a row is derived from its key alone, so
	// that results do not depend on how rows are split among workers.
	Forward(params []float64, x Input, keys []uint64) []float64

	// Backward takes the derivative of a loss with respect to the outputs of
	// the last Forward, Rows x Out, and adds the derivative with respect to
	// the parameters to grad. If dIn is not nil it is overwritten with the
	// derivative with respect to the input, Rows x In, row-major. dOut may be
	// changed by the call. x of the last Forward must not have been changed.
	Backward(params, grad, dOut, dIn []float64)
}

// Input is a batch of feature rows, dense or sparse. A network must give
// bitwise equal outputs for a row whatever the other rows of its batch.
type Input struct {
	Rows, Cols int

	// Dense holds the rows one after the other, row-major, when not nil or
	// when Cols or Rows is 0.
	Dense []float64

	// The compressed sparse row form, used when Dense is nil: row i has
	// the values Values[Offsets[i]:Offsets[i+1]] in the columns
	// Columns[Offsets[i]:Offsets[i+1]], strictly increasing.
	Offsets []int
	Columns []int32
	Values  []float64
}

// DenseInput returns the batch of rows x cols features held row-major in x.
// It panics if x is not of length rows*cols.
func DenseInput(x []float64, rows, cols int) Input {
	if len(x) != rows*cols {
		panic("nn: dense input of wrong length")
	}
	return Input{Rows: rows, Cols: cols, Dense: x}
}

// Sparse reports whether the batch is in compressed sparse row form.
func (x Input) Sparse() bool { return x.Dense == nil && x.Offsets != nil }
