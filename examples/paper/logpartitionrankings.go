package main

import (
	"context"
	"io"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
)

// rankingLearners are those of a data set of rankings.
func (o *options) rankingLearners(ctx context.Context, name string, stderr io.Writer) (map[model][]learner, error) {
	all, err := experiment.Open(stderr, func(opener *datasets.Opener) (*datasets.LabelRanking, error) {
		return opener.OpenRanking(ctx, name)
	})
	if err != nil {
		return nil, err
	}
	r := o.recipe.forRankings(o.given)
	of := map[model][]learner{}
	for i := range r.Repeats {
		seed := r.Seed + uint64(i)
		train, rows, err := divide(name, all.Len(), seed)
		if err != nil {
			return nil, err
		}
		test := all.Rows(rows).Data()
		examples, err := test.Structured()
		if err != nil {
			return nil, err
		}
		for _, m := range []model{birkhoff, permutahedron} {
			of[m] = append(of[m], &subject[permutations.Ordering]{
				recipe: r, forms: o.forms, test: examples, kernel: permutations.Metropolis{},
				cheap: all.K() <= permutations.MaxCheap,
				fit:   rankingFit(r, m, all, train, seed),
			})
		}
	}
	return of, nil
}

// forRankings are the settings for rankings, but for what a flag gave.
func (r recipe) forRankings(given func(flag string) bool) recipe {
	if !given("dropout") {
		r.Dropout = 0
	}
	if !given("rate") {
		r.Rate = 1e-2
	}
	if !given("weight-decay") {
		r.WeightDecay = 1
	}
	if !given("clip") {
		r.Clip = 1
	}
	return r
}

// rankingFit trains on the rows of all.
func rankingFit(r recipe, m model, all *datasets.LabelRanking, rows []int, seed uint64) func(context.Context, logpart.Form, int, func(structured.Epoch) error) (*structured.Model[permutations.Ordering], error) {
	return func(ctx context.Context, tau logpart.Form, epochs int, onEpoch func(structured.Epoch) error) (*structured.Model[permutations.Ordering], error) {
		r, fit := r, rows
		var validation *permutations.Data
		if epochs > 0 {
			r.Epochs, r.Patience = epochs, 0
		} else {
			others, held := quarter(rows, 0)
			fit = others
			validation = new(permutations.Data)
			*validation = all.Rows(held).Data()
		}
		cfg := permutations.Config{Objective: permutations.Exact{}, Training: r.Training(all.X != nil)}
		if all.X != nil { // else the library's default networks are right
			cfg.Network = r.Network()
		}
		if m == permutahedron {
			cfg.Coupling = permutations.Permutahedron{}
		}
		if tau != nil {
			cfg.Tau = tau
			cfg.Objective = permutations.MinMin{Samples: r.Samples, Proposal: permutations.PlackettLuceProposal{}}
		}
		cfg.Validation, cfg.Seed, cfg.OnEpoch = validation, seed, onEpoch
		model, err := permutations.Fit(ctx, all.Rows(fit).Data(), cfg)
		if err != nil {
			return nil, err // and no half-trained model
		}
		return model.Model, nil
	}
}
