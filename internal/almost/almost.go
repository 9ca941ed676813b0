// Package almost holds the numeric comparisons of the project's tests.
//
// It is strict where the usual helpers are lenient: a NaN or an infinity on
// either side fails (unless Same is used, which wants the same one on both
// sides), and slices of different lengths fail.
package almost

import (
	"fmt"
	"math"
)

// T is the part of testing.TB used here.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Equal reports whether got is within abs + rel*|want| of want, both finite,
// and fails the test if it is not.
func Equal(t T, want, got, abs, rel float64, msg ...any) bool {
	t.Helper()
	if ok(want, got, abs, rel) {
		return true
	}
	t.Errorf("want %.17g, got %.17g: differs by %g, allowed %g%s", want, got, math.Abs(want-got), abs+rel*math.Abs(want), note(msg))
	return false
}

// Slice is Equal over two slices, which must have the same length.
func Slice(t T, want, got []float64, abs, rel float64, msg ...any) bool {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("want %d numbers, got %d%s", len(want), len(got), note(msg))
		return false
	}
	for i := range want {
		if !ok(want[i], got[i], abs, rel) {
			t.Errorf("at %d: want %.17g, got %.17g: differs by %g, allowed %g%s", i, want[i], got[i], math.Abs(want[i]-got[i]), abs+rel*math.Abs(want[i]), note(msg))
			return false
		}
	}
	return true
}

// Same reports whether the two slices hold the same bits, and fails the test
// if they do not. NaN equals NaN of the same payload; 0 differs from -0.
func Same(t T, want, got []float64, msg ...any) bool {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("want %d numbers, got %d%s", len(want), len(got), note(msg))
		return false
	}
	for i := range want {
		if math.Float64bits(want[i]) != math.Float64bits(got[i]) {
			t.Errorf("at %d: want exactly %.17g, got %.17g%s", i, want[i], got[i], note(msg))
			return false
		}
	}
	return true
}

func ok(want, got, abs, rel float64) bool {
	if math.IsNaN(want) || math.IsNaN(got) || math.IsInf(want, 0) || math.IsInf(got, 0) {
		return false
	}
	tol := abs + rel*math.Abs(want)
	return tol >= 0 && math.Abs(want-got) <= tol // false for a NaN tolerance
}

func note(msg []any) string {
	if len(msg) == 0 {
		return ""
	}
	if f, isString := msg[0].(string); isString && len(msg) > 1 {
		return ": " + fmt.Sprintf(f, msg[1:]...)
	}
	return ": " + fmt.Sprint(msg...)
}
