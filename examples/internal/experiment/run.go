package experiment

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Job is a way to learn on a data set: a row of the table.
type Job struct {
	Dataset, Model, Objective string
	// Epochs is the most epochs of a repeat, for the progress bar; 0 for a
	// baseline, which does not learn.
	Epochs int
	// Repeat learns from the i-th split of the data and judges the result. It
	// calls epoch with the number of epochs so far.
	Repeat func(ctx context.Context, i int, epoch func(done int)) (*Evaluation, error)
}

// Runner runs jobs.
type Runner struct {
	Repeats int // of every job
	// Headline is reported beside NLL as repeats are finished.
	Headline Column
	// Parallel is how many repeats, of one job or several, run at a time; 0
	// stands for 1. It does not change the results.
	Parallel int
}

// Steps is the length of the jobs in epochs, for the progress bar.
func (r Runner) Steps(jobs []Job) int {
	sum := 0
	for _, j := range jobs {
		sum += r.Repeats * j.Epochs
	}
	return sum
}

// outcome is that of one repeat of a job; neither where it was not begun.
type outcome struct {
	evaluation *Evaluation
	err        error
}

// Run runs the jobs, each with its repeats. On an error it also returns what
// was finished: when ctx ends it stops at once, and when a job fails it goes on
// with the others first. A job that is structured.ErrIntractable is left out,
// which is an error only if nothing else was learned. progress may be nil.
func (r Runner) Run(ctx context.Context, jobs []Job, progress *report.Progress) ([]*Result, error) {
	outcomes := make([]outcome, len(jobs)*r.Repeats)
	failing := make([]atomic.Bool, len(jobs))
	steps := counter{tell: progress.Set}
	var line sync.Mutex
	note := func(text string) {
		line.Lock()
		defer line.Unlock()
		progress.Note("%s", text)
	}
	parallel(len(outcomes), r.Parallel, func(at int) bool {
		j, i := at/r.Repeats, at%r.Repeats
		if ctx.Err() != nil {
			return false
		}
		if failing[j].Load() { // the repeats before this one were all begun
			steps.add(jobs[j].Epochs)
			return true
		}
		if jobs[j].Epochs > 0 {
			progress.Doing("%s", r.doing(jobs[j], i))
		}
		o := &outcomes[at]
		o.evaluation, o.err = jobs[j].repeat(ctx, i, &steps)
		switch {
		case o.err != nil:
			if first := !failing[j].Swap(true); first && errors.Is(o.err, structured.ErrIntractable) {
				note(fmt.Sprintf("%s: left out: %v", jobs[j].name(), o.err))
			}
		case jobs[j].Epochs > 0:
			note(r.line(jobs[j], i, o.evaluation))
		}
		return true
	})
	return r.collect(ctx, jobs, outcomes)
}

// collect makes results of the repeats before the first error of each job.
func (r Runner) collect(ctx context.Context, jobs []Job, outcomes []outcome) ([]*Result, error) {
	var results []*Result
	var failed []error
	var skipped error
	learned, cancelled := 0, false
	for j, job := range jobs {
		result := &Result{Dataset: job.Dataset, Model: job.Model, Objective: job.Objective}
		for _, o := range outcomes[j*r.Repeats : (j+1)*r.Repeats] {
			if errors.Is(o.err, structured.ErrIntractable) {
				result.Skipped, skipped = o.err, o.err
			} else if o.err != nil && !(cancelled && errors.Is(o.err, ctx.Err())) {
				cancelled = ctx.Err() != nil && errors.Is(o.err, ctx.Err()) // said once is enough
				failed = append(failed, fmt.Errorf("%s %s: %w", job.Dataset, result.Name(), o.err))
			}
			if o.evaluation == nil {
				break
			}
			result.Add(o.evaluation)
		}
		if len(result.Seconds) == r.Repeats && job.Epochs > 0 {
			learned++
		}
		if len(result.Seconds) > 0 || result.Skipped != nil {
			results = append(results, result)
		}
	}
	if err := ctx.Err(); err != nil && len(failed) == 0 { // between two trainings
		failed = append(failed, err)
	}
	if learned == 0 && len(failed) == 0 && skipped != nil {
		return results, fmt.Errorf("none of the models and objectives asked for is possible: %w", skipped)
	}
	return results, errors.Join(failed...)
}

// repeat runs one repeat and counts its epochs, all of them however it ends.
func (j Job) repeat(ctx context.Context, i int, steps *counter) (*Evaluation, error) {
	done := 0
	e, err := j.Repeat(ctx, i, func(epochs int) {
		steps.add(epochs - done)
		done = epochs
	})
	steps.add(j.Epochs - done)
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (j Job) name() string { return j.Dataset + " " + j.Model + " " + j.Objective }

// doing is what is being done, for the progress.
func (r Runner) doing(j Job, i int) string {
	if r.Repeats == 1 {
		return j.name()
	}
	return fmt.Sprintf("%s repeat %d of %d", j.name(), i+1, r.Repeats)
}

// line is what is said of a repeat that is finished.
func (r Runner) line(j Job, i int, e *Evaluation) string {
	text := r.doing(j, i) + ":"
	if nll, ok := e.Scores[Score{Metric: report.NLL}]; ok {
		text += fmt.Sprintf(" nll %.4g nats (%v),", nll, e.How)
	}
	if v, ok := e.Scores[r.Headline.Score]; ok {
		text += fmt.Sprintf(" %s %.4f,", r.Headline.Title, v)
	}
	text += fmt.Sprintf(" trained in %.1f s", e.Seconds)
	if e.Chosen != "" {
		text += "; chosen: " + e.Chosen
	}
	return text
}
