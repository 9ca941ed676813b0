package experiment

import (
	"context"
	"errors"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Search chooses settings S and a number of epochs on validation rows, and
// trains.
type Search[S any, M Trained] struct {
	// Start are the settings to begin with.
	Start S
	// Vary lists, one group of settings after the other, the alternatives to
	// the best so far. Each is tried, and the best one goes on to the next
	// group: a search by coordinates, a heuristic. nil keeps Start.
	Vary []func(best S) []S
	// Fit trains with the settings. With a positive number of epochs it uses
	// all training rows, and the model is that of this epoch; otherwise it
	// holds validation rows out, whose metric is in the history.
	Fit func(ctx context.Context, s S, epochs int, onEpoch func(structured.Epoch) error) (M, error)
	// Larger reports whether a larger metric is better.
	Larger bool
	// Last judges the settings by the last epoch and not by the best one.
	Last bool
	// Refit trains again from all training rows.
	Refit bool
	// Epochs is the most epochs of one training.
	Epochs int
}

// Trained is a model that knows how it was trained.
type Trained interface{ History() structured.History }

// Budget is the most epochs of Run.
func (s Search[S, M]) Budget() int {
	trainings := 1
	for _, alternatives := range s.Vary {
		trainings += len(alternatives(s.Start))
	}
	if s.Refit {
		trainings++
	}
	return trainings * s.Epochs
}

// attempt is a training with validation rows.
type attempt[S any, M Trained] struct {
	settings S
	model    M
	history  structured.History
	epoch    int // the one that is judged
	metric   float64
}

// Run returns the model, the settings it was trained with, and the history of
// the training on part of the rows that chose its epoch. done is told the
// number of epochs so far. Settings whose training fails are passed over; if
// all do, the error is that of Start.
func (s Search[S, M]) Run(ctx context.Context, done func(epochs int)) (model M, best S, history structured.History, err error) {
	epochs := 0
	fit := func(settings S, upTo int) (M, error) {
		m, err := s.Fit(ctx, settings, upTo, func(e structured.Epoch) error {
			done(epochs + e.Epoch)
			return nil
		})
		epochs += s.Epochs
		return m, err
	}
	var found *attempt[S, M]
	try := func(settings S) error {
		m, err := fit(settings, 0)
		if err != nil {
			return err
		}
		a := s.judge(settings, m)
		if found == nil || s.Larger && a.metric > found.metric || !s.Larger && a.metric < found.metric {
			found = a
		}
		return nil
	}
	first := try(s.Start)
	if fatal(ctx, first) {
		return model, best, history, first
	}
	for _, alternatives := range s.Vary {
		from := s.Start
		if found != nil {
			from = found.settings
		}
		for _, settings := range alternatives(from) {
			if err := try(settings); fatal(ctx, err) {
				return model, best, history, err
			}
		}
	}
	if found == nil {
		return model, best, history, first
	}
	if !s.Refit {
		return found.model, found.settings, found.history, nil
	}
	model, err = fit(found.settings, found.epoch)
	return model, found.settings, found.history, err
}

// judge finds the epoch that counts.
func (s Search[S, M]) judge(settings S, m M) *attempt[S, M] {
	a := &attempt[S, M]{settings: settings, model: m, history: m.History()}
	a.epoch = a.history.BestEpoch
	if s.Last {
		a.epoch = len(a.history.Epochs)
	}
	a.metric = a.history.Epochs[a.epoch-1].Metric
	return a
}

// fatal reports whether an error ends the search: anything but a training that
// failed on its own, such as one that diverged.
func fatal(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || errors.Is(err, structured.ErrIntractable))
}
