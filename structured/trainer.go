package structured

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Fit learns a model. It runs until the epochs are over, validation stops
// improving, OnEpoch asks for it, or ctx ends.
//
// On an error after the first epoch it returns both the best model so far and
// the error (wrapping ctx.Err() where ctx ended); the model's History says how
// training stopped. On an error before that the model is nil.
func Fit[Y any](ctx context.Context, data Data[Y], cfg Config[Y]) (*Model[Y], error) {
	t, err := NewTrainer(data, cfg)
	if err != nil {
		return nil, err
	}
	err = t.Run(ctx)
	if err != nil && t.history.BestEpoch == 0 {
		return nil, err
	}
	return t.Model(), err
}

// Trainer is training in progress. It is not safe for concurrent use; the
// models it hands out are.
type Trainer[Y any] struct {
	cfg       Config[Y]
	data      Data[Y]
	rows      []int     // of data, those with a positive weight
	scale     []float64 // weight over mean weight, one per entry of rows
	criterion Criterion[Y]
	model     Model[Y] // params are shared and change
	groups    []group
	workers   []*worker[Y]
	shards    []shard[Y]
	memory    *memory[Y] // of the criterion, nil where it has none
	tallies   []tally    // of its diagnostics, since the epoch began
	tail      bool       // whether this step fits the tail of some weights

	best    []float64
	history History
	start   time.Time
	steps   int
	bad     int       // epochs since the best one
	before  []float64 // parameters and optimiser state before the epoch
}

// group is a range of the parameters with an optimiser of its own.
type group struct {
	lo, hi  int
	stepper nn.Stepper
}

// NewTrainer checks data and configuration and makes the starting parameters.
func NewTrainer[Y any](data Data[Y], cfg Config[Y]) (*Trainer[Y], error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	rows, err := data.validate(cfg.Space)
	if err != nil {
		return nil, err
	}
	if v := cfg.Validation; v != nil {
		kept, err := v.validate(cfg.Space)
		if err != nil {
			return nil, fmt.Errorf("validation data: %w", err)
		}
		cfg.Validation = v.masked(kept)
		if v.Features() != data.Features() {
			return nil, &DimensionError{What: "features of the validation data", Want: data.Features(), Got: v.Features()}
		}
	}
	t := &Trainer[Y]{cfg: cfg, data: data, rows: rows, start: time.Now()}
	total := 0.0
	for _, i := range rows {
		total += data.weight(i)
	}
	for _, i := range rows {
		t.scale = append(t.scale, data.weight(i)*float64(len(rows))/total)
	}
	if err := t.build(); err != nil {
		return nil, err
	}
	if err := t.judgeable(); err != nil {
		return nil, err
	}
	if cfg.Validation != nil {
		t.history.Metric = cfg.stopOn(t.criterion).String()
	}
	return t, nil
}

// judgeable reports settings of validation that could only fail later.
func (t *Trainer[Y]) judgeable() error {
	cfg, m := t.cfg, &t.model
	if cfg.Validation == nil {
		if cfg.StopOn != nil || cfg.Patience > 0 {
			return errors.New("structured: Config.StopOn and Training.Patience need Config.Validation")
		}
		return nil
	}
	if _, ok := cfg.stopOn(t.criterion).(ValidationLoss[Y]); ok && m.tau != nil && !m.tau.Generalizes() {
		return fmt.Errorf("validation by the training objective: %w", ErrNoNormalizer)
	}
	return nil
}

// build makes the model with its starting parameters, and what trains it.
func (t *Trainer[Y]) build() error {
	cfg, d := t.cfg, t.data.Features()
	model, err := newModel(cfg, d, len(t.rows))
	if err != nil {
		return err
	}
	t.model, t.criterion = model, model.criterion
	t.memory = newMemory(t.criterion, cfg.Space, len(t.rows))
	m := &t.model
	if !cfg.RawFeatures && d > 0 {
		if m.std, err = nn.FitStandardizer(t.data.X, t.data.Weights); err != nil {
			return err
		}
	}
	m.params = make([]float64, m.end)
	m.network.Init(m.params[:m.own], stream.New(stream.Key(cfg.Seed, streamInit, 0)))
	cfg.Coupling.InitOwn(m.params[m.own:m.tauAt], stream.Key(cfg.Seed, streamInit, 1))
	if m.tau != nil {
		m.tau.Init(m.params[m.tauAt:m.auxAt], stream.New(stream.Key(cfg.Seed, streamInit, 2)))
	}
	if m.aux != nil {
		m.aux.Init(m.params[m.auxAt:], stream.New(stream.Key(cfg.Seed, streamInit, 3)))
	}
	decay := make([]bool, m.end)
	m.network.Decay(decay[:m.own])
	if m.tau != nil {
		m.tau.Decay(decay[m.tauAt:m.auxAt])
	}
	if m.aux != nil {
		m.aux.Decay(decay[m.auxAt:])
	}
	for i := m.own; i < m.tauAt; i++ {
		decay[i] = true
	}
	t.groups = []group{{0, m.tauAt, cfg.optimizer().Start(decay[:m.tauAt])}}
	if m.auxAt > m.tauAt {
		t.groups = append(t.groups, group{m.tauAt, m.auxAt, cfg.tauOptimizer().Start(decay[m.tauAt:m.auxAt])})
	}
	if m.end > m.auxAt {
		t.groups = append(t.groups, group{m.auxAt, m.end, cfg.optimizer().Start(decay[m.auxAt:])})
	}
	return nil
}

