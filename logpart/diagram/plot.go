package diagram

import (
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Of the palette of Okabe and Ito (2008), which colour-blind people can tell apart.
var (
	blue   = color.NRGBA{0, 114, 178, 255}
	orange = color.NRGBA{230, 159, 0, 255}
	grey   = color.NRGBA{120, 120, 120, 255}
)

// The size of a plot, and the resolution.
const (
	plotWidth   = 11 * vg.Centimeter
	plotHeight  = 9 * vg.Centimeter
	dotsPerInch = 144
)

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font.Variant, p.Title.TextStyle.Font.Size = "Sans", vg.Points(10)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font.Variant, axis.Label.TextStyle.Font.Size = "Sans", vg.Points(9)
		axis.Tick.Label.Font.Variant, axis.Tick.Label.Font.Size = "Sans", vg.Points(8)
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.TextStyle.Font.Variant, p.Legend.TextStyle.Font.Size = "Sans", vg.Points(9)
	return p
}

func cloud(xy plotter.XYs, c color.Color) *plotter.Scatter {
	return &plotter.Scatter{XYs: xy, GlyphStyle: draw.GlyphStyle{Color: c, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}}
}

// radius is that of a dot of n of at most most events: its area is in proportion,
// but never nothing.
func radius(n, most int) vg.Length {
	return vg.Points(1.5 + 4.5*math.Sqrt(float64(n)/float64(most)))
}

// write draws plots side by side.
func write(w io.Writer, plots []*plot.Plot) error {
	image := vgimg.NewWith(vgimg.UseWH(plotWidth*vg.Length(len(plots)), plotHeight), vgimg.UseDPI(dotsPerInch))
	tiles := draw.Tiles{
		Rows: 1, Cols: len(plots), PadX: 5 * vg.Millimeter, PadTop: 2 * vg.Millimeter, PadBottom: 2 * vg.Millimeter,
		PadLeft: 2 * vg.Millimeter, PadRight: 4 * vg.Millimeter,
	}
	for i, canvas := range plot.Align([][]*plot.Plot{plots}, tiles, draw.New(image))[0] {
		plots[i].Draw(canvas)
	}
	_, err := vgimg.PngCanvas{Canvas: image}.WriteTo(w)
	return err
}
