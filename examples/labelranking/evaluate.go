package main

import (
	"context"
	"errors"
	"math"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
)

// decision is how an ordering is predicted from probabilities.
type decision int

const (
	mode     decision = iota // the most probable one
	kemeny                   // the order of the largest expected Kendall tau
	spearman                 // by expected ranks: the largest expected Spearman rho
)

func (d decision) String() string { return [...]string{"mode", "kemeny", "spearman"}[d] }

// record is the name in records.
func (d decision) record() string {
	return [...]string{experiment.Mode, string(report.KendallTau), string(report.SpearmanRho)}[d]
}

// score is that of a metric of these decisions.
func (d decision) score(m report.Metric) experiment.Score {
	return experiment.Score{Metric: m, Decision: d.record()}
}

// impossible reports that a model cannot make a decision.
func impossible(err error) bool {
	return errors.Is(err, structured.ErrIntractable) || errors.Is(err, structured.ErrUnevenWeights)
}

// predict returns a prediction per row of X, or one for all without features.
// Where the model does not know the marginals that a decision needs, the error
// is impossible.
func (d decision) predict(ctx context.Context, m *permutations.Model, test permutations.Data) ([]permutations.Ordering, error) {
	if d == mode {
		return m.Predict(ctx, test.X)
	}
	loss := permutations.Loss(permutations.KendallLoss{})
	if d == spearman {
		loss = permutations.SpearmanLoss{}
	}
	made, err := m.Decide(ctx, test.X, loss)
	ys := make([]permutations.Ordering, len(made))
	for i := range made {
		ys[i] = made[i].Y
	}
	return ys, err
}

// evaluate is what test rows say of a model.
func evaluate(ctx context.Context, m *permutations.Model, test permutations.Data, decisions []decision) (*experiment.Evaluation, error) {
	examples, err := test.Structured()
	if err != nil {
		return nil, err
	}
	e, err := experiment.Judge(ctx, m.Model, &examples)
	if err != nil {
		return nil, err
	}
	for _, d := range decisions {
		ys, err := d.predict(ctx, m, test)
		if impossible(err) && d != mode {
			continue
		}
		if err == nil {
			err = addMetrics(e, d, test, ys)
		}
		if err != nil {
			return nil, err
		}
	}
	return e, nil
}

// evaluation compares predicted orderings with the rows; a single prediction
// serves all of them.
func evaluation(rows permutations.Data, predicted []permutations.Ordering) permutations.Evaluation {
	for len(predicted) < rows.Len() {
		predicted = append(predicted, predicted[0])
	}
	return permutations.Evaluation{Truth: rows.Y, Partial: rows.Partial, Predicted: predicted, Weights: rows.Weights}
}

// addMetrics adds what the test rows say of predicted orderings.
func addMetrics(e *experiment.Evaluation, d decision, test permutations.Data, predicted []permutations.Ordering) error {
	all := evaluation(test, predicted)
	for metric, of := range map[report.Metric]func(permutations.Evaluation) (float64, error){
		report.KendallTau:  permutations.Evaluation.KendallTau,
		report.SpearmanRho: permutations.Evaluation.SpearmanRho,
		report.ExactMatch:  permutations.Evaluation.ExactMatch,
	} {
		v, err := of(all)
		if err != nil {
			return err
		}
		e.Scores[d.score(metric)] = v
	}
	return nil
}

// baseline takes no features: it predicts Borda's order of the training rows,
// whatever the decision, and all orderings have the same probability.
func baseline(p *parts, decisions []decision) (*experiment.Evaluation, error) {
	e := &experiment.Evaluation{How: structured.Exact, Scores: map[experiment.Score]float64{}}
	constant, err := borda(p.train)
	if err != nil {
		return nil, err
	}
	for _, d := range decisions {
		if err := addMetrics(e, d, p.test, []permutations.Ordering{constant}); err != nil {
			return nil, err
		}
	}
	nll := make([]float64, p.test.Len())
	orderings, _ := math.Lgamma(float64(p.test.K() + 1))
	for i := range nll {
		nll[i] = orderings
		if i < len(p.test.Partial) && !p.test.Partial[i].IsZero() {
			nll[i] -= p.test.Partial[i].LogCompletions()
		}
	}
	e.Scores[experiment.Score{Metric: report.NLL}] = experiment.Mean(nll, p.test.Weights)
	return e, nil
}

// borda sorts the labels by the number of labels that rankings put below them
// less those above, the count of Borda (1781), summed over rows by weight;
// labels that a row does not compare count for nothing. Among equals the lower
// labels come first.
func borda(d permutations.Data) (permutations.Ordering, error) {
	k := d.K()
	count := make([]float64, k)
	for i := range d.Len() {
		w := 1.0
		if d.Weights != nil {
			w = d.Weights[i]
		}
		if i >= len(d.Partial) || d.Partial[i].IsZero() {
			for r, j := range d.Y[i] {
				count[j] += w * float64(k-1-2*r)
			}
			continue
		}
		p, above := d.Partial[i], 0
		for g := range p.Groups() {
			labels := p.Group(g)
			for _, j := range labels {
				count[j] += w * float64(p.Ranked()-len(labels)-2*above)
			}
			above += len(labels)
		}
	}
	return permutations.ByScore(count)
}
