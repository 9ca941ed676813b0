package report

import (
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func TestWritePNG(t *testing.T) {
	panel := func() *Panel {
		return &Panel{
			Title: "title", X: "x", Y: "y (nats)", Diagonal: true,
			Lines:  []Line{{Name: "line", X: []float64{1, 2, 3}, Y: []float64{1, math.Inf(1), 0}}, {Name: "style", Faint: true}},
			Points: []Points{{Name: "points", X: []float64{1, math.NaN()}, Y: []float64{2, 2}, Color: 1, Small: true}},
		}
	}
	width := func(rows [][]*Panel) (w, h int) {
		path := filepath.Join(t.TempDir(), "figure.png")
		require.NoError(t, WritePNG(path, rows))
		f, err := os.Open(path)
		require.NoError(t, err)
		defer f.Close()
		image, err := png.Decode(f)
		require.NoError(t, err)
		colours := map[any]bool{}
		for x := range image.Bounds().Dx() {
			for y := range image.Bounds().Dy() {
				colours[image.At(x, y)] = true
			}
		}
		assert.Greater(t, len(colours), 10, "something is drawn")
		return image.Bounds().Dx(), image.Bounds().Dy()
	}
	w1, h1 := width([][]*Panel{{panel()}})
	w2, h2 := width([][]*Panel{{panel(), panel()}, {panel(), nil}})
	almost.Equal(t, float64(2*w1), float64(w2), 2, 0)
	almost.Equal(t, float64(2*h1), float64(h2), 2, 0)

	empty := &Panel{Title: "no points", Diagonal: true}
	width([][]*Panel{{empty, panel()}})

	width([][]*Panel{{{Title: "bars", Bars: []Bar{{Name: "a", Y: 2}, {Name: "b", Y: 0.5, Color: 1}}}}})
	width([][]*Panel{{{Title: "both axes logarithmic", Log: true, Lines: []Line{{X: []float64{1, 10, 1000}, Y: []float64{0.1, 2, 5}}}}}})

	path := filepath.Join(t.TempDir(), "figure.png")
	assert.ErrorContains(t, WritePNG(path, nil), "without panels")
	assert.ErrorContains(t, WritePNG(path, [][]*Panel{{{Bars: []Bar{{Name: "x", Y: math.NaN()}}}}}), `bar "x" is NaN`)
	for _, broken := range []*Panel{
		{Title: "lines", Lines: []Line{{X: []float64{1}}}},
		{Title: "points", Points: []Points{{X: []float64{1}}}},
		{Title: "diagonal", Diagonal: true, Points: []Points{{X: []float64{1}}}},
	} {
		assert.ErrorContains(t, WritePNG(path, [][]*Panel{{broken}}), `panel "`+broken.Title+`": 1 x for 0 y`)
	}
	assert.NoFileExists(t, path)
}

func TestTopCutsOffAndSaysSo(t *testing.T) {
	top := 2.5
	panel := Panel{Title: "loss", Lines: []Line{{X: []float64{1, 2, 3}, Y: []float64{1, 1e9, 2}}}, Top: &top}
	p, err := panel.plot()
	require.NoError(t, err)
	almost.Equal(t, 2.5, p.Y.Max, 0, 0)
	assert.Equal(t, "loss (cut off above 2.5)", p.Title.Text)
	for _, unused := range []float64{1e10, -7} {
		top = unused
		p, err = panel.plot()
		require.NoError(t, err)
		almost.Equal(t, 1e9, p.Y.Max, 0, 0)
		assert.Equal(t, "loss", p.Title.Text)
	}
}

func TestTicksAreRoundNumbers(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   []string
	}{
		{0, 1, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{1, 30, []string{"5", "10", "15", "20", "25", "30"}},
		{-1.2, 0.7, []string{"-1.0", "-0.5", "0.0", "0.5"}},
		{0, 7, []string{"0", "1", "2", "3", "4", "5", "6", "7"}},
		{2.501, 2.529, []string{"2.505", "2.510", "2.515", "2.520", "2.525"}},
		{-12345, 99999, []string{"0", "20000", "40000", "60000", "80000"}},
	} {
		var labels []string
		var values []float64
		for _, mark := range ticks(c.lo, c.hi) {
			labels = append(labels, mark.Label)
			values = append(values, mark.Value)
		}
		assert.Equal(t, c.want, labels)
		for i := 1; i < len(values); i++ {
			almost.Equal(t, values[1]-values[0], values[i]-values[i-1], 1e-9*(c.hi-c.lo), 0)
		}
	}
}
