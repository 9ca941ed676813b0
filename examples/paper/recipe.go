package main

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// recipe is how models are trained.
type recipe struct {
	experiment.Settings
	Samples int  // sets drawn per example, of min-min
	Tune    bool // choose among candidates by validation
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
		Epochs:       200,
		Patience:     15,
		Refit:        true,
		Repeats:      5,
		Seed:         1,
	},
	Samples: 1000,
	Tune:    true,
}

// candidates are the settings to choose from, but for those that were given by a
// flag: less and more weight decay, and a narrower layer with less dropout.
func (r recipe) candidates(given func(flag string) bool) []recipe {
	list := []recipe{r}
	if !r.Tune {
		return list
	}
	if !given("weight-decay") {
		less, more := r, r
		less.WeightDecay, more.WeightDecay = r.WeightDecay/3, r.WeightDecay*10/3
		list = append(list, less, more)
	}
	if !given("hidden") && !given("dropout") {
		narrow := r
		narrow.Hidden, narrow.Dropout = []int{128}, 0.5
		list = append(list, narrow)
		if !given("weight-decay") {
			narrow.WeightDecay = r.WeightDecay * 10 / 3
			list = append(list, narrow)
		}
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
		rank := 0
		if data.K() > sets.MaxEnumerated {
			rank = lowRank
		}
		cfg.Coupling = sets.Pairwise{Rank: rank}
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
		cfg.Objective = sets.MinMin{Loss: fenchel.Sparsemax, Samples: r.Samples}
	default:
		cfg.Objective = sets.MinMin{Samples: r.Samples}
	}
	return cfg, nil
}
