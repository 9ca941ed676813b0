package main

import (
	"io"
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// table says what is repeated.
type table int

const (
	multilabelTable table = iota
	convergence
	logPartition
	densityTable
)

func (t table) String() string {
	return [...]string{"multilabel", "convergence", "logpartition", "density"}[t]
}

// models are those that a table has.
func (t table) models() []model {
	if t == logPartition {
		return []model{unary, pairwise, birkhoff, permutahedron}
	}
	return []model{unary, pairwise}
}

// options are the settings of a run.
type options struct {
	table      table
	datasets   []string
	models     []model
	objectives []objective
	forms      []form
	laws       []law // of the density table
	baselines  bool
	quick      bool
	folds      int // of validation
	steps      int // of the convergence table
	recipe     recipe
	given      func(flag string) bool // what was given is not tuned
	output     experiment.Output
}

const about = `
Paper repeats tables of Joint Learning of Energy-based Models and their Partition
Function (2025) under one protocol: a table, flat records and a picture.

    paper -table multilabel -json multilabel.json
    paper -table convergence
    paper -table logpartition
    paper -table density
    paper -table multilabel -quick

Data sets are downloaded, or taken from $GIBBS_DATA.`

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{recipe: standard, output: experiment.Output{PNG: "paper.png"}, folds: 1, steps: 5000}
	r := &o.recipe
	f := report.NewFlags("paper", about)
	names := ""
	report.Choice(f, &o.table, "table", "multilabel: losses by data sets; convergence: min-min by the number of samples;\nlogpartition: the learned log-partition beside the exact one; density: sets without features", multilabelTable, convergence, logPartition, densityTable)
	f.StringVar(&names, "dataset", names, "data sets by name, with commas: "+strings.Join(experiment.Known(datasets.MultilabelTask), ", ")+
		",\nand for -table logpartition rankings: "+strings.Join(experiment.Known(datasets.RankingTask), ", ")+
		"; for -table density others\nsuch as nltcs;\nempty means yeast,scene,emotions,birds,cal500, for -table convergence cal500, for -table logpartition also\nauthorship,glass,iris,vehicle,vowel,wine, for -table density nltcs,msnbc,kdd,baudio,dna")
	report.Choices(f, &o.models, "model", "models with commas: unary, pairwise, and for rankings birkhoff, permutahedron; empty means all", logPartition.models()...)
	report.Choices(f, &o.laws, "law", "models of -table density with commas: independent, tree, pairwise, rbm, wide_rbm, deep; empty means all", labels, chowliu, ising, rbm, wide, energy)
	report.Choices(f, &o.objectives, "objective", "objectives with commas; empty means all: minmin, sparsemax, exact, gfy, cd, minmax", minmin, sparsemax, exact, gfy, cd, minmax)
	report.Choices(f, &o.forms, "form", "forms of tau with commas, for -table logpartition: plain, structured, refined; empty means all", plain, structuredForm, refined)
	f.BoolVar(&o.baselines, "baselines", false, "add independent logistic regressions, classifier chains and the label powerset")
	f.Int(&r.Candidates, "candidates", 1, "of 5 settings how many to choose from by validation; 1 takes the flags as they are")
	f.Int(&o.folds, "folds", 1, "quarters of the training rows that each setting is validated on in turn, up to 4")
	f.Int(&r.Samples, "samples", 1, "structures drawn per example by min-min; for -table logpartition 64")
	f.Int(&o.steps, "steps", 1, "steps of -table convergence")
	r.Flags(f, "loss")
	f.BoolVar(&o.quick, "quick", false, "a check in seconds: one small data set, few epochs or steps, one repeat, nothing tuned (flags given beside it count)")
	o.output.Flags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	o.given = f.Given
	o.datasets = experiment.List(names)
	switch {
	case len(o.datasets) > 0:
	case o.table == densityTable && o.quick:
		o.datasets = []string{"nltcs"}
	case o.table == densityTable:
		o.datasets = []string{"nltcs", "msnbc", "kdd", "baudio", "dna"}
	case o.table == convergence:
		o.datasets = []string{"cal500"}
	case o.quick && o.table == logPartition:
		o.datasets = []string{"votes", "iris"}
	case o.quick:
		o.datasets = []string{"votes"}
	default:
		o.datasets = []string{"yeast", "scene", "emotions", "birds", "cal500"}
		if o.table == logPartition {
			o.datasets = append(o.datasets, "authorship", "glass", "iris", "vehicle", "vowel", "wine")
		}
	}
	if o.table == logPartition {
		o.recipe = o.recipe.forLogPartition(f.Given)
	}
	if o.quick {
		r.Quicken(f, []int{32}, 5)
		if !f.Given("candidates") {
			r.Candidates = 1
		}
		if !f.Given("samples") {
			r.Samples = 50
		}
		if !f.Given("steps") {
			o.steps = 20
		}
	}
	return o, o.check()
}

func (o *options) check() error {
	task := datasets.MultilabelTask
	if o.table == densityTable {
		task = datasets.SetTask
		if !o.given("repeats") {
			o.recipe.Repeats = 1
		}
	}
	for _, name := range o.datasets {
		if o.table == logPartition && isRanking(name) {
			continue
		}
		if err := experiment.CheckNames([]string{name}, task); err != nil {
			return err
		}
	}
	models := slices.DeleteFunc(slices.Clone(o.models), func(m model) bool { return !slices.Contains(o.table.models(), m) })
	if o.given("model") && len(models) < len(o.models) {
		return report.Misuse("-model: the %v table is of %v", o.table, o.table.models())
	}
	o.models = models
	if o.recipe.Candidates > settings {
		return report.Misuse("-candidates %d: there are %d", o.recipe.Candidates, settings)
	}
	if o.folds > quarters {
		return report.Misuse("-folds %d: there are 4 quarters", o.folds)
	}
	if o.table == convergence && len(o.datasets) > 1 {
		return report.Misuse("-dataset: the convergence table is of one data set")
	}
	if err := o.recipe.Check(); err != nil {
		return err
	}
	return o.output.Check()
}
