package structured

import (
	"errors"
	"math"
)

// Shifted is the model with c added to its tau, for good: what recalibrates a tau
// that is off on average, with the Shift of a Diagnosis on rows that it was not
// trained on,
//
//	c = log mean_i Z(x_i) e^{-tau(x_i)},
//
// the closed-form minimum of the joint objective over a constant. Scores, and
// answers that do not need tau, stay. It is ErrNoNormalizer without a tau.
func (m *Model[Y]) Shifted(c float64) (*Model[Y], error) {
	if m.tau == nil {
		return nil, ErrNoNormalizer
	}
	if math.IsNaN(c) || math.IsInf(c, 0) {
		return nil, errors.New("structured: a shift of tau that is not finite")
	}
	of := m.snapshot()
	of.shift += c
	return of, nil
}
