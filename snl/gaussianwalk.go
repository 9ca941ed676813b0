package snl

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// CountingChains are Markov chains that know how often they moved. What
// [MALA] and [RandomWalk] bind to has it.
type CountingChains interface {
	structured.Chains[Point]
	// RunCounting is Run, and returns how many of how many moves were
	// accepted.
	RunCounting(ys []Point, theta structured.Theta, key uint64) (accepted, proposed int)
}

// gaussianWalk is the Markov chains whose moves are Gaussian,
//
//	y' = mu(y) + step xi,   mu(y) = y + step^2/2 grad log p(y)  or  y,
//
// with p = q exp Phi, taken always or by the rule of Metropolis and Hastings.
// Points where p is 0 or not a number are never moved to.
type gaussianWalk struct {
	name            string
	step            float64
	steps           int
	drift, adjusted bool

	space    structured.Space[Point]
	coupling structured.Coupling[Point]
	smooth   Smooth      // the same, where there is drift
	base     GradDensity // nil where log q is constant
	idle     sync.Pool   // of *walkScratch
}

var (
	_ structured.CoupledChains[Point] = (*gaussianWalk)(nil)
	_ CountingChains                  = (*gaussianWalk)(nil)
)

// walkScratch is the memory of one run.
type walkScratch struct {
	at, next       walkState
	logq, gradq    []float64
	flat           []float64
	points         []Point
	pair           [2]Point
	xi, delta, eta []float64
	same           bool // of coupled moves
	source         stream.Source
}

// walkState is where chains are.
type walkState struct {
	logp []float64
	mean []float64 // mu, n x d
}

// bindWalk fits a walk to a problem.
func bindWalk(w *gaussianWalk, p structured.Problem[Point]) (structured.Chains[Point], error) {
	if !(w.step > 0) || math.IsInf(w.step, 1) {
		return nil, fmt.Errorf("snl: %s.Step is %g: want a positive number, or 0 for the default", w.name, w.step)
	}
	if w.steps < 1 {
		return nil, fmt.Errorf("snl: %s.Steps is %d: want a positive number, or 0 for the default", w.name, w.steps)
	}
	w.space, w.coupling = p.Space, p.Coupling
	w.idle.New = func() any { return new(walkScratch) }
	if !w.drift {
		return w, nil
	}
	var err error
	if w.smooth, err = CheckOrder(p.Coupling, 1, w.name); err != nil {
		return nil, err
	}
	if i, ok := p.Space.(structured.Improper[Point]); ok && i.Improper() {
		return w, nil
	}
	s, ok := p.Space.(interface{ Base() Density })
	if !ok {
		return nil, fmt.Errorf("snl: %s: a space of type %T has no base density", w.name, p.Space)
	}
	if w.base, ok = s.Base().(GradDensity); !ok {
		return nil, fmt.Errorf("snl: %s: the base density, %T, has no gradient", w.name, s.Base())
	}
	return w, nil
}

// evaluate fills s with log p of the points and the means of the moves from
// them.
func (w *gaussianWalk) evaluate(to *walkState, theta structured.Theta, ys []Point, s *walkScratch) {
	n, d := len(ys), len(ys[0])
	to.logp = numeric.Grow(to.logp, n)
	to.mean = numeric.Grow(to.mean, n*d)
	if w.drift {
		scoreGradY(w.smooth, to.logp, to.mean, theta, ys)
	} else {
		w.coupling.Score(to.logp, theta, ys)
		clear(to.mean)
	}
	s.logq = numeric.Grow(s.logq, n)
	w.space.LogProb(s.logq, ys)
	floats.Add(to.logp, s.logq)
	if w.base != nil {
		s.gradq = numeric.Grow(s.gradq, n*d)
		w.base.GradLogDensity(s.gradq, ys)
		floats.Add(to.mean, s.gradq)
	}
	half := 0.5 * w.step * w.step
	for m, y := range ys {
		mean := to.mean[m*d : (m+1)*d]
		for j, g := range mean {
			if !finite(g) {
				to.logp[m] = math.NaN() // there is no way back from here
				g = 0
			}
			mean[j] = y[j] + half*g
		}
	}
}

// makePoints makes room for n points of the dimension.
func (s *walkScratch) makePoints(n, d int) {
	s.flat, s.points = numeric.Grow(s.flat, n*d), numeric.Grow(s.points, n)
	for m := range s.points {
		s.points[m] = s.flat[m*d : (m+1)*d : (m+1)*d]
	}
}

// forbidden reports a log-probability of a place not to be moved to.
func forbidden(logp float64) bool { return math.IsNaN(logp) || math.IsInf(logp, 0) }

