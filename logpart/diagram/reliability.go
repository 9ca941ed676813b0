package diagram

import (
	"fmt"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gibbs-ebm/gibbs/logpart"
)

// Titled is a Calibration with what it is of.
type Titled struct {
	Title string
	logpart.Calibration
}

// Reliability draws reliability diagrams side by side: the share that came true by
// the probability stated, bin by bin, with the diagonal on which the two agree. The
// area of a dot grows with the events of its bin. Bins without events are left out.
func Reliability(w io.Writer, of ...Titled) error {
	var plots []*plot.Plot
	for _, c := range of {
		p := newPlot(fmt.Sprintf("%s: expected calibration error %.3f", c.Title, c.Error), "probability stated", "share that came true")
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
		diagonal := &plotter.Line{XYs: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}, LineStyle: draw.LineStyle{Color: grey, Width: vg.Points(0.8)}}
		var xy plotter.XYs
		var events []int
		most := 0
		for _, b := range c.Bins {
			if b.Events > 0 {
				xy, events = append(xy, plotter.XY{X: b.Stated, Y: b.Observed}), append(events, b.Events)
				most = max(most, b.Events)
			}
		}
		if len(xy) == 0 {
			continue
		}
		dots := cloud(xy, blue)
		dots.GlyphStyleFunc = func(i int) draw.GlyphStyle {
			return draw.GlyphStyle{Color: blue, Radius: radius(events[i], most), Shape: draw.CircleGlyph{}}
		}
		line := &plotter.Line{XYs: xy, LineStyle: draw.LineStyle{Color: blue, Width: vg.Points(1)}}
		p.Add(diagonal, line, dots)
		plots = append(plots, p)
	}
	if len(plots) == 0 {
		return ErrNothing
	}
	return write(w, plots)
}
