// Paper repeats tables of Sander, Roulet, Liu and Blondel (Joint Learning of
// Energy-based Models and their Partition Function, 2025) under one protocol that
// is the same for every way to learn.
//
//	go run ./examples/paper -table multilabel -json multilabel.json
//	go run ./examples/paper -table convergence
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
// was published in, aside for testing, and a quarter of the others for validation,
// in turn each of the four (-folds). Each way to learn is trained with several
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
	if o.table == convergence {
		return o.convergence(ctx, stdout, stderr)
	}
	return o.multilabel(ctx, stdout, stderr)
}
