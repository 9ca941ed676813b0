package report

import (
	"fmt"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// The size of a panel without its legend, and the resolution of a figure.
const (
	panelWidth  = 11.5 * vg.Centimeter
	panelHeight = 9 * vg.Centimeter
	margin      = 3 * vg.Millimeter
	dotsPerInch = 144
)

// WritePNG draws a figure of rows of panels, each with its legend to the right,
// to the file at path. A nil panel leaves its place empty. Numbers that are not
// finite are left out.
func WritePNG(path string, rows [][]*Panel) error {
	columns := 0
	for _, row := range rows {
		columns = max(columns, len(row))
	}
	if columns == 0 {
		return fmt.Errorf("report: a figure without panels")
	}
	plots, legends := make([][]*plot.Plot, len(rows)), make([][]plot.Legend, len(rows))
	var legendWidth vg.Length
	for r, row := range rows {
		plots[r], legends[r] = make([]*plot.Plot, columns), make([]plot.Legend, columns)
		for c, panel := range row {
			if panel == nil {
				continue
			}
			p, err := panel.plot()
			if err != nil {
				return fmt.Errorf("report: panel %q: %w", panel.Title, err)
			}
			plots[r][c], legends[r][c], p.Legend = p, p.Legend, plot.NewLegend()
			size := legends[r][c].Rectangle(draw.Canvas{}).Size()
			legendWidth = max(legendWidth, size.X+2*margin)
		}
	}
	image := vgimg.NewWith(
		vgimg.UseWH((panelWidth+legendWidth)*vg.Length(columns), panelHeight*vg.Length(len(rows))),
		vgimg.UseDPI(dotsPerInch),
	)
	tiles := draw.Tiles{
		Rows: len(rows), Cols: columns, PadX: legendWidth + 2*margin, PadY: 2 * margin,
		PadTop: margin, PadBottom: margin, PadLeft: margin, PadRight: legendWidth,
	}
	for r, row := range plot.Align(plots, tiles, draw.New(image)) {
		for c, canvas := range row {
			if p := plots[r][c]; p != nil {
				p.Draw(canvas)
				beside := p.DataCanvas(canvas)
				beside.Min.X = canvas.Max.X + margin
				beside.Max.X = beside.Min.X + legendWidth
				legends[r][c].Draw(beside)
			}
		}
	}
	return writeFile(path, func(w io.Writer) error {
		_, err := vgimg.PngCanvas{Canvas: image}.WriteTo(w)
		return err
	})
}
