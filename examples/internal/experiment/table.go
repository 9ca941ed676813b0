package experiment

import (
	"fmt"
	"math"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Column is a score in the table.
type Column struct {
	Score
	Title string
	// Rare columns show - for zero, so that one of zeros only is left out.
	Rare bool
}

// Probabilities are the columns of Judge.
var Probabilities = []Column{
	{Score{Metric: report.NLL}, "nll", false},
	{Score{Metric: report.NLLLower}, "nll_lower", false}, {Score{Metric: report.NLLUpper}, "nll_upper", false},
	{Score{Metric: report.NLLTau}, "nll_tau", false},
	{Score{Metric: report.LogZError}, "log_z_error", false}, {Score{Metric: report.ThresholdError}, "tau_error", true},
	{Score{Metric: report.ZeroProbability}, "zero_p", true},
}

// Text is the table with a row per result and a column per score, what is to
// be said of the columns of Probabilities, and which jobs were left out. Of so
// many repeats some may be missing.
func Text(results []*Result, columns []Column, repeats int) string {
	t := report.Table{Titles: []string{"dataset", "model", "objective"}, Names: 3}
	for _, c := range columns {
		t.Titles = append(t.Titles, c.Title)
		if c.Metric == report.NLL {
			t.Titles = append(t.Titles, "by")
		}
	}
	t.Titles = append(t.Titles, "seconds")
	var skipped strings.Builder
	for _, r := range results {
		if r.Skipped != nil {
			fmt.Fprintf(&skipped, "left out: %s %s: %v\n", r.Dataset, r.Name(), r.Skipped)
			continue
		}
		t.Add(r.cells(columns, repeats)...)
	}
	return t.String() + legend(t.String()) + skipped.String()
}

// legend explains the columns of probabilities.
func legend(table string) string {
	l := "\nnll: mean of -log p(y|x) on test rows in nats, normalised as 'by' says; nll_tau: by the learned tau\n"
	if strings.Contains(table, "nll_lower") {
		l += "nll_lower, nll_upper: the ends of an nll that is an interval\n"
	}
	if strings.Contains(table, "log_z_error") {
		l += "log_z_error: median |tau - exact log Z| on test rows in nats\n"
	}
	if strings.Contains(table, "tau_error") {
		l += "tau_error: median |tau - exact threshold of the sparsemax| on test rows\n"
	}
	if strings.Contains(table, "zero_p") {
		l += "zero_p: share of test rows to which the model gives probability 0, so that nll is infinite\n"
	}
	if strings.Contains(table, structured.Estimate.String()) {
		l += "estimate: by tau, whose error nothing bounds; an nll below 0 is impossible and shows that tau is far too low\n"
	}
	return l
}

func (r *Result) cells(columns []Column, repeats int) []string {
	objective := r.Objective
	if n := len(r.Seconds); n < repeats {
		objective += fmt.Sprintf(" (%d of %d repeats)", n, repeats)
	}
	cells := []string{r.Dataset, r.Model, objective}
	for _, c := range columns {
		s := report.Summarize(r.Scores[c.Score])
		if c.Rare && s.Mean == 0 {
			cells = append(cells, "-")
		} else {
			cells = append(cells, s.Text(3))
		}
		if c.Metric == report.NLL {
			cells = append(cells, r.How.String())
		}
	}
	return append(cells, report.Summarize(r.Seconds).Text(2))
}

// Records are the results as flat records, the scores in the order of the
// columns; those of probabilities have Mode for their decision, on which they
// do not depend. An nll that is an interval stands between nll_lower and
// nll_upper. One that is infinite has none, for JSON has no infinity; nor has one that is an estimate, for a record cannot say so: it is there as
// nll_tau.
func Records(results []*Result, columns []Column, seed uint64) []report.Record {
	var out []report.Record
	for _, r := range results {
		for _, c := range columns {
			s := report.Summarize(r.Scores[c.Score])
			nll := c.Metric == report.NLL || c.Metric == report.NLLLower || c.Metric == report.NLLUpper || c.Metric == report.NLLTau
			if s.Repeats == 0 || nll && math.IsInf(s.Mean, 1) || c.Metric == report.NLL && r.How == structured.Estimate {
				continue
			}
			decision := c.Decision
			if decision == "" {
				decision = Mode
			}
			out = append(out, report.Record{
				Dataset: r.Dataset, Model: r.Model, Objective: r.Objective, Decision: decision,
				Metric: c.Metric, Value: s.Mean, SE: s.SE, Repeats: s.Repeats,
				Seed: seed, Seconds: report.Summarize(r.Seconds).Mean,
			})
		}
	}
	return out
}
