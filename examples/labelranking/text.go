package main

import (
	"fmt"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// tau is the column of Kendall's tau of a decision.
func (d decision) tau() experiment.Column {
	return experiment.Column{Score: d.score(report.KendallTau), Title: "tau_" + d.String()}
}

// headline is the metric that progress is reported by: of modes, which every
// model has.
var headline = mode.tau()

// columns are those of the table: Kendall's tau of every decision, the rest of
// the one that was asked for.
func (o *options) columns() []experiment.Column {
	list := append([]experiment.Column(nil), experiment.Probabilities...)
	for _, d := range o.decisions() {
		list = append(list, d.tau())
	}
	return append(list,
		experiment.Column{Score: o.decision.score(report.SpearmanRho), Title: "spearman_rho"},
		experiment.Column{Score: o.decision.score(report.ExactMatch), Title: "exact_match"},
	)
}

// numbers are the columns of the records: every metric of every decision.
func (o *options) numbers() []experiment.Column {
	list := append([]experiment.Column(nil), experiment.Probabilities...)
	for _, d := range o.decisions() {
		for _, m := range []report.Metric{report.KendallTau, report.SpearmanRho, report.ExactMatch} {
			list = append(list, experiment.Column{Score: d.score(m)})
		}
	}
	return list
}

// text is a line on each data set, the table, and what is to be said of it.
func text(o *options, sources []*source, results []*experiment.Result) string {
	var b strings.Builder
	for _, s := range sources {
		b.WriteString(s.describe(o) + "\n")
	}
	b.WriteString("\n" + experiment.Text(results, o.columns(), o.recipe.Repeats))
	b.WriteString("tau_mode: Kendall's tau, mean over test rows, of the most probable rankings; tau_kemeny: of those with the largest expected tau\n")
	fmt.Fprintf(&b, "spearman_rho, exact_match: of the decision %v\n", o.decision)
	return b.String()
}

func (s *source) describe(o *options) string {
	rows, d, k := s.Dims()
	line := fmt.Sprintf("%s: %d features, %d labels", s.Name, d, k)
	if s.Partial != nil {
		line += " (some rankings partial)"
	}
	line += fmt.Sprintf("; %d rows, a share of %g to test; ", rows, o.testShare)
	var chosen []string
	if o.recipe.Tune {
		chosen = append(chosen, "the settings")
	}
	if o.recipe.Patience > 0 {
		chosen = append(chosen, "the epoch")
	}
	switch {
	case chosen != nil:
		line += fmt.Sprintf("a share of %g of the training rows chooses %s", heldOut, strings.Join(chosen, " and "))
		if o.recipe.Refit {
			line += ", then all train"
		}
	case o.recipe.Refit:
		line += "all others train"
	default:
		line += fmt.Sprintf("a share of %g of the training rows is left out", heldOut)
	}
	return line
}
