package snl

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Uniform is the uniform density on the box of Low_j <= y_j <= High_j. The zero
// value is fitted: the range of the targets with a margin of a tenth of its
// width on either side.
type Uniform struct {
	// Low and High have one entry per coordinate; nil is estimated.
	Low, High []float64
	// Margin is the part of the range that is added on each side when a bound
	// is estimated; 0 stands for 0.1.
	Margin float64
}

func (u Uniform) margin() float64 {
	if u.Margin == 0 {
		return 0.1
	}
	return u.Margin
}

// Fit takes the range of the points with a positive weight.
func (u Uniform) Fit(ys []Point, weights []float64, _ uint64) (Form, error) {
	if u.Low != nil && u.High != nil {
		return u, nil
	}
	dim, err := checkPoints(ys, weights)
	if err != nil {
		return nil, err
	}
	if m := u.margin(); !(m > 0) || math.IsInf(m, 1) {
		return nil, fmt.Errorf("snl: Uniform.Margin %g is not positive and finite", m)
	}
	low, high := make([]float64, dim), make([]float64, dim)
	for j := range dim {
		low[j], high[j] = math.Inf(1), math.Inf(-1)
		for i, y := range ys {
			if weight(weights, i) > 0 {
				low[j], high[j] = min(low[j], y[j]), max(high[j], y[j])
			}
		}
		width := high[j] - low[j]
		if width == 0 {
			width = 1
		}
		low[j], high[j] = low[j]-u.margin()*width, high[j]+u.margin()*width
	}
	if u.Low == nil {
		u.Low = low
	}
	if u.High == nil {
		u.High = high
	}
	u.Margin = 0
	return u, nil
}

// Bind wants finite bounds with Low < High.
func (u Uniform) Bind(dim int) (Density, error) {
	if u.Low == nil || u.High == nil {
		return nil, fmt.Errorf("snl: Uniform: %w", ErrNotFitted)
	}
	if len(u.Low) != dim || len(u.High) != dim {
		return nil, &structured.DimensionError{What: "bounds of Uniform", Want: dim, Got: min(len(u.Low), len(u.High))}
	}
	for j, low := range u.Low {
		if high := u.High[j]; !finite(low) || !finite(high) || !(low < high) || !finite(high-low) {
			return nil, fmt.Errorf("snl: Uniform: coordinate %d from %g to %g", j, low, high)
		}
	}
	return newUniform(clonePoint(u.Low), clonePoint(u.High)), nil
}

func newUniform(low, high []float64) *uniform {
	d := &uniform{low: low, high: high}
	for j := range low {
		d.base -= math.Log(high[j] - low[j])
	}
	return d
}

type uniform struct {
	low, high []float64
	base      float64
}

var (
	_ GradDensity = (*uniform)(nil)
	_ Extended    = (*uniform)(nil)
)

func (u *uniform) Dim() int { return len(u.low) }

func (u *uniform) in(c coordinates) Density { return newUniform(c.location(u.low), c.location(u.high)) }

func (u *uniform) LogDensity(dst []float64, ys []Point) {
	for i, y := range ys {
		dst[i] = u.base
		for j, low := range u.low {
			if !(y[j] >= low && y[j] <= u.high[j]) {
				dst[i] = math.Inf(-1)
				break
			}
		}
	}
}

func (u *uniform) GradLogDensity(dst []float64, _ []Point) { clear(dst) }

func (u *uniform) Sample(ys []Point, rng *rand.Rand) {
	for _, y := range ys {
		for j, low := range u.low {
			y[j] = min(u.high[j], low+(u.high[j]-low)*rng.Float64())
		}
	}
}

func (u *uniform) Extent(low, high Point) bool {
	copy(low, u.low)
	copy(high, u.high)
	return true
}
