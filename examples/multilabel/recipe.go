package main

import (
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/sets"
)

// recipe is how models are trained: every number that can be tuned.
type recipe struct {
	experiment.Settings
	Rank int          // of pairwise interactions; 0 means dense
	Tau  logpart.Form // nil stands for the library's default

	Reference distribution      // q
	Proposal  distribution      // what min-min draws samples from
	Samples   int               // per example; 0 means the exact expectation
	Sparsemax fenchel.Generator // the loss of the objective sparsemax, at its scale
}

// standard is the recipe without flags. Its numbers were chosen by validation
// inside the training rows of yeast, scene, emotions, birds and cal500.
var standard = recipe{
	Settings: experiment.Settings{
		Hidden:       []int{128},
		Dropout:      0.5,
		Rate:         1e-3,
		ConstantRate: 2e-2,
		WeightDecay:  3,
		Batch:        64,
		Epochs:       200,
		Patience:     15,
		Refit:        true,
		Repeats:      1,
		Seed:         1,
	},
	Reference: frequencies,
	Proposal:  frequencies,
	Samples:   1000,
	Sparsemax: fenchel.Sparsemax,
}

// distribution is a probability over sets of labels that a flag can name.
type distribution int

const (
	uniform     distribution = iota // over all sets
	frequencies                     // independent labels, as frequent as in the training rows
	marginal                        // independent labels, as probable as the model says
)

func (d distribution) String() string {
	return [...]string{"uniform", "frequencies", "marginal"}[d]
}

// model says how scores are made.
type model int

const (
	unary model = iota
	pairwise
)

func (m model) String() string { return [...]string{"unary", "pairwise"}[m] }

// objective says how they are learned.
type objective int

const (
	minmin objective = iota
	sparsemax
	exact
)

func (o objective) String() string { return [...]string{"minmin", "sparsemax", "exact"}[o] }

// config is the configuration to learn from the rows of data.
func (r recipe) config(m model, o objective, data sets.Data) (sets.Config, error) {
	cfg := sets.Config{Training: r.Training(data.X != nil)}
	if data.X != nil { // else the library's default networks are right
		cfg.Network, cfg.Tau = r.Network(), r.Tau
	}
	if m == pairwise {
		cfg.Coupling = sets.Pairwise{Rank: min(r.Rank, data.K())}
	} else {
		cfg.Coupling = sets.Unary{}
	}
	var err error
	if cfg.Reference, err = r.Reference.of(data); err != nil {
		return cfg, err
	}
	if o == exact {
		cfg.Objective = sets.Exact{}
		return cfg, nil
	}
	mm := sets.MinMin{Samples: r.Samples, Summed: r.Samples == 0}
	if o == sparsemax {
		mm.Loss = r.Sparsemax
	}
	switch r.Proposal {
	case r.Reference: // no proposal: no weights
	case marginal:
		mm.Proposal = sets.Marginal{}
	default:
		of, err := r.Proposal.of(data)
		if err != nil {
			return cfg, err
		}
		mm.Proposal = sets.Fixed{Of: of}
	}
	cfg.Objective = mm
	return cfg, nil
}

// of is the distribution as a reference for models of the data.
func (d distribution) of(data sets.Data) (sets.Reference, error) {
	if d == frequencies {
		return sets.Frequencies(data)
	}
	return sets.Uniform{}, nil
}
