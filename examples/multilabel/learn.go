package main

import (
	"context"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// jobs are the rows of the table: for each data set the baseline, and each
// model with each objective.
func jobs(o *options, sources []*source) ([]experiment.Job, error) {
	var list []experiment.Job
	for _, s := range sources {
		splits := make([]*parts, o.recipe.Repeats)
		for i := range splits {
			var err error
			if splits[i], err = s.split(o.recipe.Seed + uint64(i)); err != nil {
				return nil, err
			}
		}
		list = append(list, experiment.Job{
			Dataset: s.name, Model: "baseline", Objective: "frequencies",
			Repeat: func(_ context.Context, i int, _ func(int)) (*experiment.Evaluation, error) {
				return baseline(splits[i])
			},
		})
		for _, m := range o.models {
			for _, obj := range o.objectives {
				list = append(list, experiment.Job{
					Dataset: s.name, Model: m.String(), Objective: obj.String(),
					Epochs: o.recipe.search(splits[0], m, obj, 0).Budget(),
					Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
						return o.recipe.learn(ctx, splits[i], m, obj, o.recipe.Seed+uint64(i), epoch)
					},
				})
			}
		}
	}
	return list, nil
}

// learn trains a model and judges it.
func (r recipe) learn(ctx context.Context, p *parts, m model, obj objective, seed uint64, epoch func(int)) (*experiment.Evaluation, error) {
	start := time.Now()
	search := r.search(p, m, obj, seed)
	var held *sets.Model // trained without the validation rows
	fit := search.Fit
	search.Fit = func(ctx context.Context, r recipe, fold, epochs int, onEpoch func(structured.Epoch) error) (*sets.Model, error) {
		model, err := fit(ctx, r, fold, epochs, onEpoch)
		if epochs == 0 {
			held = model
		}
		return model, err
	}
	trained, _, history, err := search.Run(ctx, epoch)
	if err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	e, err := evaluate(ctx, trained, held, p)
	if err != nil {
		return nil, err
	}
	e.Seconds, e.History = seconds, history
	return e, nil
}

// search trains with early stopping, and then, if the recipe says so, again
// from all training rows for the number of epochs that was best.
func (r recipe) search(p *parts, m model, obj objective, seed uint64) experiment.Search[recipe, *sets.Model] {
	return experiment.Search[recipe, *sets.Model]{
		Candidates: []recipe{r}, Epochs: r.Epochs, Refit: r.Refit,
		Fit: func(ctx context.Context, r recipe, _, epochs int, onEpoch func(structured.Epoch) error) (*sets.Model, error) {
			data, validation := p.fit, &p.validation
			if epochs > 0 {
				data, validation, r.Epochs, r.Patience = p.train, nil, epochs, 0
			}
			cfg, err := r.config(m, obj, data)
			if err != nil {
				return nil, err
			}
			cfg.Validation, cfg.Seed, cfg.OnEpoch = validation, seed, onEpoch
			model, err := sets.Fit(ctx, data, cfg)
			if err != nil {
				return nil, err // and no half-trained model
			}
			return model, nil
		},
	}
}
