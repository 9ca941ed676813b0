package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
)

// column is a metric in the table.
type column struct {
	metric report.Metric
	title  string
	// rare columns show - for zero, so that one of zeros only is left out.
	rare bool
}

// columns are the metrics in the order of the table and of the records.
var columns = []column{
	{report.NLL, "nll", false}, {report.NLLTau, "nll_tau", false}, {report.LogZError, "log_z_error", false},
	{report.ThresholdError, "tau_error", true}, {report.ZeroProbability, "zero_p", true},
	{report.SubsetAccuracy, "subset_acc", false}, {report.HammingLoss, "hamming", false},
	{report.F1Samples, "f1_samples", false}, {report.F1Micro, "f1_micro", false}, {report.F1Macro, "f1_macro", false},
	{report.BothEmpty, "both_empty", true},
}

// decision is how predictions are made of probabilities.
const decision = "mode"

// text is a line on each data set, the table, and what is to be said of it.
func text(o *options, sources []*source, results []*result) string {
	var b strings.Builder
	for _, s := range sources {
		b.WriteString(s.describe(o) + "\n")
	}
	b.WriteString("\n")
	t := report.Table{Titles: []string{"dataset", "model", "objective"}, Names: 3}
	for _, c := range columns {
		t.Titles = append(t.Titles, c.title)
		if c.metric == report.NLL {
			t.Titles = append(t.Titles, "by")
		}
	}
	t.Titles = append(t.Titles, "seconds")
	var skipped []string
	for _, r := range results {
		if r.skipped != nil {
			skipped = append(skipped, fmt.Sprintf("left out: %s %s %s: %v\n", r.dataset, r.model, r.objective, r.skipped))
			continue
		}
		t.Add(r.cells(o)...)
	}
	b.WriteString(t.String())
	b.WriteString(legend(t.String()))
	b.WriteString(strings.Join(skipped, ""))
	return b.String()
}

// legend explains the columns of the table.
func legend(table string) string {
	l := "\nnll: mean of -log p(y|x) on test rows in nats, normalised as 'by' says; nll_tau: by the learned tau\n" +
		"log_z_error: median |tau - exact log Z| on test rows in nats; tau_error: the same for the threshold of other losses than the softmax\n"
	if strings.Contains(table, "zero_p") {
		l += "zero_p: share of test rows to which the model gives probability 0, so that nll is infinite\n"
	}
	if strings.Contains(table, structured.Estimate.String()) {
		l += "estimate: by tau, whose error nothing bounds; an nll below 0 is impossible and shows that tau is far too low\n"
	}
	if strings.Contains(table, "both_empty") {
		l += "both_empty: share of test rows without a true or predicted label, which f1_samples counts 0\n"
	}
	return l
}

func (s *source) describe(o *options) string {
	rows, d, k := s.train.Dims()
	line := fmt.Sprintf("%s: %d features, %d labels", s.name, d, k)
	if s.train.Observed != nil {
		line += " (some missing)"
	}
	if s.test != nil {
		line += fmt.Sprintf("; %d rows to train and %d to test, as split by the data set", rows, s.test.Len())
	} else {
		line += fmt.Sprintf("; %d rows, a share of %g to test", rows, heldOut)
	}
	line += fmt.Sprintf("; a share of %g of the training rows chooses the epoch", heldOut)
	if o.recipe.Refit {
		line += ", then all train"
	}
	return line
}

func (r *result) cells(o *options) []string {
	objective := r.objective
	if n := len(r.seconds); n < o.recipe.Repeats {
		objective += fmt.Sprintf(" (%d of %d repeats)", n, o.recipe.Repeats)
	}
	cells := []string{r.dataset, r.model, objective}
	for _, c := range columns {
		s := report.Summarize(r.scores[c.metric])
		if c.rare && s.Mean == 0 {
			cells = append(cells, "-")
		} else {
			cells = append(cells, s.Text(3))
		}
		if c.metric == report.NLL {
			cells = append(cells, r.how.String())
		}
	}
	return append(cells, report.Summarize(r.seconds).Text(2))
}

// records are the results as flat records. An nll that is infinite has none,
// for JSON has no infinity; nor has one that is an estimate, for a record cannot
// say so: it is there as nll_tau.
func records(o *options, results []*result) []report.Record {
	var out []report.Record
	for _, r := range results {
		for _, c := range columns {
			s := report.Summarize(r.scores[c.metric])
			nll := c.metric == report.NLL || c.metric == report.NLLTau
			if s.Repeats == 0 || nll && math.IsInf(s.Mean, 1) || c.metric == report.NLL && r.how == structured.Estimate {
				continue
			}
			out = append(out, report.Record{
				Dataset: r.dataset, Model: r.model, Objective: r.objective, Decision: decision,
				Metric: c.metric, Value: s.Mean, SE: s.SE, Repeats: s.Repeats,
				Seed: o.seed, Seconds: report.Summarize(r.seconds).Mean,
			})
		}
	}
	return out
}
