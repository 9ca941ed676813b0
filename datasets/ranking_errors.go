package datasets

import "errors"

// What can be wrong with a file of rankings, besides the list at ErrSyntax and
// permutations.ErrRepeated for a label that is listed twice.
var (
	ErrPosition = errors.New("the position columns contradict the ranking")
	ErrCount    = errors.New("the header counts something else")
	ErrKind     = errors.New("not a ranking of the kind that the file declares")
)
