package permutations

import (
	"errors"
	"fmt"
)

// Errors of Evaluation without a place.
var (
	ErrNoRows      = errors.New("permutations: nothing to evaluate: no rows")
	ErrZeroWeights = errors.New("permutations: nothing to evaluate: all weights are zero")
	// ErrUndefined is returned where no row of positive weight compares any
	// two labels.
	ErrUndefined = errors.New("permutations: nothing to evaluate: no two labels are compared in any row of positive weight")
)

// A LengthError reports a field that does not have one entry per prediction.
type LengthError struct {
	Field     string // the field of the evaluation
	Len, Want int
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("permutations: %s has length %d, want %d", e.Field, e.Len, e.Want)
}

// A LabelCountError reports a ranking of another number of labels than the
// first prediction.
type LabelCountError struct {
	Field   string // the field of the evaluation
	Row     int
	K, Want int // the number of labels it is over, and should be over
}

func (e *LabelCountError) Error() string {
	return fmt.Sprintf("permutations: %s, row %d: %d labels, want %d", e.Field, e.Row, e.K, e.Want)
}

// A RowError reports a row that is not an ordering.
type RowError struct {
	Field string // the field of the evaluation
	Row   int
	Err   error // a *PermutationError
}

func (e *RowError) Error() string { return fmt.Sprintf("%v, in row %d of %s", e.Err, e.Row, e.Field) }

func (e *RowError) Unwrap() error { return e.Err }

// A WeightError reports a weight that is negative, NaN or infinite.
type WeightError struct {
	Row   int
	Value float64
}

func (e *WeightError) Error() string {
	return fmt.Sprintf("permutations: row %d: weight %v, want a finite number, at least 0", e.Row, e.Value)
}

// An ArgumentError reports an argument of a metric outside 1..Max.
type ArgumentError struct {
	Name       string
	Value, Max int
}

func (e *ArgumentError) Error() string {
	return fmt.Sprintf("permutations: %s is %d, want 1 to %d", e.Name, e.Value, e.Max)
}
