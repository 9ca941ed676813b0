package datasets

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
)

// Checkerboard is the uniform distribution on half of the cells of a square
// board centred at 0: those whose numbers of column and row, counted from the
// centre, have an even sum. Its entropy is log(2 HalfWidth^2), by default
// ln 32 = 3.4657.
type Checkerboard struct {
	Cells     int     // cells on a side, an even number; 0 means 4
	HalfWidth float64 // half a side; 0 means 4
}

func (c Checkerboard) withDefaults() Checkerboard {
	return Checkerboard{Cells: cmp.Or(c.Cells, 4), HalfWidth: cmp.Or(c.HalfWidth, 4)}
}

// Validate reports the first field that makes no sense, if any.
func (c Checkerboard) Validate() error {
	d := c.withDefaults()
	if d.Cells < 2 || d.Cells%2 != 0 || d.Cells > 1<<16 {
		return fmt.Errorf("datasets: checkerboard: %d cells on a side, not an even number", c.Cells)
	}
	return positive("checkerboard", field{"HalfWidth", d.HalfWidth})
}

// New returns the toy; its error is that of Validate. LogDensity is exact; a
// cell has its lower and left border.
func (c Checkerboard) New() (*Toy2D, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	half, cell := c.Cells/2, 2*c.HalfWidth/float64(c.Cells)
	draw := func(rng *rand.Rand) (x, y float64) {
		column, row := rng.IntN(c.Cells)-half, 2*rng.IntN(half)-half
		row += (column + row) & 1
		return cell * (float64(column) + rng.Float64()), cell * (float64(row) + rng.Float64())
	}
	entropy := math.Log(2) + 2*math.Log(c.HalfWidth)
	logDensity := func(x, y float64) float64 {
		column, row := math.Floor(x/cell), math.Floor(y/cell)
		if min(column, row) < float64(-half) || max(column, row) >= float64(half) || int(column+row)&1 != 0 {
			return math.Inf(-1)
		}
		return -entropy
	}
	w := c.HalfWidth
	return newToy2D("checkerboard", [2]float64{-w, -w}, [2]float64{w, w}, draw, logDensity, func() float64 { return entropy }), nil
}
