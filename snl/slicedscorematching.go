package snl

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// SlicedScoreMatching is [ScoreMatching] with the Laplacian estimated from
// second derivatives along K random directions v with E v v' = I (Song, Garg,
// Shi, Ermon 2019, the form with reduced variance, SSM-VR),
//
//	loss(x, y) = |s|^2/2 + (1/K) sum_k v_k' (ds/dy) v_k,   s = grad_y [ g(x, y) + log q(y) ],
//
// which is unbiased for it, and on the line the same for Rademacher directions.
// A pass of order 2 per direction takes the place of one per coordinate, and a
// gradient in y is added. Over a base with bounds the directions are shortened
// by the roots of the weights h of ScoreMatching.
//
// It needs what ScoreMatching needs.
type SlicedScoreMatching struct {
	// Projections is K; 0 stands for 1.
	Projections int
	// Directions is the law of v.
	Directions Directions
	// Plain estimates the first term from the directions too, by
	// (v_k' s)^2/2, which is the form of their section 3.1: noisier, and
	// without the gradient in y.
	Plain bool
	// Periodic is as for ScoreMatching.
	Periodic bool
}

// Directions is a law of random directions v with E v v' = I.
type Directions int

const (
	// Rademacher directions have coordinates 1 and -1. Of laws with independent
	// coordinates they give the trace of a matrix with the least variance, twice
	// the sum of the squares of what is off the diagonal (Hutchinson 1990).
	Rademacher Directions = iota
	// Normal directions have independent standard normal coordinates.
	Normal
)

// String is rademacher or normal.
func (d Directions) String() string {
	switch d {
	case Rademacher:
		return "rademacher"
	case Normal:
		return "normal"
	}
	return fmt.Sprintf("Directions(%d)", int(d))
}

func (d Directions) validate() error {
	if d != Rademacher && d != Normal {
		return fmt.Errorf("snl: unknown %v", d)
	}
	return nil
}

// draw overwrites vs with directions.
func (d Directions) draw(vs []Point, rng *rand.Rand) {
	for _, v := range vs {
		for j := range v {
			switch {
			case d == Normal:
				v[j] = rng.NormFloat64()
			case rng.Uint64()&1 == 0:
				v[j] = 1
			default:
				v[j] = -1
			}
		}
	}
}

// String is ssm.
func (SlicedScoreMatching) String() string { return "ssm" }

// Validate wants Projections that are not negative and known Directions.
func (o SlicedScoreMatching) Validate() error {
	if o.Projections < 0 {
		return fmt.Errorf("snl: SlicedScoreMatching.Projections %d is negative", o.Projections)
	}
	return o.Directions.validate()
}

// Bind returns the errors of Validate and those of ScoreMatching.
func (o SlicedScoreMatching) Bind(p structured.Problem[Point]) (structured.Criterion[Point], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	f, err := bindScores(p, "SlicedScoreMatching", 2)
	if err != nil {
		return nil, err
	}
	if o.Periodic {
		f.boxed = false
	}
	return &sliced{field: f, k: orDefault(o.Projections, 1), directions: o.Directions, plain: o.Plain}, nil
}

type sliced struct {
	unnormalised
	field      scoreField
	k          int
	directions Directions
	plain      bool
}

type slicedScratch struct {
	scoreScratch
	ys        []Point
	vs        scratch // the directions, K per example
	pulls     scratch // directions of the gradient of the first term, one each
	d1, d2, w []float64
	gradq     []float64
}

func (c *sliced) NewScratch() structured.Scratch { return new(slicedScratch) }

func (c *sliced) Evaluate(b *structured.Batch[Point], scratch structured.Scratch) error {
	s := scratch.(*slicedScratch)
	return eachTheta("ssm", b, func(lo, hi int) { c.run(b, s, lo, hi) })
}

func (c *sliced) run(b *structured.Batch[Point], s *slicedScratch, lo, hi int) {
	f, theta, n := &c.field, b.Theta(lo), hi-lo
	data := b.Y[lo:hi]
	vs := s.vs.makePoints(n*c.k, f.dim)
	s.ys = s.ys[:0]
	for i, y := range data {
		mine := vs[i*c.k : (i+1)*c.k]
		c.directions.draw(mine, b.Rand(lo+i))
		for _, v := range mine {
			s.ys = append(s.ys, y)
			for j := range v {
				if f.boxed {
					h, _ := f.weigh(j, y[j])
					v[j] *= math.Sqrt(h)
				}
			}
		}
	}
	s.d1, s.d2 = numeric.Grow(s.d1, n*c.k), numeric.Grow(s.d2, n*c.k)
	f.smooth.Jet(nil, s.d1, s.d2, theta, s.ys, vs)
	f.addCurvature(&s.scoreScratch, s.d2, s.ys, vs)
	c.first(b, s, lo, hi)
	for i := range n {
		weight := scaleOf(b, lo+i) / float64(c.k)
		for at := i * c.k; at < (i+1)*c.k; at++ {
			b.Loss[lo+i] += s.d2[at] / float64(c.k)
			if c.plain {
				b.Loss[lo+i] += 0.5 * s.d1[at] * s.d1[at] / float64(c.k)
			} else {
				s.d1[at] = 0
			}
			s.d1[at], s.d2[at] = weight*s.d1[at], weight
		}
	}
	if b.WantsGrad() {
		f.smooth.AddGradJet(b.Grad(lo), theta, s.ys, vs, nil, s.d1, s.d2)
	}
}

// first overwrites the losses with the first term, and that of the slope of the
// weights, and adds their gradient. Of the Plain form the first term is left to
// the directions, along which s.d1 becomes the derivative of log q exp g.
func (c *sliced) first(b *structured.Batch[Point], s *slicedScratch, lo, hi int) {
	f, theta, n := &c.field, b.Theta(lo), hi-lo
	clear(b.Loss[lo:hi])
	if c.plain && f.base != nil {
		s.gradq = numeric.Grow(s.gradq, n*f.dim)
		f.base.GradLogDensity(s.gradq, b.Y[lo:hi])
		for at, v := range s.vs.points {
			i := at / c.k
			s.d1[at] += floats.Dot(v, s.gradq[i*f.dim:(i+1)*f.dim])
		}
	}
	if c.plain && !f.boxed {
		return
	}
	scores := f.evaluate(&s.scoreScratch, theta, b.Y[lo:hi])
	pulls := s.pulls.makePoints(n, f.dim)
	s.w = numeric.Grow(s.w, n)
	for i, y := range b.Y[lo:hi] {
		s.w[i] = scaleOf(b, lo+i)
		for j := range y {
			v, h, slope := scores[i*f.dim+j], 1.0, 0.0
			if f.boxed {
				h, slope = f.weigh(j, y[j])
			}
			if c.plain {
				h = 0
			}
			b.Loss[lo+i] += 0.5*h*v*v + slope*v
			pulls[i][j] = h*v + slope
		}
	}
	if b.WantsGrad() {
		f.smooth.AddGradJet(b.Grad(lo), theta, b.Y[lo:hi], pulls, nil, s.w, nil)
	}
}
