package main

import (
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/multilabel"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// columns are the metrics in the order of the table and of the records.
var columns = append(append([]experiment.Column(nil), experiment.Probabilities...), []experiment.Column{
	{Score: multilabel.Mode(report.SubsetAccuracy), Title: "subset_acc"},
	{Score: multilabel.Mode(report.HammingLoss), Title: "hamming"}, {Score: multilabel.Best(report.HammingLoss), Title: "|best"},
	{Score: multilabel.Mode(report.F1Samples), Title: "f1_samples"}, {Score: multilabel.Best(report.F1Samples), Title: "|best"},
	{Score: multilabel.Mode(report.F1SamplesEmpty), Title: "f1_empty"}, {Score: multilabel.Best(report.F1SamplesEmpty), Title: "|best"},
	{Score: multilabel.Mode(report.F1Micro), Title: "f1_micro"}, {Score: multilabel.Best(report.F1Micro), Title: "|best"},
	{Score: multilabel.Mode(report.F1Macro), Title: "f1_macro"}, {Score: multilabel.Best(report.F1Macro), Title: "|best"},
	{Score: multilabel.Mode(report.BothEmpty), Title: "both_empty", Rare: true},
}...)

// text has the table of everything, then those of the paper: data sets by losses.
func text(o *options, sources []*source, results []*experiment.Result) string {
	var b strings.Builder
	for _, s := range sources {
		b.WriteString(s.describe() + "\n")
	}
	b.WriteString("\n" + experiment.Text(results, columns, o.recipe.Repeats))
	b.WriteString("|best: of the sets with the best expectation of the metric before it (f1_micro and f1_macro: by thresholds\n" +
		"tuned on validation rows); the others are of modes. f1_empty: f1_samples with 1 for 0/0\n")
	for _, m := range o.models {
		for _, best := range []bool{false, true} {
			name := "modes"
			if best {
				name = "the sets that are best for the metric"
			}
			b.WriteString("\n" + m.String() + ", F1 of " + name + " (samples; micro for birds), in percent:\n")
			b.WriteString(pivot(results, m, best))
		}
	}
	return b.String()
}

// pivot is data sets by objectives.
func pivot(results []*experiment.Result, m model, best bool) string {
	var rows, objectives []string
	value := map[[2]string]string{}
	for _, r := range results {
		if r.Model != m.String() || r.Skipped != nil {
			continue
		}
		if !slices.Contains(rows, r.Dataset) {
			rows = append(rows, r.Dataset)
		}
		if !slices.Contains(objectives, r.Objective) {
			objectives = append(objectives, r.Objective)
		}
		score := multilabel.Mode(headline(r.Dataset))
		if best {
			score = multilabel.Best(headline(r.Dataset))
		}
		percent := slices.Clone(r.Scores[score])
		for i := range percent {
			percent[i] *= 100
		}
		value[[2]string{r.Dataset, r.Objective}] = report.Summarize(percent).Text(2)
	}
	t := report.Table{Titles: append([]string{"dataset"}, objectives...), Names: 1}
	for _, dataset := range rows {
		cells := []string{dataset}
		for _, o := range objectives {
			cell, ok := value[[2]string{dataset, o}]
			if !ok {
				cell = "-"
			}
			cells = append(cells, cell)
		}
		t.Add(cells...)
	}
	return t.String()
}

// bars draws the headline metric of a data set, of modes and beside it of the sets
// that are best for it.
func bars(dataset string, results []*experiment.Result) [][]*report.Panel {
	mode := &report.Panel{Title: dataset + ": modes", Y: string(headline(dataset))}
	best := &report.Panel{Title: dataset + ": best sets for the metric", Y: string(headline(dataset))}
	color := 0
	for _, r := range results {
		if r.Dataset != dataset || r.Skipped != nil {
			continue
		}
		for _, c := range []struct {
			panel *report.Panel
			score experiment.Score
		}{{mode, multilabel.Mode(headline(dataset))}, {best, multilabel.Best(headline(dataset))}} {
			if s := report.Summarize(r.Scores[c.score]); s.Finite() {
				c.panel.Bars = append(c.panel.Bars, report.Bar{Name: short(r), Y: s.Mean, Color: color})
			}
		}
		color = (color + 1) % report.Grey
	}
	if len(mode.Bars) == 0 {
		return nil
	}
	return [][]*report.Panel{{mode}, {best}}
}

// short is a name that fits below a bar.
func short(r *experiment.Result) string {
	switch r.Model {
	case unary.String():
		return "U " + r.Objective
	case pairwise.String():
		return "P " + r.Objective
	}
	return r.Model
}
