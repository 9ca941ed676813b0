package snl

import "github.com/gibbs-ebm/gibbs/structured"

// Quadratic is the statistics of the Gaussian,
//
//	T(y) = ( y_1, ..., y_d, y_i y_j / 2 for i = j and y_i y_j for j < i ),
//
// the products row by row of a lower triangle, so that
//
//	<theta, T(y)> = <b, y> + y' A y / 2,   A symmetric:
//
// over a base of precision P the model is Gaussian, of precision P - A, where
// that is positive definite.
type Quadratic struct {
	// Diagonal leaves out the products of different coordinates; T is then
	// (y_1, y_1^2/2, y_2, y_2^2/2, ...), as of Polynomial.
	Diagonal bool
}

// Bind makes the statistics over R^dim.
func (q Quadratic) Bind(dim int) (BoundStatistics, error) {
	if q.Diagonal || dim == 1 {
		return &separable{dim: dim, one: powers{2}}, nil
	}
	return quadratic{dim}, nil
}

type quadratic struct{ dim int }

var _ StatisticsInferrer = quadratic{}

func (q quadratic) Len() int { return q.dim + q.dim*(q.dim+1)/2 }

func (q quadratic) Jet(d0, d1, d2 []float64, y, v Point) {
	copy(d0, y[:q.dim])
	if d1 != nil {
		copy(d1, v[:q.dim])
	}
	if d2 != nil {
		clear(d2[:q.dim])
	}
	at := q.dim
	for i := range q.dim {
		for j := range i + 1 {
			c := 1.0
			if i == j {
				c = 0.5
			}
			d0[at] = c * y[i] * y[j]
			if d1 != nil {
				d1[at] = c * (y[i]*v[j] + v[i]*y[j])
			}
			if d2 != nil {
				d2[at] = 2 * c * v[i] * v[j]
			}
			at++
		}
	}
}

func (q quadratic) AddGradY(dst, weights []float64, y Point) {
	at := q.dim
	for i := range q.dim {
		dst[i] += weights[i]
		for j := range i {
			dst[i] += weights[at] * y[j]
			dst[j] += weights[at] * y[i]
			at++
		}
		dst[i] += weights[at] * y[i]
		at++
	}
}

// Infer is exact over Gaussian bases and Lebesgue measure.
func (q quadratic) Infer(s structured.Space[Point]) (structured.Inference[Point], error) {
	return inferGaussian(q.dim, false, s.(*Space).base), nil
}
