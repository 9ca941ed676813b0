package nn

import (
	"fmt"
	"math"
)

// Off, a negative number, switches off a setting whose zero value means its
// default, where the setting's comment allows it.
const Off = -1

// SettingError reports a setting of an architecture, optimiser or schedule
// that makes no sense.
type SettingError struct {
	Type  string  // the type it belongs to, such as "MLP"
	Field string  // the field, such as "Dropout" or "Hidden[1]"
	Value float64 // what it was set to
	Want  string  // what it may be
}

func (e *SettingError) Error() string {
	return fmt.Sprintf("nn: %s.%s is %g, want %s", e.Type, e.Field, e.Value, e.Want)
}

// SizeError reports numbers of inputs and outputs that no network can have:
// negative, or with more parameters than memory can hold.
type SizeError struct {
	In, Out int
}

func (e *SizeError) Error() string {
	if e.In < 0 || e.Out < 0 {
		return fmt.Sprintf("nn: a layer of %d inputs and %d outputs", e.In, e.Out)
	}
	return fmt.Sprintf("nn: a layer of %d inputs and %d outputs does not fit in memory", e.In, e.Out)
}

// settings collects the first error among the settings of a type.
type settings struct {
	of  string
	err error
}

func (s *settings) want(ok bool, field string, value float64, want string) {
	if !ok && s.err == nil {
		s.err = &SettingError{Type: s.of, Field: field, Value: value, Want: want}
	}
}

// positiveOrDefault wants a finite number that is positive, or 0.
func (s *settings) positiveOrDefault(field string, v float64) {
	s.want(v >= 0 && v <= math.MaxFloat64, field, v, "a positive number, or 0 for the default")
}

func (s *settings) notNegative(field string, v float64) {
	s.want(v >= 0 && v <= math.MaxFloat64, field, v, "a number that is not negative")
}

func (s *settings) sizeOrDefault(field string, v int) {
	s.want(v >= 0, field, float64(v), "a positive number, or 0 for the default")
}

// fraction wants a number in [0, 1).
func (s *settings) fraction(field string, v float64) {
	s.want(v >= 0 && v < 1, field, v, "a number in [0, 1)")
}

func (s *settings) activation(a Activation) {
	s.want(a.valid(), "Activation", float64(a), "ReLU, Tanh, SiLU or Softplus")
}

// or is value, or the default if value is zero.
func or[T int | float64](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return value
}

// orOff is or for a setting that can be switched off: Off gives zero.
func orOff(value, otherwise float64) float64 {
	if value == Off {
		return 0
	}
	return or(value, otherwise)
}

func (s *settings) precision(p Precision) {
	s.want(p.Valid(), "Precision", float64(p), "Auto, Double or Single")
}
