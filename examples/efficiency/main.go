// Efficiency estimates the parameters of exponential families whose truth is
// known by maximum likelihood and by each other objective, over sample sizes,
// and prints how much larger their errors are: what does giving up the likelihood
// cost?
//
//	go run ./examples/efficiency
//	go run ./examples/efficiency -dataset double_well -sizes 100,400,1600,6400 -repeats 100 -json results.json
//
// # Protocol
//
// Each repeat draws a sample of each size, the same for all objectives. An
// estimate is the end of an optimiser that looks at all examples in every step
// while its rate falls to 0. The objectives that draw noise draw it anew in
// every step: what is compared is the estimator with the expectation over its
// noise, so that the self-normalised likelihood should agree with maximum
// likelihood, and noise contrastive estimation with few draws should not.
// Contrastive divergence is biased, and denoising score matching estimates
// another density, that of the data with noise on them: their ratios grow with
// the sample.
//
// # Numbers
//
// rmse is the root of the mean over repeats of |estimate - truth|^2, and
// rmse_ratio its ratio to that of maximum likelihood; both with standard errors
// by the jackknife over repeats. kl is the mean divergence of the estimated
// density from the true one in nats, which for maximum likelihood tends to half
// the number of parameters over the sample size. An estimate without a density
// has no kl.
//
// With -json the numbers are written as an array of flat records, see package
// report. An interrupted run prints what was finished and writes no JSON.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func main() { os.Exit(report.Main("efficiency", run)) }

// columns are the metrics in the order of the table and of the records.
var columns = []experiment.Column{
	{Score: experiment.Score{Metric: report.RMSE}, Title: "rmse"},
	{Score: experiment.Score{Metric: report.RMSERatio}, Title: "rmse_ratio"},
	{Score: experiment.Score{Metric: report.KL}, Title: "kl"},
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	list, err := rows(o)
	if err != nil {
		return err
	}
	results, err := compare(ctx, o, list, stderr)
	return o.output.Write(stdout, experiment.Outcome{
		Results: results, Err: err, Text: text(o, results),
		Records: func() []report.Record { return experiment.DensityRecords(results, columns, o.seed) },
		Figure:  func(dataset string) [][]*report.Panel { return figure(o, dataset, list, results) },
		Picture: "errors over sample sizes",
	})
}

// compare estimates everything that was asked for.
func compare(ctx context.Context, o *options, list []row, stderr io.Writer) ([]*experiment.Result, error) {
	all := jobs(o, list)
	runner := experiment.Runner{Repeats: o.repeats, Headline: experiment.Column{Score: squared, Title: "squared error"}, Parallel: o.workers}
	progress := report.NewProgress(stderr, runner.Steps(all))
	defer progress.Close()
	results, err := runner.Run(ctx, all, progress)
	relative(results)
	return results, err
}

func text(o *options, results []*experiment.Result) string {
	var b strings.Builder
	for _, f := range o.families {
		fmt.Fprintf(&b, "%v: %s\n", f, f.describe())
	}
	fmt.Fprintf(&b, "%d repeats; n is the sample size\n\n", o.repeats)
	b.WriteString(experiment.DensityText(results, columns, o.repeats))
	b.WriteString("\nrmse: root mean squared error of the parameters; rmse_ratio: relative to that of maximum likelihood (ml)\nkl: mean divergence from the truth in nats\n")
	return b.String()
}
