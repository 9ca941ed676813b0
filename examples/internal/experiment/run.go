package experiment

import (
	"context"
	"errors"
	"fmt"

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
}

// Steps is the length of the jobs in epochs, for the progress bar.
func (r Runner) Steps(jobs []Job) int {
	sum := 0
	for _, j := range jobs {
		sum += r.Repeats * j.Epochs
	}
	return sum
}

// Run runs the jobs, each with its repeats. On an error it also returns what
// was finished: when ctx ends it stops at once, and when a job fails it goes on
// with the others first. A job that is structured.ErrIntractable is left out,
// which is an error only if nothing else was learned. progress may be nil.
func (r Runner) Run(ctx context.Context, jobs []Job, progress *report.Progress) ([]*Result, error) {
	var results []*Result
	var failed []error
	var skipped error
	learned, done := 0, 0
	for _, job := range jobs {
		result, err := r.repeats(ctx, job, done, progress)
		done += r.Repeats * job.Epochs
		progress.Set(done)
		switch {
		case errors.Is(err, structured.ErrIntractable):
			result.Skipped, skipped = err, err
			progress.Note("%s %s: left out: %v", job.Dataset, result.Name(), err)
		case err != nil:
			failed = append(failed, fmt.Errorf("%s %s: %w", job.Dataset, result.Name(), err))
		case job.Epochs > 0:
			learned++
		}
		if len(result.Seconds) > 0 || result.Skipped != nil {
			results = append(results, result)
		}
		if cancelled := ctx.Err(); cancelled != nil {
			if len(failed) == 0 { // between two trainings
				failed = append(failed, cancelled)
			}
			return results, errors.Join(failed...)
		}
	}
	if learned == 0 && len(failed) == 0 && skipped != nil {
		return results, fmt.Errorf("none of the models and objectives asked for is possible: %w", skipped)
	}
	return results, errors.Join(failed...)
}

// repeats runs one job. On an error the result has the repeats before it.
func (r Runner) repeats(ctx context.Context, job Job, done int, progress *report.Progress) (*Result, error) {
	result := &Result{Dataset: job.Dataset, Model: job.Model, Objective: job.Objective}
	for i := range r.Repeats {
		doing := job.Dataset + " " + result.Name()
		if r.Repeats > 1 {
			doing += fmt.Sprintf(" repeat %d of %d", i+1, r.Repeats)
		}
		if job.Epochs > 0 {
			progress.Doing("%s", doing)
		}
		e, err := job.Repeat(ctx, i, func(epochs int) { progress.Set(done + epochs) })
		if err != nil {
			return result, err
		}
		result.Add(e)
		done += job.Epochs
		progress.Set(done)
		if job.Epochs > 0 {
			line := fmt.Sprintf("%s: nll %.4g nats (%v), %s %.4f, trained in %.1f s", doing,
				e.Scores[Score{Metric: report.NLL}], e.How, r.Headline.Title, e.Scores[r.Headline.Score], e.Seconds)
			if e.Chosen != "" {
				line += "; chosen: " + e.Chosen
			}
			progress.Note("%s", line)
		}
	}
	return result, nil
}
