package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func column(m report.Metric, title string) experiment.Column {
	return experiment.Column{Score: experiment.Score{Metric: m}, Title: title}
}

// headline is the metric that progress is reported by.
var headline = column(report.CRPS, "crps")

// columns are the metrics in the order of the table and of the records.
var columns = []experiment.Column{
	column(report.NLL, "nll"), column(report.NormalizerError, "z_error"), column(report.LogZBias, "tau_error"), column(report.KL, "kl"),
	headline, column(report.RMSE, "rmse"), column(report.Coverage90, "cover_90"), column(report.PITPValue, "pit_p"),
	{Score: experiment.Score{Metric: report.PITRejected}, Title: "pit_rejected", Rare: true},
}

// text is a line on each data set, the table, and what is to be said of it.
func text(o *options, sources []*source, results []*experiment.Result) string {
	var b strings.Builder
	for _, s := range sources {
		b.WriteString(s.describe(o) + "\n")
	}
	b.WriteString("\n" + experiment.DensityText(results, columns, o.recipe.Repeats))
	b.WriteString(`
nll: mean of -log p(y|x) on test rows in nats per unit of y; z_error: estimated error of log Z in it, by quadrature
tau_error: mean of |learned tau - log Z|; cover_90: share of test rows in their central 90 % interval
pit_p: Kolmogorov-Smirnov test of P(Y <= y|x) for uniformity; pit_rejected: share of repeats where it is below 0.01
`)
	if o.recipe.Repeats >= 5 {
		b.WriteString(allRepeats(results))
		b.WriteString(bestRepeats(results))
	}
	return b.String()
}

// allRepeats says what the tests of the repeats say together. Their test rows
// overlap, so that the least p-value counts as many times as there are repeats.
func allRepeats(results []*experiment.Result) string {
	var b strings.Builder
	for _, r := range results {
		p := r.Scores[experiment.Score{Metric: report.PITPValue}]
		if len(p) > 0 {
			fmt.Fprintf(&b, "%s %s: pit_p of all %d repeats %.2g (Bonferroni), median %.2g\n", r.Dataset, r.Name(), len(p), min(1, slices.Min(p)*float64(len(p))), median(p))
		}
	}
	return b.String()
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return 0.5 * (v[(len(v)-1)/2] + v[len(v)/2])
}

// bestOf is how many of the repeats the published numbers of the toys are means
// of.
const bestOf = 5

// bestRepeats says of results with a truth what their best repeats reach, as
// numbers are published (Gustafsson et al. 2020: the best 5 of 20).
func bestRepeats(results []*experiment.Result) string {
	var b strings.Builder
	for _, r := range results {
		kl := slices.Clone(r.Scores[experiment.Score{Metric: report.KL}])
		if len(kl) < bestOf {
			continue
		}
		slices.Sort(kl)
		fmt.Fprintf(&b, "%s %s: mean kl of the best %d of %d repeats %.4f\n", r.Dataset, r.Name(), bestOf, len(kl), report.Summarize(kl[:bestOf]).Mean)
	}
	return b.String()
}

func (s *source) describe(o *options) string {
	if s.toy != nil {
		n := s.sizes()
		return fmt.Sprintf("%s: entropy %.4f nats; %d rows to train, %d to choose the epoch, %d to test, drawn anew for each repeat",
			s.name, s.toy.MeanEntropy(), n[0], n[1], n[2])
	}
	all := s.benchmark.All
	line := fmt.Sprintf("%s: %d features, target %s; %d rows, ", s.name, all.D(), all.TargetName(0), all.Len())
	if s.benchmark.Splits != nil {
		line += fmt.Sprintf("the first %d of %d published splits", o.recipe.Repeats, len(s.benchmark.Splits))
	} else {
		line += fmt.Sprintf("a share of %g to test", heldOut)
	}
	return line + fmt.Sprintf("; mean density of %d trainings, for each of which another share of %g of the training rows chooses the epoch", o.recipe.members(all.Len()), heldOut)
}
