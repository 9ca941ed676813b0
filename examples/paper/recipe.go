package main

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// recipe is how models are trained.
type recipe struct {
	experiment.Settings
	Samples    int // sets drawn per example, of min-min
	Candidates int // how many settings to choose from by validation
}

// standard is the recipe without flags.
var standard = recipe{
	Settings: experiment.Settings{
		Hidden:       []int{512},
		Dropout:      0.7,
		Rate:         1e-3,
		ConstantRate: 2e-2,
		WeightDecay:  3,
		Batch:        64,
		Epochs:       100,
		Patience:     10,
		Refit:        true,
		Repeats:      5,
		Seed:         1,
	},
	Samples:    300,
	Candidates: 2,
}

// settings is how many candidates there are at most.
const settings = 5

// candidates are the settings to choose from: the recipe; with more weight decay; a
// narrower layer with less dropout and more decay; less decay; the narrow layer with
// the same decay. Those that change what a flag gave are left out.
func (r recipe) candidates(given func(flag string) bool) []recipe {
	more, narrowMore, less, narrow := r, r, r, r
	more.WeightDecay, narrowMore.WeightDecay, less.WeightDecay = r.WeightDecay*10/3, r.WeightDecay*10/3, r.WeightDecay/3
	narrowMore.Hidden, narrowMore.Dropout = []int{128}, 0.5
	narrow.Hidden, narrow.Dropout = []int{128}, 0.5
	var list []recipe
	for _, c := range []struct {
		recipe
		decay, layer bool // what it changes
	}{{r, false, false}, {more, true, false}, {narrowMore, true, true}, {less, true, false}, {narrow, false, true}} {
		if c.decay && given("weight-decay") || c.layer && (given("hidden") || given("dropout")) || len(list) == r.Candidates {
			continue
		}
		list = append(list, c.recipe)
	}
	return list
}

// String says what was chosen.
func (r recipe) String() string {
	return fmt.Sprintf("hidden %d, dropout %g, weight decay %.3g", r.Hidden, r.Dropout, r.WeightDecay)
}

// model says how scores are made.
type model int

const (
	unary model = iota
	pairwise
	independent // the baselines
	chain
	powerset
	birkhoff // of rankings
	permutahedron
)

func (m model) String() string {
	return [...]string{"unary", "pairwise", "independent", "chain", "powerset", "birkhoff", "permutahedron"}[m]
}

// lowRank is the rank of pairwise scores over more labels than can be summed over,
// for which all pairs would be thousands of outputs of the network.
const lowRank = 8

// objective says how they are learned.
type objective int

const (
	minmin objective = iota
	sparsemax
	exact
	gfy
	cd
	minmax
)

func (o objective) String() string {
	return [...]string{"minmin", "sparsemax", "exact", "gfy", "cd", "minmax"}[o]
}

// config is the configuration to learn from the rows of data.
func (r recipe) config(m model, o objective, data sets.Data) (sets.Config, error) {
	cfg := sets.Config{Coupling: sets.Unary{}, Training: r.Training(data.X != nil)}
	if data.X != nil { // else the library's default networks are right
		cfg.Network = r.Network()
	}
	frequencies, err := sets.Frequencies(data)
	if err != nil {
		return cfg, err
	}
	cfg.Reference = frequencies
	switch m {
	case pairwise:
		cfg.Coupling = sets.Pairwise{}
		if data.K() > sets.MaxEnumerated {
			// And tau without belief propagation, which would cost more than all else.
			cfg.Coupling, cfg.Tau = sets.Pairwise{Rank: lowRank}, logpart.Logits{}
		}
	case independent, chain, powerset:
		if data.X != nil {
			cfg.Network = nn.Linear{}
		}
		switch m {
		case chain:
			cfg.Coupling, cfg.Reference = sets.ClassifierChain{}, sets.Uniform{}
		case powerset:
			cfg.Coupling = sets.PowersetOf(data)
		}
	}
	var proposal structured.Proposal[sets.Set] // nil: the reference
	if m == pairwise && data.K() > sets.MaxEnumerated {
		proposal = sets.Marginal{} // draws of the reference do not cover strong interactions
	}
	samples := r.Samples
	if k := data.K(); k < 16 {
		samples = min(samples, 1<<k) // as many as there are sets say all
	}
	switch o {
	case exact:
		cfg.Objective = sets.Exact{}
	case gfy:
		cfg.Objective = sets.FenchelYoung{}
	case cd:
		cfg.Objective = sets.CD{Kernel: sets.Gibbs{}}
	case minmax:
		cfg.Objective = sets.MinMax{Family: sets.BernoulliFamily{}}
	case sparsemax:
		cfg.Objective = sets.MinMin{Loss: fenchel.Sparsemax, Samples: samples, Proposal: proposal}
	default:
		cfg.Objective = sets.MinMin{Samples: samples, Proposal: proposal}
	}
	return cfg, nil
}
