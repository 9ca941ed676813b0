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

// tuning chooses settings, by short trainings.
func (t *task) tuning() experiment.Search[recipe, *learned] {
	list := []recipe{t.recipe}
	if t.train.X != nil {
		list = t.recipe.candidates(t.given)
	}
	return t.search(t.chooser(), list, shorter)
}

// lengths chooses how long to train with them.
func (t *task) lengths(chosen recipe) experiment.Search[recipe, *learned] {
	return t.search(t.chooser(), chosen.lengths(t.given), 1)
}

// adapting fits the settings to another objective, by short trainings.
func (t *task) adapting(chosen recipe) experiment.Search[recipe, *learned] {
	return t.search(t.objective, chosen.adapted(t.objective, t.given), shorter)
}

// final trains with settings that were chosen.
func (t *task) final(chosen recipe) experiment.Search[recipe, *learned] {
	s := t.search(t.objective, []recipe{chosen}, 1)
	s.Refit = chosen.Refit
	return s
}

// tuned reports whether there is a choice.
func (t *task) tuned() bool { return t.recipe.Tune && t.train.X != nil }

// budget is the most epochs of learn.
func (t *task) budget() int {
	final := t.final(t.recipe)
	sum := final.Epochs
	if t.recipe.Patience > 0 {
		sum = final.Budget()
	}
	if t.tuned() {
		sum += t.tuning().Budget() + t.lengths(t.recipe).Budget()
		if t.objective != t.chooser() {
			sum += t.adapting(t.recipe).Budget()
		}
	}
	return sum
}

// choose returns the settings for the objective, and the epochs that this took
// at most.
func (t *task) choose(ctx context.Context, epoch func(int)) (chosen recipe, spent int, err error) {
	if !t.tuned() {
		return t.recipe, 0, nil
	}
	tuning := t.tuning()
	spent = tuning.Budget()
	c := t.choice
	c.once.Do(func() {
		if _, c.settings, _, c.err = tuning.Run(ctx, epoch); c.err == nil {
			_, c.settings, _, c.err = t.lengths(c.settings).Run(ctx, func(n int) { epoch(spent + n) })
		}
	})
	spent += t.lengths(t.recipe).Budget()
	if c.err != nil || t.objective == t.chooser() {
		return c.settings, spent, c.err
	}
	adapting := t.adapting(c.settings)
	_, chosen, _, err = adapting.Run(ctx, func(n int) { epoch(spent + n) })
	chosen.Hurried = c.settings.Hurried
	return chosen, spent + adapting.Budget(), err
}

// finish trains with the settings that were chosen. Without patience nothing is
// left for the validation rows to say.
func (t *task) finish(ctx context.Context, chosen recipe, epoch func(int)) (*learned, structured.History, error) {
	final := t.final(chosen)
	if chosen.Patience > 0 {
		m, _, history, err := final.Run(ctx, epoch)
		return m, history, err
	}
	epochs := 0
	if chosen.Refit {
		epochs = chosen.length(final.Epochs)
	}
	m, err := final.Fit(ctx, chosen, 0, epochs, func(e structured.Epoch) error {
		epoch(e.Epoch)
		return nil
	})
	if err != nil {
		return nil, structured.History{}, err
	}
	return m, m.History(), nil
}

// learn chooses settings, trains a model and judges it.
func (t *task) learn(ctx context.Context, epoch func(int)) (*experiment.Evaluation, error) {
	chosen, spent, err := t.choose(ctx, epoch)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	trained, history, err := t.finish(ctx, chosen, func(n int) { epoch(spent + n) })
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
	if t.tuned() {
		e.Chosen = chosen.String()
	}
	return e, nil
}

// search trains on part of the training rows to choose settings and epochs by
// the Kendall tau of the rest. Without patience all epochs are run while the
// learning rate falls to 0, and the last one counts: the rest is looked at then
// alone.
func (t *task) search(obj objective, candidates []recipe, times int) experiment.Search[recipe, *learned] {
	s := experiment.Search[recipe, *learned]{
		Candidates: candidates, Folds: len(t.fit), Larger: true, Last: t.recipe.Patience == 0,
		Epochs: max(1, t.recipe.epochs(t.model, obj, t.train.Len(), t.train.K())/times), Parallel: t.recipe.Workers, Judge: t.judge,
	}
	s.Fit = func(ctx context.Context, r recipe, fold, epochs int, onEpoch func(structured.Epoch) error) (*learned, error) {
		r.Epochs = r.length(s.Epochs) // the schedule is the same, however early it ends
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
	if epochs == 0 && r.Patience > 0 {
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
