package multilabel

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Constant judges what takes no features: the labels that at least half of the
// training rows have, and for each metric the constant set that would have been
// best on the training rows. Its probabilities are those of independent labels
// with the training frequencies.
func Constant(train, test sets.Data) (*experiment.Evaluation, error) {
	reference, err := sets.Frequencies(train)
	if err != nil {
		return nil, err
	}
	e := &experiment.Evaluation{How: structured.Exact, Scores: map[experiment.Score]float64{}}
	mode := sets.New(len(reference.P))
	p := mat.NewDense(len(train.Y), len(reference.P), nil)
	for j, f := range reference.P {
		mode.Set(j, f >= 0.5)
		for i := range train.Y {
			p.Set(i, j, f)
		}
	}
	if err := AddModes(e, test, []sets.Set{mode}); err != nil {
		return nil, err
	}
	add := func(metric report.Metric, y sets.Set) error { return addBest(e, metric, test, []sets.Set{y}) }
	for metric, u := range map[report.Metric]sets.Utility{
		report.F1Samples:      sets.F1,
		report.F1SamplesEmpty: sets.FBeta{ZeroDivision: sets.ZeroDivisionOne},
		report.HammingLoss:    sets.Hamming{},
		report.SubsetAccuracy: sets.ExactMatch{},
	} {
		d, err := sets.DecideFromSample(known(train), train.Weights, u)
		if err != nil {
			return nil, err
		}
		if err := add(metric, d.Y); err != nil {
			return nil, err
		}
	}
	for metric, average := range map[report.Metric]sets.Average{report.F1Micro: sets.Micro, report.F1Macro: sets.Macro} {
		t, _, err := sets.TuneThresholds(p, train, sets.Tuning{Average: average})
		if err != nil {
			return nil, err
		}
		ys, err := t.Sets(p)
		if err != nil {
			return nil, err
		}
		if err := add(metric, ys[0]); err != nil {
			return nil, err
		}
	}
	e.Scores[experiment.Score{Metric: report.NLL}] = nll(reference.P, test)
	return e, nil
}

// known are the labels of the rows that are known to be there.
func known(d sets.Data) []sets.Set {
	if d.Observed == nil {
		return d.Y
	}
	ys := make([]sets.Set, len(d.Y))
	for i, y := range d.Y {
		ys[i] = y.Intersect(d.Observed[i])
	}
	return ys
}

// nll is the mean of -log p of what was observed, for independent labels.
func nll(frequency []float64, test sets.Data) float64 {
	sums := make([]float64, len(test.Y))
	for i, y := range test.Y {
		for j, f := range frequency {
			switch {
			case test.Observed != nil && !test.Observed[i].Has(j):
			case y.Has(j):
				sums[i] -= math.Log(f)
			default:
				sums[i] -= math.Log1p(-f)
			}
		}
	}
	return experiment.Mean(sums, test.Weights)
}
