package main

import (
	"context"
	"io"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/multilabel"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// headline is the metric that settings are chosen by.
func headline(dataset string) report.Metric {
	if dataset == "birds" {
		return report.F1Micro
	}
	return report.F1Samples
}

// multilabel writes the table of losses by data sets.
func (o *options) multilabel(ctx context.Context, stdout, stderr io.Writer) error {
	sources, err := open(ctx, o.datasets, stderr)
	if err != nil {
		return err
	}
	list, err := o.jobs(sources)
	if err != nil {
		return err
	}
	runner := experiment.Runner{
		Repeats:  o.recipe.Repeats,
		Headline: experiment.Column{Score: multilabel.Best(report.F1Samples), Title: "f1_samples|best"},
	}
	progress := report.NewProgress(stderr, runner.Steps(list))
	results, err := runner.Run(ctx, list, progress)
	progress.Close()
	return o.output.Write(stdout, experiment.Outcome{
		Results: results, Err: err, Text: text(o, sources, results),
		Records: func() []report.Record { return experiment.Records(results, columns, o.recipe.Seed) },
		Figure:  func(dataset string) [][]*report.Panel { return bars(dataset, results) }, Picture: "F1 by loss",
	})
}

// way is a row of the table.
type way struct {
	model     model
	objective objective
}

func (o *options) ways() []way {
	var list []way
	for _, m := range o.models {
		for _, obj := range o.objectives {
			list = append(list, way{m, obj})
		}
	}
	if o.baselines {
		list = append(list, way{independent, exact}, way{chain, exact}, way{powerset, exact})
	}
	return list
}

func (o *options) jobs(sources []*source) ([]experiment.Job, error) {
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
			Dataset: s.name, Model: "constant", Objective: "best",
			Repeat: func(_ context.Context, i int, _ func(int)) (*experiment.Evaluation, error) {
				return multilabel.Constant(splits[i].train, splits[i].test)
			},
		})
		for _, w := range o.ways() {
			task := func(i int) *task {
				return &task{options: o, parts: splits[i], way: w, metric: headline(s.name), seed: o.recipe.Seed + uint64(i)}
			}
			list = append(list, experiment.Job{
				Dataset: s.name, Model: w.model.String(), Objective: w.objective.String(), Epochs: task(0).search().Budget(),
				Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
					return task(i).learn(ctx, epoch)
				},
			})
		}
	}
	return list, nil
}

// task is a repeat of a row.
type task struct {
	*options
	*parts
	way
	metric report.Metric
	seed   uint64

	held map[string][]multilabel.Held // by settings, and fold
}

// learn chooses settings, trains a model and judges it.
func (t *task) learn(ctx context.Context, epoch func(int)) (*experiment.Evaluation, error) {
	start := time.Now()
	t.held = map[string][]multilabel.Held{}
	trained, chosen, history, err := t.search().Run(ctx, epoch)
	if err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	tuned, err := multilabel.Tune(ctx, t.held[chosen.String()]...)
	if err != nil {
		return nil, err
	}
	e, err := multilabel.Judge(ctx, trained, t.test, tuned)
	if err != nil {
		return nil, err
	}
	e.Seconds, e.History, e.Chosen = seconds, history, chosen.String()
	return e, nil
}

func (t *task) search() experiment.Search[recipe, *sets.Model] {
	return experiment.Search[recipe, *sets.Model]{
		Candidates: t.recipe.candidates(t.given), Epochs: t.recipe.Epochs, Refit: t.recipe.Refit, Larger: true,
		Folds: t.folds, Fit: t.fitOnce, Judge: t.judge,
	}
}

func (t *task) fitOnce(ctx context.Context, r recipe, fold, epochs int, onEpoch func(structured.Epoch) error) (*sets.Model, error) {
	data, held := t.fold(fold)
	validation := &held
	if epochs > 0 {
		data, validation, r.Epochs, r.Patience = t.train, nil, epochs, 0
	}
	cfg, err := r.config(t.model, t.objective, data)
	if err != nil {
		return nil, err
	}
	cfg.Validation, cfg.Seed, cfg.OnEpoch = validation, t.seed, onEpoch
	m, err := sets.Fit(ctx, data, cfg)
	if err != nil {
		return nil, err // and no half-trained model
	}
	if epochs == 0 {
		t.held[r.String()] = append(t.held[r.String()], multilabel.Held{Model: m, Rows: held})
	}
	return m, nil
}

// judge is the headline metric on the validation rows of the decision for it, or
// of the modes where the model cannot make that. Thresholds are those that the
// marginals expect, and not tuned on the same rows.
func (t *task) judge(ctx context.Context, m *sets.Model, fold int) (float64, error) {
	_, held := t.fold(fold)
	return multilabel.Score(ctx, m, held, t.metric)
}
