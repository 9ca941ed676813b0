package projection

import "errors"

// ErrNotFinite is returned where an entry is NaN or infinite.
var ErrNotFinite = errors.New("projection: an entry is NaN or infinite")

// ErrSize is returned where a point has not as many entries as its set.
var ErrSize = errors.New("projection: the point is not of the size of the set")

// ErrConvergence is returned where rounding keeps a projection from its
// tolerance, or the entries are too large for it.
var ErrConvergence = errors.New("projection: no convergence")
