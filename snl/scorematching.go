package snl

import (
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// ScoreMatching is the implicit form of the Fisher divergence between data and
// model (Hyvärinen 2005, eq. 4), which has no normaliser in it,
//
//	loss(x, y) = sum_j [ s_j^2/2 + ds_j/dy_j ],   s = grad_y [ g(x, y) + log q(y) ].
//
// Its mean over the data is E |grad log p_data - s|^2 / 2 less a constant of the
// data, so that it is consistent for p(y|x), and blind to how probable parts of
// the space are between which there is nothing. Nothing is drawn: the Laplacian is
// that of d second derivatives, so that an example costs d passes of the
// coupling of order 2, forward and back.
//
// Where the base is 0 outside of an interval for y_j, the model and the data do
// not vanish at its ends, and the terms of that coordinate count with a weight
// that does (Hyvärinen 2007; Yu, Drton, Shojaie 2022),
//
//	h_j (s_j^2/2 + ds_j/dy_j) + h_j' s_j,   h_j = 4 (y_j - low)(high - y_j)/(high - low)^2,
//
// which is consistent too. A base with jumps inside, or at one end alone, is
// not seen to have them.
//
// It needs a Smooth coupling with derivatives of order 2 and a base with a
// gradient, or Lebesgue measure. The curvature of a base that is not a
// CurvedDensity, which is constant in the parameters, is left out of the loss.
type ScoreMatching struct {
	// Periodic says that coordinates with bounds are angles: what leaves the
	// interval at one end comes in at the other, and there are no weights. The
	// coupling must be periodic too.
	Periodic bool
}

// String is sm.
func (ScoreMatching) String() string { return "sm" }

// Validate finds nothing wrong.
func (ScoreMatching) Validate() error { return nil }

// Bind returns an *OrderError for a coupling without second derivatives, and an
// error for a base without a gradient.
func (o ScoreMatching) Bind(p structured.Problem[Point]) (structured.Criterion[Point], error) {
	f, err := bindScores(p, "ScoreMatching", 2)
	if err != nil {
		return nil, err
	}
	if o.Periodic {
		f.boxed = false
	}
	c := &scoreMatching{field: f, axes: makePoints(f.dim, f.dim)}
	for j, e := range c.axes {
		e[j] = 1
	}
	return c, nil
}

type scoreMatching struct {
	unnormalised
	field scoreField
	axes  []Point
}

type scoreMatchingScratch struct {
	scoreScratch
	ys, vs []Point
	d1, d2 []float64
}

func (c *scoreMatching) NewScratch() structured.Scratch { return new(scoreMatchingScratch) }

func (c *scoreMatching) Evaluate(b *structured.Batch[Point], scratch structured.Scratch) error {
	s := scratch.(*scoreMatchingScratch)
	return eachTheta("sm", b, func(lo, hi int) { c.run(b, s, lo, hi) })
}

// run evaluates examples of one theta; there is a row for each coordinate of
// each.
func (c *scoreMatching) run(b *structured.Batch[Point], s *scoreMatchingScratch, lo, hi int) {
	f, theta, d := &c.field, b.Theta(lo), c.field.dim
	s.ys, s.vs = s.ys[:0], s.vs[:0]
	for _, y := range b.Y[lo:hi] {
		for _, e := range c.axes {
			s.ys, s.vs = append(s.ys, y), append(s.vs, e)
		}
	}
	n := len(s.ys)
	s.d1, s.d2 = numeric.Grow(s.d1, n), numeric.Grow(s.d2, n)
	f.smooth.Jet(nil, s.d1, s.d2, theta, s.ys, s.vs)
	f.addBase(&s.scoreScratch, s.d1, b.Y[lo:hi])
	f.addCurvature(&s.scoreScratch, s.d2, s.ys, s.vs)
	for i := lo; i < hi; i++ {
		loss, scale := 0.0, scaleOf(b, i)
		for j := range d {
			at := (i-lo)*d + j
			v, h, slope := s.d1[at], 1.0, 0.0
			if f.boxed {
				h, slope = f.weigh(j, b.Y[i][j])
			}
			loss += h*(0.5*v*v+s.d2[at]) + slope*v
			s.d1[at], s.d2[at] = scale*(h*v+slope), scale*h
		}
		b.Loss[i] = loss
	}
	if b.WantsGrad() {
		f.smooth.AddGradJet(b.Grad(lo), theta, s.ys, s.vs, nil, s.d1, s.d2)
	}
}
