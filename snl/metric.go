package snl

import (
	"context"
	"math"

	"github.com/gibbs-ebm/gibbs/structured"
)

// NLL is the weighted mean of -log p(y|x), in nats per unit of the user's
// volume, by the best normaliser the model has.
type NLL struct{}

// MeanCRPS is the weighted mean of the continuous ranked probability score, in
// units of y, on the line.
type MeanCRPS struct{}

// RMSE is the root of the weighted mean squared error of the mean E[Y|x]; in
// more than one dimension, of Euclidean distances.
type RMSE struct{}

var (
	_ structured.Metric[Point] = NLL{}
	_ structured.Metric[Point] = MeanCRPS{}
	_ structured.Metric[Point] = RMSE{}
)

// String is nll.
func (NLL) String() string { return "nll" }

// Maximize is false.
func (NLL) Maximize() bool { return false }

// Evaluate returns the errors of Model.LogProbs.
func (NLL) Evaluate(ctx context.Context, m *structured.Model[Point], d *structured.Data[Point]) (float64, error) {
	if _, ok := m.Space().(*Space); !ok {
		return 0, unknownSpace("NLL", m.Space())
	}
	lps, err := logProbs(ctx, m, d)
	if err != nil {
		return 0, err
	}
	var mean weightedMean
	for i, lp := range lps {
		mean.add(-lp.Value, weight(d.Weights, i))
	}
	return mean.value(), nil
}

// String is crps.
func (MeanCRPS) String() string { return "crps" }

// Maximize is false.
func (MeanCRPS) Maximize() bool { return false }

// Evaluate returns the errors of Model.Predictives.
func (MeanCRPS) Evaluate(ctx context.Context, m *structured.Model[Point], d *structured.Data[Point]) (float64, error) {
	scores := make([]float64, d.Len())
	err := eachExample(ctx, m, d, func(i int, y float64, p *Predictive) error {
		scores[i] = p.CRPS(y)
		return nil
	})
	var mean weightedMean
	for i, c := range scores {
		mean.add(c, weight(d.Weights, i))
	}
	return mean.value(), err
}

// String is rmse.
func (RMSE) String() string { return "rmse" }

// Maximize is false.
func (RMSE) Maximize() bool { return false }

// Evaluate returns the errors of Model.Means.
func (RMSE) Evaluate(ctx context.Context, m *structured.Model[Point], d *structured.Data[Point]) (float64, error) {
	s, ok := m.Space().(*Space)
	if !ok {
		return 0, unknownSpace("RMSE", m.Space())
	}
	means, err := (&Model{m}).Means(ctx, d.X)
	if err != nil {
		return 0, err
	}
	var mean weightedMean
	for i := range d.Y {
		w := weight(d.Weights, i)
		if w == 0 {
			continue
		}
		row := 0
		if d.X != nil {
			row = i
		}
		distance := euclidean(means.RawRowView(row), s.restored(d.Y[i : i+1])[0])
		mean.add(distance*distance, w)
	}
	return math.Sqrt(mean.value()), nil
}

// eachExample calls do for each example of positive weight with its target, in
// the user's units, and its density, concurrently and in no order. d is in the
// coordinates of the space. An unconditional model is integrated once.
func eachExample(ctx context.Context, m *structured.Model[Point], d *structured.Data[Point], do func(i int, y float64, p *Predictive) error) error {
	example := func(i int, p *Predictive) error {
		if weight(d.Weights, i) == 0 {
			return nil
		}
		return do(i, p.shift+p.scale*d.Y[i][0], p)
	}
	if d.X != nil {
		return eachPredictive(ctx, m, d.X, example)
	}
	return eachPredictive(ctx, m, nil, func(_ int, p *Predictive) error {
		for i := range d.Y {
			if err := example(i, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// weightedMean is one in the making, with what its standard error needs.
type weightedMean struct{ weight, squares, mean, spread float64 }

func (m *weightedMean) add(v, w float64) {
	if w == 0 {
		return
	}
	m.weight += w
	m.squares += w * w
	d := v - m.mean
	m.mean += w / m.weight * d
	m.spread += w * d * (v - m.mean)
}

func (m *weightedMean) value() float64 { return m.mean }

// standardError is that of the mean; 0 for fewer than two values.
func (m *weightedMean) standardError() float64 {
	n := m.weight * m.weight / m.squares
	if !(n > 1) {
		return 0
	}
	return math.Sqrt(m.spread / m.weight / (n - 1))
}
