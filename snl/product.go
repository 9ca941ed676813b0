package snl

import (
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Product is the density of independent blocks of coordinates,
//
//	q(y) = prod_b q_b(y_b).
type Product struct {
	Of []Form
	// Dims has the number of coordinates of each block, in order; nil stands
	// for 1 each.
	Dims []int
}

// blocks are the first coordinates of the blocks, and the end.
func (p Product) blocks(dim int) ([]int, error) {
	if p.Dims != nil && len(p.Dims) != len(p.Of) {
		return nil, &structured.DimensionError{What: "blocks of Product", Want: len(p.Of), Got: len(p.Dims)}
	}
	at := []int{0}
	for b, f := range p.Of {
		if f == nil {
			return nil, fmt.Errorf("snl: Product: block %d is missing", b)
		}
		n := 1
		if p.Dims != nil {
			n = p.Dims[b]
		}
		if n < 1 {
			return nil, fmt.Errorf("snl: Product: block %d has %d coordinates", b, n)
		}
		at = append(at, at[b]+n)
	}
	if at[len(at)-1] != dim {
		return nil, &structured.DimensionError{What: "coordinates of the blocks of Product", Want: dim, Got: at[len(at)-1]}
	}
	return at, nil
}

// Fit estimates each block from its coordinates.
func (p Product) Fit(ys []Point, weights []float64, key uint64) (Form, error) {
	dim, err := checkPoints(ys, weights)
	if err != nil {
		return nil, err
	}
	at, err := p.blocks(dim)
	if err != nil {
		return nil, err
	}
	of, part := make([]Form, len(p.Of)), make([]Point, len(ys))
	for b, f := range p.Of {
		for i, y := range ys {
			if part[i] = nil; weight(weights, i) > 0 {
				part[i] = y[at[b]:at[b+1]]
			}
		}
		if of[b], err = f.Fit(part, weights, stream.Key(key, uint64(b))); err != nil {
			return nil, err
		}
	}
	p.Of = of
	return p, nil
}

// Bind wants complete blocks of dim coordinates together.
func (p Product) Bind(dim int) (Density, error) {
	at, err := p.blocks(dim)
	if err != nil {
		return nil, err
	}
	d := &product{at: at}
	smooth := true
	for b, f := range p.Of {
		part, err := f.Bind(at[b+1] - at[b])
		if err != nil {
			return nil, err
		}
		if isImproper(part) {
			return nil, fmt.Errorf("snl: Product: block %d is not a probability density", b)
		}
		_, ok := part.(GradDensity)
		smooth = smooth && ok
		d.parts = append(d.parts, part)
	}
	if smooth {
		return gradProduct{d}, nil
	}
	return d, nil
}

type product struct {
	parts []Density
	at    []int
}

// gradProduct is one whose blocks all have gradients.
type gradProduct struct{ *product }

var (
	_ Extended    = (*product)(nil)
	_ GradDensity = gradProduct{}
)

func (p *product) Dim() int { return p.at[len(p.at)-1] }

func (p *product) in(c coordinates) Density {
	out := &product{at: p.at}
	for b, part := range p.parts {
		out.parts = append(out.parts, c.block(p.at[b], p.at[b+1]).in(part))
	}
	return out
}

func (p gradProduct) in(c coordinates) Density { return gradProduct{p.product.in(c).(*product)} }

// block returns the coordinates of block b of the points, which share memory
// with them.
func (p *product) block(s *scratch, ys []Point, b int) []Point {
	s.points = numeric.Grow(s.points, len(ys))
	for i, y := range ys {
		s.points[i] = y[p.at[b]:p.at[b+1]:p.at[b+1]]
	}
	return s.points
}

func (p *product) LogDensity(dst []float64, ys []Point) {
	s := getScratch()
	s.two = numeric.Grow(s.two, len(ys))
	clear(dst[:len(ys)])
	for b, part := range p.parts {
		part.LogDensity(s.two, p.block(s, ys, b))
		for i, l := range s.two {
			dst[i] += l
		}
	}
	s.release()
}

func (p gradProduct) GradLogDensity(dst []float64, ys []Point) {
	s, dim := getScratch(), p.Dim()
	for b, part := range p.parts {
		from, d := p.at[b], p.at[b+1]-p.at[b]
		s.three = numeric.Grow(s.three, len(ys)*d)
		part.(GradDensity).GradLogDensity(s.three, p.block(s, ys, b))
		for i := range ys {
			copy(dst[i*dim+from:i*dim+from+d], s.three[i*d:(i+1)*d])
		}
	}
	// Outside the support of one block log q is -Inf as a whole.
	s.two = numeric.Grow(s.two, len(ys))
	p.LogDensity(s.two, ys)
	for i, l := range s.two {
		if !finite(l) {
			clear(dst[i*dim : (i+1)*dim])
		}
	}
	s.release()
}

func (p *product) Sample(ys []Point, rng *rand.Rand) {
	s := getScratch()
	for b, part := range p.parts {
		part.Sample(p.block(s, ys, b), rng)
	}
	s.release()
}

func (p *product) Extent(low, high Point) bool {
	whole := true
	for b, part := range p.parts {
		w := extentOf(part, low[p.at[b]:p.at[b+1]], high[p.at[b]:p.at[b+1]])
		whole = whole && w
	}
	return whole
}
