package experiment

import (
	"github.com/gibbs-ebm/gibbs/structured"
)

// Result is what one way to learn gave on one data set: a row of the table.
type Result struct {
	Dataset, Model, Objective string

	How     structured.Normalization // of the probabilities behind NLL
	Scores  map[Score][]float64
	Seconds []float64 // to train, per repeat; as many as there were repeats

	Skipped error // why there is nothing, where that is no failure

	// Of the first repeat, for the figure.
	History    structured.History
	Tau, Exact []float64 // on test rows; Exact is nil where it is not known
}

// Add adds a repeat.
func (r *Result) Add(e *Evaluation) {
	if r.Scores == nil {
		r.Scores = map[Score][]float64{}
	}
	for s, v := range e.Scores {
		r.Scores[s] = append(r.Scores[s], v)
	}
	r.How = max(r.How, e.How)
	if len(r.Seconds) == 0 {
		r.History, r.Tau, r.Exact = e.History, e.Tau, e.Exact
	}
	r.Seconds = append(r.Seconds, e.Seconds)
}

// Name is model and objective, as in a legend.
func (r *Result) Name() string { return r.Model + " " + r.Objective }
