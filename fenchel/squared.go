package fenchel

import (
	"fmt"
	"math"
)

// A Polytope is a closed convex set that one can project on. Package
// projection holds several.
type Polytope interface {
	// Project overwrites dst, which may be x itself, with the point of the
	// set closest to x.
	Project(dst, x []float64) error
}

// Differentiable is a Polytope that knows the Jacobian of its projection.
type Differentiable interface {
	Polytope
	// ProjectJVP overwrites dst, which may be direction itself, with the
	// (symmetric) Jacobian of Project at x times direction.
	ProjectJVP(dst, x, direction []float64) error
}

// Squared is the loss of the squared norm over any polytope,
//
//	Omega(p) = Scale |p|^2/2,   argmax = projection of s/Scale
//	L(s; y)  = Scale (|y - p|^2/2 + <s/Scale - p, p - y>),   p = argmax
//
// The zero value is half the squared distance over all of R^n. On the simplex
// it is sparsemax (use [Simplex]), on the Birkhoff polytope a sparse doubly
// stochastic matrix, on the permutahedron the soft rank. The margin of a
// target is up to the polytope. Exactness, errors and allocations are those of
// Project; where there is no grad, or it is scores itself, Loss over a
// polytope allocates one vector.
//
// It has no reference measure, as polytopes are projected on in the plain norm;
// Sparsemax has one, over the simplex and subsets.
type Squared struct {
	// Onto is the polytope; nil stands for all of R^n.
	Onto Polytope
	// Scale is the temperature; 0 stands for 1.
	Scale float64
}

func (q Squared) scale() float64 {
	if q.Scale == 0 {
		return 1
	}
	return q.Scale
}

func (q Squared) project(p, scores []float64) error {
	for i, x := range scores {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return &EntryError{i, x, ErrNaN}
		}
		p[i] = x / q.scale()
	}
	if q.Onto == nil {
		return nil
	}
	return q.Onto.Project(p, p)
}

// Argmax overwrites p with the projection of scores/Scale; see [Loss]. Scores
// of -Inf are errors here.
func (q Squared) Argmax(p, scores []float64) (float64, error) {
	if len(p) != len(scores) {
		panic("fenchel: Argmax: wrong lengths")
	}
	if len(p) > 0 && &p[0] == &scores[0] {
		scores = append([]float64(nil), scores...)
	}
	if err := q.project(p, scores); err != nil {
		return math.NaN(), err
	}
	var sum total
	for i, x := range p {
		sum.add(x * (scores[i] - q.scale()*x/2))
	}
	return sum.value(), nil
}

// Loss is the loss of a point of the polytope (which is not checked); see
// [Loss].
func (q Squared) Loss(grad, scores, target []float64) (float64, error) {
	if len(target) != len(scores) || grad != nil && len(grad) != len(scores) {
		panic("fenchel: Loss: wrong lengths")
	}
	if q.Onto == nil {
		return q.least(grad, scores, target)
	}
	p := scratch(grad, scores)
	if p == nil {
		p = make([]float64, len(scores))
	}
	if err := q.project(p, scores); err != nil {
		return math.NaN(), err
	}
	var sum total
	for i, x := range p {
		y := target[i]
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return math.NaN(), &EntryError{i, y, ErrTarget}
		}
		sum.add((x - y) * ((x-y)/2 + (scores[i]/q.scale() - x)))
	}
	for i := range grad {
		grad[i] = p[i] - target[i]
	}
	return q.checked(sum.value())
}

// least is Loss over all of R^n.
func (q Squared) least(grad, scores, target []float64) (float64, error) {
	var sum total
	for i, x := range scores {
		y := target[i]
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return math.NaN(), &EntryError{i, x, ErrNaN}
		}
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return math.NaN(), &EntryError{i, y, ErrTarget}
		}
		d := x/q.scale() - y
		sum.add(d * d / 2)
		if grad != nil {
			grad[i] = d
		}
	}
	return q.checked(sum.value())
}

// checked is a loss that is a number, or ErrPrecision.
func (q Squared) checked(sum float64) (float64, error) {
	loss := q.scale() * max(0, sum)
	if math.IsInf(loss, 0) || math.IsNaN(loss) {
		return math.Inf(1), ErrPrecision
	}
	return loss, nil
}

// JVP is the Jacobian of the projection over Scale; see [Loss]. It is
// ErrCurvature where Onto is not Differentiable.
func (q Squared) JVP(dst, p, scores, direction []float64) error {
	if len(dst) != len(p) || len(direction) != len(p) || len(scores) != len(p) {
		panic("fenchel: JVP: wrong lengths")
	}
	if q.Onto != nil {
		d, ok := q.Onto.(Differentiable)
		if !ok {
			return ErrCurvature
		}
		if q.scale() != 1 {
			scaled := make([]float64, len(scores))
			for i, x := range scores {
				scaled[i] = x / q.scale()
			}
			scores = scaled
		}
		if err := d.ProjectJVP(dst, scores, direction); err != nil {
			return err
		}
		direction = dst
	}
	for i, x := range direction {
		dst[i] = x / q.scale()
	}
	return nil
}

// Entropy is -Scale |p|^2/2.
func (q Squared) Entropy(p []float64) float64 {
	var sum total
	for _, x := range p {
		sum.add(x * x)
	}
	return -q.scale() * sum.value() / 2
}

// Validate wants a positive finite Scale, and a valid polytope if it can tell.
func (q Squared) Validate() error {
	if c := q.scale(); !(c > 0) || math.IsInf(c, 1) {
		return fmt.Errorf("fenchel: scale %g is not positive and finite", c)
	}
	if v, ok := q.Onto.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

// String is squared, with the polytope and the scale.
func (q Squared) String() string {
	name := "squared"
	if q.Onto != nil {
		name += fmt.Sprintf(" on %v", q.Onto)
	}
	if q.scale() != 1 {
		name += fmt.Sprintf("/%g", q.scale())
	}
	return name
}
