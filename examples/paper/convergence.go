package main

import (
	"context"
	"fmt"
	"io"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// sampleCounts are those of the figure; 0 stands for the exact likelihood.
var sampleCounts = []int{1, 10, 100, 1000, 100_000, 0}

// curve is the course of one training.
type curve struct {
	samples        int
	step           []float64
	loss, norm, f1 []float64 // by the exact objective, in nats; samples-F1 of modes
}

func (c *curve) name() string {
	if c.samples == 0 {
		return "exact"
	}
	return fmt.Sprintf("minmin, %d samples", c.samples)
}

// convergence writes the table and the picture of training by the number of
// samples.
func (o *options) convergence(ctx context.Context, stdout, stderr io.Writer) error {
	sources, err := open(ctx, o.datasets, stderr)
	if err != nil {
		return err
	}
	p, err := sources[0].split(o.recipe.Seed)
	if err != nil {
		return err
	}
	counts := sampleCounts
	if o.quick {
		counts = []int{1, 10, 0}
	}
	progress := report.NewProgress(stderr, len(counts)*o.steps)
	defer progress.Close()
	var curves []*curve
	for i, samples := range counts {
		c := &curve{samples: samples}
		progress.Doing("%s", c.name())
		if err := o.follow(ctx, c, p, func(step int) { progress.Set(i*o.steps + step) }); err != nil {
			return err
		}
		curves = append(curves, c)
	}
	progress.Close()
	return o.writeCurves(stdout, sources[0], curves)
}

// points is about how many places of a curve are measured.
const points = 50

// follow trains for the steps, and measures on the way.
func (o *options) follow(ctx context.Context, c *curve, p *parts, done func(step int)) error {
	cfg := sets.Config{
		Coupling: sets.Unary{}, Reference: sets.Uniform{}, Network: nn.Linear{}, Objective: sets.Exact{},
		Training: structured.Training{Seed: o.recipe.Seed, Workers: o.recipe.Workers, BatchSize: o.recipe.Batch, Optimizer: nn.AdamW{Rate: o.recipe.Rate, WeightDecay: nn.Off}},
	}
	exactly, err := sets.NewTrainer(p.train, cfg) // for the measurements
	if err != nil {
		return err
	}
	if c.samples > 0 {
		cfg.Objective, cfg.Tau = sets.MinMin{Samples: c.samples}, logpart.Logits{}
	}
	batches := (len(p.train.Y) + o.recipe.Batch - 1) / o.recipe.Batch
	epochs := max(1, (o.steps+batches/2)/batches)
	every := max(1, epochs/points)
	cfg.Epochs = epochs
	t, err := sets.NewTrainer(p.train, cfg)
	if err != nil {
		return err
	}
	for epoch := 0; epoch <= epochs; epoch++ {
		if epoch > 0 {
			if _, err := t.Epoch(ctx); err != nil {
				return err
			}
		}
		if epoch%every == 0 || epoch == epochs {
			if err := c.measure(ctx, t, exactly, p); err != nil {
				return err
			}
			c.step = append(c.step, float64(epoch*batches))
		}
		done(min(o.steps, epoch*batches))
	}
	return nil
}

// measure takes the parameters of the scores, which both trainers have first, over
// to the exact objective.
func (c *curve) measure(ctx context.Context, t, exactly *sets.Trainer, p *parts) error {
	params := exactly.Params()
	copy(params, t.Params()[:len(params)])
	grad := make([]float64, len(params))
	loss, err := exactly.Evaluate(grad)
	if err != nil {
		return err
	}
	c.loss = append(c.loss, loss) // -log p, which does not depend on the measure
	c.norm = append(c.norm, floats.Norm(grad, 2))
	ys, err := exactly.Model().Predict(ctx, p.test.X)
	if err != nil {
		return err
	}
	f1, err := sets.Evaluation{Truth: p.test.Y, Predicted: ys, Observed: p.test.Observed}.F1(sets.Samples)
	c.f1 = append(c.f1, f1)
	return err
}

// writeCurves writes the ends of the curves as a table and records, and draws them.
func (o *options) writeCurves(stdout io.Writer, s *source, curves []*curve) error {
	t := report.Table{Titles: []string{"objective", "steps", "train_nll", "gradient_norm", "f1_samples", "largest f1"}, Names: 1}
	var records []report.Record
	panels := []*report.Panel{
		{Title: s.name + ": exact loss on training rows", X: "step", Y: "-log p(y|x) (nats)"},
		{Title: "norm of its gradient", X: "step", Y: "nats"},
		{Title: "modes on test rows", X: "step", Y: "f1_samples"},
	}
	for i, c := range curves {
		end := len(c.step) - 1
		t.Add(c.name(), fmt.Sprint(c.step[end]), fmt.Sprintf("%.2f", c.loss[end]), fmt.Sprintf("%.3f", c.norm[end]),
			fmt.Sprintf("%.4f", c.f1[end]), fmt.Sprintf("%.4f", floats.Max(c.f1)))
		objective := "exact"
		if c.samples > 0 {
			objective = fmt.Sprintf("minmin_%d", c.samples)
		}
		for j, line := range [][]float64{c.loss, c.norm, c.f1} {
			panels[j].Lines = append(panels[j].Lines, report.Line{Name: c.name(), X: c.step, Y: line, Color: i})
			records = append(records, report.Record{
				Dataset: s.name, Model: unary.String(), Objective: objective, Decision: experiment.Mode,
				Metric: []report.Metric{report.TrainNLL, report.GradientNorm, report.F1Samples}[j], Value: line[end], Repeats: 1, Seed: o.recipe.Seed,
			})
		}
	}
	_, err := fmt.Fprintf(stdout, "%s\n\n%s\ntrain_nll: the exact objective in nats, of all training rows; f1_samples: of the modes of test rows\n", s.describe(), t.String())
	if err != nil {
		return err
	}
	if o.output.JSON != "" {
		if err := report.WriteJSON(o.output.JSON, records); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "results: %s\n", o.output.JSON)
	}
	if o.output.PNG == "" {
		return nil
	}
	if err := report.WritePNG(o.output.PNG, [][]*report.Panel{panels}); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "curves: %s\n", o.output.PNG)
	return nil
}
