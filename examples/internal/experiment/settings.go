package experiment

import (
	"runtime"
	"slices"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Settings are how every example trains.
type Settings struct {
	Hidden      []int   // widths of the hidden layers of h; 0 alone means linear
	Dropout     float64 // of hidden units
	Rate        float64 // of AdamW
	WeightDecay float64
	Clip        float64 // norm that gradients are scaled down to; 0: they are not
	// ConstantRate is the rate where there are no features: each logit is one
	// number then, and learns slowly.
	ConstantRate float64
	Batch        int
	Epochs       int  // at most
	Patience     int  // epochs without a better validation metric before the end; 0: never
	Refit        bool // on all training rows, once epochs and settings are chosen

	Repeats int
	Seed    uint64
	Workers int
}

// Flags adds a flag for each setting, with its value as the default. metric is
// what Patience looks at.
func (s *Settings) Flags(f *report.Flags, metric string) {
	if s.Workers == 0 {
		s.Workers = runtime.GOMAXPROCS(0)
	}
	f.Ints(&s.Hidden, "hidden", 0, "widths of hidden layers with commas; 0 means a linear model")
	f.Float(&s.Dropout, "dropout", func(v float64) bool { return v >= 0 && v < 1 }, "a number in [0, 1)", "probability to drop a hidden unit")
	f.Float(&s.Rate, "rate", func(v float64) bool { return v > 0 && v <= 10 }, "a number in (0, 10]", "learning rate of AdamW, for data with features")
	f.Float(&s.WeightDecay, "weight-decay", func(v float64) bool { return v >= 0 && v <= 100 }, "a number in [0, 100]", "decoupled weight decay of AdamW")
	f.Float(&s.Clip, "clip", func(v float64) bool { return v >= 0 && v <= 1e9 }, "a number in [0, 1e9]", "gradients with a larger norm are scaled down to it; 0 means none is")
	f.Int(&s.Batch, "batch", 1, "examples per step")
	f.Int(&s.Epochs, "epochs", 1, "most passes over the training rows")
	f.Int(&s.Patience, "patience", 0, "epochs without a better validation "+metric+" before training ends; 0 means never")
	f.BoolVar(&s.Refit, "refit", s.Refit, "train again on training and validation rows together, for the number of epochs that was best")
	f.Int(&s.Repeats, "repeats", 1, "repetitions with the seeds seed, seed+1, ...; the table then has means and standard errors")
	f.Uint64Var(&s.Seed, "seed", s.Seed, "where all randomness comes from: same flags, same numbers")
	f.Int(&s.Workers, "workers", 1, "goroutines; the numbers do not depend on it; default: the processors")
}

// Check reports settings that make no sense together, a *report.UsageError.
func (s Settings) Check() error {
	if len(s.Hidden) > 1 && slices.Contains(s.Hidden, 0) {
		return report.Misuse("-hidden: a layer of no units; 0 alone means a linear model")
	}
	return nil
}

// Quicken takes the settings of a quick check, but for what a flag gave.
func (s *Settings) Quicken(f *report.Flags, hidden []int, epochs int) {
	if !f.Given("hidden") {
		s.Hidden = hidden
	}
	if !f.Given("epochs") {
		s.Epochs = epochs
	}
	if !f.Given("repeats") {
		s.Repeats = 1
	}
}

// Training is the configuration of the training loop, for data with features
// or without.
func (s Settings) Training(features bool) structured.Training {
	adam := nn.AdamW{Rate: s.Rate, WeightDecay: s.WeightDecay}
	if s.WeightDecay == 0 {
		adam.WeightDecay = nn.Off
	}
	if !features {
		adam.Rate = s.ConstantRate
	}
	return structured.Training{
		Epochs: s.Epochs, BatchSize: s.Batch, Patience: s.Patience, Optimizer: adam, ClipNorm: s.Clip, Workers: s.Workers,
	}
}

// Network is h for data with features; without, the library's default is right.
func (s Settings) Network() nn.Architecture {
	if len(s.Hidden) == 1 && s.Hidden[0] == 0 {
		return nn.Linear{}
	}
	return nn.MLP{Hidden: s.Hidden, Dropout: s.Dropout}
}
