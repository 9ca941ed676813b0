package fenchel

import (
	"errors"
	"fmt"
)

// ErrNoSupport is returned where no score is finite, so that no distribution
// can be formed.
var ErrNoSupport = errors.New("fenchel: no finite score under the reference")

// ErrPrecision is returned where scores are too large, relative to the scale of
// the loss, for a threshold or a loss in float64.
var ErrPrecision = errors.New("fenchel: the scores are too large for a threshold or a loss in float64")

// ErrNaN is returned where a score is NaN or +Inf.
var ErrNaN = errors.New("fenchel: a score is NaN or +Inf")

// ErrReference is returned where the reference of an entry is negative, NaN or
// infinite, or above 1 where it is a probability.
var ErrReference = errors.New("fenchel: a reference is negative, not finite or, as a probability, above 1")

// ErrTarget is returned where a target is not a point of the polytope: a
// negative entry, a wrong sum, a label that does not exist.
var ErrTarget = errors.New("fenchel: the target is not in the domain of the loss")

// ErrExcluded is returned where the target has probability on an entry that
// its score -Inf, or its reference 0, excludes: the loss is infinite.
var ErrExcluded = errors.New("fenchel: the target has probability where there is none: infinite loss")

// ErrBudget is returned where fewer entries than the budget can be chosen.
var ErrBudget = errors.New("fenchel: fewer finite scores than the budget")

// ErrCurvature is returned where a Jacobian is asked of a generator that is not
// Curved, or of a polytope without one.
var ErrCurvature = errors.New("fenchel: the curvature is not known")

// ErrOracle is returned where an oracle's vertex is not finite, or not as good
// as others that it found before.
var ErrOracle = errors.New("fenchel: the oracle's vertex is not the best")

// ErrConvergence is returned where the closest point of a polytope is not found;
// see GapError.
var ErrConvergence = errors.New("fenchel: the gap does not close")

// EntryError says which entry of a vector is at fault.
type EntryError struct {
	Index int
	Value float64
	Err   error // ErrNaN, ErrReference, ErrTarget, ErrExcluded or ErrOracle
}

func (e *EntryError) Error() string { return fmt.Sprintf("%v: %g at %d", e.Err, e.Value, e.Index) }

// Unwrap returns Err.
func (e *EntryError) Unwrap() error { return e.Err }

// RowError says which row of a batch is at fault.
type RowError struct {
	Row int
	Err error
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d: %v", e.Row, e.Err) }

// Unwrap returns Err.
func (e *RowError) Unwrap() error { return e.Err }
