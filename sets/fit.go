package sets

import (
	"context"
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Config says what to learn and how. Its zero value learns unary scores with
// a multilayer perceptron by exact maximum likelihood.
type Config struct {
	// Coupling makes scores of logits; nil stands for Unary{}.
	Coupling Coupling
	// Reference is q; nil stands for Frequencies of the training data, or for
	// Uniform{} where the coupling is normalised as it is (ClassifierChain).
	Reference Reference
	// Network is h, from features to logits; nil stands for nn.MLP{}, or
	// nn.Constant{} where there are no features.
	Network nn.Architecture
	// Tau is the amortised log-partition, for objectives that learn one; nil
	// stands for logpart.Structured{} under the softmax where the coupling has a
	// surrogate of log Z: unary and sparse scores, determinants, and pairs but
	// for more than MaxCheap labels under a reference that bounds sizes. It stands
	// for logpart.Logits{} elsewhere.
	Tau logpart.Form
	// Auxiliary is the network of objectives and proposals that train a second
	// one, such as the generator of MinMax; nil stands for the same as Network.
	Auxiliary nn.Architecture
	// Objective is the criterion. nil stands for Exact{} where the coupling
	// has exact inference, and otherwise for MinMin, with the Marginal
	// proposal where that can follow the coupling.
	Objective structured.Objective[Set]
	// Validation has examples to judge the model by after each epoch.
	Validation *Data
	// StopOn is the metric of Validation that picks the best epoch; nil
	// stands for the training objective. See Metric.
	StopOn structured.Metric[Set]

	structured.Training
}

// Fit learns p(y|x) from the data. See structured.Fit for how it ends.
func Fit(ctx context.Context, data Data, cfg Config) (*Model, error) {
	d, c, err := cfg.structured(data)
	if err != nil {
		return nil, err
	}
	return wrap(structured.Fit(ctx, d, c))
}

// Trainer is training in progress.
type Trainer struct{ *structured.Trainer[Set] }

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
func (cfg Config) structured(data Data) (none structured.Data[Set], sc structured.Config[Set], err error) {
	if len(data.Y) == 0 {
		return none, sc, structured.ErrNoExamples
	}
	train, err := data.Structured()
	if err != nil {
		return none, sc, err
	}
	if cfg.Reference == nil {
		if cfg.Reference, err = defaultReference(cfg.Coupling, data); err != nil {
			return none, sc, err
		}
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

// defaultReference is what a nil Reference stands for.
func defaultReference(c Coupling, data Data) (Reference, error) {
	if of, ok := c.(interface{ defaultReference() Reference }); ok {
		return of.defaultReference(), nil
	}
	return Frequencies(data)
}
