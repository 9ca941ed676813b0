package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// logPartitionColumns are the metrics in the order of the table and of the records.
var logPartitionColumns = []experiment.Column{
	{Score: plain.score(report.LogZError), Title: "plain"}, {Score: plain.score(report.LogZErrorMax), Title: "|max"},
	{Score: structuredForm.score(report.LogZError), Title: "structured"}, {Score: structuredForm.score(report.LogZErrorMax), Title: "|max"},
	{Score: refined.score(report.LogZError), Title: "refined"}, {Score: refined.score(report.LogZErrorMax), Title: "|max"},
	{Score: plain.score(report.NormalizerError), Title: "log_z_se|plain"}, {Score: plain.score(report.LogZSeconds), Title: "log_z_s|plain"},
	{Score: structuredForm.score(report.NormalizerError), Title: "log_z_se"}, {Score: structuredForm.score(report.LogZSeconds), Title: "log_z_s"},
	{Score: plain.score(report.NLL), Title: "nll|plain"}, {Score: experiment.Score{Metric: report.NLL}, Title: "nll"},
}

// logPartitionText is the table.
func logPartitionText(results []*experiment.Result, r recipe) string {
	t := report.Table{Titles: []string{"dataset", "model", "objective"}, Names: 3}
	for _, c := range logPartitionColumns {
		t.Titles = append(t.Titles, c.Title)
	}
	t.Titles = append(t.Titles, "by", "seconds")
	for _, r := range results {
		cells := []string{r.Dataset, r.Model, r.Objective}
		for _, c := range logPartitionColumns {
			s := report.Summarize(r.Scores[c.Score])
			switch {
			case s.Repeats == 0:
				cells = append(cells, "-")
			case c.Metric == report.NLL:
				cells = append(cells, s.Text(3))
			default:
				cells = append(cells, small(s))
			}
		}
		t.Add(append(cells, r.How.String(), report.Summarize(r.Seconds).Text(1))...)
	}
	return fmt.Sprintf("A random share of %g of the rows to test; tau beside log Z of the same model on at most %d of them; %d draws per example.\n\n",
		testShare, unseen, r.Samples) + t.String() + strings.TrimLeft(`
plain, structured, refined: median |tau - log Z| in nats, by the form of tau, and |max the largest; log Z as 'by' says
log_z_se, log_z_s: where log Z is an estimate, its largest standard error, and seconds for one x
nll: mean of -log p(y|x) on test rows in nats, or where log Z is an estimate, of those that tau is compared on; of the model
with the structured tau, or by exact likelihood; |plain: of the model with the plain one
`, "\n")
}

// small is a mean of numbers that may be tiny, with its standard error.
func small(s report.Summary) string {
	if s.Repeats < 2 {
		return fmt.Sprintf("%.2g", s.Mean)
	}
	return fmt.Sprintf("%.2g±%.1g", s.Mean, s.SE)
}

// sortedPanels has a panel per trained form: log Z, sorted, and what is to be it.
func sortedPanels(title string, of []*examined) []*report.Panel {
	var panels []*report.Panel
	for _, x := range of {
		order := make([]int, len(x.logZ))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(x.logZ[i], x.logZ[j]) })
		rank := make([]float64, len(order))
		for i := range rank {
			rank[i] = float64(i + 1)
		}
		sorted := func(v []float64) []float64 {
			out := make([]float64, len(order))
			for i, at := range order {
				out[i] = v[at]
			}
			return out
		}
		p := &report.Panel{Title: title + ": " + x.form.String(), X: "unseen x, by log Z", Y: "nats"}
		if x.refined != nil {
			p.Points = append(p.Points, report.Points{Name: "refined", X: rank, Y: sorted(x.refined), Color: 2, Small: true})
		}
		p.Points = append(p.Points, report.Points{Name: "tau", X: rank, Y: sorted(x.tau), Color: 1, Small: true})
		p.Lines = []report.Line{{Name: "log Z, " + x.kind.String(), X: rank, Y: sorted(x.logZ), Color: 0}}
		panels = append(panels, p)
	}
	return panels
}
