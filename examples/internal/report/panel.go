package report

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Panel is one diagram of a figure.
type Panel struct {
	Title, X, Y string // axes are labelled with their units
	Heat        *Heat  // behind everything else; nil for none
	Lines       []Line
	Points      []Points
	Bars        []Bar
	// Log makes both axes logarithmic: numbers must be positive then.
	Log bool
	// Diagonal draws y = x, and gives both axes the same range.
	Diagonal bool
	// Top is where the y axis ends if numbers go beyond, which are then cut
	// off; nil stands for the largest number.
	Top *float64
}

// Line is a curve through points; without points it is in the legend only.
type Line struct {
	Name string // in the legend; empty for none
	X, Y []float64
	// Color is a number of the palette: see Colors.
	Color int
	Faint bool // thin and dashed, for what is not the main thing
}

// Points are a cloud of points, or marks on a line if they are not small;
// without points they are in the legend only.
type Points struct {
	Name  string // in the legend; empty for none
	X, Y  []float64
	Color int
	Small bool // and partly transparent
}

// Colors is the palette of Okabe and Ito (2008), which colour-blind people can
// tell apart, then grey.
var Colors = []color.NRGBA{
	{0, 114, 178, 255}, {230, 159, 0, 255}, {0, 158, 115, 255}, {213, 94, 0, 255},
	{204, 121, 167, 255}, {86, 180, 233, 255}, {120, 120, 120, 255},
}

// Grey is the last colour.
const Grey = 6

func (f *Panel) plot() (*plot.Plot, error) {
	p := plot.New()
	sans := func(points float64) font.Font {
		return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)}
	}
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.Title, f.X, f.Y
	p.Title.TextStyle.Font = sans(11)
	p.Title.Padding = vg.Points(6)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Tick.Label.Font = sans(10), sans(9)
		axis.Label.Padding = vg.Points(3)
		axis.Tick.Marker = plot.TickerFunc(ticks)
	}
	p.Legend.TextStyle.Font = sans(9)
	p.Legend.Left, p.Legend.Top = true, true
	p.Legend.Padding = vg.Points(3)
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{225}, color.Gray{225}
	if f.Heat == nil {
		p.Add(grid)
	} else if err := f.Heat.add(p); err != nil {
		return nil, err
	}
	if f.Diagonal {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, points := range f.Points {
			xy, err := finite(points.X, points.Y)
			if err != nil {
				return nil, err
			}
			for _, q := range xy {
				lo, hi = min(lo, q.X, q.Y), max(hi, q.X, q.Y)
			}
		}
		if lo <= hi { // else there are no points
			diagonal, err := plotter.NewLine(plotter.XYs{{X: lo, Y: lo}, {X: hi, Y: hi}})
			if err != nil {
				return nil, err
			}
			diagonal.Color, diagonal.Width = Colors[Grey], vg.Points(0.8)
			p.Add(diagonal)
		}
	}
	for _, line := range f.Lines {
		if err := line.add(p); err != nil {
			return nil, err
		}
	}
	for _, points := range f.Points {
		if err := points.add(p); err != nil {
			return nil, err
		}
	}
	if err := f.addBars(p); err != nil {
		return nil, err
	}
	if f.Log {
		for _, axis := range []*plot.Axis{&p.X, &p.Y} {
			axis.Scale, axis.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
			if axis.Min > 0 && axis.Max < 10*axis.Min { // at least one number on the axis
				axis.Min = math.Pow(10, math.Floor(math.Log10(axis.Min)))
				axis.Max = math.Pow(10, math.Ceil(math.Log10(axis.Max)))
			}
		}
	}
	if f.Top != nil && *f.Top < p.Y.Max && *f.Top > p.Y.Min {
		p.Y.Max = *f.Top
		p.Title.Text += fmt.Sprintf(" (cut off above %.3g)", *f.Top)
	}
	return p, nil
}

// ticks are the multiples in lo..hi of the least 1, 2 or 5 times a power of ten
// of which there are at most 8.
func ticks(lo, hi float64) []plot.Tick {
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/8)))
	for _, factor := range []float64{2, 2.5, 2} {
		if (hi-lo)/step > 7 {
			step *= factor
		}
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var marks []plot.Tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		v := i*step + 0 // not -0
		marks = append(marks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', decimals, 64)})
	}
	return marks
}

func (l Line) add(p *plot.Plot) error {
	xy, err := finite(l.X, l.Y)
	if err != nil {
		return err
	}
	line := &plotter.Line{XYs: xy, LineStyle: draw.LineStyle{Color: Colors[l.Color], Width: vg.Points(1.6)}}
	if l.Faint {
		line.Width = vg.Points(0.9)
		line.Dashes = []vg.Length{vg.Points(3), vg.Points(2)}
	}
	if len(xy) > 0 {
		p.Add(line)
	}
	if l.Name != "" {
		p.Legend.Add(l.Name, line)
	}
	return nil
}

func (s Points) add(p *plot.Plot) error {
	xy, err := finite(s.X, s.Y)
	if err != nil {
		return err
	}
	style := draw.GlyphStyle{Color: Colors[s.Color], Radius: vg.Points(3), Shape: draw.CircleGlyph{}}
	if s.Small {
		shade := Colors[s.Color]
		shade.A = 110
		style.Radius, style.Color = vg.Points(1.8), shade
	}
	points := &plotter.Scatter{XYs: xy, GlyphStyle: style}
	if len(xy) > 0 {
		p.Add(points)
	}
	if s.Name != "" {
		p.Legend.Add(s.Name, points)
	}
	return nil
}

// finite pairs the numbers of x and y of which both are finite.
func finite(x, y []float64) (plotter.XYs, error) {
	if len(x) != len(y) {
		return nil, fmt.Errorf("%d x for %d y", len(x), len(y))
	}
	var xy plotter.XYs
	for i := range x {
		if sum := x[i] + y[i]; !math.IsNaN(sum) && !math.IsInf(sum, 0) {
			xy = append(xy, plotter.XY{X: x[i], Y: y[i]})
		}
	}
	return xy, nil
}
