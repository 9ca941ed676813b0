package main

import (
	"context"
	"sync"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
)

// task is a repeat of a row of the table: a model, learned from a split.
type task struct {
	*options
	*parts
	model     model
	objective objective
	seed      uint64
	workers   int // of one training
	choice    *choice
}

// choice is the settings that tuning finds for a split and a model, once for
// all objectives.
type choice struct {
	once     sync.Once
	settings recipe
	err      error
}

// jobs are the rows of the table: for each data set the baseline, and each
// model with each objective that fits it.
func jobs(o *options, sources []*source) ([]experiment.Job, error) {
	var list []experiment.Job
	var tasks []*task
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
				return baseline(splits[i], o.decisions())
			},
		})
		choices := map[choiceKey]*choice{}
		for _, m := range o.models {
			for _, obj := range o.objectives {
				if !m.fits(obj) {
					continue
				}
				repeats := make([]*task, o.recipe.Repeats)
				for i := range repeats {
					t := &task{options: o, parts: splits[i], model: m, objective: obj, seed: o.recipe.Seed + uint64(i)}
					key := choiceKey{m, t.chooser(), i}
					if choices[key] == nil {
						choices[key] = &choice{}
					}
					t.choice = choices[key]
					repeats[i] = t
				}
				tasks = append(tasks, repeats...)
				list = append(list, experiment.Job{
					Dataset: s.Name, Model: m.String(), Objective: obj.String(), Epochs: repeats[0].budget(),
					Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
						return repeats[i].learn(ctx, epoch)
					},
				})
			}
		}
	}
	for _, t := range tasks {
		t.workers = max(1, o.recipe.Workers/len(tasks))
	}
	return list, nil
}

// choiceKey says what shares a choice.
type choiceKey struct {
	model   model
	chooser objective
	repeat  int
}

// chooser is the objective that tuning trains by: the likelihood, which is what
// the others aim at and the fastest to judge settings by, or the task's own
// where the likelihood cannot be summed.
func (t *task) chooser() objective {
	if t.train.K() <= permutations.MaxExact {
		return exact
	}
	return t.objective
}

// shorter is how many times shorter the trainings are that choose settings.
const shorter = 3

// tuning chooses settings.
func (t *task) tuning() experiment.Search[recipe, *learned] {
	list := []recipe{t.recipe}
	if t.train.X != nil {
		list = t.recipe.candidates(t.given)
	}
	return t.search(t.chooser(), list, shorter)
}

// final trains with settings that were chosen.
func (t *task) final(chosen recipe) experiment.Search[recipe, *learned] {
	list := []recipe{chosen}
	if t.recipe.Tune && t.train.X != nil {
		list = chosen.finalists(t.given, t.objective != t.chooser())
	}
	s := t.search(t.objective, list, 1)
	s.Refit = chosen.Refit
	return s
}

// budget is the most epochs of learn.
func (t *task) budget() int {
	sum := t.final(t.recipe).Budget()
	if t.recipe.Tune {
		sum += t.tuning().Budget()
	}
	return sum
}

// learn chooses settings, trains a model and judges it.
func (t *task) learn(ctx context.Context, epoch func(int)) (*experiment.Evaluation, error) {
	chosen, before := t.recipe, 0
	if t.recipe.Tune {
		tuning := t.tuning()
		before = tuning.Budget()
		t.choice.once.Do(func() { _, t.choice.settings, _, t.choice.err = tuning.Run(ctx, epoch) })
		if t.choice.err != nil {
			return nil, t.choice.err
		}
		chosen = t.choice.settings
	}
	start := time.Now()
	trained, chosen, history, err := t.final(chosen).Run(ctx, func(n int) { epoch(before + n) })
	if err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	test, err := trained.squares.add(t.test)
	if err != nil {
		return nil, err
	}
	e, err := evaluate(ctx, trained.Model, test, t.decisions())
	if err != nil {
		return nil, err
	}
	e.Seconds, e.History = seconds, history
	if t.recipe.Tune {
		e.Chosen = chosen.String()
	}
	return e, nil
}

// search trains on part of the training rows to choose settings and epochs by
// the Kendall tau of the rest. Without patience all epochs are run while the
// learning rate falls to 0, and the last one counts.
func (t *task) search(obj objective, candidates []recipe, times int) experiment.Search[recipe, *learned] {
	s := experiment.Search[recipe, *learned]{
		Candidates: candidates, Folds: len(t.fit), Larger: true, Last: t.recipe.Patience == 0,
		Epochs: max(1, t.recipe.epochs(t.model, obj, t.train.Len(), t.train.K())/times), Parallel: t.recipe.Workers, Judge: t.judge,
	}
	s.Fit = func(ctx context.Context, r recipe, fold, epochs int, onEpoch func(structured.Epoch) error) (*learned, error) {
		if r.Epochs = s.Epochs; r.Hurried { // the schedule is the same, however early it ends
			r.Epochs = max(1, s.Epochs/shorter)
		}
		if r.Workers = t.workers; epochs == 0 && len(candidates) > 1 {
			r.Workers = 1
		}
		return t.fitOnce(ctx, r, obj, fold, epochs, onEpoch)
	}
	return s
}

// fitOnce is one training, with validation rows of a fold for epochs = 0.
func (t *task) fitOnce(ctx context.Context, r recipe, obj objective, fold, epochs int, onEpoch func(structured.Epoch) error) (_ *learned, err error) {
	data := t.fit[fold]
	if epochs > 0 {
		data, r.Patience = t.train, 0
	}
	out := &learned{}
	if r.Squares && data.X != nil {
		if out.squares, err = squaresOf(data); err != nil {
			return nil, err
		}
		if data, err = out.squares.add(data); err != nil {
			return nil, err
		}
	}
	cfg := r.config(t.model, obj, data.K(), data.X != nil)
	cfg.Seed = t.seed
	if epochs == 0 {
		validation, err := out.squares.add(t.validation[fold])
		if err != nil {
			return nil, err
		}
		cfg.Validation, cfg.StopOn = &validation, permutations.KendallTau
	}
	cfg.OnEpoch = func(e structured.Epoch) error {
		if err := onEpoch(e); err != nil || e.Epoch != epochs {
			return err
		}
		return structured.ErrStop
	}
	if out.Model, err = permutations.Fit(ctx, data, cfg); err != nil {
		return nil, err // and no half-trained model
	}
	return out, nil
}

// judge is the Kendall tau on the validation rows of a fold, of the decision
// that was asked for where the model can make it.
func (t *task) judge(ctx context.Context, m *learned, fold int) (float64, error) {
	rows, err := m.squares.add(t.validation[fold])
	if err != nil {
		return 0, err
	}
	ys, err := t.decision.predict(ctx, m.Model, rows)
	if impossible(err) && t.decision != mode {
		ys, err = mode.predict(ctx, m.Model, rows)
	}
	if err != nil {
		return 0, err
	}
	return evaluation(rows, ys).KendallTau()
}
