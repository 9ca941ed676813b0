package report

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// Heat is a function of the plane as shades, from white for the least number to
// dark blue for the largest.
type Heat struct {
	X, Y []float64   // increasing, at least two each
	Z    [][]float64 // Z[i][j] is the value at X[i], Y[j]
}

// grid is a Heat as a plotter.GridXYZ.
type grid struct{ *Heat }

func (g grid) Dims() (columns, rows int) { return len(g.Heat.X), len(g.Heat.Y) }
func (g grid) Z(column, row int) float64 { return g.Heat.Z[column][row] }
func (g grid) X(column int) float64      { return g.Heat.X[column] }
func (g grid) Y(row int) float64         { return g.Heat.Y[row] }

// shades are the colours of a Heat.
type shades []color.Color

// Colors makes shades a palette.Palette.
func (s shades) Colors() []color.Color { return s }

var blues = func() (s shades) {
	for i := range 256 {
		f := float64(i) / 255
		mix := func(light, dark float64) uint8 { return uint8(math.Round(light + f*(dark-light))) }
		s = append(s, color.NRGBA{mix(255, 8), mix(255, 48), mix(255, 107), 255})
	}
	return s
}()

func (h *Heat) add(p *plot.Plot) error {
	if len(h.X) < 2 || len(h.Y) < 2 || len(h.Z) != len(h.X) {
		return fmt.Errorf("a heat map of %d values of x, %d of y and %d columns", len(h.X), len(h.Y), len(h.Z))
	}
	least, most := math.Inf(1), math.Inf(-1)
	for i, column := range h.Z {
		if len(column) != len(h.Y) {
			return fmt.Errorf("column %d of a heat map has %d values for %d of y", i, len(column), len(h.Y))
		}
		for _, v := range column {
			if !math.IsInf(v, 0) && !math.IsNaN(v) {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	if !(least < most) { // flat, or nothing finite
		return nil
	}
	m := plotter.NewHeatMap(grid{h}, blues)
	m.Min, m.Max, m.Rasterized = least, most, uniform(h.X) && uniform(h.Y)
	m.NaN, m.Underflow, m.Overflow = blues[0], blues[0], blues[len(blues)-1]
	p.Add(m)
	return nil
}

// uniform reports whether the numbers are equally spaced.
func uniform(v []float64) bool {
	step := (v[len(v)-1] - v[0]) / float64(len(v)-1)
	for i := range v {
		if math.Abs(v[i]-v[0]-float64(i)*step) > 1e-6*step {
			return false
		}
	}
	return true
}
