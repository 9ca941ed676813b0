package main

import (
	"context"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// subject is a model for the rows of one repeat.
type subject[Y any] struct {
	recipe recipe
	forms  []form
	test   structured.Data[Y]
	cheap  bool // to train by exact likelihood
	// fit trains, on all training rows for a positive number of epochs; tau is
	// nil for exact likelihood.
	fit func(ctx context.Context, tau logpart.Form, epochs int, onEpoch func(structured.Epoch) error) (*structured.Model[Y], error)
	// kernel moves the chains of annealing, where log Z cannot be summed.
	kernel structured.AnnealingKernel[Y]
}

// The reference where nothing is exact: what the target for its standard error
// is, and how close the temperatures are.
const (
	annealedError   = 0.03
	annealedOverlap = 0.995
)

// unseen is the most test rows that tau is compared on.
const unseen = 100

// examined is tau beside log Z, row by row.
type examined struct {
	form    form
	logZ    []float64
	tau     []float64
	refined []float64 // nil where it was not asked for
	kind    structured.Normalization
	error   float64 // largest standard error of logZ
	seconds float64 // for one logZ
}

func (s *subject[Y]) summable() bool { return s.cheap }
func (s *subject[Y]) trainings() int { return len(s.trained()) }
func (s *subject[Y]) budget() int    { return s.search(nil).Budget() }

// trained are the forms that models are trained with.
func (s *subject[Y]) trained() []form {
	var list []form
	for _, f := range s.forms {
		if f == refined {
			f = plain
		}
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

func (s *subject[Y]) search(tau logpart.Form) experiment.Search[recipe, *structured.Model[Y]] {
	return experiment.Search[recipe, *structured.Model[Y]]{
		Candidates: []recipe{s.recipe}, Epochs: s.recipe.Epochs, Refit: s.recipe.Refit,
		Fit: func(ctx context.Context, _ recipe, _, epochs int, onEpoch func(structured.Epoch) error) (*structured.Model[Y], error) {
			return s.fit(ctx, tau, epochs, onEpoch)
		},
	}
}

func (s *subject[Y]) exact(ctx context.Context, epoch func(done int)) (*experiment.Evaluation, error) {
	start := time.Now()
	m, _, _, err := s.search(nil).Run(ctx, epoch)
	if err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	e, err := experiment.Judge(ctx, m, &s.test)
	if err != nil {
		return nil, err
	}
	e.Seconds = seconds
	return e, nil
}

func (s *subject[Y]) taus(ctx context.Context, epoch func(done int)) (*experiment.Evaluation, []*examined, error) {
	e := &experiment.Evaluation{How: structured.Exact, Scores: map[experiment.Score]float64{}}
	var all []*examined
	for i, f := range s.trained() {
		start := time.Now()
		m, _, _, err := s.search(f.of()).Run(ctx, func(done int) { epoch(i*s.budget() + done) })
		if err != nil {
			return nil, nil, err
		}
		e.Seconds += time.Since(start).Seconds() / float64(s.trainings())
		x, err := s.examine(ctx, m, f)
		if err != nil {
			return nil, nil, err
		}
		e.How = max(e.How, x.kind)
		x.score(e, s.forms)
		nll := experiment.Score{Metric: report.NLL}
		if f == plain {
			nll = f.score(report.NLL)
		}
		if e.Scores[nll], err = s.nll(ctx, m, x); err != nil {
			return nil, nil, err
		}
		all = append(all, x)
	}
	return e, all, nil
}

// examine compares tau with log Z on test rows.
func (s *subject[Y]) examine(ctx context.Context, m *structured.Model[Y], f form) (*examined, error) {
	X := s.unseen()
	x := &examined{form: f}
	var err error
	if x.tau, err = m.Taus(ctx, X); err != nil {
		return nil, err
	}
	start := time.Now()
	best, err := m.Normalizers(ctx, X)
	if err != nil {
		return nil, err
	}
	for _, b := range best {
		x.logZ = append(x.logZ, b.Value)
		x.kind = max(x.kind, b.Kind)
	}
	if x.kind != structured.Exact {
		if err := s.anneal(ctx, m, X, x); err != nil {
			return nil, err
		}
	}
	x.seconds = time.Since(start).Seconds() / float64(len(best))
	if f == plain && slices.Contains(s.forms, refined) {
		estimates, err := m.ImportanceNormalizers(ctx, X, 0)
		if err != nil {
			return nil, err
		}
		for _, e := range estimates {
			x.refined = append(x.refined, e.Value)
		}
	}
	return x, nil
}

func (s *subject[Y]) unseen() mat.Matrix {
	if s.test.X == nil {
		return nil
	}
	n, d := s.test.X.Dims()
	X := mat.NewDense(min(n, unseen), d, nil)
	for i := range min(n, unseen) {
		for j := range d {
			X.Set(i, j, s.test.X.At(i, j))
		}
	}
	return X
}

// anneal overwrites log Z by estimates.
func (s *subject[Y]) anneal(ctx context.Context, m *structured.Model[Y], X mat.Matrix, x *examined) error {
	estimates, err := m.EstimateNormalizers(ctx, X, structured.AnnealedImportance[Y]{
		Kernel: s.kernel, Error: annealedError, Overlap: annealedOverlap,
	})
	if err != nil {
		return err
	}
	x.kind = structured.Estimate
	for i, e := range estimates {
		x.logZ[i], x.error = e.Value, max(x.error, e.Error)
	}
	return nil
}

// nll is that of all test rows where log Z is exact, and otherwise by the
// estimates of log Z, of the rows that have one.
func (s *subject[Y]) nll(ctx context.Context, m *structured.Model[Y], x *examined) (float64, error) {
	lps, err := m.LogProbs(ctx, &s.test)
	if err != nil {
		return 0, err
	}
	if x.kind != structured.Exact {
		lps = lps[:len(x.logZ)]
	}
	values := make([]float64, len(lps))
	for i, lp := range lps {
		if values[i] = -lp.Value; x.kind != structured.Exact {
			values[i] += x.logZ[i] - lp.Normalizer
		}
	}
	return experiment.Mean(values, nil), nil
}

// score adds the errors of the forms.
func (x *examined) score(e *experiment.Evaluation, forms []form) {
	add := func(f form, tau []float64) {
		if !slices.Contains(forms, f) {
			return
		}
		distance := make([]float64, len(tau))
		for i, v := range tau {
			distance[i] = math.Abs(v - x.logZ[i])
		}
		e.Scores[f.score(report.LogZError)] = report.Median(distance)
		e.Scores[f.score(report.LogZErrorMax)] = floats.Max(distance)
	}
	add(x.form, x.tau)
	if x.refined != nil {
		add(refined, x.refined)
	}
	if x.kind != structured.Exact {
		e.Scores[x.form.score(report.NormalizerError)] = x.error
		e.Scores[x.form.score(report.LogZSeconds)] = x.seconds
	}
}
