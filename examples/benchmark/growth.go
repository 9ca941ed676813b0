package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"

	"gonum.org/v1/gonum/stat"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// A sweep changes one size of a step and keeps the others.
type sweep struct {
	name, unit string
	values     []int
	set        func(s *shape, v int)
}

// sweeps go over three orders of magnitude and more.
var sweeps = []sweep{
	{"k", "labels k", []int{6, 14, 30, 60, 174, 500, 1000, 3000, 10000}, func(s *shape, v int) { s.labels = v }},
	{"samples", "samples per example", []int{10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000}, func(s *shape, v int) { s.samples = v }},
	{"batch", "examples per batch", []int{8, 16, 32, 64, 128, 256, 512, 1024}, func(s *shape, v int) { s.batch = v }},
	{"hidden", "hidden units", []int{16, 32, 64, 128, 256, 512, 1024, 2048}, func(s *shape, v int) { s.hidden = v }},
	{"rows", "training examples n", []int{64, 256, 1024, 4096, 16384, 65536}, func(s *shape, v int) { s.rows = v }},
	{"features", "features d", []int{4, 16, 64, 256, 1024, 4096}, func(s *shape, v int) { s.features = v }},
}

// A point is what a step of one shape costs.
type point struct {
	shape   shape
	value   int
	seconds float64 // per step
	bytes   float64 // of memory in use after training
}

// grow measures steps of the library alone over each sweep.
func grow(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	steps := 0
	for _, w := range sweeps {
		steps += len(w.values)
	}
	progress := report.NewProgress(stderr, steps*len(o.draws))
	defer progress.Close()
	table := report.Table{Titles: []string{"grows", "draw", "from", "to", "ms per step", "exponent", "MB"}, Names: 2}
	var rows [][]*report.Panel
	var list []report.Record
	for _, w := range sweeps {
		panel := &report.Panel{Title: "a step of training", X: w.unit, Y: "milliseconds per step", Log: true}
		for i, d := range o.draws {
			line := report.Line{Name: "draw=" + d.String(), Color: i}
			var points []point
			for _, v := range w.values {
				if err := ctx.Err(); err != nil {
					return err
				}
				p, err := o.measure(ctx, w, d, v)
				if err != nil {
					return err
				}
				points = append(points, p)
				line.X, line.Y = append(line.X, float64(v)), append(line.Y, 1e3*p.seconds)
				list = append(list, report.Record{
					Dataset: fmt.Sprintf("%v batch=%d hidden=%d features=%d rows=%d", p.shape, p.shape.batch, p.shape.hidden, p.shape.features, p.shape.examples()),
					Model:   "gibbs", Objective: "minmin", Decision: "none", Metric: report.StepsPerSecond,
					Value: 1 / p.seconds, Repeats: o.repeats, Seconds: o.seconds,
				})
				progress.Note("%s = %d, draw=%v: %.3g ms", w.name, v, d, 1e3*p.seconds)
			}
			panel.Lines = append(panel.Lines, line)
			last := points[len(points)-1]
			table.Add(w.name, d.String(), fmt.Sprint(points[0].value), fmt.Sprint(last.value),
				fmt.Sprintf("%.3g to %.3g", 1e3*points[0].seconds, 1e3*last.seconds), fmt.Sprintf("%.2f", exponent(points)), fmt.Sprintf("%.0f", last.bytes/1e6))
		}
		rows = append(rows, []*report.Panel{panel})
	}
	progress.Close()
	fmt.Fprintf(stdout, "exponent: of the time per step over the upper half of the range, 1 being as the size\n\n%s", table.String())
	return write(o, stdout, list, rows)
}

// measure takes the fastest of some pieces.
func (o *options) measure(ctx context.Context, w sweep, d draw, v int) (point, error) {
	s := standard
	s.labels, s.samples, s.draw = 14, 100, d
	w.set(&s, v)
	g := &gibbs{ctx: ctx, threads: o.threads}
	if err := g.prepare(s); err != nil {
		return point{}, err
	}
	p := point{shape: s, value: v, seconds: math.Inf(1)}
	for range o.repeats {
		t, err := g.run(o.seconds / 5)
		if err != nil {
			return p, err
		}
		p.seconds = min(p.seconds, 1/t.rate(o.threads))
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	runtime.KeepAlive(g)
	p.bytes = float64(m.HeapAlloc)
	return p, nil
}

// exponent is the slope of log seconds over log value in the upper half.
func exponent(points []point) float64 {
	var x, y []float64
	for _, p := range points[len(points)/2:] {
		x, y = append(x, math.Log(float64(p.value))), append(y, math.Log(p.seconds))
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	return slope
}
