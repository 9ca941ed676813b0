// Multilabel learns distributions p(y|x) over sets of labels with each model
// and objective asked for, and reports how good they are on test data.
//
// Without flags it takes the votes data that is part of the library, learns
// unary and pairwise scores by min-min with the softmax and the sparsemax and by
// exact maximum likelihood, prints a table, and draws learning curves and the
// learned log-partition tau against the exact one to multilabel.png:
//
//	go run ./examples/multilabel
//
// Benchmarks are downloaded once, or taken from the directory GIBBS_DATA:
//
//	go run ./examples/multilabel -dataset yeast,scene,emotions,birds,cal500 -model unary -repeats 3 -json results.json
//
// A file of your own in ARFF, LIBSVM or CSV, where -labels says which columns of
// a CSV file are the labels (by their names, or -3 for the last three):
//
//	go run ./examples/multilabel -data own.arff
//	go run ./examples/multilabel -data own.csv -labels urgent,spam,work
//
// # Protocol
//
// The data set's own train and test parts are kept; without them 20 % of the
// rows are held out for testing. 20 % of the training rows validate: the epoch
// is the one with the best training objective there, which for the exact
// objective is the negative log-likelihood. With -refit the model is then
// trained again on all training rows for as many epochs. Splits are stratified
// by labels and depend on the seed; repeats use the seeds -seed, -seed+1, ...
// Nothing is chosen on test rows. Missing labels are neither present nor absent,
// in training and in every metric.
//
// # Numbers
//
// nll is the mean of -log p(y|x) on test rows in nats, normalised as the column
// 'by' says: exact, or an estimate, which is the learned tau. nll_tau always
// uses tau, and in JSON an estimate is there as nll_tau only. log_z_error is the median of |tau(x) - exact normaliser| on test
// rows: log Z for the softmax, the threshold for the sparsemax. The sparsemax
// gives some sets probability 0: with such a test row nll is inf in the table
// and absent from JSON, and zero_probability is their share. Predictions are
// modes, and beside them, in the columns named |best, the sets with the largest
// expected value of the metric in question: of f1_samples by the general
// F-measure maximiser, of hamming the labels more probable than not, of f1_micro and
// f1_macro by thresholds of marginals that are tuned on the validation rows. In
// JSON the decision of those is the name of the metric. F1 counts 0/0 as 0, but
// f1_samples_empty counts it 1; both_empty is the share of test rows with neither
// a true nor a predicted label.
//
// The baseline takes no features: labels with a training frequency of at least
// 1/2 are predicted, and beside them for each metric the constant set that is best
// on the training rows; nll is that of independent labels with the (smoothed)
// frequencies.
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

func main() { os.Exit(report.Main("multilabel", run)) }

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
		Records: func() []report.Record { return experiment.Records(results, columns, o.recipe.Seed) },
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
