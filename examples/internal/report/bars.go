package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// levelNames is how many names of bars stand beside each other.
const levelNames = 6

// Bar is an upright bar from 0 with its name below.
type Bar struct {
	Name  string
	Y     float64
	Color int
}

func (f *Panel) addBars(p *plot.Plot) error {
	if len(f.Bars) == 0 {
		return nil
	}
	var names []string
	for i, b := range f.Bars {
		if math.IsNaN(b.Y) || math.IsInf(b.Y, 0) {
			return fmt.Errorf("bar %q is %g", b.Name, b.Y)
		}
		drawn, err := plotter.NewBarChart(plotter.Values{b.Y}, panelWidth*0.6/vg.Length(len(f.Bars)))
		if err != nil {
			return err
		}
		drawn.Color, drawn.LineStyle.Width, drawn.XMin = Colors[b.Color], 0, float64(i)
		p.Add(drawn)
		names = append(names, b.Name)
	}
	p.NominalX(names...)
	if len(names) > levelNames {
		p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = math.Pi/3, text.XRight, text.YCenter
	}
	p.X.Min, p.X.Max = -0.5, float64(len(names))-0.5
	return nil
}
