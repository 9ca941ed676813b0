package main

import (
	"fmt"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func column(m report.Metric, title string) experiment.Column {
	return experiment.Column{Score: experiment.Score{Metric: m}, Title: title}
}

// headline is the metric that progress is reported by.
var headline = column(report.LogZBias, "tau_error")

// columns are the metrics in the order of the table and of the records.
var columns = []experiment.Column{
	column(report.NLL, "nll"), column(report.NormalizerError, "z_error"), column(report.KL, "kl"), headline, column(report.FlowNLL, "flow_nll"),
}

// text is a line on each data set, the table, and what is to be said of it.
func text(o *options, sources []*source, results []*experiment.Result) string {
	var b strings.Builder
	for _, s := range sources {
		b.WriteString(s.describe(o) + "\n")
	}
	table := experiment.DensityText(results, columns, o.recipe.Repeats)
	b.WriteString("\n" + table + `
nll: mean of -log p(y) on test rows in nats; z_error: estimated error of log Z in it, by quadrature over the plane
`)
	for _, c := range []struct{ title, says string }{
		{"kl", "kl: from the truth to the density, the mean of log truth/density over test rows"},
		{"tau_error", "tau_error: |learned log Z - log Z by quadrature|"},
		{"flow_nll", "flow_nll: the nll of what the gradient flow makes of noise, which the objective trains"},
	} {
		if strings.Contains(table, c.title) {
			b.WriteString(c.says + "\n")
		}
	}
	return b.String()
}

func (s *source) describe(o *options) string {
	if s.toy == nil {
		return fmt.Sprintf("%s: %s and %s; %d rows, a share of %g to test, and of the others as much to choose the epoch", s.name, s.axes[0], s.axes[1], s.rows.Len(), heldOut)
	}
	line := fmt.Sprintf("%s: %d rows to train, %d to choose the epoch, %d to test, drawn anew for each repeat", s.name, o.recipe.Rows, max(1, o.recipe.Rows/5), o.recipe.Rows)
	if h, err := s.toy.Entropy(); err == nil {
		line += fmt.Sprintf("; entropy %.4f nats", h)
	}
	return line
}
