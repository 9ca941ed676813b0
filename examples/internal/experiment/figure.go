package experiment

import (
	"math"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// Curves are the learning curves of the first repeat: of the validation metric
// and, where that is the loss, of the training loss beside it; of the training
// loss alone where no rows validated. axis is what the metric is. There can be as many results as report has colours but the last.
func Curves(title, axis string, results []*Result) *report.Panel {
	p := &report.Panel{Title: title, X: "epoch", Y: axis}
	start, least, losses, alone := math.Inf(-1), math.Inf(1), false, false
	for i, r := range results {
		epochs := r.History.Epochs
		x, train, validation := make([]float64, len(epochs)), make([]float64, len(epochs)), make([]float64, len(epochs))
		for j, e := range epochs {
			x[j], train[j], validation[j] = float64(e.Epoch), e.Loss, e.Metric
			if r.History.Metric == "" { // there were no validation rows
				validation[j] = e.Loss
			}
			least = min(least, e.Loss, validation[j])
		}
		from := 0
		if r.History.Metric == "" {
			from = len(epochs) / 20 // the first losses of samples may be huge
		}
		start = max(start, train[from], validation[from])
		p.Lines = append(p.Lines, report.Line{Name: r.Name(), X: x, Y: validation, Color: i})
		if r.History.Metric == "loss" {
			losses = true
			p.Lines = append(p.Lines, report.Line{X: x, Y: train, Color: i, Faint: true})
		}
		if r.History.Metric == "" {
			alone = true
			continue // the last epoch is no choice
		}
		best := r.History.BestEpoch - 1
		p.Points = append(p.Points, report.Points{X: x[best : best+1], Y: validation[best : best+1], Color: i})
	}
	// Without points, these explain the styles in the legend.
	if losses || alone {
		// Sampled losses have spikes that would leave no room for anything else.
		top := start + (start-least)/4
		p.Top = &top
	}
	if losses {
		p.Lines = append(p.Lines,
			report.Line{Name: "validation", Color: report.Grey},
			report.Line{Name: "training", Color: report.Grey, Faint: true})
	}
	if p.Points != nil {
		p.Points = append(p.Points, report.Points{Name: "best epoch", Color: report.Grey})
	}
	return p
}

// Scatter is the learned tau against the exact normaliser on the test rows of
// the first repeat, for the results with both; nil if there are none.
func Scatter(title, x, y string, results []*Result) *report.Panel {
	p := &report.Panel{Title: title, X: x, Y: y, Diagonal: true}
	for i, r := range results {
		if r.Tau != nil && r.Exact != nil {
			p.Points = append(p.Points, report.Points{Name: r.Name(), X: r.Exact, Y: r.Tau, Color: i, Small: true})
		}
	}
	if len(p.Points) == 0 {
		return nil
	}
	return p
}
