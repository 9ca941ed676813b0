package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// text is the table: a row per shape and contender.
func text(o *options, results []*result, remarks []string) string {
	t := report.Table{Titles: []string{"step", "library", "precision", "steps/s", "slowest", "fastest", "gibbs float64 is faster by", "float32 by"}, Names: 3}
	for _, r := range results {
		by := [2]string{"-", "-"}
		if r.model != "gibbs" {
			for i, p := range []precision{float64s, float32s} {
				if v := ratio(results, p, r); !math.IsNaN(v) {
					by[i] = fmt.Sprintf("%.2f", v)
				}
			}
		}
		t.Add(r.shape.String(), r.model, r.precision.String(), rate(r.median()), rate(quantile(r.rates, 0)), rate(quantile(r.rates, 1)), by[0], by[1])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "batch %d, %d features, %d hidden units, %d thread(s); medians of %d rounds of %g s in turn", standard.batch, standard.features, standard.hidden, o.threads, o.repeats, o.seconds)
	if o.threads == 1 {
		b.WriteString(" of processor time")
	}
	b.WriteString("\n")
	for _, r := range remarks {
		b.WriteString(r + "\n")
	}
	b.WriteString("\n" + t.String())
	return b.String()
}

// rate has three digits or more.
func rate(v float64) string {
	if v < 100 {
		return fmt.Sprintf("%.3g", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// records are those of -json.
func records(results []*result) []report.Record {
	var list []report.Record
	for _, r := range faster(results) {
		s := report.Summarize(r.rates)
		list = append(list, report.Record{
			Dataset: r.shape.String(), Model: r.model, Objective: "minmin", Decision: "none",
			Metric: report.StepsPerSecond, Value: r.median(), SE: s.SE, Repeats: len(r.rates), Seed: 0, Seconds: r.seconds / float64(len(r.rates)),
		})
	}
	return list
}

// figure is a bar chart per shape, two in a row: steps per second of each library
// in its faster precision.
func figure(results []*result) [][]*report.Panel {
	var rows [][]*report.Panel
	var panel *report.Panel
	var last shape
	colors := map[string]int{}
	for _, r := range faster(results) {
		if panel == nil || r.shape != last {
			last, panel = r.shape, &report.Panel{Title: r.shape.String(), Y: "steps per second"}
			if n := len(rows); n > 0 && len(rows[n-1]) == 1 {
				rows[n-1] = append(rows[n-1], panel)
			} else {
				rows = append(rows, []*report.Panel{panel})
			}
		}
		if _, known := colors[r.model]; !known {
			colors[r.model] = len(colors)
		}
		panel.Bars = append(panel.Bars, report.Bar{Name: r.model + "\n" + r.precision.String(), Y: r.median(), Color: colors[r.model]})
	}
	return rows
}
