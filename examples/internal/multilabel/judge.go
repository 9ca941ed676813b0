package multilabel

import (
	"context"
	"errors"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Mode is the score by a metric of the most probable sets.
func Mode(m report.Metric) experiment.Score {
	return experiment.Score{Metric: m, Decision: experiment.Mode}
}

// Best is the score by a metric of the sets that are best for it.
func Best(m report.Metric) experiment.Score {
	return experiment.Score{Metric: m, Decision: string(m)}
}

// Tuned is what decisions for averages over labels and over everything are made
// with: thresholds of marginals. Nil stands for none, and leaves them out.
type Tuned struct{ Micro, Macro sets.Thresholds }

// Held is a model and rows that it was not trained on.
type Held struct {
	Model *sets.Model
	Rows  sets.Data
}

// Tune chooses the thresholds on the rows that models of the same kind were not
// trained on, all together. It is nil where they do not know marginals.
func Tune(ctx context.Context, held ...Held) (*Tuned, error) {
	var p []float64
	var all sets.Data
	for _, h := range held {
		part, err := marginals(ctx, h.Model, h.Rows)
		if impossible(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		p = append(p, part.RawMatrix().Data...)
		all.Y, all.Observed, all.Weights = append(all.Y, h.Rows.Y...), append(all.Observed, h.Rows.Observed...), append(all.Weights, h.Rows.Weights...)
	}
	if len(held) == 0 {
		return nil, nil
	}
	scores := mat.NewDense(len(all.Y), all.K(), p)
	t := &Tuned{}
	var err error
	if t.Micro, _, err = sets.TuneThresholds(scores, all, sets.Tuning{Average: sets.Micro}); err != nil {
		return nil, err
	}
	t.Macro, _, err = sets.TuneThresholds(scores, all, sets.Tuning{Average: sets.Macro})
	return t, err
}

// impossible reports that a model cannot make a decision.
func impossible(err error) bool {
	return errors.Is(err, structured.ErrIntractable) || errors.Is(err, structured.ErrUnevenWeights)
}

// marginals are those of every row; without features all are the same.
func marginals(ctx context.Context, m *sets.Model, d sets.Data) (*mat.Dense, error) {
	p, _, err := m.Marginals(ctx, d.X)
	if err != nil || d.X != nil {
		return p, err
	}
	n, k := len(d.Y), m.K()
	all := mat.NewDense(n, k, nil)
	for i := range n {
		copy(all.RawRowView(i), p.RawRowView(0))
	}
	return all, nil
}

// Judge is what test rows say of the probabilities of a model, of its modes, and
// of its decisions for each metric, as far as it can make them.
func Judge(ctx context.Context, m *sets.Model, test sets.Data, tuned *Tuned) (*experiment.Evaluation, error) {
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
	if err := AddModes(e, test, modes); err != nil {
		return nil, err
	}
	for metric, u := range map[report.Metric]sets.Utility{
		report.F1Samples:      sets.F1,
		report.F1SamplesEmpty: sets.FBeta{ZeroDivision: sets.ZeroDivisionOne},
		report.HammingLoss:    sets.Hamming{},
		report.SubsetAccuracy: sets.ExactMatch{},
	} {
		decisions, err := m.Decide(ctx, test.X, u)
		if impossible(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ys := make([]sets.Set, len(decisions))
		for i, d := range decisions {
			ys[i] = d.Y
		}
		if err := addBest(e, metric, test, ys); err != nil {
			return nil, err
		}
	}
	if tuned == nil {
		return e, nil
	}
	p, err := marginals(ctx, m, test)
	if impossible(err) {
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	for metric, t := range map[report.Metric]sets.Thresholds{report.F1Micro: tuned.Micro, report.F1Macro: tuned.Macro} {
		ys, err := t.Sets(p)
		if err != nil {
			return nil, err
		}
		if err := addBest(e, metric, test, ys); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// AddModes compares predicted sets with the test rows by all metrics; a single
// prediction serves all rows.
func AddModes(e *experiment.Evaluation, test sets.Data, predicted []sets.Set) error {
	scores, err := metrics(test, predicted)
	for metric, v := range scores {
		e.Scores[Mode(metric)] = v
	}
	return err
}

// addBest compares sets that are best for a metric by that.
func addBest(e *experiment.Evaluation, metric report.Metric, test sets.Data, predicted []sets.Set) error {
	scores, err := metrics(test, predicted)
	if err == nil {
		e.Scores[Best(metric)] = scores[metric]
	}
	return err
}

func metrics(test sets.Data, predicted []sets.Set) (map[report.Metric]float64, error) {
	for len(predicted) < len(test.Y) {
		predicted = append(predicted, predicted[0])
	}
	r, err := sets.Evaluation{Truth: test.Y, Predicted: predicted, Observed: test.Observed, Weights: test.Weights}.Report()
	if err != nil {
		return nil, err
	}
	return map[report.Metric]float64{
		report.SubsetAccuracy: r.SubsetAccuracy, report.HammingLoss: r.HammingLoss, report.BothEmpty: r.BothEmpty,
		report.F1Samples: r.Zero.F1.Samples, report.F1SamplesEmpty: r.One.F1.Samples,
		report.F1Micro: r.Zero.F1.Micro, report.F1Macro: r.Zero.F1.Macro,
	}, nil
}

// Score is F1Samples or F1Micro of the decisions for it, with the threshold that
// the marginals themselves expect to be best; or that of the modes where the model
// cannot make those decisions.
func Score(ctx context.Context, m *sets.Model, d sets.Data, metric report.Metric) (float64, error) {
	ys, err := decide(ctx, m, d, metric)
	if impossible(err) {
		ys, err = m.Predict(ctx, d.X)
	}
	if err != nil {
		return 0, err
	}
	scores, err := metrics(d, ys)
	return scores[metric], err
}

func decide(ctx context.Context, m *sets.Model, d sets.Data, metric report.Metric) ([]sets.Set, error) {
	if metric == report.F1Micro {
		p, err := marginals(ctx, m, d)
		if err != nil {
			return nil, err
		}
		t, _, err := sets.ExpectedThresholds(p, sets.Tuning{Average: sets.Micro})
		if err != nil {
			return nil, err
		}
		return t.Sets(p)
	}
	decisions, err := m.Decide(ctx, d.X, sets.F1)
	ys := make([]sets.Set, len(decisions))
	for i, made := range decisions {
		ys[i] = made.Y
	}
	return ys, err
}
