package snl

import (
	"context"

	"github.com/gibbs-ebm/gibbs/structured"
)

// FlowNLL is the weighted mean of -log p_T(y|x), in nats per unit of the user's
// volume: of what the flow makes, and not of the model. See [FlowDensity].
type FlowNLL struct {
	Flow  Flow
	Trace Trace
}

var _ structured.Metric[Point] = FlowNLL{}

// String is flow_nll.
func (FlowNLL) String() string { return "flow_nll" }

// Maximize is false.
func (FlowNLL) Maximize() bool { return false }

// Evaluate returns the errors of NewFlowDensity.
func (o FlowNLL) Evaluate(ctx context.Context, m *structured.Model[Point], d *structured.Data[Point]) (float64, error) {
	density, err := newFlowDensity(m, o.Flow, o.Trace)
	if err != nil {
		return 0, err
	}
	values := make([]float64, len(d.Y))
	err = m.EachTheta(ctx, d.X, func(row int, theta structured.Theta) error {
		s := density.work.Get().(*flowScratch)
		defer density.work.Put(s)
		lo, end := row, row+1
		if d.X == nil {
			lo, end = 0, len(d.Y)
		}
		for ; lo < end; lo += flowRows {
			ys := d.Y[lo:min(lo+flowRows, end)]
			points := s.points.makePoints(len(ys), density.Dim())
			for i, y := range ys {
				copy(points[i], y)
			}
			density.logDensity(values[lo:lo+len(ys)], points, theta, s)
		}
		return nil
	})
	var mean weightedMean
	for i, v := range values {
		mean.add(-v, weight(d.Weights, i))
	}
	return mean.value(), err
}
