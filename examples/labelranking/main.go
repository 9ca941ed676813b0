package main

import (
	"context"
	"io"
	"os"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func main() { os.Exit(report.Main("labelranking", run)) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	sources, err := open(ctx, o, stderr)
	if err != nil {
		return err
	}
	results, err := compare(ctx, o, sources, stderr)
	return o.output.Write(stdout, experiment.Outcome{
		Results: results, Err: err, Text: text(o, sources, results),
		Records: func() []report.Record { return experiment.Records(results, o.numbers(), o.recipe.Seed) },
		Figure:  func(dataset string) [][]*report.Panel { return figure(dataset, results) },
	})
}

// compare learns and judges everything that was asked for.
func compare(ctx context.Context, o *options, sources []*source, stderr io.Writer) ([]*experiment.Result, error) {
	list, err := jobs(o, sources)
	if err != nil {
		return nil, err
	}
	runner := experiment.Runner{Repeats: o.recipe.Repeats, Headline: headline}
	progress := report.NewProgress(stderr, runner.Steps(list))
	defer progress.Close()
	return runner.Run(ctx, list, progress)
}
