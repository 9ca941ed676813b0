package main

import (
	"context"
	"io"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// setLearners are those of a data set of sets of labels.
func (o *options) setLearners(ctx context.Context, name string, stderr io.Writer) (map[model][]learner, error) {
	sources, err := open(ctx, []string{name}, stderr)
	if err != nil {
		return nil, err
	}
	of := map[model][]learner{}
	for i := range o.recipe.Repeats {
		seed := o.recipe.Seed + uint64(i)
		p, err := sources[0].split(seed)
		if err != nil {
			return nil, err
		}
		test, err := p.test.Structured()
		if err != nil {
			return nil, err
		}
		for _, m := range []model{unary, pairwise} {
			of[m] = append(of[m], &subject[sets.Set]{
				recipe: o.recipe, forms: o.forms, test: test, kernel: sets.Gibbs{},
				cheap: m == unary || p.train.K() <= sets.MaxCheap,
				fit:   setFit(o.recipe, m, p, seed),
			})
		}
	}
	return of, nil
}

// setFit trains on the rows of p.
func setFit(r recipe, m model, p *parts, seed uint64) func(context.Context, logpart.Form, int, func(structured.Epoch) error) (*structured.Model[sets.Set], error) {
	return func(ctx context.Context, tau logpart.Form, epochs int, onEpoch func(structured.Epoch) error) (*structured.Model[sets.Set], error) {
		r, data := r, p.train
		var validation *sets.Data
		if epochs > 0 {
			r.Epochs, r.Patience = epochs, 0
		} else {
			fit, held := p.fold(0)
			data, validation = fit, &held
		}
		cfg, err := r.config(m, exact, data)
		if err != nil {
			return nil, err
		}
		if tau != nil {
			follow := structured.Proposal[sets.Set](sets.Marginal{})
			if m == pairwise {
				follow = sets.Belief{}
			}
			cfg.Tau, cfg.Objective = tau, sets.MinMin{Samples: r.Samples, Proposal: follow}
		}
		cfg.Validation, cfg.Seed, cfg.OnEpoch = validation, seed, onEpoch
		model, err := sets.Fit(ctx, data, cfg)
		if err != nil {
			return nil, err // and no half-trained model
		}
		return model.Model, nil
	}
}
