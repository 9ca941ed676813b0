package structured

import (
	"fmt"
	"log/slog"
	"math"
	"runtime"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Config says what to learn and how. Space and Coupling are needed; everything
// else has a default.
type Config[Y any] struct {
	Space    Space[Y]
	Coupling Coupling[Y]
	// Network is h, from features to logits; nil stands for nn.MLP{}, or
	// nn.Constant{} where there are no features.
	Network nn.Architecture
	// Tau is the amortised log-partition, for the objectives that learn one;
	// nil stands for logpart.Structured{} where the loss is the softmax and
	// the coupling has a LogPartitionSurrogate over this space, and for
	// logpart.Logits{} elsewhere.
	Tau logpart.Form
	// Auxiliary is the network of objectives that train a second one: the
	// generator of MinMax, or a Learned proposal; nil stands for the same as
	// Network.
	Auxiliary nn.Architecture
	// Objective is the criterion; nil stands for MinMin[Y]{}.
	Objective Objective[Y]
	// Validation has examples to judge the model by after each epoch; nil
	// for none.
	Validation *Data[Y]
	// StopOn is the metric of Validation that picks the best epoch and stops
	// early; nil stands for ValidationLoss[Y]{}, or for NLL[Y]{} where the
	// objective has no loss to compare (contrastive divergence, MinMax). An
	// infinite value of a metric to minimise is never better than another.
	StopOn Metric[Y]

	Training

	recipe recipeText // where the configuration was made by FileFormat.Config
}

// Training has the settings that do not depend on the space. Its zero value
// is ready to use.
type Training struct {
	// Epochs is the most passes over the data; 0 stands for 100.
	Epochs int
	// BatchSize is the number of examples of a mini-batch; 0 stands for 64.
	BatchSize int
	// Optimizer takes the steps; nil stands for nn.AdamW{}.
	Optimizer nn.Optimizer
	// Schedule scales its rate over the steps; nil stands for nn.ConstantRate{}.
	Schedule nn.Schedule
	// TauOptimizer takes the steps of tau; nil stands for nn.AdamW with a
	// rate of 0.003 and no weight decay: tau fits a function that is known
	// without noise given the scores, and has to follow them.
	TauOptimizer nn.Optimizer
	// ClipNorm scales the gradient down to at most this Euclidean norm; 0
	// stands for no clipping.
	ClipNorm float64
	// Patience is the number of epochs without a better validation metric
	// after which training stops; 0 stands for all Epochs. Where there is
	// validation data the best epoch's parameters are restored either way.
	Patience int
	// RawFeatures leaves the features as they are. By default the model
	// standardises each feature by its training mean and standard deviation
	// (sparse features are only scaled), and does so at prediction too.
	RawFeatures bool
	// Seed is where all randomness comes from: same seed, same model, to the
	// last bit, for any number of Workers.
	Seed uint64
	// Workers is the number of goroutines; 0 stands for GOMAXPROCS.
	Workers int
	// OnEpoch is called after each epoch. An error ends training and is
	// returned by Fit; ErrStop ends it without one.
	OnEpoch func(Epoch) error
	// Logger receives one record per epoch; nil stands for silence.
	Logger *slog.Logger
}

func (t Training) epochs() int    { return orDefault(t.Epochs, 100) }
func (t Training) batchSize() int { return orDefault(t.BatchSize, 64) }
func (t Training) workers() int   { return orDefault(t.Workers, runtime.GOMAXPROCS(0)) }

func (t Training) optimizer() nn.Optimizer {
	if t.Optimizer == nil {
		return nn.AdamW{}
	}
	return t.Optimizer
}

func (t Training) schedule() nn.Schedule {
	if t.Schedule == nil {
		return nn.ConstantRate{}
	}
	return t.Schedule
}

func (t Training) tauOptimizer() nn.Optimizer {
	if t.TauOptimizer == nil {
		return nn.AdamW{Rate: 0.003, WeightDecay: nn.Off}
	}
	return t.TauOptimizer
}

func orDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}

// Validate reports the first setting that makes no sense, if any.
func (t Training) Validate() error {
	for _, c := range []struct {
		name string
		v    int
	}{{"Epochs", t.Epochs}, {"BatchSize", t.BatchSize}, {"Patience", t.Patience}, {"Workers", t.Workers}} {
		if c.v < 0 {
			return fmt.Errorf("structured: Training.%s %d is negative", c.name, c.v)
		}
	}
	if c := t.ClipNorm; !(c >= 0) || math.IsInf(c, 1) {
		return fmt.Errorf("structured: Training.ClipNorm %g is negative or not finite", c)
	}
	if err := t.optimizer().Validate(); err != nil {
		return err
	}
	if err := t.tauOptimizer().Validate(); err != nil {
		return err
	}
	return t.schedule().Validate()
}

func (c Config[Y]) network(features int) nn.Architecture {
	switch {
	case c.Network != nil:
		return c.Network
	case features == 0:
		return nn.Constant{}
	}
	return nn.MLP{}
}

func (c Config[Y]) auxiliary(features int) nn.Architecture {
	if c.Auxiliary == nil {
		return c.network(features)
	}
	return c.Auxiliary
}

func (c Config[Y]) tau(known logpart.Base) logpart.Form {
	switch {
	case c.Tau != nil:
		return c.Tau
	case known != logpart.NoBase:
		return logpart.Structured{}
	}
	return logpart.Logits{}
}

func (c Config[Y]) objective() Objective[Y] {
	if c.Objective == nil {
		return MinMin[Y]{}
	}
	return c.Objective
}

func (c Config[Y]) stopOn(of Criterion[Y]) Metric[Y] {
	if c.StopOn != nil {
		return c.StopOn
	}
	if s, ok := of.(Incomparable); ok && s.Incomparable() {
		return NLL[Y]{}
	}
	return ValidationLoss[Y]{}
}

// Validate reports the first setting that makes no sense, if any.
func (c Config[Y]) Validate() error {
	switch {
	case c.Space == nil:
		return fmt.Errorf("structured: Config.Space is missing")
	case c.Coupling == nil:
		return fmt.Errorf("structured: Config.Coupling is missing")
	case c.Coupling.NumLogits() < 0 || c.Coupling.NumOwn() < 0:
		return fmt.Errorf("structured: the coupling wants a negative number of logits or parameters")
	}
	if err := c.objective().Validate(); err != nil {
		return err
	}
	if c.Network != nil {
		if err := c.Network.Validate(); err != nil {
			return err
		}
	}
	if c.Auxiliary != nil {
		if err := c.Auxiliary.Validate(); err != nil {
			return err
		}
	}
	if c.Tau != nil {
		if err := c.Tau.Validate(); err != nil {
			return err
		}
	}
	return c.Training.Validate()
}
