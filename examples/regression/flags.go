package main

import (
	"io"
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// options are the settings of a run.
type options struct {
	datasets       []string // by name
	data           string   // a file
	target         string   // the column to predict; empty means the last
	impute, onehot bool

	models     []model
	objectives []objective
	recipe     recipe
	output     experiment.Output
}

const about = `
Regression learns the density p(y|x) of a number and reports how good it is on
test data: a table, and a picture of the conditional density as shades with the
data, quantile bands and the histogram of the probability transforms. Without
flags it uses embedded data.

    regression -dataset toy1,toy2 -model ebm -objective snl,nce,dsm -repeats 5
    regression -dataset yacht,boston -model gaussian,mdn,tilted -repeats 20 -json results.json
    regression -data own.csv -target price

Data sets that are not embedded are downloaded, or taken from $GIBBS_DATA.`

// toys are the names of the toys with a known truth.
func toys() (names []string) {
	for _, t := range datasets.Toys1D() {
		names = append(names, t.Name())
	}
	return names
}

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{
		recipe: standard, output: experiment.Output{PNG: "regression.png"},
		objectives: []objective{exact, minmin, rankingNCE},
	}
	r := &o.recipe
	f := report.NewFlags("regression", about)
	var quickly bool
	names := "faithful,mcycle"
	f.StringVar(&names, "dataset", names, "data sets by name, with commas: "+strings.Join(append(toys(), experiment.Known(datasets.RegressionTask)...), ", "))
	f.StringVar(&o.data, "data", "", "your own file: .csv, also with .gz, whose first line has the names of the columns; replaces the default of -dataset")
	f.StringVar(&o.target, "target", "", "the column of the file to predict; empty means the last")
	f.BoolVar(&o.impute, "impute", false, "missing features in the file become means; otherwise they are an error")
	f.BoolVar(&o.onehot, "onehot", false, "features in the file that are not numbers become a column per value; otherwise they are an error")
	report.Choices(f, &o.models, "model", "models with commas: gaussian, mdn (mixture density network), ebm (energy relative to a Gaussian of all targets),\ntilted (energy relative to a mixture density network); empty means all", gaussian, mdn, ebm, tilted)
	report.Choices(f, &o.objectives, "objective", "objectives with commas, each for the models it fits: exact (gaussian and mdn only), snl, nce, ranking_nce, nce_plus,\nconditional_nce, ml_is, kld_is, quadrature (ebm only), sm, dsm, ssm, fdssm, ml_mcmc, cd, pcd, unbiased_cd; empty means all", objectives...)
	f.Int(&r.Members, "members", 0, "size of the ensemble of which the densities are averaged; 0 means 5 up to 2000 rows, else 1")
	f.Float(&r.Examples, "examples", func(v float64) bool { return v >= 1 && v <= 1e12 }, "a number in [1, 1e12]", "most examples that one training sees; bounds the epochs where there are many rows")
	f.Int(&r.Components, "components", 1, "components of mixtures")
	f.Float(&r.MinScale, "min-scale", func(v float64) bool { return v >= 0 && v <= 1 }, "a number in [0, 1]", "least standard deviation of a component, relative to that of the targets; more where these are rounded")
	f.Ints(&r.Energy, "energy", 1, "widths of the hidden layers of the energy's network")
	f.Int(&r.Logits, "logits", 1, "numbers that it takes from the network of the features")
	f.Int(&r.Samples, "samples", 1, "targets drawn per example by the objectives that draw")
	report.Choice(f, &r.Proposal, "proposal", "what they are drawn from: auto (the mixture of the model, or learned), base, learned (a second network),\naround (noise around the observed target)", automatic, fixed, learned, around)
	f.BoolVar(&r.Jitter, "jitter", false, "spread rounded targets that are learned from over their rounding error, so that no model can learn the digits")
	r.Flags(f, "loss")
	f.BoolVar(&quickly, "quick", false, "a check in seconds: small networks, few epochs, one repeat (flags given beside it count)")
	o.output.Flags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if quickly {
		r.Quicken(f, []int{16}, 4)
		if !f.Given("members") {
			r.Members = 2
		}
		if !f.Given("samples") {
			r.Samples = 8
		}
		if !f.Given("energy") {
			r.Energy = []int{8}
		}
	}
	if o.data == "" || f.Given("dataset") {
		o.datasets = experiment.List(names)
	}
	return o, o.check()
}

// check finds what is wrong with flags before anything is trained.
func (o *options) check() error {
	for _, name := range o.datasets {
		if known := append(toys(), experiment.Known(datasets.RegressionTask)...); !slices.Contains(known, name) {
			return report.Misuse("-dataset: no regression data set %q; there are %s; -data reads a file of yours", name, strings.Join(known, ", "))
		}
	}
	if len(o.datasets) == 0 && o.data == "" {
		return report.Misuse("-dataset: no data set is named")
	}
	if o.data == "" && (o.target != "" || o.impute || o.onehot) {
		return report.Misuse("-target, -impute and -onehot are about a file: name it with -data")
	}
	if o.data != "" {
		if err := o.checkFile(); err != nil {
			return err
		}
	}
	fits := false
	for _, m := range o.models {
		for _, obj := range o.objectives {
			fits = fits || m.fits(obj)
		}
	}
	if !fits {
		return report.Misuse("-objective: none of %v fits one of the models %v", o.objectives, o.models)
	}
	if o.recipe.Refit {
		return report.Misuse("-refit: all training rows train some member of the ensemble")
	}
	if err := o.recipe.Check(); err != nil {
		return err
	}
	return o.output.Check()
}
