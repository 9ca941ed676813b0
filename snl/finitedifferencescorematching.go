package snl

import (
	"errors"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// FiniteDifferenceScoreMatching is the Plain form of [SlicedScoreMatching] with
// differences for derivatives (Pang, Xu, Li, Song, Ermon, Zhu 2020, FD-SSM),
//
//	loss(x, y) = (1/K) sum_k [ a_k^2/2 + c_k ],   L = g(x, .) + log q,
//	a_k = ( L(y + e v_k) - L(y - e v_k) ) / 2e,
//	c_k = ( L(y + e v_k) + L(y - e v_k) - 2 L(y) ) / e^2,
//
// over random directions v with E v v' = I. It needs scores and their gradients
// in theta alone, at 1 + 2K points: any coupling will do, and any base that is
// positive everywhere. Its bias is O(e^2); rounding adds about 1e-16 |L|/e^2.
// For units with kinks, which have no second derivative, e is the distance over
// which they are smoothed.
type FiniteDifferenceScoreMatching struct {
	// Epsilon is e, in the units of the space; 0 stands for 0.01.
	Epsilon float64
	// Projections is K; 0 stands for 1.
	Projections int
	// Directions is the law of v.
	Directions Directions
}

// String is fdssm.
func (FiniteDifferenceScoreMatching) String() string { return "fdssm" }

// Validate reports the first setting that makes no sense, if any.
func (o FiniteDifferenceScoreMatching) Validate() error {
	if !(o.Epsilon >= 0) || math.IsInf(o.Epsilon, 1) {
		return fmt.Errorf("snl: FiniteDifferenceScoreMatching.Epsilon %g is not positive and finite", o.Epsilon)
	}
	if o.Projections < 0 {
		return fmt.Errorf("snl: FiniteDifferenceScoreMatching.Projections %d is negative", o.Projections)
	}
	return o.Directions.validate()
}

// Bind returns the errors of Validate, and ErrBounded.
func (o FiniteDifferenceScoreMatching) Bind(p structured.Problem[Point]) (structured.Criterion[Point], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	s, ok := p.Space.(*Space)
	if !ok {
		return nil, unknownSpace("FiniteDifferenceScoreMatching", p.Space)
	}
	if boundsOf(s.base, make(Point, s.dim), make(Point, s.dim)) {
		return nil, fmt.Errorf("snl: FiniteDifferenceScoreMatching: %w", ErrBounded)
	}
	return &finiteDifference{
		space: s, coupling: p.Coupling, e: orDefault(o.Epsilon, 0.01), k: orDefault(o.Projections, 1), directions: o.Directions,
	}, nil
}

type finiteDifference struct {
	unnormalised
	space      *Space
	coupling   structured.Coupling[Point]
	e          float64
	k          int
	directions Directions
}

type finiteDifferenceScratch struct {
	points      scratch // of an example: y, and the two of each direction
	scores      []float64
	logq        []float64
	unsupported bool
}

// errVanished is returned where a base without bounds is 0 after all.
var errVanished = errors.New("snl: the base density is 0 near a target")

func (c *finiteDifference) NewScratch() structured.Scratch { return new(finiteDifferenceScratch) }

func (c *finiteDifference) Evaluate(b *structured.Batch[Point], scratch structured.Scratch) error {
	s := scratch.(*finiteDifferenceScratch)
	s.unsupported = false
	err := eachTheta("fdssm", b, func(lo, hi int) { c.run(b, s, lo, hi) })
	if err == nil && s.unsupported {
		err = errVanished
	}
	return err
}

func (c *finiteDifference) run(b *structured.Batch[Point], s *finiteDifferenceScratch, lo, hi int) {
	theta, each := b.Theta(lo), 1+2*c.k
	ys := s.points.makePoints((hi-lo)*each, c.space.dim)
	for i := lo; i < hi; i++ {
		mine := ys[(i-lo)*each : (i-lo+1)*each]
		copy(mine[0], b.Y[i])
		c.directions.draw(mine[1:1+c.k], b.Rand(i))
		for k := range c.k {
			up, down := mine[1+k], mine[1+c.k+k]
			for j, y := range b.Y[i] {
				up[j], down[j] = y+c.e*up[j], y-c.e*up[j]
			}
		}
	}
	s.scores, s.logq = numeric.Grow(s.scores, len(ys)), numeric.Grow(s.logq, len(ys))
	c.coupling.Score(s.scores, theta, ys)
	c.space.LogProb(s.logq, ys)
	for m, l := range s.logq {
		s.unsupported = s.unsupported || math.IsInf(l, -1)
		s.scores[m] += l
	}
	for i := lo; i < hi; i++ {
		v := s.scores[(i-lo)*each : (i-lo+1)*each]
		middle, weight, loss := v[0], scaleOf(b, i)/float64(c.k), 0.0
		second := weight / (c.e * c.e)
		v[0] = -2 * float64(c.k) * second
		for k := range c.k {
			up, down := v[1+k], v[1+c.k+k]
			slope := (up - down) / (2 * c.e)
			loss += 0.5*slope*slope + ((up-middle)-(middle-down))/(c.e*c.e)
			first := weight * slope / (2 * c.e)
			v[1+k], v[1+c.k+k] = second+first, second-first
		}
		b.Loss[i] = loss / float64(c.k)
	}
	if b.WantsGrad() {
		c.coupling.AddGrad(b.Grad(lo), theta, ys, s.scores)
	}
}
