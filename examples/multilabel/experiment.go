package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// result is what one way to learn gave on one data set: a row of the table.
type result struct {
	dataset, model, objective string

	how     structured.Normalization // of the probabilities behind nll
	scores  map[report.Metric][]float64
	seconds []float64 // to train, per repeat; as many as there were repeats

	skipped error // why there is nothing, where that is no failure

	// Of the first repeat, for the figure.
	history    structured.History
	tau, exact []float64 // on test rows; exact is nil where it is not known
}

func (r *result) add(e *evaluation, seconds float64) {
	if r.scores == nil {
		r.scores = map[report.Metric][]float64{}
	}
	for m, v := range e.scores {
		r.scores[m] = append(r.scores[m], v)
	}
	r.how = max(r.how, e.how)
	r.seconds = append(r.seconds, seconds)
}

// steps is the length of an experiment in epochs, for the progress bar.
func steps(o *options, sources int) int {
	return sources * len(o.models) * len(o.objectives) * o.recipe.Repeats * o.budget()
}

// budget is the most epochs of one repeat.
func (o *options) budget() int {
	if o.recipe.Refit {
		return 2 * o.recipe.Epochs
	}
	return o.recipe.Epochs
}

// experiment trains and judges everything that was asked for. On an error it
// also returns what was finished: when ctx ends it stops at once, and when a
// training fails it goes on with the others first.
func experiment(ctx context.Context, o *options, sources []*source, progress *report.Progress) (results []*result, err error) {
	e := experimenter{o: o, progress: progress}
	learned := 0
	for _, s := range sources {
		splits := make([]*parts, o.recipe.Repeats)
		for i := range splits {
			if splits[i], err = s.split(o.seed + uint64(i)); err != nil {
				return results, err
			}
		}
		b, err := baseline(s, splits)
		if err != nil {
			return results, err
		}
		results = append(results, b)
		for _, m := range o.models {
			for _, obj := range o.objectives {
				r, err := e.repeats(ctx, s, splits, m, obj)
				switch {
				case errors.Is(err, structured.ErrIntractable):
					r.skipped = err
					progress.Note("%s %v %v: left out: %v", s.name, m, obj, err)
				case err != nil:
					e.failed = append(e.failed, fmt.Errorf("%s %v %v: %w", s.name, m, obj, err))
				default:
					learned++
				}
				if len(r.seconds) > 0 || r.skipped != nil {
					results = append(results, r)
				}
				if cancelled := ctx.Err(); cancelled != nil {
					if len(e.failed) == 0 { // between two trainings
						e.failed = append(e.failed, cancelled)
					}
					return results, errors.Join(e.failed...)
				}
			}
		}
	}
	if learned == 0 && len(e.failed) == 0 {
		return results, fmt.Errorf("none of the models and objectives asked for is possible: %w", results[len(results)-1].skipped)
	}
	return results, errors.Join(e.failed...)
}

type experimenter struct {
	o        *options
	progress *report.Progress
	done     int // epochs of the progress bar
	failed   []error
}

// repeats trains and judges one model per split. On an error the result has the
// repeats before it.
func (e *experimenter) repeats(ctx context.Context, s *source, splits []*parts, m model, obj objective) (*result, error) {
	r := &result{dataset: s.name, model: m.String(), objective: obj.String()}
	defer func(done int) {
		e.done = done + len(splits)*e.o.budget()
		e.progress.Set(e.done)
	}(e.done)
	for i, p := range splits {
		doing := fmt.Sprintf("%s %v %v", s.name, m, obj)
		if len(splits) > 1 {
			doing += fmt.Sprintf(" repeat %d of %d", i+1, len(splits))
		}
		e.progress.Doing("%s", doing)
		start := time.Now()
		trained, history, err := e.train(ctx, p, m, obj, e.o.seed+uint64(i))
		if err != nil {
			return r, err
		}
		seconds := time.Since(start).Seconds()
		ev, err := evaluate(ctx, trained, p.test)
		if err != nil {
			return r, err
		}
		if i == 0 {
			r.history, r.tau, r.exact = history, ev.tau, ev.exact
		}
		r.add(ev, seconds)
		e.done += e.o.budget()
		e.progress.Set(e.done)
		e.progress.Note("%s: nll %.4g nats (%v), F1 over samples %.4f, trained in %.1f s", doing,
			ev.scores[report.NLL], ev.how, ev.scores[report.F1Samples], seconds)
	}
	return r, nil
}

// train learns with early stopping, and then, if the recipe says so, again from
// all training rows for the number of epochs that was best. The history is that
// of the first training.
func (e *experimenter) train(ctx context.Context, p *parts, m model, obj objective, seed uint64) (*sets.Model, structured.History, error) {
	fit := func(data sets.Data, epochs int, validation *sets.Data, offset int) (*sets.Model, error) {
		cfg, err := e.o.recipe.config(m, obj, data)
		if err != nil {
			return nil, err
		}
		if cfg.Epochs, cfg.Validation = epochs, validation; validation == nil {
			cfg.Patience = 0
		}
		cfg.Seed, cfg.Workers = seed, e.o.workers
		cfg.OnEpoch = func(now structured.Epoch) error {
			e.progress.Set(e.done + offset + now.Epoch)
			return nil
		}
		model, err := sets.Fit(ctx, data, cfg)
		if err != nil {
			return nil, err
		}
		return model, nil
	}
	r := e.o.recipe
	best, err := fit(p.fit, r.Epochs, &p.validation, 0)
	if err != nil || !r.Refit {
		return best, historyOf(best), err
	}
	again, err := fit(p.train, best.History().BestEpoch, nil, r.Epochs)
	return again, historyOf(best), err
}

func historyOf(m *sets.Model) structured.History {
	if m == nil {
		return structured.History{}
	}
	return m.History()
}
