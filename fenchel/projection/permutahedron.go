package projection

import (
	"cmp"
	"math"
	"slices"
)

// Permutahedron is the hull of all orderings of Of: the points that Of
// majorises. The projection of x is x less an isotonic regression, in the
// order of x (Negrinho and Martins 2014; Lim and Wright 2016; Blondel, Teboul,
// Berthet, Djolonga 2020):
//
//	p = x - v,  v = argmin over v_1 >= ... >= v_n of |v - (x - w)|^2,
//	x and w sorted in decreasing order
//
// As a function of x/Scale this is the soft rank: the exact ranks where the
// entries of x are far apart, the mean of Of where they are close. O(n log n).
type Permutahedron struct {
	// Of is the vector to order; nil stands for 1, 2, ..., n.
	Of []float64
}

// sorted is an entry of x and where it came from.
type sorted struct {
	value float64
	index int
}

// blocks sorts x, less its maximum, in decreasing order (ties by index) and
// returns the pools.
func (p Permutahedron) blocks(x []float64) ([]sorted, []block, error) {
	n := len(x)
	if p.Of != nil && len(p.Of) != n {
		return nil, nil, ErrSize
	}
	if err := finite(x); err != nil {
		return nil, nil, err
	}
	if err := finite(p.Of); err != nil {
		return nil, nil, err
	}
	order, top := make([]sorted, n), math.Inf(-1)
	for _, v := range x {
		top = max(top, v)
	}
	for i, v := range x {
		order[i] = sorted{v - top, i}
	}
	slices.SortFunc(order, func(a, b sorted) int {
		switch {
		case a.value > b.value:
			return -1
		case a.value < b.value:
			return 1
		}
		return cmp.Compare(a.index, b.index)
	})
	w := append([]float64(nil), p.Of...)
	if p.Of == nil {
		w = make([]float64, n)
		for i := range w {
			w[i] = float64(i + 1)
		}
	} else {
		slices.Sort(w)
	}
	rest := make([]float64, n)
	for i := range rest {
		rest[i] = order[i].value - w[n-1-i]
	}
	blocks, err := Isotonic{Decreasing: true}.pool(rest)
	return order, blocks, err
}

// Project overwrites dst with the closest point of the permutahedron to x.
func (p Permutahedron) Project(dst, x []float64) error {
	sameLength(dst, x)
	order, blocks, err := p.blocks(x)
	if err != nil {
		return err
	}
	start := 0
	for _, b := range blocks {
		for _, o := range order[start:b.end] {
			dst[o.index] = o.value - b.mean
		}
		start = b.end
	}
	return nil
}

// ProjectJVP is direction less its mean over every pool.
func (p Permutahedron) ProjectJVP(dst, x, direction []float64) error {
	sameLength(dst, x)
	sameLength(dst, direction)
	order, blocks, err := p.blocks(x)
	if err != nil {
		return err
	}
	start := 0
	for _, b := range blocks {
		sum := 0.0
		for _, o := range order[start:b.end] {
			sum += direction[o.index]
		}
		mean := sum / float64(b.end-start)
		for _, o := range order[start:b.end] {
			dst[o.index] = direction[o.index] - mean
		}
		start = b.end
	}
	return nil
}

// Validate wants finite entries.
func (p Permutahedron) Validate() error { return finite(p.Of) }

// String is permutahedron.
func (p Permutahedron) String() string { return "permutahedron" }
