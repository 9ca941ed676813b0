package main

import (
	"fmt"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/multilabel"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// headline is the metric that progress is reported by.
var headline = experiment.Column{Score: multilabel.Mode(report.F1Samples), Title: "f1_samples"}

// columns are the metrics in the order of the table and of the records: of the
// modes, and beside each, after a bar, of the sets that are best for it.
var columns = append(append([]experiment.Column(nil), experiment.Probabilities...),
	experiment.Column{Score: multilabel.Mode(report.SubsetAccuracy), Title: "subset_acc"},
	experiment.Column{Score: multilabel.Best(report.SubsetAccuracy), Title: "|best"},
	experiment.Column{Score: multilabel.Mode(report.HammingLoss), Title: "hamming"},
	experiment.Column{Score: multilabel.Best(report.HammingLoss), Title: "|best"},
	headline,
	experiment.Column{Score: multilabel.Best(report.F1Samples), Title: "|best"},
	experiment.Column{Score: multilabel.Mode(report.F1SamplesEmpty), Title: "f1_empty"},
	experiment.Column{Score: multilabel.Best(report.F1SamplesEmpty), Title: "|best"},
	experiment.Column{Score: multilabel.Mode(report.F1Micro), Title: "f1_micro"},
	experiment.Column{Score: multilabel.Best(report.F1Micro), Title: "|best"},
	experiment.Column{Score: multilabel.Mode(report.F1Macro), Title: "f1_macro"},
	experiment.Column{Score: multilabel.Best(report.F1Macro), Title: "|best"},
	experiment.Column{Score: multilabel.Mode(report.BothEmpty), Title: "both_empty", Rare: true},
)

// text is a line on each data set, the table, and what is to be said of it.
func text(o *options, sources []*source, results []*experiment.Result) string {
	var b strings.Builder
	for _, s := range sources {
		b.WriteString(s.describe(o) + "\n")
	}
	table := experiment.Text(results, columns, o.recipe.Repeats)
	b.WriteString("\n" + table)
	b.WriteString("|best: of the sets with the best expectation of the metric before it (f1_micro and f1_macro: by thresholds\n" +
		"tuned on validation rows); the others are of modes. f1_empty: f1_samples with 1 for 0/0\n")
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
