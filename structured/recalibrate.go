package structured

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/logpart"
)

// ErrFixedTau is returned where a constant should be added to a tau that has no
// parameter for it.
var ErrFixedTau = errors.New("structured: the tau of the model has no intercept")

// Recalibrated is the model with the constant added to its tau that is best, in
// closed form, for rows of X (nil for a model without features) whose log Z is
// known or estimated without bias of Z, relative to the reference as Normalizers
// gives it:
//
//	c = log mean_i exp(logZ[i] - tau(x_i)),
//
// see logpart.Shift. Scores, and all answers with a better normaliser than tau,
// stay as they are. Early stopping and a large last rate leave tau behind the
// scores; this catches up. It is ErrNoNormalizer without a tau for unseen x,
// and ErrFixedTau.
func (m *Model[Y]) Recalibrated(ctx context.Context, X mat.Matrix, logZ []float64) (*Model[Y], error) {
	taus, err := m.Taus(ctx, X)
	if err != nil {
		return nil, err
	}
	if len(logZ) != len(taus) {
		return nil, &DimensionError{What: "log-partitions", Want: len(taus), Got: len(logZ)}
	}
	if len(taus) == 0 {
		return nil, ErrNoExamples
	}
	for i, v := range logZ {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, &DataError{What: "log Z", Row: i, Column: -1, Value: v, Err: ErrNotFinite}
		}
		taus[i] = v - taus[i]
	}
	out := m.snapshot()
	if s, ok := m.tau.(logpart.Shifter); !ok || !s.Shift(out.params[m.tauAt:m.auxAt], logpart.Shift(taus)) {
		return nil, ErrFixedTau
	}
	return out, nil
}
