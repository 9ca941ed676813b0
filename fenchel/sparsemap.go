package fenchel

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"
)

// SparseMAP is the projection on the polytope of an oracle (Niculae, Martins,
// Blondel, Cardie 2018),
//
//	argmax_{mu in hull} <x, mu> - |mu|^2/2 = argmin_{mu in hull} |mu - x|^2,
//
// by the active set method of Wolfe (1976) and Nocedal and Wright (1999, section
// 16.4): the oracle gives the vertex that improves most, the best combination
// of all vertices so far is found with a Cholesky factor that grows and shrinks
// with them, and those that it does not want are dropped. It ends after finitely
// many calls of the oracle, usually about as many as there are vertices in the
// answer, with the exact answer up to rounding, relative to the size of x.
//
// The answer is a distribution over few structures, at most one more than the
// polytope has dimensions: see Solve. As [Squared].Onto it is a loss, with its
// gradient, a margin and a Jacobian: attention or marginals over structures, or
// a criterion to train by. Where all vertices have the same number of ones, as
// permutations do, it is the same whatever is added to all scores.
//
// A step costs a call of the oracle and O(m n + m^2) for m vertices of length n.
type SparseMAP struct {
	// Of is the oracle; it is needed.
	Of Oracle
	// Steps bounds the calls of the oracle; 0 stands for 1000 + 10 n.
	Steps int
}

// GapError reports a polytope whose closest point was not found.
type GapError struct {
	Gap, Tolerance float64
	Steps          int
}

func (e *GapError) Error() string {
	return fmt.Sprintf("%v: it is %g after %d steps, want %g", ErrConvergence, e.Gap, e.Steps, e.Tolerance)
}

// Unwrap returns ErrConvergence.
func (e *GapError) Unwrap() error { return ErrConvergence }

// corral is the state of the active set method.
type corral struct {
	hull
	factor growing // of <row_i, row_j> + lift
	lift   float64
	inner  []float64
	ones   []float64 // L^-1 1
	delta  []float64
}

var corrals = sync.Pool{New: func() any { return new(corral) }}

// Solve returns the closest point to x as a distribution over vertices. It
// fails with ErrNaN, ErrOracle, a *GapError where Steps do not suffice, or an
// error of the oracle.
func (s SparseMAP) Solve(x []float64) (*Posterior, error) {
	c := corrals.Get().(*corral)
	defer corrals.Put(c)
	gap, err := c.solve(s, x)
	if err != nil {
		return nil, err
	}
	return c.posterior(gap), nil
}

// Project overwrites dst with the closest point to x; see Solve.
func (s SparseMAP) Project(dst, x []float64) error {
	if len(dst) != len(x) {
		panic("fenchel: Project: wrong lengths")
	}
	c := corrals.Get().(*corral)
	defer corrals.Put(c)
	if _, err := c.solve(s, x); err != nil {
		return err
	}
	c.point(dst)
	return nil
}

// ProjectJVP is direction, projected on the span of the differences between the
// vertices of the answer: the Jacobian of almost all x. Vertices whose probability
// is lost in rounding do not count: on the permutahedron of 1, ..., n, where it
// falls like 1/m! from one to the next, the answer has 12 digits with about 20
// vertices, but the Jacobian wants as many as the face has dimensions.
func (s SparseMAP) ProjectJVP(dst, x, direction []float64) error {
	if len(dst) != len(x) || len(direction) != len(x) {
		panic("fenchel: ProjectJVP: wrong lengths")
	}
	c := corrals.Get().(*corral)
	defer corrals.Put(c)
	if _, err := c.solve(s, x); err != nil {
		return err
	}
	copy(c.slope, direction)
	clear(c.mean)
	for range 2 { // the second time what rounding left
		if c.m == 1 {
			break
		}
		c.direction()
		for i, d := range c.delta {
			floats.AddScaled(c.mean, d, c.row(i))
			floats.AddScaled(c.slope, -d, c.row(i))
		}
	}
	copy(dst, c.mean)
	return nil
}

// Validate wants an oracle, and Steps that are not negative.
func (s SparseMAP) Validate() error { return validOracle("SparseMAP", s.Of, s.Steps) }

