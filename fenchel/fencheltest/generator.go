package fencheltest

import (
	"math"
	"reflect"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// Generator checks that f keeps the contract of fenchel.Generator: it is valid
// and comparable, f(1) = 0, f is convex with derivative Deriv, Conjugate is the
// maximum over u >= 0 of uv - f(u), reached at Ratio and infinite exactly where
// Ratio is, Ratio is the derivative of Conjugate and inverts Deriv, and
// Curvature, if any, is the derivative of Ratio. Ratios are tried from 1e-3 to
// 1e3, and scores up to 30 below and 4 above the threshold.
func Generator(t T, f fenchel.Generator) {
	t.Helper()
	if f == nil {
		t.Errorf("the generator is nil")
		return
	}
	if err := f.Validate(); err != nil {
		t.Errorf("%v is not valid: %v", f, err)
		return
	}
	if !reflect.ValueOf(f).Comparable() {
		t.Errorf("%v is not comparable", f)
	}
	if f.String() == "" {
		t.Errorf("%T has no name", f)
	}
	almost.Equal(t, 0, f.F(1), 1e-14, 0, "f(1)")
	if zero := f.F(0); math.IsNaN(zero) || math.IsInf(zero, -1) {
		t.Errorf("f(0) is %g", zero)
	}
	function(t, f)
	conjugate(t, f)
}

// ratios is a grid of u, 1e-3 to 1e3.
func ratios() []float64 {
	var us []float64
	for e := -3.0; e <= 3.001; e += 0.05 {
		us = append(us, math.Pow(10, e))
	}
	return us
}

func function(t T, f fenchel.Generator) {
	t.Helper()
	us := ratios()
	for i, u := range us {
		h := 1e-5 * u
		almost.Equal(t, (f.F(u+h)-f.F(u-h))/(2*h), f.Deriv(u), 1e-7*(1+math.Abs(f.F(u))/u), 1e-6, "f' at %g", u)
		almost.Equal(t, u, f.Ratio(f.Deriv(u)), 1e-7, 1e-7, "Ratio(f'(u)) at u=%g", u)
		if i == 0 {
			continue
		}
		if f.Deriv(u) < f.Deriv(us[i-1]) {
			t.Errorf("f' decreases from u=%g to %g: f is not convex", us[i-1], u)
		}
		a, b := f.F(us[i-1]), f.F(u)
		if mid := f.F((us[i-1] + u) / 2); mid > (a+b)/2+1e-12*(1+math.Abs(a)+math.Abs(b)) {
			t.Errorf("f is not convex between u=%g and %g", us[i-1], u)
		}
	}
}

func conjugate(t T, f fenchel.Generator) {
	t.Helper()
	us, last, limit := ratios(), 0.0, f.Deriv(1e12) // beyond the grid of ratios
	for v := f.Deriv(1) - 30; v <= f.Deriv(1)+4; v += 0.0625 {
		u, c := f.Ratio(v), f.Conjugate(v)
		if math.IsNaN(u) || math.IsNaN(c) || u < 0 || u < last || math.IsInf(c, -1) {
			t.Errorf("at v=%g Ratio is %g (%g before) and Conjugate %g", v, u, last, c)
			return
		}
		if math.IsInf(u, 1) != math.IsInf(c, 1) {
			t.Errorf("at v=%g Ratio is %g but Conjugate %g: they are infinite together", v, u, c)
		}
		last = u
		if math.IsInf(u, 1) {
			if v < limit {
				t.Errorf("Ratio is infinite at v=%g, below f'(1e12) = %g", v, limit)
			}
			continue
		}
		slack := 1e-9 * (1 + math.Abs(c) + u*math.Abs(v))
		almost.Equal(t, u*v-f.F(u), c, slack, 0, "Conjugate at v=%g is not reached at Ratio = %g", v, u)
		for _, w := range us {
			if w*v-f.F(w) > c+slack {
				t.Errorf("at v=%g: u=%g gives %g, above Conjugate = %g", v, w, w*v-f.F(w), c)
				break
			}
		}
		derivatives(t, f, v)
	}
}

// derivatives compares with central differences where the function is smooth
// and they mean something: away from a kink, and from the end of the domain.
func derivatives(t T, f fenchel.Generator, v float64) {
	t.Helper()
	const h = 1e-5
	low, u, high := f.Ratio(v-h), f.Ratio(v), f.Ratio(v+h)
	if !finite(high) || high > 1e3 || low == 0 && high > 0 {
		return
	}
	tolerance := 1e-6 * (1 + u)
	almost.Equal(t, (f.Conjugate(v+h)-f.Conjugate(v-h))/(2*h), u, tolerance, 0, "Ratio is not the derivative of Conjugate at v=%g", v)
	if c, ok := f.(fenchel.Curved); ok && low > 1e-3*u {
		got := c.Curvature(v)
		almost.Equal(t, (high-low)/(2*h), got, 1e-5*(1+math.Abs(got)), 1e-5, "Curvature is not the derivative of Ratio at v=%g", v)
	}
}
