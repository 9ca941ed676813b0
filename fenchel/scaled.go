package fenchel

import (
	"fmt"
	"math"
)

// Scaled is Of at temperature Scale: f is multiplied by Scale > 0, so
//
//	f*+(v) = s Of*+(v/s)     p/q = (Of*+)'(v/s)
//
// and scores count 1/Scale times as much. A Scale of 0 stands for 1.
type Scaled struct {
	Of    Generator
	Scale float64
}

func (s Scaled) scale() float64 {
	if s.Scale == 0 {
		return 1
	}
	return s.Scale
}

// F is s Of.F(u).
func (s Scaled) F(u float64) float64 { return s.scale() * s.Of.F(u) }

// Deriv is s Of.Deriv(u).
func (s Scaled) Deriv(u float64) float64 { return s.scale() * s.Of.Deriv(u) }

// Conjugate is s Of.Conjugate(v/s).
func (s Scaled) Conjugate(v float64) float64 { return s.scale() * s.Of.Conjugate(v/s.scale()) }

// Ratio is Of.Ratio(v/s).
func (s Scaled) Ratio(v float64) float64  { return s.Of.Ratio(v / s.scale()) }
func (s Scaled) excess(v float64) float64 { return s.scale() * excess(s.Of, v/s.scale()) }
func (s Scaled) gap(t, v float64) float64 { return s.scale() * gap(s.Of, t, v/s.scale()) }

// String names Of and the scale, as in sparsemax/0.5.
func (s Scaled) String() string { return fmt.Sprintf("%v/%g", s.Of, s.scale()) }

// Validate wants a valid Of and a positive finite Scale.
func (s Scaled) Validate() error {
	if s.Of == nil {
		return fmt.Errorf("fenchel: Scaled needs a generator")
	}
	if c := s.scale(); !(c > 0) || math.IsInf(c, 1) {
		return fmt.Errorf("fenchel: scale %g is not positive and finite", c)
	}
	return s.Of.Validate()
}

// unscaled takes the scales off f.
func unscaled(f Generator) (of Generator, scale float64) {
	scale = 1
	for {
		s, ok := f.(Scaled)
		if !ok {
			return f, scale
		}
		f, scale = s.Of, scale*s.scale()
	}
}
