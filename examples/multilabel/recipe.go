package main

import (
	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// recipe is how models are trained: every number that can be tuned.
type recipe struct {
	Hidden  []int        // widths of the hidden layers of h; 0 alone means linear
	Dropout float64      // of hidden units
	Rank    int          // of pairwise interactions; 0 means dense
	Tau     logpart.Form // nil stands for the library's default

	Reference distribution      // q
	Proposal  distribution      // what min-min draws samples from
	Samples   int               // per example; 0 means the exact expectation
	Sparsemax fenchel.Generator // the loss of the objective sparsemax, at its scale

	Rate         float64 // of AdamW
	ConstantRate float64 // and where there are no features: each logit is one number then, and learns slowly
	WeightDecay  float64
	Batch        int
	Epochs       int // at most
	Patience     int // epochs without a better validation objective before the end; 0: never
	Refit        bool

	Repeats int
}

// standard is the recipe without flags. Its numbers were chosen by validation
// inside the training rows of yeast, scene, emotions, birds and cal500.
var standard = recipe{
	Hidden:    []int{128},
	Dropout:   0.5,
	Reference: frequencies,
	Proposal:  frequencies,
	Samples:   1000,
	Sparsemax: fenchel.Sparsemax,

	Rate:         1e-3,
	ConstantRate: 2e-2,
	WeightDecay:  3,
	Batch:        64,
	Epochs:       200,
	Patience:     15,
	Refit:        true,

	Repeats: 1,
}

// quick is the recipe of -quick.
func quick(r recipe) recipe {
	r.Hidden, r.Epochs, r.Repeats = []int{64}, 10, 1
	return r
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
	cfg := sets.Config{Training: structured.Training{
		Epochs: r.Epochs, BatchSize: r.Batch, Patience: r.Patience,
	}}
	adam := nn.AdamW{Rate: r.Rate, WeightDecay: r.WeightDecay}
	if r.WeightDecay == 0 {
		adam.WeightDecay = nn.Off
	}
	if data.X == nil { // the library's default networks are right
		adam.Rate = r.ConstantRate
	} else {
		cfg.Network, cfg.Tau = r.network(), r.Tau
	}
	cfg.Optimizer = adam
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

func (r recipe) network() nn.Architecture {
	if len(r.Hidden) == 1 && r.Hidden[0] == 0 {
		return nn.Linear{}
	}
	return nn.MLP{Hidden: r.Hidden, Dropout: r.Dropout}
}
