package main

import (
	"context"
	"math"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// evaluate is what test rows say of a model.
func evaluate(ctx context.Context, m *sets.Model, test sets.Data) (*experiment.Evaluation, error) {
	examples, err := test.Structured()
	if err != nil {
		return nil, err
	}
	e, err := experiment.Judge(ctx, m.Model, &examples)
	if err != nil {
		return nil, err
	}
	modes, err := m.Predict(ctx, test.X)
	if err != nil {
		return nil, err
	}
	return e, addSetMetrics(e, test, modes)
}

// of is the score of modes by a metric.
func of(m report.Metric) experiment.Score {
	return experiment.Score{Metric: m, Decision: experiment.Mode}
}

// addSetMetrics compares predicted sets with the test rows; a single
// prediction serves all rows.
func addSetMetrics(e *experiment.Evaluation, test sets.Data, predicted []sets.Set) error {
	for len(predicted) < len(test.Y) {
		predicted = append(predicted, predicted[0])
	}
	r, err := sets.Evaluation{Truth: test.Y, Predicted: predicted, Observed: test.Observed}.Report()
	if err != nil {
		return err
	}
	for metric, v := range map[report.Metric]float64{
		report.SubsetAccuracy: r.SubsetAccuracy, report.HammingLoss: r.HammingLoss, report.BothEmpty: r.BothEmpty,
		report.F1Samples: r.Zero.F1.Samples, report.F1Micro: r.Zero.F1.Micro, report.F1Macro: r.Zero.F1.Macro,
	} {
		e.Scores[of(metric)] = v
	}
	return nil
}

// baseline takes no features: it predicts the labels that at least half of the
// training rows have, and its probabilities are those of independent labels
// with the training frequencies.
func baseline(p *parts) (*experiment.Evaluation, error) {
	reference, err := sets.Frequencies(p.train)
	if err != nil {
		return nil, err
	}
	frequency := reference.P
	constant := sets.New(len(frequency))
	for j, f := range frequency {
		constant.Set(j, f >= 0.5)
	}
	e := &experiment.Evaluation{How: structured.Exact, Scores: map[experiment.Score]float64{}}
	if err := addSetMetrics(e, p.test, []sets.Set{constant}); err != nil {
		return nil, err
	}
	nll := 0.0
	for i, y := range p.test.Y {
		for j, f := range frequency {
			switch {
			case p.test.Observed != nil && !p.test.Observed[i].Has(j):
			case y.Has(j):
				nll -= math.Log(f)
			default:
				nll -= math.Log1p(-f)
			}
		}
	}
	e.Scores[experiment.Score{Metric: report.NLL}] = nll / float64(len(p.test.Y))
	return e, nil
}
