package main

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
)

// rejection is the level of the test of the probability transforms.
const rejection = 0.01

// evaluate is what test rows say of the mean density of the members, with the
// probability transforms of the rows.
func (t *task) evaluate(ctx context.Context, e snl.Ensemble, p *parts) (*experiment.Evaluation, []float64, error) {
	r, err := e.Evaluate(ctx, p.test.Data())
	if err != nil {
		return nil, nil, err
	}
	out := &experiment.Evaluation{How: structured.Estimate, Scores: map[experiment.Score]float64{}}
	set := func(m report.Metric, v float64) { out.Scores[experiment.Score{Metric: m}] = v }
	set(report.NLL, r.NLL)
	set(report.NormalizerError, r.NormalizerError)
	set(report.CRPS, r.CRPS)
	set(report.RMSE, r.RMSE)
	set(report.PITPValue, r.Calibration.PValue)
	set(report.PITRejected, 0)
	if r.Calibration.PValue < rejection {
		set(report.PITRejected, 1)
	}
	for _, c := range r.Coverage {
		if c.Level == 0.9 {
			set(report.Coverage90, c.Fraction)
		}
	}
	gap, members := 0.0, 0
	for _, m := range e.Members {
		g, ok, err := tauError(ctx, m, p.test.X)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			gap, members = gap+g, members+1
		}
	}
	if members > 0 {
		set(report.LogZBias, gap/float64(members))
	}
	if t.source.toy != nil {
		kl, err := t.source.divergence(ctx, e)
		if err != nil {
			return nil, nil, err
		}
		set(report.KL, kl)
	}
	return out, r.PIT, nil
}

// tauError is the mean over rows of |tau - log Z|, where the model has a tau.
func tauError(ctx context.Context, m *snl.Model, x mat.Matrix) (float64, bool, error) {
	ps, err := m.Predictives(ctx, x)
	if err != nil {
		return 0, false, err
	}
	sum := 0.0
	for _, p := range ps {
		tau, ok := p.Tau()
		if !ok {
			return 0, false, nil
		}
		sum += math.Abs(tau - p.LogZ().Value)
	}
	return sum / float64(len(ps)), true, nil
}

// The grid for the divergence from the truth of a toy.
const (
	gridX = 256
	gridY = 2048
)

// divergence is KL(truth || density), the mean over x of the toy's range.
func (s *source) divergence(ctx context.Context, e snl.Ensemble) (float64, error) {
	low, high := s.toy.Bounds()
	x := mat.NewDense(gridX, 1, middles(low[0], high[0], gridX))
	var failed error
	kl, err := e.Divergence(ctx, x, middles(low[1], high[1], gridY), func(dst []float64, row int, ys []float64) {
		for j, y := range ys {
			v, err := s.toy.LogDensity(x.At(row, 0), y)
			if err != nil {
				failed = err // the same for every row
			}
			dst[j] = v
		}
	})
	if err != nil {
		return 0, err
	}
	return kl, failed
}

// middles are those of n equal parts of the range.
func middles(low, high float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = low + (high-low)*(float64(i)+0.5)/float64(n)
	}
	return out
}
