package main

import (
	"context"
	"errors"
	"math"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// evaluation is what test rows say of a model.
type evaluation struct {
	how    structured.Normalization // the weakest over the rows
	scores map[report.Metric]float64
	// tau and exact are the learned and the exact normaliser of each test row,
	// one for all without features; nil where there is none.
	tau, exact []float64
}

func evaluate(ctx context.Context, m *sets.Model, test sets.Data) (*evaluation, error) {
	e := &evaluation{how: structured.Exact}
	modes, err := m.Predict(ctx, test.X)
	if err != nil {
		return nil, err
	}
	if e.scores, err = setMetrics(test, modes); err != nil {
		return nil, err
	}
	lps, err := m.LogProbs(ctx, test)
	if err != nil {
		return nil, err
	}
	n, nll, zero := float64(len(lps)), 0.0, 0.0
	for _, lp := range lps {
		e.how = max(e.how, lp.Kind)
		nll -= lp.Value / n
		if math.IsInf(lp.Value, -1) {
			zero += 1 / n
		}
	}
	e.scores[report.NLL] = nll
	if m.Generator() != fenchel.Softmax {
		e.scores[report.ZeroProbability] = zero
	}
	return e, e.judgeTau(ctx, m, test)
}

// judgeTau compares the learned tau with the exact normaliser, if the model
// has them.
func (e *evaluation) judgeTau(ctx context.Context, m *sets.Model, test sets.Data) (err error) {
	if e.tau, err = m.Taus(ctx, test.X); errors.Is(err, structured.ErrNoNormalizer) {
		e.tau = nil
		return nil
	} else if err != nil {
		return err
	}
	best, err := m.Normalizers(ctx, test.X)
	if err != nil {
		return err
	}
	shift, distance := 0.0, make([]float64, len(best))
	for i, b := range best {
		shift += (e.tau[i] - b.Value) / float64(len(best))
		distance[i] = math.Abs(e.tau[i] - b.Value)
		e.exact = append(e.exact, b.Value)
	}
	switch {
	case e.how == structured.Estimate: // tau is the normaliser
		e.scores[report.NLLTau] = e.scores[report.NLL]
	case m.Generator() == fenchel.Softmax:
		// -log p is normaliser - log q - g, whatever was observed of y.
		e.scores[report.NLLTau] = e.scores[report.NLL] + shift
	}
	if e.how == structured.Exact {
		of := report.ThresholdError
		if m.Likelihood() {
			of = report.LogZError
		}
		e.scores[of] = report.Median(distance)
	} else {
		e.exact = nil
	}
	return nil
}

// setMetrics compares predicted sets with the test rows; a single prediction
// serves all rows.
func setMetrics(test sets.Data, predicted []sets.Set) (map[report.Metric]float64, error) {
	for len(predicted) < len(test.Y) {
		predicted = append(predicted, predicted[0])
	}
	r, err := sets.Evaluation{Truth: test.Y, Predicted: predicted, Observed: test.Observed}.Report()
	if err != nil {
		return nil, err
	}
	return map[report.Metric]float64{
		report.SubsetAccuracy: r.SubsetAccuracy, report.HammingLoss: r.HammingLoss, report.BothEmpty: r.BothEmpty,
		report.F1Samples: r.Zero.F1.Samples, report.F1Micro: r.Zero.F1.Micro, report.F1Macro: r.Zero.F1.Macro,
	}, nil
}

// baseline takes no features: it predicts the labels that at least half of the
// training rows have, and its probabilities are those of independent labels
// with the training frequencies.
func baseline(s *source, splits []*parts) (*result, error) {
	r := &result{dataset: s.name, model: "baseline", objective: "frequencies"}
	for _, p := range splits {
		reference, err := sets.Frequencies(p.train)
		if err != nil {
			return nil, err
		}
		frequency := reference.P
		constant := sets.New(len(frequency))
		for j, f := range frequency {
			constant.Set(j, f >= 0.5)
		}
		scores, err := setMetrics(p.test, []sets.Set{constant})
		if err != nil {
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
		scores[report.NLL] = nll / float64(len(p.test.Y))
		r.add(&evaluation{how: structured.Exact, scores: scores}, 0)
	}
	return r, nil
}
