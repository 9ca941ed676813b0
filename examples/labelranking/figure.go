package main

import (
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// figure has a row for each model: learning curves of its objectives, by
// validation rows where they say when to stop and otherwise by training, and tau
// against the exact log-partition, and the same for the threshold of the
// sparsemax, where they are known.
func figure(dataset string, results []*experiment.Result) [][]*report.Panel {
	var models []string
	all, likelihood, sparse := map[string][]*experiment.Result{}, map[string][]*experiment.Result{}, map[string][]*experiment.Result{}
	for _, r := range results {
		if r.Dataset != dataset || len(r.History.Epochs) == 0 {
			continue
		}
		if all[r.Model] == nil {
			models = append(models, r.Model)
		}
		all[r.Model] = append(all[r.Model], r)
		if r.Objective == sparsemax.String() {
			sparse[r.Model] = append(sparse[r.Model], r)
		} else {
			likelihood[r.Model] = append(likelihood[r.Model], r)
		}
	}
	var rows [][]*report.Panel
	for _, m := range models {
		axis := "training objective (nats)"
		if all[m][0].History.Metric != "" {
			axis = "Kendall tau of validation rows"
		}
		row := []*report.Panel{experiment.Curves(dataset+": learning curves", axis, all[m])}
		if p := experiment.Scatter(dataset+": log-partition of test rows", "exact log Z(x) (nats)", "learned tau(x) (nats)", likelihood[m]); p != nil {
			row = append(row, p)
		}
		if p := experiment.Scatter(dataset+": threshold of test rows, sparsemax", "exact threshold", "learned tau(x)", sparse[m]); p != nil {
			row = append(row, p)
		}
		rows = append(rows, row)
	}
	return rows
}
