package main

import (
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// figure has two panels side by side, learning curves and tau against the exact
// normaliser. The sparsemax, whose numbers are on a scale of their own, has
// a second row.
func figure(dataset string, results []*experiment.Result) [][]*report.Panel {
	var likelihood, sparse []*experiment.Result
	for _, r := range results {
		switch {
		case r.Dataset != dataset || len(r.History.Epochs) == 0:
		case r.Objective == sparsemax.String():
			sparse = append(sparse, r)
		default:
			likelihood = append(likelihood, r)
		}
	}
	var rows [][]*report.Panel
	row := func(curves, scatter *report.Panel) {
		panels := []*report.Panel{curves}
		if scatter != nil {
			panels = append(panels, scatter)
		}
		rows = append(rows, panels)
	}
	if len(likelihood) > 0 {
		row(experiment.Curves(dataset+": learning curves", "mean loss (nats)", likelihood),
			experiment.Scatter(dataset+": log-partition of test rows", "exact log Z(x) (nats)", "learned tau(x) (nats)", likelihood))
	}
	if len(sparse) > 0 {
		row(experiment.Curves(dataset+": learning curves, sparsemax loss", "mean loss", sparse),
			experiment.Scatter(dataset+": threshold of test rows, sparsemax", "exact threshold", "learned tau(x)", sparse))
	}
	return rows
}
