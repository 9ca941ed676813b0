// Labelranking learns distributions p(y|x) over rankings of labels with each
// model and objective asked for, and reports how good they are on test data.
//
// Without flags it takes the data that is part of the library, iris, wine,
// glass, vehicle and vowel, learns the assignment model (Birkhoff) by min-min and
// by exact maximum likelihood and the Plackett-Luce model beside it, prints a
// table, and draws for each data set learning curves and the learned
// log-partition tau against the exact one to labelranking-iris.png, ...:
//
//	go run ./examples/labelranking
//
// The other data sets of label ranking are downloaded once, or taken from the
// directory GIBBS_DATA; all is every one there is:
//
//	go run ./examples/labelranking -dataset authorship,vowel -model birkhoff,preference -repeats 10 -json results.json
//	go run ./examples/labelranking -dataset all -model birkhoff -objective exact
//
// A file of your own: a CSV file with a column of orders such as a>b=c, or with
// a column for the rank of each label (by their names, or -3 for the last
// three), one of the forms of the KEBI data, or PrefLib's:
//
//	go run ./examples/labelranking -data own.csv -order ranking
//	go run ./examples/labelranking -data own.csv -ranks -3
//	go run ./examples/labelranking -data votes.toc
//
// # Protocol
//
// The share -test of the rows is drawn for testing; 20 % of the others validate.
// Splits depend on the seed; repeats use the seeds -seed, -seed+1, ... Nothing is
// chosen on test rows.
//
// With -tune the validation rows choose among a few settings by Kendall's tau of
// the decision: the recipe as the flags give it, or with squares of the features,
// 3 times the weight decay, a second hidden layer, or none at all with 0.01 times
// the weight decay. Where fewer than 80 rows validate, the mean over six draws of
// them decides. Each is trained by exact likelihood for a third of the epochs,
// once for all objectives of the model, since that is what they all aim at and
// the fastest; then it is seen whether all epochs are better. Every other
// objective tries 0.3 times the weight decay, for the noise of samples
// regularises, min-max also 10 times, and sparsemax both scales. Where the likelihood is not tractable each objective chooses for
// itself. Then the model is trained, with -refit on all training rows. All
// epochs are run while the learning rate falls to 0; with -patience the one of
// the best validation tau is taken.
//
// # Numbers
//
// nll is the mean of -log p(y|x) on test rows in nats, normalised as the column
// 'by' says; of a partial ranking p is the probability of what is known. nll_tau
// always uses tau, and in JSON an estimate is there as nll_tau only. log_z_error
// is the median of |tau(x) - exact normaliser| on test rows. tau_mode and
// tau_kemeny are the mean over test rows of Kendall's tau between -1 and 1, of
// the most probable rankings, and of those with the largest expected tau under
// the model, over the pairs of labels that a row compares; spearman_rho and
// exact_match are of the decision -decision. seconds is what it took to train
// with the chosen settings while others were trained beside it.
//
// The baseline takes no features: the order of Borda's counts in the training
// rows, and all rankings equally probable.
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
	runner := experiment.Runner{Repeats: o.recipe.Repeats, Headline: headline, Parallel: o.recipe.Workers}
	progress := report.NewProgress(stderr, runner.Steps(list))
	defer progress.Close()
	return runner.Run(ctx, list, progress)
}
