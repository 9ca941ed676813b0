package main

import (
	"context"
	"io"
	"slices"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/logpart"
)

// form is what tau is; the names are the decisions of records.
type form int

const (
	plain form = iota
	structuredForm
	refined
)

func (f form) String() string { return [...]string{"plain", "structured", "refined"}[f] }

// of is the form that a model is trained with.
func (f form) of() logpart.Form {
	if f == plain {
		return logpart.Network{}
	}
	return logpart.Structured{}
}

func (f form) score(m report.Metric) experiment.Score {
	return experiment.Score{Metric: m, Decision: f.String()}
}

// learner is a model for the rows of one repeat.
type learner interface {
	// budget is the most epochs of one training.
	budget() int
	// trainings is how many taus has.
	trainings() int
	// taus trains with the forms that were asked for and compares tau with log Z.
	taus(ctx context.Context, epoch func(done int)) (*experiment.Evaluation, []*examined, error)
	// exact trains by exact likelihood, for its nll.
	exact(ctx context.Context, epoch func(done int)) (*experiment.Evaluation, error)
	// summable reports whether exact likelihood is cheap enough.
	summable() bool
}

// forLogPartition are the settings of the table, but for what a flag gave.
func (r recipe) forLogPartition(given func(flag string) bool) recipe {
	if !given("hidden") {
		r.Hidden = []int{128}
	}
	if !given("dropout") {
		r.Dropout = 0.5
	}
	if !given("samples") {
		r.Samples = 64
	}
	if !given("epochs") && r.Epochs == standard.Epochs { // not -quick
		r.Epochs = 200
	}
	if !given("patience") {
		r.Patience = 15
	}
	r.Candidates = 1
	return r
}

func isRanking(dataset string) bool {
	return slices.Contains(experiment.Known(datasets.RankingTask), dataset)
}

// logPartition writes the table of tau beside log Z.
func (o *options) logPartition(ctx context.Context, stdout, stderr io.Writer) error {
	var list []experiment.Job
	seen := map[string][]*examined{} // of the first repeat, by data set and model
	for _, name := range o.datasets {
		learners, err := o.learners(ctx, name, stderr)
		if err != nil {
			return err
		}
		for _, m := range o.models {
			if of := learners[m]; of != nil {
				list = append(list, o.logPartitionJobs(name, m, of, seen)...)
			}
		}
	}
	if len(list) == 0 {
		return report.Misuse("-model: none is of the data sets that are named")
	}
	headline := o.forms[len(o.forms)-1]
	if slices.Contains(o.forms, structuredForm) {
		headline = structuredForm
	}
	runner := experiment.Runner{
		Repeats:  o.recipe.Repeats,
		Headline: experiment.Column{Score: headline.score(report.LogZErrorMax), Title: headline.String() + " log_z_error_max"},
	}
	progress := report.NewProgress(stderr, runner.Steps(list))
	results, err := runner.Run(ctx, list, progress)
	progress.Close()
	return o.output.Write(stdout, experiment.Outcome{
		Results: results, Err: err, Text: logPartitionText(results, o.recipe),
		Records: func() []report.Record { return experiment.Records(results, logPartitionColumns, o.recipe.Seed) },
		Figure: func(dataset string) [][]*report.Panel {
			var rows [][]*report.Panel
			for _, m := range o.models {
				if of := seen[dataset+m.String()]; of != nil {
					rows = append(rows, sortedPanels(dataset+", "+m.String(), of))
				}
			}
			return rows
		},
		Picture: "tau on top of log Z, sorted",
	})
}

// learners are those of a data set by model, one per repeat.
func (o *options) learners(ctx context.Context, name string, stderr io.Writer) (map[model][]learner, error) {
	if isRanking(name) {
		return o.rankingLearners(ctx, name, stderr)
	}
	return o.setLearners(ctx, name, stderr)
}

func (o *options) logPartitionJobs(name string, m model, of []learner, seen map[string][]*examined) []experiment.Job {
	list := []experiment.Job{{
		Dataset: name, Model: m.String(), Objective: minmin.String(), Epochs: of[0].trainings() * of[0].budget(),
		Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
			e, all, err := of[i].taus(ctx, epoch)
			if i == 0 && err == nil {
				seen[name+m.String()] = all
			}
			return e, err
		},
	}}
	if of[0].summable() {
		list = append(list, experiment.Job{
			Dataset: name, Model: m.String(), Objective: exact.String(), Epochs: of[0].budget(),
			Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
				return of[i].exact(ctx, epoch)
			},
		})
	}
	return list
}
