package structured

import "errors"

// ErrStop, returned by Training.OnEpoch, ends training without an error.
var ErrStop = errors.New("structured: stop training")

// Epoch is what one pass over the training data gave.
type Epoch struct {
	// Epoch counts from 1.
	Epoch int `json:"epoch"`
	// Loss is the mean training loss over the epoch, in nats, as the
	// parameters moved.
	Loss float64 `json:"loss"`
	// Metric is the value of StopOn on the validation data after the epoch,
	// or NaN-free absence: HasMetric says whether there is one.
	Metric    float64 `json:"metric,omitempty"`
	HasMetric bool    `json:"has_metric,omitempty"`
	// Best reports whether this is the best epoch so far.
	Best bool `json:"best,omitempty"`
	// GradNorm is the mean Euclidean norm of the gradient, before clipping.
	GradNorm float64 `json:"grad_norm"`
	// Diagnostics say how well the objective's estimates went, over the
	// training examples of the epoch; empty for objectives without any.
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
	// Steps is the number of optimiser steps since the start.
	Steps int `json:"steps"`
	// Seconds is the time since the start.
	Seconds float64 `json:"seconds"`
}

// Stopped says why training ended.
type Stopped int

const (
	Completed Stopped = iota // all epochs were run
	EarlyStop                // patience ran out
	AtRequest                // OnEpoch returned ErrStop
	Cancelled                // the context ended
	Failed                   // an error ended it, such as divergence
)

// String says it in words.
func (s Stopped) String() string {
	return [...]string{"completed", "stopped early", "stopped at request", "cancelled", "failed"}[s]
}

// History is the course of training.
type History struct {
	Epochs []Epoch `json:"epochs"`
	// BestEpoch is the number of the epoch whose parameters the model has,
	// from 1; 0 if none was finished.
	BestEpoch int `json:"best_epoch"`
	// Metric names what BestEpoch was chosen by; empty without validation.
	Metric  string  `json:"metric,omitempty"`
	Stopped Stopped `json:"stopped"`
}
