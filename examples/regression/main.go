// Regression learns densities p(y|x) of a number with each model and objective
// asked for, and reports how good they are on test data.
//
// Without flags it takes data that is part of the library, the eruptions of Old
// Faithful and the motorcycle crash, learns a Gaussian network and a mixture
// density network by their likelihood and two energy-based models by the
// self-normalised likelihood and by noise contrastive estimation, prints a table,
// and draws for each data set the densities, learning curves and the probability
// transforms of the test rows to regression-faithful.png, ...:
//
//	go run ./examples/regression
//
// Toys with a known truth, from which the table then has the Kullback-Leibler
// divergence, and the UCI benchmarks with their published splits, which are
// downloaded once or taken from the directory GIBBS_DATA:
//
//	go run ./examples/regression -dataset toy1,toy2 -model ebm -objective snl,ranking_nce,nce_plus,kld_is,ml_is,dsm,ml_mcmc -repeats 20
//	go run ./examples/regression -dataset boston,concrete,power,wine-red,yacht,naval -model gaussian,mdn,tilted -objective exact,snl -repeats 20
//	go run ./examples/regression -dataset protein -model gaussian,mdn,tilted -objective exact,snl -repeats 5
//
// A file of your own, of which -target names the column to predict:
//
//	go run ./examples/regression -data own.csv -target price
//
// # Protocol
//
// Repeat i has the i-th published split; where there is none, 20 % of the rows
// are drawn for testing with the seeds -seed, -seed+1, ... A toy is drawn anew.
// The density is the mean of -members densities: for each of them another fifth
// of the training rows (of a toy the rows drawn for it) picks the epoch, by the
// negative log-likelihood, or for snl by its own bound of it. Nothing is chosen on
// test rows.
//
// # Numbers
//
// nll is the mean of -log p(y|x) on test rows, in nats per unit of y, with
// every density normalised by quadrature; z_error is the mean of its estimated
// errors. tau_error is the mean distance of the learned log-partition to that.
// kl is from the truth to the density, the mean over x. crps is in units of y,
// rmse that of the mean of the density. pit_p is the p-value of the test
// that the probability transforms of the test rows are uniform, as those of a
// right density are. Targets that were rounded, such as the whole numbers of
// wine-red, have no density to be learned beyond that: components of mixtures are
// at least as wide as the error of rounding, without which the nll has no bound.
// An energy is not held back like that, and may learn the digits, unless -jitter
// hides them: then all models learn from targets that are moved by uniform noise
// as wide as the rounding, and are tested on those that are not.
//
// With -json the numbers are written as an array of flat records, see package
// report. An interrupted run prints what was finished and writes no JSON.
package main

import (
	"context"
	"io"
	"os"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func main() { os.Exit(report.Main("regression", run)) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	sources, err := open(ctx, o, stderr)
	if err != nil {
		return err
	}
	results, tasks, err := compare(ctx, o, sources, stderr)
	return o.output.Write(stdout, experiment.Outcome{
		Results: results, Err: err, Text: text(o, sources, results),
		Records: func() []report.Record { return experiment.DensityRecords(results, columns, o.recipe.Seed) },
		Figure:  func(dataset string) [][]*report.Panel { return figure(dataset, results, tasks) },
		Picture: "densities, learning curves and probability transforms",
	})
}

// compare learns and judges everything that was asked for.
func compare(ctx context.Context, o *options, sources []*source, stderr io.Writer) ([]*experiment.Result, []*task, error) {
	list, tasks, err := jobs(ctx, o, sources)
	if err != nil {
		return nil, nil, err
	}
	runner := experiment.Runner{Repeats: o.recipe.Repeats, Headline: headline, Parallel: o.recipe.Workers}
	progress := report.NewProgress(stderr, runner.Steps(list))
	defer progress.Close()
	results, err := runner.Run(ctx, list, progress)
	return results, tasks, err
}
