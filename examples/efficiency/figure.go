package main

import (
	"math"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// figure has the error of a family, and its ratio to that of maximum likelihood,
// over the sample sizes.
func figure(o *options, dataset string, list []row, results []*experiment.Result) [][]*report.Panel {
	var out [][]*report.Panel
	for _, f := range o.families {
		if f.String() != dataset {
			continue
		}
		errors := &report.Panel{Title: f.String() + ": error of the parameters", X: "log10 of the sample size", Y: "log10 of the root mean squared error"}
		ratios := &report.Panel{Title: f.String() + ": relative to maximum likelihood", X: "log10 of the sample size", Y: "ratio of the errors"}
		most := 1.0
		for i, e := range o.estimators {
			a := report.Line{Name: e.String(), Color: i % report.Grey, Faint: i >= report.Grey}
			b := a
			for _, r := range list {
				rmse, ratio, ok := find(results, r, e)
				if r.family != f || !ok {
					continue
				}
				x := math.Log10(float64(r.size))
				a.X, a.Y = append(a.X, x), append(a.Y, math.Log10(rmse))
				b.X, b.Y = append(b.X, x), append(b.Y, ratio)
				most = max(most, ratio)
			}
			if len(a.X) > 0 {
				errors.Lines, ratios.Lines = append(errors.Lines, a), append(ratios.Lines, b)
			}
		}
		if top := 4.0; most > top { // or one bad estimator hides the others
			ratios.Top = &top
		}
		if len(errors.Lines) > 0 {
			out = append(out, []*report.Panel{errors, ratios})
		}
	}
	return out
}

// find has the means of a result.
func find(results []*experiment.Result, r row, e estimator) (rmse, ratio float64, ok bool) {
	for _, result := range results {
		if result.Dataset == r.family.String() && result.Model == r.model() && result.Objective == e.String() {
			a := report.Summarize(result.Scores[experiment.Score{Metric: report.RMSE}])
			b := report.Summarize(result.Scores[experiment.Score{Metric: report.RMSERatio}])
			return a.Mean, b.Mean, a.Finite() && b.Finite()
		}
	}
	return 0, 0, false
}
