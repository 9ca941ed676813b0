package main

import (
	"io"
	"strconv"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
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
	output     experiment.Output
}

const about = `
Multilabel learns distributions over sets of labels and reports how good they
are on test data: a table, and a picture of learning curves and of the learned
log-partition against the exact one. Without flags it uses embedded data.

    multilabel -dataset yeast,scene -model unary -repeats 3 -json results.json
    multilabel -data own.csv -labels urgent,spam,work

Data sets that are not embedded are downloaded, or taken from $GIBBS_DATA.`

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{recipe: standard, output: experiment.Output{PNG: "multilabel.png"}}
	r := &o.recipe
	f := report.NewFlags("multilabel", about)
	var quickly bool
	names, labels := "votes", ""
	f.StringVar(&names, "dataset", names, "data sets by name, with commas: "+strings.Join(experiment.Known(datasets.MultilabelTask), ", "))
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
	r.Flags(f, "objective")
	f.BoolVar(&quickly, "quick", false, "a check in seconds: small networks, few epochs, one repeat (flags given beside it count)")
	o.output.Flags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if quickly {
		r.Quicken(f, []int{64}, 10)
	}
	if o.data == "" || f.Given("dataset") {
		o.datasets = experiment.List(names)
	}
	return o, o.check(labels)
}

// check finds what is wrong with flags before anything is trained.
func (o *options) check(labels string) error {
	if err := experiment.CheckNames(o.datasets, datasets.MultilabelTask); err != nil {
		return err
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
		o.labels = experiment.List(labels)
	}
	if o.data != "" {
		if _, _, err := o.format(); err != nil {
			return err
		}
	}
	if err := o.recipe.Check(); err != nil {
		return err
	}
	return o.output.Check()
}
