package main

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
)

// task is a row of the table: a model, learned by an objective.
type task struct {
	recipe
	source    *source
	model     model
	objective objective
	drawn     *drawing // what the figure needs of the first repeat
}

// jobs are the rows of the table, and what they leave for the figure.
func jobs(ctx context.Context, o *options, sources []*source) ([]experiment.Job, []*task, error) {
	var list []experiment.Job
	var tasks []*task
	for _, s := range sources {
		splits := make([]*parts, o.recipe.Repeats)
		for i := range splits {
			var err error
			if splits[i], err = s.split(ctx, o.recipe, o.recipe.Seed+uint64(i)); err != nil {
				return nil, nil, err
			}
		}
		for _, m := range o.models {
			for _, obj := range o.objectives {
				if !m.fits(obj) {
					continue
				}
				t := &task{recipe: o.recipe, source: s, model: m, objective: obj}
				tasks = append(tasks, t)
				epochs := t.Epochs
				if m != energy {
					epochs = 1
				}
				list = append(list, experiment.Job{
					Dataset: s.name, Model: m.String(), Objective: obj.String(), Epochs: epochs,
					Repeat: func(ctx context.Context, i int, epoch func(int)) (*experiment.Evaluation, error) {
						return t.learn(ctx, splits[i], i == 0, epoch)
					},
				})
			}
		}
	}
	for _, t := range tasks {
		t.Workers = max(1, o.recipe.Workers/min(o.recipe.Workers, len(tasks)*o.recipe.Repeats))
	}
	return list, tasks, nil
}

// learned is a density that was learned, in the user's units.
type learned struct {
	// logs writes log p to dst.
	logs func(dst []float64, ys []snl.Point) error
	// sample draws; its error is structured.ErrUnevenWeights where the energy
	// is too far from its base.
	sample  func(n int, rng *rand.Rand) ([]snl.Point, error)
	scores  map[report.Metric]float64
	history structured.History
}

func (t *task) learn(ctx context.Context, p *parts, first bool, epoch func(int)) (*experiment.Evaluation, error) {
	start := time.Now()
	fit := t.form
	if t.model == energy {
		fit = t.energy
	}
	l, err := fit(ctx, p, epoch)
	if err != nil {
		return nil, err
	}
	out := &experiment.Evaluation{How: structured.Estimate, Scores: map[experiment.Score]float64{}, History: l.history}
	out.Seconds = time.Since(start).Seconds()
	set := func(m report.Metric, v float64) { out.Scores[experiment.Score{Metric: m}] = v }
	for m, v := range l.scores {
		set(m, v)
	}
	logs := make([]float64, len(p.test.Y))
	if err := l.logs(logs, p.test.Y); err != nil {
		return nil, err
	}
	nll, kl := 0.0, 0.0
	for i, y := range p.test.Y {
		nll -= logs[i] / float64(len(logs))
		if t.source.toy == nil {
			continue
		}
		truth, err := t.source.toy.LogDensity(y)
		if err != nil {
			return nil, err
		}
		kl += (truth - logs[i]) / float64(len(logs))
	}
	set(report.NLL, nll)
	if t.source.toy != nil {
		set(report.KL, kl)
	}
	if first {
		if t.drawn, err = draw(t.source, l, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// recalibration is the number of fresh draws that the last tau is set by.
const recalibration = 1 << 17

// energy trains a network; the epoch is that of the best nll of validation rows.
func (t *task) energy(ctx context.Context, p *parts, epoch func(int)) (*learned, error) {
	cfg := t.config(t.objective)
	cfg.Seed, cfg.Validation, cfg.StopOn = p.seed, &p.validation, planeNLL{}
	done := 0
	cfg.OnEpoch = func(structured.Epoch) error {
		done++
		epoch(done)
		return nil
	}
	m, err := snl.Fit(ctx, p.train, cfg)
	if err != nil {
		return nil, err
	}
	// The epoch that is best may be one where tau had not caught up.
	switch r, err := m.Recalibrated(ctx, nil, snl.Importance{Draws: recalibration}); {
	case err == nil:
		m = r
	case !errors.Is(err, structured.ErrNoNormalizer) && !errors.Is(err, structured.ErrUnevenWeights):
		return nil, err
	}
	s := surface{m.Standardised()}
	logZ, failure, err := s.normaliser(ctx)
	if err != nil {
		return nil, err
	}
	l := &learned{history: m.History(), scores: map[report.Metric]float64{report.NormalizerError: failure}}
	shift, scale := m.Coordinates()
	l.logs = func(dst []float64, ys []snl.Point) error {
		zs := make([]snl.Point, len(ys))
		for i, y := range ys {
			zs[i] = snl.Point{(y[0] - shift[0]) / scale[0], (y[1] - shift[1]) / scale[1]}
		}
		if err := s.logs(ctx, dst, zs); err != nil {
			return err
		}
		for i := range dst {
			dst[i] -= logZ + math.Log(scale[0]*scale[1])
		}
		return nil
	}
	l.sample = func(n int, rng *rand.Rand) ([]snl.Point, error) { return m.Sample(ctx, nil, n, rng) }
	// tau is relative to the base, whose integral is 1, as logZ is.
	if taus, err := m.Taus(ctx, nil); err == nil {
		l.scores[report.LogZBias] = math.Abs(taus[0] - logZ)
	}
	if t.objective == selfAdversarial {
		if l.scores[report.FlowNLL], err = t.flowNLL(m, p.test); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// mostFlows bounds the test rows of flowNLL, of which each is an integration.
const mostFlows = 500

func (t *task) flowNLL(m *snl.Model, test snl.Data) (float64, error) {
	d, err := snl.NewFlowDensity(m, nil, t.flow(), snl.Trace{})
	if err != nil {
		return 0, err
	}
	ys := test.Y[:min(len(test.Y), mostFlows)]
	logs := make([]float64, len(ys))
	d.LogDensity(logs, ys)
	sum := 0.0
	for _, v := range logs {
		sum -= v / float64(len(logs))
	}
	return sum, nil
}

// form fits a density that has a formula.
func (t *task) form(_ context.Context, p *parts, _ func(int)) (*learned, error) {
	var form snl.Form = snl.GaussianMixture{Components: t.Components}
	if t.model == kde {
		form = snl.KernelDensity{Bandwidth: snl.CrossValidated}
	}
	d, err := snl.FitDensity(form, p.train.Y, nil, p.seed)
	if err != nil {
		return nil, err
	}
	return &learned{
		logs: func(dst []float64, ys []snl.Point) error {
			d.LogDensity(dst, ys)
			return nil
		},
		sample: func(n int, rng *rand.Rand) ([]snl.Point, error) {
			ys := make([]snl.Point, n)
			for i := range ys {
				ys[i] = make(snl.Point, 2)
			}
			d.Sample(ys, rng)
			return ys, nil
		},
	}, nil
}
