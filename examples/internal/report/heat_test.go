package report

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeatIsDrawnBehind(t *testing.T) {
	panel := func(h *Heat) [][]*Panel {
		return [][]*Panel{{{Title: "heat", X: "x", Y: "y", Heat: h, Points: []Points{{Name: "points", X: []float64{0, 1}, Y: []float64{0, 1}}}}}}
	}
	size := func(h *Heat) int64 {
		path := filepath.Join(t.TempDir(), "heat.png")
		require.NoError(t, WritePNG(path, panel(h)))
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info.Size()
	}
	wave := &Heat{X: []float64{0, 1, 2, 4}, Y: []float64{0, 0.5, 1}, Z: [][]float64{{0, 1, 2}, {3, math.Inf(-1), 5}, {math.NaN(), 7, 8}, {1, 2, 0}}}
	flat := &Heat{X: []float64{0, 1}, Y: []float64{0, 1}, Z: [][]float64{{2, 2}, {2, 2}}}
	assert.NotEqual(t, size(wave), size(flat))

	for name, h := range map[string]*Heat{
		"one value of x": {X: []float64{0}, Y: []float64{0, 1}, Z: [][]float64{{1, 2}}},
		"columns":        {X: []float64{0, 1}, Y: []float64{0, 1}, Z: [][]float64{{1, 2}}},
		"ragged":         {X: []float64{0, 1}, Y: []float64{0, 1}, Z: [][]float64{{1, 2}, {1}}},
	} {
		assert.ErrorContains(t, WritePNG(filepath.Join(t.TempDir(), "x.png"), panel(h)), "heat map", name)
	}
	assert.True(t, uniform([]float64{1, 2, 3}))
	assert.False(t, uniform([]float64{1, 2, 4}))
}
