package snl

import (
	"context"
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Data is n examples: features X, nil for density estimation, and targets Y,
// all of the same dimension; see Points and Rows. It is never changed by the
// library.
type Data = structured.Data[Point]

// Config says what to learn and how. Its zero value learns a network on logits
// and targets by the self-normalised likelihood, relative to a Gaussian base
// fitted to the targets.
type Config struct {
	// Coupling makes scores of logits and points; nil stands for Joint{}, or
	// Joint{Logits: nn.Off} where there are no features.
	Coupling Coupling
	// Base is q, what the scores are relative to and, without a Proposal, what
	// training draws from; nil stands for Gaussian{}, or Lebesgue{} for
	// MixtureDensity and Tilted, which bring densities of their own. What it
	// lacks is fitted to the targets. It is in the user's units.
	Base Form
	// Proposal is drawn from in place of the base, by objectives that are not
	// told otherwise (see Fixed); nil stands for the base, or Student{} where
	// that is Lebesgue measure.
	Proposal Form
	// RawTargets leaves the targets as they are. By default the model works in
	// coordinates that have mean 0 and standard deviation 1 over the training
	// data; log-densities are in the user's units either way.
	RawTargets bool
	// Quadrature says how carefully densities on the line are normalised.
	Quadrature Quadrature
	// Network is h, from features to logits; nil stands for nn.MLP{}, or
	// nn.Constant{} where there are no features.
	Network nn.Architecture
	// Auxiliary is the network of objectives and proposals that train a second
	// one; nil stands for the same as Network.
	Auxiliary nn.Architecture
	// Tau is the amortised log-partition b, for objectives that learn one; nil
	// stands for what structured.Config says, or for logpart.Constant{} where
	// there are no features.
	Tau logpart.Form
	// Objective is the criterion; nil stands for MinMin, which with the softmax
	// is the self-normalised likelihood, or for exact maximum likelihood where
	// the coupling knows its log-partition. MinMin draws from the mixture of a
	// Tilted coupling, from the Proposal, or from the base.
	Objective structured.Objective[Point]
	// Validation has examples to judge the model by after each epoch.
	Validation *Data
	// StopOn is the metric of Validation that picks the best epoch; nil stands
	// for the training objective. See NLL and CRPS.
	StopOn structured.Metric[Point]

	structured.Training
}

// MinMin is the joint objective over scores and tau: with the softmax, which is
// its zero value, the self-normalised likelihood.
type MinMin = structured.MinMin[Point]

// Fit learns p(y|x), or p(y) where data has no features. See structured.Fit for
// how it ends. Losses and metrics in the history that are log-densities are
// those of the standardised targets, except for the metrics of this package.
func Fit(ctx context.Context, data Data, cfg Config) (*Model, error) {
	d, c, err := cfg.structured(data)
	if err != nil {
		return nil, err
	}
	return wrap(structured.Fit(ctx, d, c))
}

// Trainer is training in progress.
type Trainer struct{ *structured.Trainer[Point] }

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

// Streams of fitting, so that no two uses share numbers.
const (
	streamBase = iota + 0x736e6c00
	streamProposal
	streamImportance
)

// structured returns data and configuration in the form that package structured
// takes, in standardised coordinates.
func (cfg Config) structured(data Data) (none Data, sc structured.Config[Point], err error) {
	dim, err := checkPoints(data.Y, data.Weights)
	if err != nil {
		return none, sc, err
	}
	r := recipe{
		Dim: dim, Quadrature: cfg.Quadrature, Coupling: cfg.Coupling, Network: cfg.Network, Auxiliary: cfg.Auxiliary, Tau: cfg.Tau,
		Objective: cfg.Objective, Seed: cfg.Seed, RawFeatures: cfg.RawFeatures,
	}
	if data.X == nil {
		if r.Coupling == nil {
			r.Coupling = Joint{Logits: nn.Off}
		}
		if r.Tau == nil {
			r.Tau = logpart.Constant{}
		}
	}
	if !cfg.RawTargets {
		r.Shift, r.Scale = moments(data.Y, data.Weights, dim)
	}
	base, proposal := cfg.Base, cfg.Proposal
	if base == nil {
		base = Gaussian{}
		switch cfg.Coupling.(type) {
		case MixtureDensity, Tilted:
			base = Lebesgue{}
		}
	}
	if r.Base, err = base.Fit(data.Y, data.Weights, stream.Key(cfg.Seed, streamBase)); err != nil {
		return none, sc, fmt.Errorf("the base: %w", err)
	}
	if _, improper := r.Base.(Lebesgue); improper && proposal == nil {
		proposal = Student{}
	}
	if proposal != nil {
		if r.Proposal, err = proposal.Fit(data.Y, data.Weights, stream.Key(cfg.Seed, streamProposal)); err != nil {
			return none, sc, fmt.Errorf("the proposal: %w", err)
		}
	}
	sc, err = files.Config(r)
	if err != nil {
		return none, sc, err
	}
	sc.StopOn, sc.Training = cfg.StopOn, cfg.Training
	if cfg.Validation != nil {
		v, err := r.data(*cfg.Validation)
		if err != nil {
			return none, sc, fmt.Errorf("validation data: %w", err)
		}
		sc.Validation = &v
	}
	train, err := r.data(data)
	return train, sc, err
}

// data is d in the coordinates of the model.
func (r recipe) data(d Data) (Data, error) { return r.coordinates().data(d, r.Dim) }

func (c coordinates) data(d Data, dim int) (Data, error) {
	got, err := checkPoints(d.Y, d.Weights)
	if err != nil {
		return d, err
	}
	if got != dim {
		return d, &structured.DimensionError{What: "coordinates of a point", Want: dim, Got: got}
	}
	d.Y = c.standardised(d.Y)
	return d, nil
}
