package structured

import (
	"errors"
	"fmt"
)

// DataError reports a number or structure in the user's data that cannot be
// used, and where it stands. Rows and columns count from 0.
type DataError struct {
	What   string // "X", "Y", "Weights", ...
	Row    int
	Column int     // -1 where there is none
	Value  float64 // the number, where it is one
	Err    error   // why
}

func (e *DataError) Error() string {
	at := fmt.Sprintf("%s: row %d", e.What, e.Row)
	if e.Column >= 0 {
		return fmt.Sprintf("structured: %s, column %d: %g: %v", at, e.Column, e.Value, e.Err)
	}
	return fmt.Sprintf("structured: %s: %v", at, e.Err)
}

func (e *DataError) Unwrap() error { return e.Err }

// DimensionError reports data whose size does not fit.
type DimensionError struct {
	What      string
	Want, Got int
}

func (e *DimensionError) Error() string {
	return fmt.Sprintf("structured: %s: want %d, got %d", e.What, e.Want, e.Got)
}

var (
	// ErrNotFinite is the cause of a DataError for NaN and infinities.
	ErrNotFinite = errors.New("not a finite number")
	// ErrNegativeWeight is the cause of a DataError for weights below 0.
	ErrNegativeWeight = errors.New("negative weight")
	// ErrNoExamples is returned for data without examples, or whose weights
	// are all 0.
	ErrNoExamples = errors.New("structured: no examples")
	// ErrIntractable is returned where exact inference was asked for and the
	// coupling has none over the space.
	ErrIntractable = errors.New("structured: no exact inference for this coupling over this space")
	// ErrImproper is returned where draws from the reference were asked for and
	// that is not a probability; see Improper.
	ErrImproper = errors.New("structured: the reference is a measure that cannot be drawn from: a proposal is needed")
	// ErrNoDensity is returned by objectives that need the probabilities of
	// structures under a proposal that does not know them.
	ErrNoDensity = errors.New("structured: the proposal does not know the probabilities of structures it did not draw")
	// ErrPartial is returned by objectives that need complete structures for
	// partly observed ones.
	ErrPartial = errors.New("structured: the objective needs completely observed structures")
	// ErrNoEncoding is returned for a checkpoint of remembered structures over
	// a space that cannot write them down; see Encoder.
	ErrNoEncoding = errors.New("structured: the space cannot write down the structures that the objective remembers")
	// ErrNoNormalizer is returned where a probability was asked for and the
	// model has neither exact inference nor an estimate of it nor a tau that
	// covers x.
	ErrNoNormalizer = errors.New("structured: the model has neither an exact normaliser nor a tau for this x")
)

// Limited is implemented by an Inference that could do more on a smaller
// problem, to say so in errors.
type Limited interface {
	// Limit names what is too large, such as "174 labels, at most 24".
	Limit() string
}

// intractable is ErrIntractable with the reason, where the inference has one.
func intractable(objective string, inference any) error {
	if l, ok := inference.(Limited); ok {
		return fmt.Errorf("objective %s: %w: %s", objective, ErrIntractable, l.Limit())
	}
	return fmt.Errorf("objective %s: %w", objective, ErrIntractable)
}

// DivergedError reports training that produced NaN or infinite numbers.
type DivergedError struct {
	Epoch, Batch int
	What         string // which number
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("structured: training diverged in epoch %d, batch %d: %s is not finite; lower the learning rate, or bound the weights (fenchel.Sampled.MaxRatio) or the gradient (Training.ClipNorm)", e.Epoch, e.Batch, e.What)
}
