package snl

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// coordinates are those in which a model works, z = (y - shift)/scale for the
// user's y, one shift and scale per coordinate. nil stands for z = y.
type coordinates struct{ shift, scale []float64 }

// identity reports whether z = y.
func (c coordinates) identity() bool { return c.shift == nil }

// logVolume is sum_j log scale_j: log p(y) = log p(z) - logVolume.
func (c coordinates) logVolume() float64 {
	v := 0.0
	for _, s := range c.scale {
		v += math.Log(s)
	}
	return v
}

// standardise overwrites z with the coordinates of y.
func (c coordinates) standardise(z, y Point) {
	if c.identity() {
		copy(z, y)
		return
	}
	for j, v := range y {
		z[j] = (v - c.shift[j]) / c.scale[j]
	}
}

// restore overwrites y with the point of coordinates z; both may be the same.
func (c coordinates) restore(y, z Point) {
	if c.identity() {
		copy(y, z)
		return
	}
	for j, v := range z {
		y[j] = c.shift[j] + c.scale[j]*v
	}
}

// location returns a point of y in z.
func (c coordinates) location(y Point) Point {
	z := make(Point, len(y))
	c.standardise(z, y)
	return z
}

// lengths returns lengths along the axes of y in z.
func (c coordinates) lengths(of []float64) []float64 {
	out := clonePoint(of)
	for j := range out {
		out[j] /= c.scale[j]
	}
	return out
}

// block is the coordinates from to to of c.
func (c coordinates) block(from, to int) coordinates {
	return coordinates{c.shift[from:to], c.scale[from:to]}
}

// transformed is a density of y as one of z.
type transformed struct {
	of Density
	coordinates
	volume float64
}

// gradTransformed is one with gradients.
type gradTransformed struct{ *transformed }

// affine is implemented by densities that stay of their kind when coordinates
// are shifted and scaled, as those of this package do.
type affine interface{ in(c coordinates) Density }

// in returns the density of y as one of z.
func (c coordinates) in(d Density) Density {
	if c.identity() {
		return d
	}
	if a, ok := d.(affine); ok {
		return a.in(c)
	}
	t := &transformed{of: d, coordinates: c, volume: c.logVolume()}
	if _, ok := d.(GradDensity); ok {
		return gradTransformed{t}
	}
	return t
}

var (
	_ Extended    = (*transformed)(nil)
	_ GradDensity = gradTransformed{}
)

func (t *transformed) Dim() int { return t.of.Dim() }

// original returns the points in the coordinates of y.
func (t *transformed) original(s *scratch, ys []Point) []Point {
	out := s.makePoints(len(ys), t.of.Dim())
	for i, z := range ys {
		t.restore(out[i], z)
	}
	return out
}

func (t *transformed) LogDensity(dst []float64, ys []Point) {
	s := getScratch()
	t.of.LogDensity(dst, t.original(s, ys))
	for i := range ys {
		dst[i] += t.volume
	}
	s.release()
}

func (t gradTransformed) GradLogDensity(dst []float64, ys []Point) {
	s := getScratch()
	t.of.(GradDensity).GradLogDensity(dst, t.original(s, ys))
	d := t.of.Dim()
	for i := range ys {
		for j := range d {
			dst[i*d+j] *= t.scale[j]
		}
	}
	s.release()
}

func (t *transformed) Sample(ys []Point, rng *rand.Rand) {
	t.of.Sample(ys, rng)
	for _, y := range ys {
		t.standardise(y, y)
	}
}

func (t *transformed) Extent(low, high Point) bool {
	whole := extentOf(t.of, low, high)
	t.standardise(low, low)
	t.standardise(high, high)
	return whole
}

// restored returns new points with the y of the coordinates z.
func (c coordinates) restored(zs []Point) []Point {
	if len(zs) == 0 {
		return nil
	}
	out := makePoints(len(zs), len(zs[0]))
	for i, z := range zs {
		c.restore(out[i], z)
	}
	return out
}

// standardised returns the points in z; those that are nil stay so.
func (c coordinates) standardised(ys []Point) []Point {
	if c.identity() {
		return ys
	}
	out := make([]Point, len(ys))
	var flat []float64
	for i, y := range ys {
		if len(y) != len(c.shift) {
			out[i] = y // a row of weight 0, or one that Check will find
			continue
		}
		if len(flat) < len(y) {
			flat = numeric.Grow[float64](nil, len(y)*(len(ys)-i))
		}
		out[i] = flat[:len(y):len(y)]
		flat = flat[len(y):]
		c.standardise(out[i], y)
	}
	return out
}
