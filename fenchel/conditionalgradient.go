package fenchel

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"
)

// ConditionalGradient is the projection on the polytope of an oracle like
// [SparseMAP], by steps that need no linear algebra: O(m n) and a call of the
// oracle each, with the best length. Steps of AwaySteps and Pairwise converge
// geometrically, those of FrankWolfe like 1/steps (Lacoste-Julien, Jaggi 2015).
// It is for vectors so long, or answers of so many vertices, that the factor of
// SparseMAP does not pay.
//
// The answer is within sqrt(Tolerance), and its Jacobian is not known.
type ConditionalGradient struct {
	// Of is the oracle; it is needed.
	Of Oracle
	// Direction is where steps go.
	Direction Direction
	// Tolerance is the gap to stop at; 0 stands for 1e-9. It is never below
	// what rounding leaves.
	Tolerance float64
	// Steps bounds the calls of the oracle; 0 stands for 10,000.
	Steps int
}

// Direction is where a step of [ConditionalGradient] goes, s being the best
// vertex, a the worst of those in the combination, and mu the combination.
type Direction int

const (
	// Pairwise is s - a: probability goes from a to s.
	Pairwise Direction = iota
	// AwaySteps is the better of s - mu and mu - a (Guélat, Marcotte 1986).
	AwaySteps
	// FrankWolfe is s - mu (Frank, Wolfe 1956).
	FrankWolfe
)

// String is pairwise, away_steps or frank_wolfe.
func (d Direction) String() string {
	switch d {
	case Pairwise:
		return "pairwise"
	case AwaySteps:
		return "away_steps"
	case FrankWolfe:
		return "frank_wolfe"
	}
	return fmt.Sprintf("Direction(%d)", int(d))
}

var hulls = sync.Pool{New: func() any { return new(hull) }}

// Solve returns the point closest to x as a distribution over vertices. It
// fails as SparseMAP.Solve does, where the gap is not reached with a *GapError
// and the best point there is.
func (c ConditionalGradient) Solve(x []float64) (*Posterior, error) {
	h := hulls.Get().(*hull)
	defer hulls.Put(h)
	gap, err := c.solve(h, x)
	if err != nil {
		if _, short := err.(*GapError); !short {
			return nil, err
		}
	}
	return h.posterior(gap), err
}

// Project overwrites dst with the point closest to x; see Solve.
func (c ConditionalGradient) Project(dst, x []float64) error {
	if len(dst) != len(x) {
		panic("fenchel: Project: wrong lengths")
	}
	h := hulls.Get().(*hull)
	defer hulls.Put(h)
	if _, err := c.solve(h, x); err != nil {
		return err
	}
	h.point(dst)
	return nil
}

func (c ConditionalGradient) solve(h *hull, x []float64) (gap float64, err error) {
	tolerance, steps := c.Tolerance, c.Steps
	if tolerance == 0 {
		tolerance = 1e-9
	}
	if steps == 0 {
		steps = 10000
	}
	if len(x) == 0 {
		return 0, ErrNoSupport
	}
	if err := h.start(c.Of, x); err != nil {
		return 0, err
	}
	for {
		gap, rounding, err := h.ask(c.Of)
		switch {
		case err != nil:
			return gap, err
		case gap <= max(tolerance, rounding):
			h.clean()
			return gap, nil
		case h.calls >= steps:
			h.clean()
			return gap, &GapError{gap, max(tolerance, rounding), h.calls}
		}
		h.step(c.Direction, gap)
	}
}

// step moves to the best point in a direction. found is s, forward s - mu.
func (h *hull) step(d Direction, gap float64) {
	s := h.place()
	if s < 0 {
		h.push()
		s = h.m - 1
	}
	a, worst := -1, math.Inf(1)
	if d != FrankWolfe {
		for i := range h.m {
			if v := floats.Dot(h.row(i), h.slope); h.p[i] > 0 && v < worst {
				a, worst = i, v
			}
		}
		h.product = grow(h.product, h.n) // mu - a
		floats.SubTo(h.product, h.mean, h.row(a))
	}
	limit := 1.0
	switch {
	case d == Pairwise:
		floats.Add(h.forward, h.product)
		limit = h.p[a]
	case d == AwaySteps && floats.Dot(h.mean, h.slope)-worst > gap:
		copy(h.forward, h.product)
		limit = h.p[a] / (1 - h.p[a])
		s = -1
	default:
		a = -1
	}
	t := floats.Dot(h.forward, h.slope) / floats.Dot(h.forward, h.forward)
	full := !(t < limit)
	if full {
		t = limit
	}
	switch {
	case s >= 0 && a >= 0:
		h.p[s] += t
		h.p[a] -= t
	case s >= 0:
		floats.Scale(1-t, h.p)
		h.p[s] += t
	default:
		floats.Scale(1+t, h.p)
		h.p[a] -= t
	}
	if full && a >= 0 {
		h.p[a] = 0
	}
	for i := h.m - 1; i >= 0; i-- {
		if h.p[i] <= 0 {
			h.drop(i)
		}
	}
	floats.Scale(1/floats.Sum(h.p), h.p)
	h.combine()
}

// Validate wants an oracle, a Direction there is, and Tolerance and Steps that
// are not negative.
func (c ConditionalGradient) Validate() error {
	if c.Direction < Pairwise || c.Direction > FrankWolfe {
		return fmt.Errorf("fenchel: unknown ConditionalGradient.Direction %d", int(c.Direction))
	}
	if !(c.Tolerance >= 0) || math.IsInf(c.Tolerance, 1) {
		return fmt.Errorf("fenchel: ConditionalGradient.Tolerance %g is negative or not finite", c.Tolerance)
	}
	return validOracle("ConditionalGradient", c.Of, c.Steps)
}

// String is conditional gradient.
func (c ConditionalGradient) String() string { return "conditional gradient" }