func (w *gaussianWalk) Run(ys []Point, theta structured.Theta, key uint64) {
	w.RunCounting(ys, theta, key)
}

// RunCounting moves all chains together, so that each step is one pass of the
// coupling over a batch.
func (w *gaussianWalk) RunCounting(ys []Point, theta structured.Theta, key uint64) (accepted, proposed int) {
	if len(ys) == 0 {
		return 0, 0
	}
	s := w.idle.Get().(*walkScratch)
	defer w.idle.Put(s)
	n, d := len(ys), len(ys[0])
	s.makePoints(n, d)
	w.evaluate(&s.at, theta, ys, s)
	for t := range w.steps {
		for m, y := range s.points {
			rng := s.source.At(stream.Key(key, uint64(m), uint64(t), 0))
			for j, mu := range s.at.mean[m*d : (m+1)*d] {
				y[j] = mu + w.step*rng.NormFloat64()
			}
		}
		w.evaluate(&s.next, theta, s.points, s)
		for m := range ys {
			u := 1.0
			if w.adjusted {
				u = s.source.At(stream.Key(key, uint64(m), uint64(t), 1)).Float64()
			}
			if w.move(ys[m], s.points[m], s, m, u) {
				accepted++
			}
		}
	}
	return accepted, n * w.steps
}

// move takes the move of chain m from y to next, or not.
func (w *gaussianWalk) move(y, next Point, s *walkScratch, m int, u float64) bool {
	d, from, to := len(y), s.at.logp[m], s.next.logp[m]
	if forbidden(to) {
		return false
	}
	if w.adjusted && !forbidden(from) {
		ratio := to - from
		if w.drift { // log density of the move back over that of the move
			for j := range y {
				back := y[j] - s.next.mean[m*d+j]
				there := next[j] - s.at.mean[m*d+j]
				ratio += (there - back) * (there + back) / (2 * w.step * w.step)
			}
		}
		if !(u < math.Exp(ratio)) {
			return false
		}
	}
	copy(y, next)
	s.at.logp[m] = to
	copy(s.at.mean[m*d:(m+1)*d], s.next.mean[m*d:(m+1)*d])
	return true
}

// RunCoupled draws the two moves by the reflection-maximal coupling (Bou-Rabee,
// Eberle, Zimmer 2020; Jacob, O'Leary, Atchadé 2020, section 4.1): they are the
// same with the largest probability that their laws allow, and mirror images
// otherwise. They are accepted by the same chance.
func (w *gaussianWalk) RunCoupled(x, y *Point, theta structured.Theta, key uint64) bool {
	s := w.idle.Get().(*walkScratch)
	defer w.idle.Put(s)
	d := len(*x)
	s.makePoints(2, d)
	s.pair = [2]Point{*x, *y}
	w.evaluate(&s.at, theta, s.pair[:], s)
	s.xi, s.delta, s.eta = numeric.Grow(s.xi, d), numeric.Grow(s.delta, d), numeric.Grow(s.eta, d)
	for t := range w.steps {
		w.couple(s, s.source.At(stream.Key(key, 0, uint64(t), 0)))
		for i, v := range [2][]float64{s.xi, s.eta} {
			for j := range v {
				s.points[i][j] = s.at.mean[i*d+j] + w.step*v[j]
			}
		}
		if s.same { // to the last bit
			copy(s.points[1], s.points[0])
		}
		w.evaluate(&s.next, theta, s.points, s)
		u := s.source.At(stream.Key(key, 0, uint64(t), 1)).Float64()
		for i := range s.pair {
			w.move(s.pair[i], s.points[i], s, i, u)
		}
	}
	s.pair = [2]Point{}
	return floats.Equal(*x, *y)
}

// couple fills s.xi and s.eta with standard normal vectors, such that the moves
// are the same where s.same.
func (w *gaussianWalk) couple(s *walkScratch, rng *rand.Rand) {
	d := len(s.xi)
	square, dot, shift := 0.0, 0.0, 0.0
	for j := range s.xi {
		s.xi[j] = rng.NormFloat64()
		s.delta[j] = (s.at.mean[j] - s.at.mean[d+j]) / w.step
		square += s.delta[j] * s.delta[j]
		dot += s.delta[j] * s.xi[j]
		v := s.xi[j] + s.delta[j]
		shift += (s.xi[j] - v) * (s.xi[j] + v) / 2
	}
	s.same = square == 0 || rng.Float64() < math.Exp(shift)
	for j, v := range s.xi {
		if s.same {
			s.eta[j] = v + s.delta[j]
		} else {
			s.eta[j] = v - 2*dot/square*s.delta[j]
		}
	}
}
