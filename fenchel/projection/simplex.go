package projection

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
)

// Simplex is {p >= 0, sum p = Radius}. The projection of x is Radius times the
// sparsemax of x at temperature Radius.
type Simplex struct {
	// Radius > 0; 0 stands for 1, the probability simplex.
	Radius float64
}

func (s Simplex) radius() float64 {
	if s.Radius == 0 {
		return 1
	}
	return s.Radius
}

func (s Simplex) loss() fenchel.Simplex {
	if s.radius() == 1 {
		return fenchel.Simplex{Of: fenchel.Sparsemax}
	}
	return fenchel.Simplex{Of: fenchel.Scaled{Of: fenchel.Sparsemax, Scale: s.radius()}}
}

// Project overwrites dst with the closest point of the simplex to x.
func (s Simplex) Project(dst, x []float64) error {
	if err := finite(x); err != nil {
		return err
	}
	if _, err := s.loss().Argmax(dst, x); err != nil {
		return err
	}
	scale(dst, s.radius())
	return nil
}

// ProjectJVP is direction less its mean over the support.
func (s Simplex) ProjectJVP(dst, x, direction []float64) error {
	p := make([]float64, len(x))
	if err := s.Project(p, x); err != nil {
		return err
	}
	return fenchel.Simplex{Of: fenchel.Sparsemax}.JVP(dst, p, x, direction)
}

// Validate wants a positive finite Radius.
func (s Simplex) Validate() error {
	if !(s.radius() > 0) || math.IsInf(s.Radius, 1) {
		return fmt.Errorf("projection: radius %g is not positive and finite", s.Radius)
	}
	return nil
}

// String is simplex.
func (s Simplex) String() string { return "simplex" }

// CappedSimplex is {0 <= p <= 1, sum p = K}, the hull of the subsets of size K.
type CappedSimplex struct {
	// K is the sum, at most n; 0 stands for 1.
	K float64
}

func (c CappedSimplex) loss() fenchel.Subsets {
	return fenchel.Subsets{Of: fenchel.Sparsemax, K: c.K}
}

// Project overwrites dst with the closest point of the capped simplex to x. It
// fails with fenchel.ErrBudget where K > n.
func (c CappedSimplex) Project(dst, x []float64) error {
	if err := finite(x); err != nil {
		return err
	}
	_, err := c.loss().Argmax(dst, x)
	return err
}

// ProjectJVP is direction, less its mean, where 0 < p < 1.
func (c CappedSimplex) ProjectJVP(dst, x, direction []float64) error {
	p := make([]float64, len(x))
	if err := c.Project(p, x); err != nil {
		return err
	}
	return c.loss().JVP(dst, p, x, direction)
}

// Validate wants a positive finite K.
func (c CappedSimplex) Validate() error { return c.loss().Validate() }

// String is capped simplex.
func (c CappedSimplex) String() string { return "capped simplex" }

func scale(x []float64, by float64) {
	if by == 1 {
		return
	}
	for i := range x {
		x[i] *= by
	}
}

func finite(x []float64) error {
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &fenchel.EntryError{Index: i, Value: v, Err: ErrNotFinite}
		}
	}
	return nil
}

func sameLength(a, b []float64) {
	if len(a) != len(b) {
		panic("projection: vectors of different lengths")
	}
}
