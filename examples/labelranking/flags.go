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
	ranks, order   string   // its columns with ranks, or the one with the order
	unlisted       unlisted
	impute, onehot bool

	models     []model
	objectives []objective
	decision   decision
	testShare  float64
	recipe     recipe
	given      func(flag string) bool // flags that were given are not tuned
	output     experiment.Output
}

// unlisted says where labels stand that a row does not list.
type unlisted int

const (
	anywhere unlisted = iota
	below
)

func (u unlisted) String() string { return [...]string{"anywhere", "below"}[u] }

const about = `
Labelranking learns distributions over rankings of labels and reports how good
they are on test data: a table, and a picture of learning curves and of the
learned log-partition against the exact one. Without flags it uses embedded
data.

    labelranking -dataset vowel,authorship -model birkhoff,preference -repeats 10 -json results.json
    labelranking -dataset all -model birkhoff -objective exact
    labelranking -data own.csv -order ranking

Data sets that are not embedded are downloaded, or taken from $GIBBS_DATA.`

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{
		recipe: standard, testShare: 0.2, output: experiment.Output{PNG: "labelranking.png"},
		models: []model{birkhoff, luce}, objectives: []objective{minmin, exact},
		decision: kemeny,
	}
	r := &o.recipe
	f := report.NewFlags("labelranking", about)
	var quickly bool
	list := "iris,wine,glass,vehicle,vowel"
	f.StringVar(&list, "dataset", list, "data sets by name, with commas: "+strings.Join(experiment.Known(datasets.RankingTask), ", ")+";\nall means every one of them")
	f.StringVar(&o.data, "data", "", "your own file: .csv or .txt as the KEBI files are or with -ranks or -order, or PrefLib's .soc, .soi, .toc or .toi,\nalso with .gz; replaces the default of -dataset")
	f.StringVar(&o.ranks, "ranks", "", "columns with the rank of a label each: their names with commas, or\nhow many of the first columns (3) or of the last (-3) they are")
	f.StringVar(&o.order, "order", "", "the column with labels in order, as in a>b=c: its name, or its place from the first (1) or the last (-1)")
	report.Choice(f, &o.unlisted, "unlisted", "where labels stand that a row does not list: anywhere (nothing is known of them), below (the listed ones)", anywhere, below)
	f.BoolVar(&o.impute, "impute", false, "missing features in a CSV file become means; otherwise they are an error")
	f.BoolVar(&o.onehot, "onehot", false, "features in a CSV file that are not numbers become a column per value; otherwise they are an error")
	report.Choices(f, &o.models, "model", "models with commas: permutahedron, birkhoff, preference, luce (Plackett-Luce, by exact only); empty means all", permutahedron, birkhoff, preference, luce)
	report.Choices(f, &o.objectives, "objective", "objectives with commas: minmin (softmax), sparsemax (min-min too), exact (maximum likelihood),\ncd (contrastive divergence), minmax; empty means all", minmin, sparsemax, exact, cd, minmax)
	f.Int(&r.Samples, "samples", 0, "orderings drawn per example to estimate the expectation in minmin, sparsemax and minmax;\n0 means the exact expectation in the first two, where it can be summed, and 10 in the last")
	report.Choice(f, &r.Proposal, "proposal", "what minmin and sparsemax draw them from: uniform, plackettluce (one that follows the model),\nstagewise (the same with weights for each rank; preference takes plackettluce)", uniform, plackettLuce, stagewise)
	report.Choice(f, &r.Scale, "scale", "scale of the sparsemax: ordinary (few orderings have a probability), plain (relative to the uniform reference,\nand learned from draws of it)", ordinary, plain)
	f.Int(&r.Steps, "steps", 0, "Metropolis steps of the chains of cd; 0 means 10 per label")
	report.Choice(f, &r.Weights, "weights", "weights of the ranks in permutahedron: steps (one apart), variance1 (scaled to variance 1)", steps, variance1)
	f.BoolVar(&r.Squares, "squares", r.Squares, "squares of the features, beside them")
	report.Choice(f, &o.decision, "decision", "predictions that settings are chosen by and that spearman_rho and exact_match are of: mode (the most probable ranking),\nkemeny (of the largest expected Kendall tau), spearman (by expected ranks, for Spearman's rho)", mode, kemeny, spearman)
	f.Float(&o.testShare, "test", func(v float64) bool { return v > 0 && v < 1 }, "a number in (0, 1)", "share of the rows held out for testing, drawn by the seed of the repeat")
	r.Flags(f, "Kendall tau")
	f.Float(&r.Work, "work", func(v float64) bool { return v >= 1 && v <= 1e15 }, "a number of at least 1", "most examples that one training looks at, which bounds the epochs; where subsets of k labels are summed over\nan example counts 1 + k 2^k / 20,000 times, and where S orderings are scored 1 + k S / 120 times")
	f.BoolVar(&r.Tune, "tune", r.Tune, "choose by validation rows whether to have squares, a second hidden layer as wide as the first one or no hidden layer,\n3 times the weight decay, or none of these, and a third of the epochs; flags that are given are not varied")
	f.BoolVar(&quickly, "quick", false, "a check in seconds: iris and wine, small networks, few epochs, one repeat, no tuning (flags given beside it count)")
	o.output.Flags(f)
	if err := f.Parse(args, stdout); err != nil {
		return nil, err
	}
	if quickly {
		r.Quicken(f, []int{32}, 20)
		if !f.Given("dataset") {
			list = "iris,wine"
		}
		r.Tune = r.Tune && f.Given("tune")
	}
	o.given = f.Given
	if o.data == "" || f.Given("dataset") {
		o.datasets = names(experiment.List(list))
	}
	return o, o.check()
}

// decisions are those that are judged.
func (o *options) decisions() []decision {
	if o.decision == spearman {
		return []decision{mode, kemeny, spearman}
	}
	return []decision{mode, kemeny}
}

// check finds what is wrong with flags before anything is trained.
func (o *options) check() error {
	if err := experiment.CheckNames(o.datasets, datasets.RankingTask); err != nil {
		return err
	}
	switch {
	case len(o.datasets) == 0 && o.data == "":
		return report.Misuse("-dataset: no data set is named")
	case o.data == "" && (o.ranks != "" || o.order != "" || o.unlisted == below || o.impute || o.onehot):
		return report.Misuse("-ranks, -order, -unlisted, -impute and -onehot are about a file: name it with -data")
	case o.ranks != "" && o.order != "":
		return report.Misuse("-ranks and -order: a file has one or the other")
	case o.ranks == "0" || o.order == "0":
		return report.Misuse("-ranks 0, -order 0: columns are counted from 1, or from -1 at the end")
	case len(o.models) == 1 && o.models[0] == luce && !luce.fitsAny(o.objectives):
		return report.Misuse("-objective: luce is learned by exact only")
	case o.recipe.Samples == 1 && slices.Contains(o.objectives, minmax):
		return report.Misuse("-samples 1: minmax needs at least 2 samples")
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
