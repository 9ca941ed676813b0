package snl

import "math"

// fourier are the features psi(y): the coordinates, unless the points are
// periodic, and then for each coordinate the sine and cosine of it times each
// frequency.
type fourier struct {
	dim         int
	frequencies []float64
	periodic    bool
}

// identity reports whether psi(y) = y.
func (f *fourier) identity() bool { return len(f.frequencies) == 0 }

// len is the number of features.
func (f *fourier) len() int {
	n := 2 * f.dim * len(f.frequencies)
	if !f.periodic {
		n += f.dim
	}
	return n
}

// jet writes psi(y) and its derivatives along v to rows of features; d1 and d2
// may be nil.
func (f *fourier) jet(d0, d1, d2 []float64, y, v Point) {
	at := 0
	if !f.periodic {
		copy(d0[:f.dim], y)
		if d1 != nil {
			copy(d1[:f.dim], v)
		}
		if d2 != nil {
			clear(d2[:f.dim])
		}
		at = f.dim
	}
	for j := range f.dim {
		for _, w := range f.frequencies {
			sin, cos := math.Sincos(w * y[j])
			d0[at], d0[at+1] = sin, cos
			if d1 != nil {
				u := w * v[j]
				d1[at], d1[at+1] = u*cos, -u*sin
				if d2 != nil {
					d2[at], d2[at+1] = -u*u*sin, -u*u*cos
				}
			}
			at += 2
		}
	}
}

// addGradY adds sum_k weights[k] dpsi_k(y)/dy to dst.
func (f *fourier) addGradY(dst, weights []float64, y Point) {
	at := 0
	if !f.periodic {
		for j := range f.dim {
			dst[j] += weights[j]
		}
		at = f.dim
	}
	for j := range f.dim {
		for _, w := range f.frequencies {
			sin, cos := math.Sincos(w * y[j])
			dst[j] += w * (weights[at]*cos - weights[at+1]*sin)
			at += 2
		}
	}
}
