package diagram

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gibbs-ebm/gibbs/logpart"
)

// ErrNothing is returned where there is nothing to draw.
var ErrNothing = errors.New("diagram: nothing to draw")

// Diagnosis draws, side by side, the references in ascending order with tau on top
// of each, the distribution of tau less the reference, and, where distances were
// measured, the absolute error by the distance from the training data. Points
// without a reference to be believed are left out.
func Diagnosis(w io.Writer, d *logpart.Diagnosis) error {
	if d == nil {
		return ErrNothing
	}
	points := slices.DeleteFunc(slices.Clone(d.Points), func(p logpart.Point) bool { return !p.Reliable })
	if len(points) == 0 {
		return ErrNothing
	}
	of := "log Z"
	if d.Threshold {
		of = "threshold"
	}
	slices.SortStableFunc(points, func(a, b logpart.Point) int { return cmp.Compare(a.Reference, b.Reference) })
	plots := []*plot.Plot{sorted(points, of)}
	histogram, err := errorsOf(points, of)
	if err != nil {
		return err
	}
	plots = append(plots, histogram)
	if slices.ContainsFunc(points, func(p logpart.Point) bool { return p.Distance != points[0].Distance }) {
		plots = append(plots, byDistance(points, of))
	}
	return write(w, plots)
}

func sorted(points []logpart.Point, of string) *plot.Plot {
	p := newPlot("tau on top of "+of, "x, by "+of, "nats")
	reference, tau := make(plotter.XYs, len(points)), make(plotter.XYs, len(points))
	for i, q := range points {
		reference[i] = plotter.XY{X: float64(i + 1), Y: q.Reference}
		tau[i] = plotter.XY{X: float64(i + 1), Y: q.Tau}
	}
	line := &plotter.Line{XYs: reference, LineStyle: draw.LineStyle{Color: blue, Width: vg.Points(1.6)}}
	dots := cloud(tau, orange)
	p.Add(dots, line)
	p.Legend.Add(of, line)
	p.Legend.Add("tau", dots)
	return p
}

func errorsOf(points []logpart.Point, of string) (*plot.Plot, error) {
	p := newPlot("errors", "tau - "+of+" (nats)", "number of x")
	values := make(plotter.Values, len(points))
	low, high := math.Inf(1), math.Inf(-1)
	for i, q := range points {
		values[i] = q.Tau - q.Reference
		low, high = min(low, values[i]), max(high, values[i])
	}
	if !(high-low > 1e-12*(1+math.Abs(high))) { // one bar
		bar := cloud(plotter.XYs{{X: values[0], Y: float64(len(values))}}, blue)
		p.Add(bar)
		p.X.Min, p.X.Max, p.Y.Min = values[0]-1e-9, values[0]+1e-9, 0
		return p, nil
	}
	h, err := plotter.NewHist(values, 30)
	if err != nil {
		return nil, err
	}
	h.FillColor, h.Width = blue, 0
	p.Add(h)
	return p, nil
}

func byDistance(points []logpart.Point, of string) *plot.Plot {
	p := newPlot("drift", "distance from the training data", "|tau - "+of+"| (nats)")
	xy := make(plotter.XYs, len(points))
	for i, q := range points {
		xy[i] = plotter.XY{X: q.Distance, Y: math.Abs(q.Tau - q.Reference)}
	}
	p.Add(cloud(xy, orange))
	return p
}
