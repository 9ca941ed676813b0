package experiment

import (
	"fmt"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// DensityText is the table of densities of real vectors: as Text, but nll may be
// below 0, and beside it is the mean estimated error of log Z in it, which
// NormalizerError has.
func DensityText(results []*Result, columns []Column, repeats int) string {
	t := report.Table{Titles: []string{"dataset", "model", "objective"}, Names: 3}
	for _, c := range columns {
		t.Titles = append(t.Titles, c.Title)
	}
	t.Titles = append(t.Titles, "seconds")
	var skipped strings.Builder
	for _, r := range results {
		if r.Skipped != nil {
			fmt.Fprintf(&skipped, "left out: %s %s: %v\n", r.Dataset, r.Name(), r.Skipped)
			continue
		}
		objective := r.Objective
		if n := len(r.Seconds); n < repeats {
			objective += fmt.Sprintf(" (%d of %d repeats)", n, repeats)
		}
		cells := []string{r.Dataset, r.Model, objective}
		for _, c := range columns {
			s := report.Summarize(r.Scores[c.Score])
			switch {
			case c.Metric == report.NormalizerError && s.Repeats > 0:
				cells = append(cells, fmt.Sprintf("%.0e", s.Mean))
			case c.Rare && s.Mean == 0:
				cells = append(cells, "-")
			default:
				cells = append(cells, s.Text(decimals(s.Mean)))
			}
		}
		t.Add(append(cells, report.Summarize(r.Seconds).Text(1))...)
	}
	return t.String() + skipped.String()
}

// decimals are those that show three digits of small numbers.
func decimals(v float64) int {
	n := 3
	for v = max(v, -v); v > 0 && v < 0.05 && n < 6; v *= 10 {
		n++
	}
	return n
}

// DensityRecords are the results as flat records, the scores in the order of the
// columns; a metric that is not finite has none, for JSON has no infinity.
func DensityRecords(results []*Result, columns []Column, seed uint64) []report.Record {
	var out []report.Record
	for _, r := range results {
		for _, c := range columns {
			s := report.Summarize(r.Scores[c.Score])
			if s.Repeats == 0 || !s.Finite() {
				continue
			}
			out = append(out, report.Record{
				Dataset: r.Dataset, Model: r.Model, Objective: r.Objective, Decision: Mode,
				Metric: c.Metric, Value: s.Mean, SE: s.SE, Repeats: s.Repeats,
				Seed: seed, Seconds: report.Summarize(r.Seconds).Mean,
			})
		}
	}
	return out
}
