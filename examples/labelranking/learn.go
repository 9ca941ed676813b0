package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
)

// jobs are the rows of the table: for each data set the baseline, and each
// model with each objective that fits it.
func jobs(o *options, sources []*source) ([]experiment.Job, error) {
	var list []experiment.Job
	for _, s := range sources {
		splits := make([]*parts, o.recipe.Repeats)
		for i := range splits {
			var err error
			if splits[i], err = s.split(o.testShare, o.recipe.Seed+uint64(i)); err != nil {
				return nil, err
			}
		}
		list = append(list, experiment.Job{
			Dataset: s.Name, Model: "baseline", Objective: "borda",
			Repeat: func(_ context.Context, i int, _ func(int)) (*experiment.Evaluation, error) {
				return baseline(splits[i])
			},
		})
		for _, m := range o.models {
			for _, obj := range o.objectives {
				if !m.fits(obj) {
					continue
				}
				list = append(list, experiment.Job{
					Dataset: s.Name, Model: m.String(), Objective: obj.String(),
					Epochs: o.search(splits[0], m, obj, 0).Budget(),
					Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
						return o.learn(ctx, splits[i], m, obj, o.recipe.Seed+uint64(i), epoch)
					},
				})
			}
		}
	}
	return list, nil
}

// learn trains a model and judges it.
func (o *options) learn(ctx context.Context, p *parts, m model, obj objective, seed uint64, epoch func(int)) (*experiment.Evaluation, error) {
	start := time.Now()
	trained, settings, history, err := o.search(p, m, obj, seed).Run(ctx, epoch)
	if err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	e, err := evaluate(ctx, trained, p.test, o.decisions())
	if err != nil {
		return nil, err
	}
	e.Seconds, e.History = seconds, history
	if o.variations != nil {
		e.Chosen = fmt.Sprintf("hidden %v, weight decay %g, dropout %g, validation %s %.4f", settings.Hidden, settings.WeightDecay, settings.Dropout,
			history.Metric, history.Epochs[len(history.Epochs)-1].Metric)
	}
	return e, nil
}

// search trains on part of the training rows to choose settings and epochs by
// the Kendall tau of the rest, and then, if the recipe says so, on all of them.
// Without patience all epochs are run while the learning rate falls to 0, and
// the last one counts.
func (o *options) search(p *parts, m model, obj objective, seed uint64) experiment.Search[recipe, *permutations.Model] {
	k := p.train.K()
	s := experiment.Search[recipe, *permutations.Model]{
		Start: o.recipe, Vary: o.variations, Larger: true, Last: o.recipe.Patience == 0, Refit: o.recipe.Refit,
		Epochs: o.recipe.epochs(obj, p.train.Len(), k),
	}
	s.Fit = func(ctx context.Context, r recipe, epochs int, onEpoch func(structured.Epoch) error) (*permutations.Model, error) {
		r.Epochs = s.Epochs // the schedule is the same, however early it ends
		data := p.fit
		if epochs > 0 {
			data, r.Patience = p.train, 0
		}
		cfg := r.config(m, obj, k, data.X != nil)
		cfg.Seed = seed
		if epochs == 0 {
			cfg.Validation, cfg.StopOn = &p.validation, permutations.KendallTau
		}
		cfg.OnEpoch = func(e structured.Epoch) error {
			if err := onEpoch(e); err != nil || e.Epoch != epochs {
				return err
			}
			return structured.ErrStop
		}
		trained, err := permutations.Fit(ctx, data, cfg)
		if err != nil {
			return nil, err // and no half-trained model
		}
		return trained, nil
	}
	return s
}