// Run trains until something ends it; see Fit.
func (t *Trainer[Y]) Run(ctx context.Context) error {
	if t.outOfPatience() { // a resumed run that had stopped
		t.history.Stopped = EarlyStop
		return nil
	}
	for len(t.history.Epochs) < t.cfg.epochs() {
		stop, err := t.Epoch(ctx)
		if err != nil || stop {
			return err
		}
	}
	t.history.Stopped = Completed
	return nil
}

// Epoch makes one pass over the training data, judges the result on the
// validation data, and reports whether training should stop. An epoch that
// ends in an error leaves no trace: the trainer is as it was before.
func (t *Trainer[Y]) Epoch(ctx context.Context) (stop bool, err error) {
	e := Epoch{Epoch: len(t.history.Epochs) + 1}
	t.mark()
	if err := t.pass(ctx, &e); err != nil {
		t.rollback()
		return true, t.end(ctx, err)
	}
	if err := t.judge(ctx, &e); err != nil {
		t.rollback()
		return true, t.end(ctx, err)
	}
	e.Steps, e.Seconds = t.steps, time.Since(t.start).Seconds()
	t.history.Epochs = append(t.history.Epochs, e)
	if l := t.cfg.Logger; l != nil {
		attrs := []any{"epoch", e.Epoch, "loss", e.Loss, "grad_norm", e.GradNorm}
		if e.HasMetric {
			attrs = append(attrs, t.history.Metric, e.Metric, "best", e.Best)
		}
		l.InfoContext(ctx, "epoch", attrs...)
		for _, d := range e.Diagnostics {
			if d.Warning != "" {
				l.WarnContext(ctx, d.Warning, "epoch", e.Epoch, d.Name, d.Mean)
			}
		}
	}
	if t.cfg.OnEpoch != nil {
		if err := t.cfg.OnEpoch(e); errors.Is(err, ErrStop) {
			t.history.Stopped = AtRequest
			return true, nil
		} else if err != nil {
			return true, t.end(ctx, err)
		}
	}
	if t.outOfPatience() {
		t.history.Stopped = EarlyStop
		return true, nil
	}
	return false, nil
}

func (t *Trainer[Y]) outOfPatience() bool {
	return t.cfg.Patience > 0 && t.cfg.Validation != nil && t.bad >= t.cfg.Patience
}

func (t *Trainer[Y]) end(ctx context.Context, err error) error {
	t.history.Stopped = Failed
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		t.history.Stopped = Cancelled
		return fmt.Errorf("structured: training cancelled in epoch %d: %w", len(t.history.Epochs)+1, err)
	}
	return err
}

// pass is the training part of an epoch.
func (t *Trainer[Y]) pass(ctx context.Context, e *Epoch) error {
	n, size := len(t.rows), t.cfg.batchSize()
	order := stream.New(stream.Key(t.cfg.Seed, streamShuffle, uint64(e.Epoch))).Perm(n)
	batches := (n + size - 1) / size
	t.tallies = t.tallies[:0]
	for b := range batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		loss, norm, err := t.step(order[b*size:min(n, (b+1)*size)], e.Epoch, b, batches)
		if err != nil {
			return err
		}
		e.Loss += loss
		e.GradNorm += norm / float64(batches)
	}
	e.Loss /= float64(n)
	if d, ok := t.criterion.(Diagnoser); ok {
		e.Diagnostics = diagnostics(d.Diagnostics(), t.tallies)
	}
	return nil
}

// judge is the validation part of an epoch; it keeps the best parameters.
func (t *Trainer[Y]) judge(ctx context.Context, e *Epoch) error {
	e.Best = true
	if t.cfg.Validation != nil {
		metric := t.cfg.stopOn(t.criterion)
		v, err := metric.Evaluate(ctx, &t.model, t.cfg.Validation)
		if err != nil {
			return fmt.Errorf("validation metric %v: %w", metric, err)
		}
		if math.IsNaN(v) {
			return fmt.Errorf("structured: validation metric %v is NaN in epoch %d", metric, e.Epoch)
		}
		e.Metric, e.HasMetric = v, true
		if b := t.history.BestEpoch; b > 0 {
			best := t.history.Epochs[b-1].Metric
			e.Best = better(metric.Maximize(), v, best)
		}
	}
	if e.Best {
		t.best = append(t.best[:0], t.model.params...)
		t.history.BestEpoch = e.Epoch
		t.bad = 0
	} else {
		t.bad++
	}
	return nil
}

// better reports whether v beats best.
func better(maximize bool, v, best float64) bool {
	if maximize {
		return v > best
	}
	return v < best
}

// Model returns the best model so far: of the best validated epoch, or of the
// latest one where there is no validation data.
func (t *Trainer[Y]) Model() *Model[Y] {
	m := t.model.snapshot()
	if t.best != nil {
		m.params = append([]float64(nil), t.best...)
	}
	m.history = t.history
	m.history.Epochs = append([]Epoch(nil), t.history.Epochs...)
	return m
}
