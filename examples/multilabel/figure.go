package main

import (
	"math"
	"path/filepath"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// figurePath puts the name of the data set into the path where there are
// several.
func figurePath(path, dataset string, several bool) string {
	if !several {
		return path
	}
	extension := filepath.Ext(path)
	return strings.TrimSuffix(path, extension) + "-" + dataset + extension
}

// figure has two panels side by side, learning curves and tau against the exact
// normaliser. The sparsemax, whose numbers are on a scale of their own, has
// a second row.
func figure(dataset string, results []*result) [][]*report.Panel {
	var likelihood, sparse []*result
	for _, r := range results {
		switch {
		case r.dataset != dataset || len(r.history.Epochs) == 0:
		case r.objective == sparsemax.String():
			sparse = append(sparse, r)
		default:
			likelihood = append(likelihood, r)
		}
	}
	var rows [][]*report.Panel
	row := func(curves, scatter *report.Panel) {
		panels := []*report.Panel{curves}
		if len(scatter.Points) > 0 { // tau and the exact normaliser are known
			panels = append(panels, scatter)
		}
		rows = append(rows, panels)
	}
	if len(likelihood) > 0 {
		row(curves(dataset+": learning curves", "mean loss (nats)", likelihood),
			scatter(dataset+": log-partition of test rows", "exact log Z(x) (nats)", "learned tau(x) (nats)", likelihood))
	}
	if len(sparse) > 0 {
		row(curves(dataset+": learning curves, sparsemax loss", "mean loss", sparse),
			scatter(dataset+": threshold of test rows, sparsemax", "exact threshold", "learned tau(x)", sparse))
	}
	return rows
}

func name(r *result) string { return r.model + " " + r.objective }

func curves(title, axis string, results []*result) *report.Panel {
	p := &report.Panel{Title: title, X: "epoch", Y: axis}
	start, least := math.Inf(-1), math.Inf(1)
	for i, r := range results {
		epochs := r.history.Epochs
		x, train, validation := make([]float64, len(epochs)), make([]float64, len(epochs)), make([]float64, len(epochs))
		for j, e := range epochs {
			x[j], train[j], validation[j] = float64(e.Epoch), e.Loss, e.Metric
			least = min(least, e.Loss, e.Metric)
		}
		start = max(start, train[0], validation[0])
		p.Lines = append(p.Lines,
			report.Line{Name: name(r), X: x, Y: validation, Color: i},
			report.Line{X: x, Y: train, Color: i, Faint: true})
		best := r.history.BestEpoch - 1
		p.Points = append(p.Points, report.Points{X: x[best : best+1], Y: validation[best : best+1], Color: i})
	}
	// Sampled losses have spikes that would leave no room for anything else.
	top := start + (start-least)/4
	p.Top = &top
	// Without points, these explain the styles in the legend.
	p.Lines = append(p.Lines,
		report.Line{Name: "validation", Color: report.Grey},
		report.Line{Name: "training", Color: report.Grey, Faint: true})
	p.Points = append(p.Points, report.Points{Name: "best epoch", Color: report.Grey})
	return p
}

// scatter has the results with both tau and the exact normaliser.
func scatter(title, x, y string, results []*result) *report.Panel {
	p := &report.Panel{Title: title, X: x, Y: y, Diagonal: true}
	for i, r := range results {
		if r.tau != nil && r.exact != nil {
			p.Points = append(p.Points, report.Points{Name: name(r), X: r.exact, Y: r.tau, Color: i, Small: true})
		}
	}
	return p
}
