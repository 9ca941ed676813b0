package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/snl"
)

// drawing is what the figure needs of a model, of the first repeat.
type drawing struct {
	heat   *report.Heat // the density; nil with several features
	bands  [][]float64  // quantiles, for each level at each x of the heat
	x, y   []float64    // the training rows, of one feature
	pit    []float64
	target string
	input  string
}

// bandLevels are the quantiles that are drawn.
var bandLevels = []float64{0.05, 0.25, 0.5, 0.75, 0.95}

const (
	heatX = 120
	heatY = 160
)

// draw evaluates the density on a grid where there is one feature.
func draw(ctx context.Context, s *source, e snl.Ensemble, p *parts, pit []float64) (*drawing, error) {
	d := &drawing{pit: pit, target: p.train.TargetName(0)}
	if p.train.D() != 1 {
		return d, nil
	}
	d.input = p.train.FeatureName(0)
	for i, y := range p.train.Y {
		d.x, d.y = append(d.x, p.train.X.At(i, 0)), append(d.y, y[0])
	}
	low, high := [2]float64{slices.Min(d.x), slices.Min(d.y)}, [2]float64{slices.Max(d.x), slices.Max(d.y)}
	margin := 0.1 * (high[1] - low[1])
	low[1], high[1] = low[1]-margin, high[1]+margin
	if s.toy != nil {
		low, high = s.toy.Bounds()
	}
	if !(low[0] < high[0] && low[1] < high[1]) {
		return d, nil
	}
	d.heat = &report.Heat{X: middles(low[0], high[0], heatX), Y: middles(low[1], high[1], heatY), Z: make([][]float64, heatX)}
	ps, err := e.Predictives(ctx, mat.NewDense(heatX, 1, d.heat.X))
	if err != nil {
		return nil, err
	}
	d.bands = make([][]float64, len(bandLevels))
	for i, p := range ps {
		d.heat.Z[i] = make([]float64, heatY)
		p.LogPDFs(d.heat.Z[i], d.heat.Y)
		for j, v := range d.heat.Z[i] {
			d.heat.Z[i][j] = math.Exp(0.5 * v)
		}
		for k, level := range bandLevels {
			q, err := p.Quantile(level)
			if err != nil {
				return nil, err
			}
			d.bands[k] = append(d.bands[k], min(max(q, low[1]), high[1]))
		}
	}
	shade(d.heat)
	return d, nil
}

// shade cuts the few highest values off, or peaks would leave all else white.
func shade(h *report.Heat) {
	var all []float64
	for _, column := range h.Z {
		all = append(all, column...)
	}
	slices.Sort(all)
	top := all[len(all)*99/100]
	for _, column := range h.Z {
		for j, v := range column {
			column[j] = min(v, top)
		}
	}
}

// figure has the density, if there is one, for each result, two to a row, and
// then the learning curves and the histogram of the transforms of all.
func figure(dataset string, results []*experiment.Result, tasks []*task) [][]*report.Panel {
	var rows [][]*report.Panel
	var densities []*report.Panel
	var of []*experiment.Result
	transforms := &report.Panel{Title: dataset + ": P(Y <= y|x) of test rows", X: "probability transform", Y: "density of transforms"}
	for _, r := range results {
		t := find(tasks, r)
		if r.Dataset != dataset || t == nil || t.drawn == nil {
			continue
		}
		if t.drawn.heat != nil {
			densities = append(densities, t.drawn.panel(dataset+": "+r.Name()))
		}
		if len(of) < report.Grey { // as many as there are colours
			x, y := steps(t.drawn.pit)
			transforms.Lines = append(transforms.Lines, report.Line{Name: r.Name(), X: x, Y: y, Color: len(of)})
			of = append(of, r)
		}
	}
	if len(of) == 0 {
		return nil
	}
	for ; len(densities) > 1; densities = densities[2:] {
		rows = append(rows, densities[:2])
	}
	if len(densities) == 1 {
		rows = append(rows, densities)
	}
	transforms.Lines = append(transforms.Lines, report.Line{Name: "right", X: []float64{0, 1}, Y: []float64{1, 1}, Color: report.Grey, Faint: true})
	return append(rows, []*report.Panel{experiment.Curves(dataset+": learning curves", "validation nll (nats)", of), transforms})
}

// find is the task of a result.
func find(tasks []*task, r *experiment.Result) *task {
	for _, t := range tasks {
		if t.source.name == r.Dataset && t.model.String() == r.Model && t.objective.String() == r.Objective {
			return t
		}
	}
	return nil
}

// panel is the density with the training rows and the bands.
func (d *drawing) panel(title string) *report.Panel {
	p := &report.Panel{Title: title, X: d.input, Y: d.target, Heat: d.heat}
	p.Points = append(p.Points, report.Points{Name: "training rows", X: d.x, Y: d.y, Color: 1, Small: true})
	for k, level := range bandLevels {
		line := report.Line{X: d.heat.X, Y: d.bands[k], Color: 2, Faint: true}
		switch level {
		case 0.5:
			line.Name, line.Color, line.Faint = "median", 3, false
		case bandLevels[0]:
			line.Name = fmt.Sprintf("quantiles %v", bandLevels)
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

// steps is the outline of the histogram of numbers in [0, 1], as a density.
func steps(pit []float64) (x, y []float64) {
	bins := min(max(len(pit)/10, 4), 20)
	for i, count := range (snl.Report{PIT: pit}).Histogram(bins) {
		height := float64(count*bins) / float64(max(len(pit), 1))
		x = append(x, float64(i)/float64(bins), float64(i+1)/float64(bins))
		y = append(y, height, height)
	}
	return x, y
}
