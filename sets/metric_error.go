package sets

import (
	"errors"
	"fmt"
)

// Errors of Evaluation and RankingEvaluation without a place.
var (
	ErrNoRows          = errors.New("sets: nothing to evaluate: no rows")
	ErrZeroWeights     = errors.New("sets: nothing to evaluate: all weights are zero")
	ErrNothingObserved = errors.New("sets: nothing to evaluate: no label is observed in any row of positive weight")
	// ErrUndefined is returned under ZeroDivisionSkip where every ratio is
	// 0/0, so that none is left to average.
	ErrUndefined = errors.New("sets: the metric is 0/0 everywhere")
)

// A LengthError reports a field that does not have the length the true sets
// ask for.
type LengthError struct {
	Field     string // the field of the evaluation
	Len, Want int
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("sets: %s has length %d, want %d", e.Field, e.Len, e.Want)
}

// A LabelCountError reports a set over another number of labels than the
// first true set.
type LabelCountError struct {
	Field   string // the field of the evaluation
	Row     int
	K, Want int // the number of labels it is over, and should be over
}

func (e *LabelCountError) Error() string {
	return fmt.Sprintf("sets: %s, row %d: a set over %d labels, want %d", e.Field, e.Row, e.K, e.Want)
}

// A WeightError reports a weight that is negative, NaN or above 1e200.
type WeightError struct {
	Row   int
	Value float64
}

func (e *WeightError) Error() string {
	return fmt.Sprintf("sets: row %d: weight %v, want 0 to %g", e.Row, e.Value, maxMetricWeight)
}

// A ScoreError reports a score that is not a number.
type ScoreError struct {
	Row, Column int
	Value       float64
}

func (e *ScoreError) Error() string {
	return fmt.Sprintf("sets: row %d, column %d: score %v", e.Row, e.Column, e.Value)
}

// A ProbabilityError reports a marginal that is not in [0, 1].
type ProbabilityError struct {
	Row, Column int
	Value       float64
}

func (e *ProbabilityError) Error() string {
	return fmt.Sprintf("sets: row %d, column %d: probability %v, want 0 to 1", e.Row, e.Column, e.Value)
}

// An InfiniteLossError reports a label that is present although its marginal
// is 0, or absent although it is 1, so that the log loss is infinite.
type InfiniteLossError struct {
	Row, Column int
	Value       float64 // the marginal
}

func (e *InfiniteLossError) Error() string {
	return fmt.Sprintf("sets: row %d, column %d: infinite log loss of probability %v", e.Row, e.Column, e.Value)
}

// An ArgumentError reports an argument of a metric outside its range.
type ArgumentError struct {
	Name  string
	Value float64
	Want  string
}

func (e *ArgumentError) Error() string {
	return fmt.Sprintf("sets: %s is %v, want %s", e.Name, e.Value, e.Want)
}
