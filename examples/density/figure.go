package main

import (
	"errors"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
)

// drawing is what the figure needs of a density, of the first repeat.
type drawing struct {
	log     *report.Heat // log p
	samples []snl.Point  // nil where there are none to be had
	data    []snl.Point
	truth   *report.Heat // of a toy
}

const (
	heatSize  = 150  // points of the grid, each way
	floor     = 8    // nats below the highest density at which shades end
	drawnRows = 2000 // of data and of samples
)

// view is what is drawn.
func (s *source) view(data []snl.Point) (low, high [2]float64) {
	if s.toy != nil {
		return s.toy.Bounds()
	}
	low, high = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, y := range data {
		for j := range 2 {
			low[j], high[j] = min(low[j], y[j]), max(high[j], y[j])
		}
	}
	for j := range 2 {
		margin := 0.1*(high[j]-low[j]) + 1e-9
		low[j], high[j] = low[j]-margin, high[j]+margin
	}
	return low, high
}

// heat is a log-density on a grid.
func heat(low, high [2]float64, logs func(dst []float64, ys []snl.Point) error) (*report.Heat, error) {
	h := &report.Heat{X: make([]float64, heatSize), Y: make([]float64, heatSize), Z: make([][]float64, heatSize)}
	for i := range heatSize {
		at := (float64(i) + 0.5) / heatSize
		h.X[i], h.Y[i] = low[0]+at*(high[0]-low[0]), low[1]+at*(high[1]-low[1])
	}
	ys := make([]snl.Point, heatSize)
	most := math.Inf(-1)
	for i, x := range h.X {
		for j, y := range h.Y {
			ys[j] = snl.Point{x, y}
		}
		h.Z[i] = make([]float64, heatSize)
		if err := logs(h.Z[i], ys); err != nil {
			return nil, err
		}
		for _, v := range h.Z[i] {
			most = max(most, v)
		}
	}
	for _, column := range h.Z {
		for j, v := range column {
			column[j] = max(v, most-floor)
		}
	}
	return h, nil
}

func draw(s *source, l *learned, p *parts) (*drawing, error) {
	low, high := s.view(p.train.Y)
	d := &drawing{data: p.train.Y[:min(len(p.train.Y), drawnRows)]}
	var err error
	if d.log, err = heat(low, high, l.logs); err != nil {
		return nil, err
	}
	if s.toy != nil {
		if d.truth, err = s.truth(); err != nil {
			return nil, err
		}
	}
	drawn, err := l.sample(drawnRows, rand.New(rand.NewPCG(p.seed, figureSamples)))
	if err != nil && !errors.Is(err, structured.ErrUnevenWeights) {
		return nil, err
	}
	for _, y := range drawn {
		if y[0] >= low[0] && y[0] <= high[0] && y[1] >= low[1] && y[1] <= high[1] {
			d.samples = append(d.samples, y)
		}
	}
	return d, nil
}

// figure has the truth and the data first, then for each result its log-density,
// which is minus the energy, and samples of it; learning curves at the end.
func figure(dataset string, results []*experiment.Result, tasks []*task) [][]*report.Panel {
	var rows [][]*report.Panel
	var trained []*experiment.Result
	for _, r := range results {
		t := find(tasks, r)
		if r.Dataset != dataset || t == nil || t.drawn == nil {
			continue
		}
		axes := t.source.axes
		if rows == nil {
			first := []*report.Panel{cloud(dataset+": training rows", axes, t.drawn.data)}
			if t.source.toy != nil {
				first = append([]*report.Panel{{Title: dataset + ": true log-density", X: axes[0], Y: axes[1], Heat: t.drawn.truth}}, first...)
			}
			rows = append(rows, first)
		}
		row := []*report.Panel{{Title: dataset + ": " + r.Name() + ", log-density (minus energy)", X: axes[0], Y: axes[1], Heat: t.drawn.log}}
		if t.drawn.samples != nil {
			row = append(row, cloud(dataset+": "+r.Name()+", samples", axes, t.drawn.samples))
		}
		rows = append(rows, row)
		if len(r.History.Epochs) > 0 && len(trained) < report.Grey {
			trained = append(trained, r)
		}
	}
	if trained != nil {
		rows = append(rows, []*report.Panel{experiment.Curves(dataset+": learning curves", "validation nll (nats), standardised", trained)})
	}
	return rows
}

func (s *source) truth() (*report.Heat, error) {
	low, high := s.toy.Bounds()
	return heat(low, high, func(dst []float64, ys []snl.Point) (err error) {
		for i, y := range ys {
			if dst[i], err = s.toy.LogDensity(y); err != nil {
				return err
			}
		}
		return nil
	})
}

func cloud(title string, axes [2]string, ys []snl.Point) *report.Panel {
	points := report.Points{Color: 0, Small: true}
	for _, y := range ys {
		points.X, points.Y = append(points.X, y[0]), append(points.Y, y[1])
	}
	return &report.Panel{Title: title, X: axes[0], Y: axes[1], Points: []report.Points{points}}
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
