package main

import (
	"fmt"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// headline is the metric that progress is reported by.
var headline = experiment.Column{Score: of(report.F1Samples), Title: "f1_samples"}

// columns are the metrics in the order of the table and of the records.
var columns = append(append([]experiment.Column(nil), experiment.Probabilities...),
	experiment.Column{Score: of(report.SubsetAccuracy), Title: "subset_acc"},
	experiment.Column{Score: of(report.HammingLoss), Title: "hamming"},
	headline,
	experiment.Column{Score: of(report.F1Micro), Title: "f1_micro"},
	experiment.Column{Score: of(report.F1Macro), Title: "f1_macro"},
	experiment.Column{Score: of(report.BothEmpty), Title: "both_empty", Rare: true},
)

// text is a line on each data set, the table, and what is to be said of it.
func text(o *options, sources []*source, results []*experiment.Result) string {
	var b strings.Builder
	for _, s := range sources {
		b.WriteString(s.describe(o) + "\n")
	}
	table := experiment.Text(results, columns, o.recipe.Repeats)
	b.WriteString("\n" + table)
	if strings.Contains(table, "both_empty") {
		b.WriteString("both_empty: share of test rows without a true or predicted label, which f1_samples counts 0\n")
	}
	return b.String()
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
