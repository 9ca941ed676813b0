package snl

import (
	"context"

	"gonum.org/v1/gonum/mat"
)

// Recalibrated is the model with the constant added to its tau that is best for
// the rows of X, nil for a model without features, in closed form: log Z is by
// quadrature on the line, and otherwise by fresh draws, as o says. See
// structured.Model.Recalibrated; where training ended before tau had caught up
// with the scores, as it may at the best epoch of several, the error of tau is
// then that of the estimate, about 1/sqrt(ESS).
func (m *Model) Recalibrated(ctx context.Context, X mat.Matrix, o Importance) (*Model, error) {
	rows := 1
	if X != nil {
		rows, _ = X.Dims()
	}
	logZ := make([]float64, rows)
	if m.Dim() == 1 {
		ns, err := m.model.Normalizers(ctx, X)
		if err != nil {
			return nil, err
		}
		for i, n := range ns {
			logZ[i] = n.Value
		}
	} else {
		err := eachMultivariate(ctx, m.model, X, o, func(i int, p *Multivariate) error {
			logZ[i] = p.logZ.Value
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return wrap(m.model.Recalibrated(ctx, X, logZ))
}
