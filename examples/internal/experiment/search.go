package experiment

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Search chooses among settings S, and a number of epochs, on validation rows,
// and trains.
type Search[S any, M Trained] struct {
	// Candidates are the settings to choose from, at least one; the first of
	// the best wins.
	Candidates []S
	// Folds is how often each of several candidates is trained, with other
	// validation rows each time, for the mean of their metrics; 0 stands for 1.
	// A single candidate is trained once.
	Folds int
	// Fit trains with the settings. With a positive number of epochs it uses
	// all training rows, and the model is that of this epoch; otherwise it
	// holds the validation rows of the fold out, whose metric is in the
	// history. It may be called concurrently.
	Fit func(ctx context.Context, s S, fold, epochs int, onEpoch func(structured.Epoch) error) (M, error)
	// Judge is the metric of a model on the validation rows of the fold; nil
	// stands for the one in the history.
	Judge func(ctx context.Context, m M, fold int) (float64, error)
	// Larger reports whether a larger metric is better.
	Larger bool
	// Last judges the settings by the last epoch and not by the best one.
	Last bool
	// Refit trains again from all training rows.
	Refit bool
	// Epochs is the most epochs of one training.
	Epochs int
	// Parallel is how many trainings run at a time; 0 stands for 1. It does
	// not change what is chosen.
	Parallel int
}

// Trained is a model that knows how it was trained.
type Trained interface{ History() structured.History }

func (s Search[S, M]) folds() int {
	if len(s.Candidates) == 1 {
		return 1
	}
	return max(1, s.Folds)
}

// Budget is the most epochs of Run.
func (s Search[S, M]) Budget() int {
	trainings := len(s.Candidates) * s.folds()
	if s.Refit {
		trainings++
	}
	return trainings * s.Epochs
}

// attempt is a training with validation rows.
type attempt[M Trained] struct {
	model  M
	epoch  int // the one that is judged
	metric float64
	err    error
}

// Run returns the model, the settings it was trained with, and the history of
// the training on part of the rows, the first fold, that chose its epoch (with
// several folds, the mean of theirs). done is told the number of epochs so far.
// Settings of which a training fails are passed over; if all do, the error is
// that of the first.
func (s Search[S, M]) Run(ctx context.Context, done func(epochs int)) (model M, best S, history structured.History, err error) {
	folds := s.folds()
	tries := make([]attempt[M], len(s.Candidates)*folds)
	count := counter{tell: done}
	parallel(len(tries), s.Parallel, func(i int) bool {
		tries[i] = s.try(ctx, s.Candidates[i/folds], i%folds, &count)
		return !fatal(ctx, tries[i].err)
	})
	found, value := -1, 0.0
	for c := range s.Candidates {
		of := tries[c*folds : (c+1)*folds]
		if e := failure(of); e != nil {
			if fatal(ctx, e) {
				return model, best, history, e
			}
			if err == nil {
				err = e
			}
			continue
		}
		v := 0.0
		for _, a := range of {
			v += a.metric / float64(folds)
		}
		if found < 0 || s.Larger && v > value || !s.Larger && v < value {
			found, value = c, v
		}
	}
	if ctx.Err() != nil {
		return model, best, history, ctx.Err()
	}
	if found < 0 {
		return model, best, history, err
	}
	of := tries[found*folds : (found+1)*folds]
	model, best, history = of[0].model, s.Candidates[found], of[0].model.History()
	if !s.Refit {
		return model, best, history, nil
	}
	epochs := 0
	for _, a := range of {
		epochs += a.epoch
	}
	model, err = s.Fit(ctx, best, 0, max(1, (epochs+folds/2)/folds), count.epochs())
	return model, best, history, err
}

// failure is the first error of the trainings of a candidate.
func failure[M Trained](of []attempt[M]) error {
	i := slices.IndexFunc(of, func(a attempt[M]) bool { return a.err != nil })
	if i < 0 {
		return nil
	}
	return of[i].err
}

// try trains and judges.
func (s Search[S, M]) try(ctx context.Context, settings S, fold int, count *counter) (a attempt[M]) {
	used := 0
	tell := count.epochs()
	a.model, a.err = s.Fit(ctx, settings, fold, 0, func(e structured.Epoch) error {
		used++
		return tell(e)
	})
	count.add(s.Epochs - used) // an early end is no less done
	if a.err != nil {
		return a
	}
	h := a.model.History()
	a.epoch = h.BestEpoch
	if s.Last {
		a.epoch = len(h.Epochs)
	}
	if s.Judge == nil {
		a.metric = h.Epochs[a.epoch-1].Metric
		return a
	}
	a.metric, a.err = s.Judge(ctx, a.model, fold)
	return a
}

// counter adds up the epochs of trainings that run at the same time.
type counter struct {
	mutex sync.Mutex
	sum   int
	tell  func(sum int)
}

func (c *counter) add(n int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.sum += n
	c.tell(c.sum)
}

// epochs is what a training calls after each of its epochs.
func (c *counter) epochs() func(structured.Epoch) error {
	return func(structured.Epoch) error {
		c.add(1)
		return nil
	}
}

// fatal reports whether an error ends the search: anything but a training that
// failed on its own, such as one that diverged.
func fatal(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || errors.Is(err, structured.ErrIntractable))
}
