package permutations

import (
	"context"
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Config says what to learn and how. Its zero value learns the full
// assignment model with a multilayer perceptron by exact maximum likelihood.
type Config struct {
	// Coupling makes scores of logits; nil stands for Birkhoff{}.
	Coupling Coupling
	// Reference is q; nil stands for Uniform{}.
	Reference Reference
	// Network is h, from features to logits; nil stands for nn.MLP{}, or
	// nn.Constant{} where there are no features.
	Network nn.Architecture
	// Tau is the amortised log-partition, for objectives that learn one; nil
	// stands for logpart.Structured{} under the softmax where the coupling has a
	// surrogate of log Z, as those of this package do, and for logpart.Logits{}
	// elsewhere.
	Tau logpart.Form
	// Auxiliary is the network of objectives and proposals that train a second
	// one, such as the generator of MinMax; nil stands for the same as Network.
	Auxiliary nn.Architecture
	// Objective is the criterion. nil stands for Exact{} where the coupling
	// has exact inference, and otherwise for MinMin with the
	// StagewiseProposal, or the PlackettLuceProposal for scores of pairs.
	Objective structured.Objective[Ordering]
	// Validation has examples to judge the model by after each epoch.
	Validation *Data
	// StopOn is the metric of Validation that picks the best epoch; nil
	// stands for the training objective. See ModeMetric.
	StopOn structured.Metric[Ordering]

	structured.Training
}

// The objectives for permutations.
type (
	// Exact is exact maximum likelihood.
	Exact = structured.ExactLikelihood[Ordering]
	// MinMin is the joint objective over scores and tau.
	MinMin = structured.MinMin[Ordering]
	// CD is contrastive divergence, with Metropolis for its Kernel.
	CD = structured.ContrastiveDivergence[Ordering]
	// MinMax is the adversarial objective, with PlackettLuceFamily.
	MinMax = structured.MinMax[Ordering]
	// SparseMAP is a margin over the polytope of orderings, learned from modes
	// alone: sorting for Permutahedron, assignments for Birkhoff.
	SparseMAP = structured.SparseMAP[Ordering]
	// PerturbAndMAP is the perceptron's loss under noise, learned from modes alone.
	PerturbAndMAP = structured.PerturbAndMAP[Ordering]
)

// Fit learns p(y|x) from the data. See structured.Fit for how it ends.
func Fit(ctx context.Context, data Data, cfg Config) (*Model, error) {
	d, c, err := cfg.structured(data)
	if err != nil {
		return nil, err
	}
	return wrap(structured.Fit(ctx, d, c))
}

// Trainer is training in progress.
type Trainer struct{ *structured.Trainer[Ordering] }

// NewTrainer checks data and configuration and makes the starting parameters.
func NewTrainer(data Data, cfg Config) (*Trainer, error) {
	d, c, err := cfg.structured(data)
	if err != nil {
		return nil, err
	}
	t, err := structured.NewTrainer(d, c)
	if err != nil {
		return nil, err
	}
	return &Trainer{t}, nil
}

// Resume continues training from what Trainer.Save wrote, with the same data
// and configuration; see structured.Resume.
func Resume(r io.Reader, data Data, cfg Config) (*Trainer, error) {
	d, c, err := cfg.structured(data)
	if err != nil {
		return nil, err
	}
	t, err := structured.Resume(r, d, c)
	if err != nil {
		return nil, err
	}
	return &Trainer{t}, nil
}

// Model returns the best model so far.
func (t *Trainer) Model() *Model { return &Model{t.Trainer.Model()} }

// structured returns data and configuration in the form that package structured
// takes.
func (cfg Config) structured(data Data) (none structured.Data[Ordering], sc structured.Config[Ordering], err error) {
	if data.Len() == 0 {
		return none, sc, structured.ErrNoExamples
	}
	train, err := data.Structured()
	if err != nil {
		return none, sc, err
	}
	sc, err = files.Config(description{
		K: data.K(), Coupling: cfg.Coupling, Reference: cfg.Reference, Network: cfg.Network, Auxiliary: cfg.Auxiliary,
		Tau: cfg.Tau, Objective: cfg.Objective, Seed: cfg.Seed, RawFeatures: cfg.RawFeatures,
	})
	if err != nil {
		return none, sc, err
	}
	sc.StopOn, sc.Training = cfg.StopOn, cfg.Training
	if cfg.Validation != nil {
		v, err := cfg.Validation.Structured()
		if err != nil {
			return none, sc, fmt.Errorf("validation data: %w", err)
		}
		sc.Validation = &v
	}
	return train, sc, nil
}
