package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// density writes the table of unconditional models.
func (o *options) density(ctx context.Context, stdout, stderr io.Writer) error {
	var sources []*binary
	for _, name := range o.datasets {
		b, err := experiment.Open(stderr, func(opener *datasets.Opener) (*datasets.SetBenchmark, error) {
			return opener.OpenSets(ctx, name)
		})
		if err != nil {
			return err
		}
		sources = append(sources, newBinary(b))
	}
	return o.densities(ctx, sources, stdout, stderr)
}

func (o *options) densities(ctx context.Context, sources []*binary, stdout, stderr io.Writer) error {
	var jobs []experiment.Job
	for _, s := range sources {
		for _, m := range o.laws {
			c := o.chosen(s, m)
			if c == nil {
				continue
			}
			objective := "exact"
			if c[0].sampled {
				objective = "pcd"
			}
			t := &densityTask{options: o, binary: s, law: m, candidates: c}
			jobs = append(jobs, experiment.Job{
				Dataset: s.name, Model: m.String(), Objective: objective, Epochs: t.budget(),
				Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
					return t.learn(ctx, o.recipe.Seed+uint64(i), epoch)
				},
			})
		}
	}
	runner := experiment.Runner{Repeats: o.recipe.Repeats, Headline: experiment.Column{Score: experiment.Score{Metric: report.NormalizerError}, Title: "log_z_se"}}
	progress := report.NewProgress(stderr, runner.Steps(jobs))
	results, err := runner.Run(ctx, jobs, progress)
	progress.Close()
	return o.output.Write(stdout, experiment.Outcome{
		Results: results, Err: err, Text: densityText(sources, results, o.recipe.Repeats),
		Records: func() []report.Record { return experiment.Records(results, densityColumns, o.recipe.Seed) },
		Figure:  func(dataset string) [][]*report.Panel { return densityBars(dataset, results) }, Picture: "-log p of test rows",
	})
}

// densityColumns are the metrics in the order of the table and of the records.
var densityColumns = append(append([]experiment.Column(nil), experiment.Probabilities...),
	experiment.Column{Score: experiment.Score{Metric: report.NormalizerError}, Title: "log_z_se", Rare: true})

func densityText(sources []*binary, results []*experiment.Result, repeats int) string {
	var b strings.Builder
	for _, s := range sources {
		fmt.Fprintf(&b, "%s: %d labels; %d rows to train (%d different), %d to validate, %d to test\n",
			s.name, s.k, len(s.rows.Y), len(s.train.Y), s.total(s.validation), s.total(s.test))
	}
	b.WriteString("\n" + experiment.Text(results, densityColumns, repeats))
	b.WriteString("nll_lower, nll_upper: of pcd, 95 % by the standard error of log Z (log_z_se, nats) from annealed importance sampling\n")
	return b.String()
}

func densityBars(dataset string, results []*experiment.Result) [][]*report.Panel {
	p := &report.Panel{Title: dataset + ": test rows", Y: "-log p(y) (nats)"}
	for i, r := range results {
		if r.Dataset == dataset && r.Skipped == nil {
			s := report.Summarize(r.Scores[experiment.Score{Metric: report.NLL}])
			p.Bars = append(p.Bars, report.Bar{Name: r.Model, Y: s.Mean, Color: i % report.Grey})
		}
	}
	if len(p.Bars) == 0 {
		return nil
	}
	return [][]*report.Panel{{p}}
}

// densityTask is a row.
type densityTask struct {
	*options
	*binary
	law        law
	candidates []candidate
}

func (t *densityTask) budget() int {
	n := 0
	for _, c := range t.candidates {
		n += t.epochs(c)
	}
	return n
}

func (t *densityTask) epochs(c candidate) int {
	if t.quick || t.given("epochs") {
		return t.recipe.Epochs
	}
	return c.epochs
}

