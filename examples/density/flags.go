package main

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// options are the settings of a run.
type options struct {
	datasets   []string // by name
	data       string   // a file
	columns    []string // two of its columns
	models     []model
	objectives []objective
	recipe     recipe
	output     experiment.Output
}

const about = `
Density learns the density p(y) of points of the plane and reports how good it
is: a table, and a picture of the truth, of the energies learned and of samples.
Without flags it takes toys whose truth is known.

    density -dataset 8gaussians,checkerboard -objective snl,nce,dsm -json results.json
    density -dataset faithful -model energy,kde
    density -data own.csv -columns height,weight`

// toys are the names of the toys that have a density.
func toys() (names []string) {
	for _, t := range datasets.Toys2D() {
		if !t.Singular() {
			names = append(names, t.Name())
		}
	}
	return names
}

// embedded are the data sets of two columns that are part of the library.
var embedded = []string{"faithful", "mcycle"}

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{
		recipe: standard, output: experiment.Output{PNG: "density.png"},
		models: []model{energy, gmm, kde}, objectives: []objective{minmin, nce, dsm, em, leaveOneOut},
	}
	r := &o.recipe
	f := report.NewFlags("density", about)
	var quickly bool
	names, columns, frequencies := "8gaussians,checkerboard", "", "1,2,4"
	f.StringVar(&names, "dataset", names, "data sets by name, with commas: "+strings.Join(append(toys(), embedded...), ", "))
	f.StringVar(&o.data, "data", "", "your own file of numbers: .csv, also with .gz, whose first line has the names of the columns; replaces the default of -dataset")
	f.StringVar(&columns, "columns", "", "two columns of the file, with a comma; empty means the first two")
	report.Choices(f, &o.models, "model", "models with commas: energy (a network), gmm (mixture of Gaussians), kde (Gaussian kernels); empty means all", energy, gmm, kde)
	report.Choices(f, &o.objectives, "objective", "objectives with commas, each for the models it fits: snl, nce, ranking_nce, conditional_nce, ml_is, sm, dsm, ssm, fdssm, ksd,\ncd, pcd, self_adversarial (energy); em (gmm); leave_one_out (kde); empty means all", objectives...)
	f.Int(&r.Rows, "rows", 10, "rows to train, of a toy; as many test, and a fifth of as many validate")
	f.StringVar(&frequencies, "frequencies", frequencies, "frequencies of the sines and cosines that the network sees beside the point, with commas; empty means none")
	f.Int(&r.Samples, "samples", 1, "points drawn per example by the objectives that draw")
	report.Choice(f, &r.Base, "base", "what energies are relative to and samples are drawn from: gaussian, uniform (over the box of the training rows and a margin), mixture;\nobjectives that want a density without bounds take gaussian for uniform", gaussian, uniform, mixture)
	f.Float(&r.Noise, "noise", func(v float64) bool { return v > 0 && v <= 10 }, "a number in (0, 10]", "standard deviation of the noise of dsm, relative to that of the data")
	f.Int(&r.Components, "components", 1, "components of the mixtures")
	r.Flags(f, "nll")
	f.BoolVar(&quickly, "quick", false, "a check in seconds: a small network, few rows and epochs, one repeat (flags given beside it count)")
	o.output.Flags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if quickly {
		r.Quicken(f, []int{16}, 3)
		if !f.Given("rows") {
			r.Rows = 400
		}
		if !f.Given("samples") {
			r.Samples = 8
		}
	}
	if o.data == "" || f.Given("dataset") {
		o.datasets = experiment.List(names)
	}
	o.columns = experiment.List(columns)
	r.Frequencies = nil
	for _, part := range experiment.List(frequencies) {
		w, err := strconv.ParseFloat(part, 64)
		if err != nil || !(w > 0 && w <= 1e6) {
			return nil, report.Misuse("-frequencies %s: want numbers in (0, 1e6] with commas between them", frequencies)
		}
		r.Frequencies = append(r.Frequencies, w)
	}
	return o, o.check()
}

// check finds what is wrong with flags before anything is trained.
func (o *options) check() error {
	known := append(toys(), embedded...)
	for _, name := range o.datasets {
		if !slices.Contains(known, name) {
			return report.Misuse("-dataset: no data set %q of the plane; there are %s; -data reads a file of yours", name, strings.Join(known, ", "))
		}
	}
	switch {
	case len(o.datasets) == 0 && o.data == "":
		return report.Misuse("-dataset: no data set is named")
	case o.data == "" && o.columns != nil:
		return report.Misuse("-columns is about a file: name it with -data")
	case o.columns != nil && len(o.columns) != 2:
		return report.Misuse("-columns: want two columns, not %d", len(o.columns))
	}
	if err := o.checkFile(); err != nil {
		return err
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
	if len(o.recipe.Hidden) == 1 && o.recipe.Hidden[0] == 0 || o.recipe.Dropout > 0 {
		return report.Misuse("-hidden 0 and -dropout: the network of an energy has hidden layers, and no dropout")
	}
	if o.recipe.Refit {
		return report.Misuse("-refit: the epoch is chosen by the validation rows for every objective alike")
	}
	if err := o.recipe.Check(); err != nil {
		return err
	}
	return o.output.Check()
}
