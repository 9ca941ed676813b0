// Paper repeats tables of Sander, Roulet, Liu and Blondel (Joint Learning of
// Energy-based Models and their Partition Function, 2025) under one protocol that
// is the same for every way to learn.
//
//	go run ./examples/paper -table multilabel -json multilabel.json
//	go run ./examples/paper -table convergence
//	go run ./examples/paper -table logpartition -json logpartition.json
//	go run ./examples/paper -table multilabel -quick -dataset emotions
//
// Data sets are downloaded once, or taken from the directory GIBBS_DATA.
//
// # Table multilabel
//
// Six losses by data sets, for unary and pairwise scores: min-min with the softmax
// and the sparsemax, exact likelihood (where it can be summed), generalised
// Fenchel-Young (with the entropy of independent labels; of unary scores it is the
// likelihood), contrastive divergence (a Gibbs sweep from the data) and min-max
// (against independent labels). Beside them stand constant sets and, with
// -baselines, independent linear logistic regressions, probabilistic classifier
// chains and the label powerset.
//
// Each repeat puts a random share of 0.2 of all rows, whatever parts a data set
// was published in, aside for testing, and a quarter of the others for validation
// (with -folds 4 in turn each of the four). Each way to learn is trained with several
// settings, which are judged on the validation rows by the decision for the headline
// metric (samples-F1; for birds, where half of the rows are empty, micro-F1), and
// the best one again on all training rows, for as many epochs as on average were
// best. Nothing is chosen on test rows. Rows with missing labels are left out.
//
// Predictions are once the most probable sets, as in the paper ('mode'), and once
// the sets that are best for the metric ('best'), by the general F-measure
// maximiser or, for micro-F1 and macro-F1, thresholds tuned on validation rows.
//
// # Table convergence
//
// Unary scores of cal500, learned by min-min from 1, 10, 100, 1,000 and 100,000
// sets drawn from the uniform reference for each example, and by exact likelihood:
// after each of some steps the exact objective on the training rows (with the
// counting measure, as in the paper: 174 log 2 where all scores are 0), the norm of
// its gradient, and samples-F1 of the modes on test rows.
//
// # Table logpartition
//
// The learned tau(x) beside log Z(x) of the same model, on 100 test rows (all, where
// there are fewer): the median and the largest absolute error in nats. Min-min learns
// from 64 structures per example, drawn from a proposal that follows the model:
// independent labels by their marginals for unary scores, the tree of beliefs for
// pairwise ones, Plackett-Luce for rankings. There are three forms of tau:
//
//	plain       a network of the features, as in the paper
//	structured  what the coupling knows of log Z in closed form: the library's default
//	refined     of the model with the plain one, the closed-form minimum over tau of
//	            the objective on 4,096 fresh draws for each x
//
// log Z is summed exactly; for pairwise scores of cal500 it is estimated by annealed
// importance sampling, whose largest standard error and time for an x are in the
// table. Beside it stands the test nll of both models and of exact likelihood, under
// the split of the table multilabel. Each training ends early by its own validation
// loss, and is done again on all training rows; no other setting is chosen.
//
// # Table density
//
// Models of sets without features, by likelihood, on binary data with a published
// split: independent labels, the tree of Chow and Liu, all pairs, restricted
// Boltzmann machines and deep energies. Up to 20 labels all sums are exact, and so
// are those over 10 hidden units; machines with more are learned by persistent
// contrastive divergence, and their log Z is estimated by annealed importance
// sampling. Settings and the epoch are chosen by the likelihood of the validation
// rows (the epoch not for what is learned by sampling).
package main

import (
	"context"
	"io"
	"os"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

func main() { os.Exit(report.Main("paper", run)) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	switch o.table {
	case convergence:
		return o.convergence(ctx, stdout, stderr)
	case logPartition:
		return o.logPartition(ctx, stdout, stderr)
	case densityTable:
		return o.density(ctx, stdout, stderr)
	}
	return o.multilabel(ctx, stdout, stderr)
}
