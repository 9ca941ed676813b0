package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
)

// task is a row of the table: a model, learned by an objective.
type task struct {
	recipe
	source    *source
	model     model
	objective objective
	drawn     *drawing // what the figure needs of the first repeat
}

// jobs are the rows of the table, and what they leave for the figure.
func jobs(ctx context.Context, o *options, sources []*source) ([]experiment.Job, []*task, error) {
	var list []experiment.Job
	var tasks []*task
	for _, s := range sources {
		splits := make([]*parts, o.recipe.Repeats)
		for i := range splits {
			var err error
			if splits[i], err = s.split(ctx, o.recipe.Seed, i); err != nil {
				return nil, nil, err
			}
		}
		for _, m := range o.models {
			for _, obj := range o.objectives {
				if !m.fits(obj) {
					continue
				}
				t := &task{recipe: o.recipe, source: s, model: m, objective: obj}
				tasks = append(tasks, t)
				n := splits[0].train.Len()
				list = append(list, experiment.Job{
					Dataset: s.name, Model: m.String(), Objective: obj.String(), Epochs: t.members(n) * t.epochs(n),
					Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
						return t.learn(ctx, splits[i], i == 0, epoch)
					},
				})
			}
		}
	}
	for _, t := range tasks {
		t.Workers = max(1, o.recipe.Workers/min(o.recipe.Workers, len(tasks)*o.recipe.Repeats))
	}
	return list, tasks, nil
}

// learn trains the members of an ensemble, each with an epoch chosen by other
// validation rows, and judges their mean density.
func (t *task) learn(ctx context.Context, p *parts, first bool, epoch func(int)) (*experiment.Evaluation, error) {
	start := time.Now()
	n := p.train.Len()
	var e snl.Ensemble
	for k := range t.members(n) {
		fit, validation := p.fold(k)
		if t.Jitter {
			d, rng := resolution(p.train.Y), rand.New(rand.NewPCG(p.seed, splitJitter+uint64(k)<<32))
			fit, validation = jitter(fit, d, rng), jitter(validation, d, rng)
		}
		cfg := t.floor(p.train.Y).config(t.model, t.objective, fit)
		cfg.Validation = &validation
		cfg.Seed = p.seed + uint64(k)<<32
		cfg.Epochs = t.epochs(n)
		before := k * cfg.Epochs
		cfg.OnEpoch = func(structured.Epoch) error {
			before++
			epoch(before)
			return nil
		}
		m, err := snl.Fit(ctx, fit, cfg)
		if err != nil {
			return nil, err // and no half-trained model
		}
		e.Members = append(e.Members, m)
	}
	seconds := time.Since(start).Seconds()
	out, pit, err := t.evaluate(ctx, e, p)
	if err != nil {
		return nil, err
	}
	out.Seconds, out.History = seconds, e.Members[0].History()
	if first {
		if t.drawn, err = draw(ctx, t.source, e, p, pit); err != nil {
			return nil, err
		}
	}
	return out, nil
}