// learn trains every candidate, takes the one with the best likelihood of the
// validation rows, and judges it on the test rows.
func (t *densityTask) learn(ctx context.Context, seed uint64, epoch func(int)) (*experiment.Evaluation, error) {
	start, done := time.Now(), 0
	var best *fitted
	for _, c := range t.candidates {
		m, err := t.fit(ctx, c, seed, func(structured.Epoch) error { done++; epoch(done); return nil })
		if err != nil {
			return nil, err
		}
		f := &fitted{candidate: c, model: m}
		if f.logZ, f.error, err = f.normalizer(ctx); err != nil {
			return nil, err
		}
		if f.nll, err = f.mean(t.validation); err != nil {
			return nil, err
		}
		if best == nil || f.nll < best.nll {
			best = f
		}
	}
	nll, err := best.mean(t.test)
	if err != nil {
		return nil, err
	}
	e := &experiment.Evaluation{
		How: structured.Exact, Seconds: time.Since(start).Seconds(), History: best.model.History(), Chosen: best.candidate.String(),
		Scores: map[experiment.Score]float64{{Metric: report.NLL}: nll},
	}
	if best.sampled {
		e.How = structured.Interval
		e.Scores[experiment.Score{Metric: report.NormalizerError}] = best.error
		e.Scores[experiment.Score{Metric: report.NLLLower}] = nll - 1.96*best.error
		e.Scores[experiment.Score{Metric: report.NLLUpper}] = nll + 1.96*best.error
	}
	return e, nil
}

func (t *densityTask) fit(ctx context.Context, c candidate, seed uint64, onEpoch func(structured.Epoch) error) (*sets.Model, error) {
	coupling, err := c.coupling(t.law, t.binary)
	if err != nil {
		return nil, err
	}
	cfg := sets.Config{
		Coupling: coupling, Reference: t.frequencies, Objective: sets.Exact{}, Validation: &t.validation,
		Training: structured.Training{
			Epochs: t.epochs(c), BatchSize: c.batch, Patience: c.patience, Seed: seed, Workers: t.recipe.Workers, OnEpoch: onEpoch,
			Optimizer: nn.AdamW{Rate: c.rate, WeightDecay: c.decay}, Schedule: nn.WarmupLinear{},
		},
	}
	data := t.train
	if c.batch == 0 {
		cfg.BatchSize = len(data.Y) // all different rows, with their weights
	} else {
		data = t.rows
	}
	if c.sampled { // whose loss does not say how good a model is
		cfg.Objective = sets.PCD{Kernel: sets.Gibbs{Sweeps: 2}}
		cfg.Validation, cfg.Patience = nil, 0
	}
	return sets.Fit(ctx, data, cfg)
}

// fitted is a trained candidate.
type fitted struct {
	candidate
	model       *sets.Model
	logZ, error float64
	nll         float64 // of validation rows
}

// normalizer is exact, or by annealed importance sampling with its standard error.
func (f *fitted) normalizer(ctx context.Context) (logZ, se float64, err error) {
	if !f.sampled {
		n, err := f.model.Normalizers(ctx, nil)
		if err != nil {
			return 0, 0, err
		}
		if n[0].Kind != structured.Exact {
			return 0, 0, fmt.Errorf("log Z is an %v: want it exact", n[0].Kind)
		}
		return n[0].Value, 0, nil
	}
	e, err := f.model.EstimateNormalizers(ctx, nil, structured.AnnealedImportance[sets.Set]{Kernel: sets.Gibbs{}, Chains: 64, Error: 0.03})
	if err != nil {
		return 0, 0, err
	}
	return e[0].Value, e[0].Error, nil
}

// mean is that of -log p, by the weights of the rows.
func (f *fitted) mean(d sets.Data) (float64, error) {
	coupling, space := f.model.Coupling(), f.model.Space()
	score, logq := make([]float64, len(d.Y)), make([]float64, len(d.Y))
	err := f.model.EachTheta(context.Background(), nil, func(_ int, theta structured.Theta) error {
		coupling.Score(score, theta, d.Y)
		return nil
	})
	if err != nil {
		return math.NaN(), err
	}
	space.LogProb(logq, d.Y)
	for i := range score {
		score[i] = f.logZ - score[i] - logq[i]
	}
	return experiment.Mean(score, d.Weights), nil
}