func validOracle(what string, o Oracle, steps int) error {
	if o == nil {
		return fmt.Errorf("fenchel: %s.Of is missing", what)
	}
	if steps < 0 {
		return fmt.Errorf("fenchel: %s.Steps is negative", what)
	}
	if v, ok := o.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

// String is sparsemap.
func (s SparseMAP) String() string { return "sparsemap" }

func (c *corral) solve(s SparseMAP, x []float64) (gap float64, err error) {
	steps := s.Steps
	if steps == 0 {
		steps = 1000 + 10*len(x)
	}
	if len(x) == 0 {
		c.n, c.m, c.rows, c.raw = 0, 0, c.rows[:0], c.raw[:0]
		return 0, ErrNoSupport
	}
	if err := c.start(s.Of, x); err != nil {
		return 0, err
	}
	c.factor.reset()
	for polished := false; ; {
		gap, rounding, err := c.ask(s.Of)
		if err != nil {
			return gap, err
		}
		if call := c.calls - 1; gap > rounding && call < steps && c.place() < 0 && c.add() {
			c.minimize(1)
			if c.has(call) {
				polished = false
				continue
			}
		}
		// No vertex improves on what there is, up to rounding: of this point, and
		// once that is polished, of all.
		if !polished && c.m > 1 {
			polished = true
			c.minimize(4)
			continue
		}
		if limit := rounding / epsilon * accepted; gap > limit {
			return gap, &GapError{gap, limit, c.calls}
		}
		return gap, nil
	}
}

func (c *corral) has(call int) bool {
	for _, at := range c.call {
		if at == call {
			return true
		}
	}
	return false
}

// add takes found into the corral, unless it depends on what is there.
func (c *corral) add() bool {
	c.push()
	last := c.row(c.m - 1)
	c.inner = grow(c.inner, c.m)
	if c.m == 2 {
		first := floats.Dot(c.row(0), c.row(0))
		c.lift = max(first, floats.Dot(last, last))
		c.inner[0] = first + c.lift
		c.factor.push(c.inner[:1])
	}
	for i := range c.m {
		c.inner[i] = floats.Dot(c.row(i), last) + c.lift
	}
	if !c.factor.push(c.inner) {
		c.drop(c.m - 1)
		return false
	}
	return true
}

// direction fills delta with the way to the best affine combination of the
// vertices for the scores slope: K delta = r - lambda 1, sum delta = 0, where
// r_i = <row_i, slope>. lift, which keeps K regular where row 0 is 0, adds the
// square of sum delta and so changes nothing.
func (c *corral) direction() {
	c.delta, c.ones = grow(c.delta, c.m), grow(c.ones, c.m)
	base := floats.Dot(c.row(0), c.slope)
	for i := range c.m {
		c.delta[i] = floats.Dot(c.row(i), c.slope) - base
		c.ones[i] = 1
	}
	c.factor.forward(c.delta)
	c.factor.forward(c.ones)
	lambda := floats.Dot(c.ones, c.delta) / floats.Dot(c.ones, c.ones)
	floats.AddScaled(c.delta, -lambda, c.ones)
	c.factor.backward(c.delta)
}

// minimize moves to the best convex combination of the vertices, dropping those
// that would have to be negative. Full steps beyond the first refine it.
func (c *corral) minimize(steps int) {
	for full := 0; full < steps && c.m > 1; {
		c.combine()
		c.direction()
		t, at, size := 1.0, -1, 0.0
		for i, d := range c.delta {
			size = max(size, math.Abs(d))
			if d < 0 && c.p[i] < -d*t {
				t, at = c.p[i]/-d, i
			}
		}
		for i, d := range c.delta {
			c.p[i] = max(0, c.p[i]+t*d)
		}
		if at >= 0 {
			c.remove(at)
			full = 0
			continue
		}
		if full++; size < 1e-15 {
			break
		}
	}
	for i := c.m - 1; i >= 0 && c.m > 1; i-- {
		if c.p[i] < 1e-15 {
			c.remove(i)
		}
	}
	floats.Scale(1/floats.Sum(c.p), c.p)
	c.combine()
}

func (c *corral) remove(i int) {
	c.drop(i)
	c.factor.remove(i)
	if c.m == 1 {
		c.factor.reset() // the next vertex but one sets lift
	}
}
