package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// options are the settings of a run.
type options struct {
	datasets       []string // by name
	data           string   // a file
	labels         []string // names of its labels, or
	labelCount     int      // how many there are, first or (negative) last
	impute, onehot bool

	models     []model
	objectives []objective
	recipe     recipe
	seed       uint64
	workers    int

	json, png string
}

const about = `
Multilabel learns distributions over sets of labels and reports how good they
are on test data: a table, and a picture of learning curves and of the learned
log-partition against the exact one. Without flags it uses embedded data.

    multilabel -dataset yeast,scene -model unary -repeats 3 -json results.json
    multilabel -data own.csv -labels urgent,spam,work

Data sets that are not embedded are downloaded, or taken from $GIBBS_DATA.`

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{recipe: standard, seed: 1, workers: runtime.GOMAXPROCS(0), png: "multilabel.png"}
	r := &o.recipe
	f := report.NewFlags("multilabel", about)
	var quickly bool
	names, labels := "votes", ""
	f.StringVar(&names, "dataset", names, "data sets by name, with commas: "+strings.Join(known(), ", "))
	f.StringVar(&o.data, "data", "", "your own file: .arff, .libsvm, .svm, .txt or .csv, also with .gz; replaces the default of -dataset")
	f.StringVar(&labels, "labels", "", "labels in a CSV or ARFF file: the names of their columns with commas, or\nhow many of the first columns (3) or of the last (-3) they are")
	f.BoolVar(&o.impute, "impute", false, "missing features in the file become means; otherwise they are an error")
	f.BoolVar(&o.onehot, "onehot", false, "features in a CSV file that are not numbers become a column per value; otherwise they are an error")
	report.Choices(f, &o.models, "model", "models with commas: unary, pairwise; empty means all", unary, pairwise)
	report.Choices(f, &o.objectives, "objective", "objectives with commas: minmin (softmax), sparsemax (min-min too), exact; empty means all", minmin, sparsemax, exact)
	f.Int(&r.Samples, "samples", 0, "sets drawn per example to estimate the expectation in min-min;\n0 means the exact expectation, where it can be summed")
	report.Choice(f, &r.Proposal, "proposal", "what they are drawn from: uniform, frequencies (independent labels as frequent as in training),\nmarginal (independent labels as probable as the model says)", uniform, frequencies, marginal)
	report.Choice(f, &r.Reference, "reference", "the reference q of the model: uniform, frequencies", uniform, frequencies)
	f.Int(&r.Rank, "rank", 0, "rank of the pairwise interactions; 0 means dense, k(k-1)/2 outputs of the network")
	f.Ints(&r.Hidden, "hidden", 0, "widths of hidden layers with commas; 0 means a linear model")
	f.Float(&r.Dropout, "dropout", func(v float64) bool { return v >= 0 && v < 1 }, "a number in [0, 1)", "probability to drop a hidden unit")
	f.Float(&r.Rate, "rate", func(v float64) bool { return v > 0 && v <= 10 }, "a number in (0, 10]", "learning rate of AdamW, for data with features")
	f.Float(&r.WeightDecay, "weight-decay", func(v float64) bool { return v >= 0 && v <= 100 }, "a number in [0, 100]", "decoupled weight decay of AdamW")
	f.Int(&r.Batch, "batch", 1, "examples per step")
	f.Int(&r.Epochs, "epochs", 1, "most passes over the training rows")
	f.Int(&r.Patience, "patience", 0, "epochs without a better validation objective before training ends; 0 means never")
	f.BoolVar(&r.Refit, "refit", r.Refit, "train again on training and validation rows together, for the best number of epochs")
	f.Int(&r.Repeats, "repeats", 1, "repetitions with the seeds seed, seed+1, ...; the table then has means and standard errors")
	f.Uint64Var(&o.seed, "seed", o.seed, "where all randomness comes from: same flags, same numbers")
	f.Int(&o.workers, "workers", 1, "goroutines; the numbers do not depend on it; default: the processors")
	f.BoolVar(&quickly, "quick", false, "a check in seconds: small networks, few epochs, one repeat (flags given beside it count)")
	f.StringVar(&o.json, "json", "", "file for the numbers, as an array of flat records; empty means none")
	f.StringVar(&o.png, "png", o.png, "file for the picture; with several data sets their names are put in; empty means none")
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if quickly {
		q := quick(*r)
		if !f.Given("hidden") {
			r.Hidden = q.Hidden
		}
		if !f.Given("epochs") {
			r.Epochs = q.Epochs
		}
		if !f.Given("repeats") {
			r.Repeats = q.Repeats
		}
	}
	if o.data == "" || f.Given("dataset") {
		o.datasets = split(names)
	}
	return o, o.check(labels)
}

// known are the names of the multilabel data sets.
func known() []string {
	var names []string
	for _, e := range datasets.Catalog() {
		if e.Task == datasets.MultilabelTask {
			names = append(names, e.Name)
		}
	}
	return names
}

// split cuts a list at its commas and drops blanks and repeats.
func split(list string) []string {
	var parts []string
	for _, p := range strings.Split(list, ",") {
		if p = strings.TrimSpace(p); p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return parts
}

// check finds what is wrong with flags before anything is trained.
func (o *options) check(labels string) error {
	for _, name := range o.datasets {
		if !slices.Contains(known(), name) {
			return report.Misuse("-dataset: no multilabel data set %q; there are %s; -data reads a file of yours", name, strings.Join(known(), ", "))
		}
	}
	if len(o.datasets) == 0 && o.data == "" {
		return report.Misuse("-dataset: no data set is named")
	}
	if o.data == "" && (labels != "" || o.impute || o.onehot) {
		return report.Misuse("-labels, -impute and -onehot are about a file: name it with -data")
	}
	if n, err := strconv.Atoi(labels); err == nil {
		if o.labelCount = n; n == 0 {
			return report.Misuse("-labels 0: there have to be labels")
		}
	} else {
		o.labels = split(labels)
	}
	if o.data != "" {
		if _, _, err := o.format(); err != nil {
			return err
		}
	}
	if len(o.recipe.Hidden) > 1 && slices.Contains(o.recipe.Hidden, 0) {
		return report.Misuse("-hidden: a layer of no units; 0 alone means a linear model")
	}
	for _, out := range []struct{ flag, path string }{{"json", o.json}, {"png", o.png}} {
		if out.path == "" {
			continue
		}
		if info, err := os.Stat(filepath.Dir(out.path)); err != nil || !info.IsDir() {
			return report.Misuse("-%s %s: there is no directory %s", out.flag, out.path, filepath.Dir(out.path))
		}
	}
	return nil
}
