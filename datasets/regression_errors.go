package datasets

import "errors"

// What can be wrong with regression data, besides the list at ErrSyntax.
var (
	ErrNoTargets    = errors.New("no targets")
	ErrDuplicateRow = errors.New("a row is listed twice")
)
