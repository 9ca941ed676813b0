package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// row is one size of one family.
type row struct {
	family family
	size   int
	truth  *table
}

// model is the family at the size, in the place of a model in the table.
func (r row) model() string { return fmt.Sprintf("n=%d", r.size) }

// rows are all of them.
func rows(o *options) ([]row, error) {
	var list []row
	for _, f := range o.families {
		t, err := f.table()
		if err != nil {
			return nil, err
		}
		for _, n := range o.sizes {
			list = append(list, row{f, n, t})
		}
	}
	return list, nil
}

// jobs estimate; a repeat has the same sample for all estimators.
func jobs(o *options, list []row) []experiment.Job {
	var out []experiment.Job
	for _, r := range list {
		for _, e := range o.estimators {
			if !e.fits(r.family) {
				continue
			}
			out = append(out, experiment.Job{
				Dataset: r.family.String(), Model: r.model(), Objective: e.String(), Epochs: 1,
				Repeat: func(ctx context.Context, i int, _ func(int)) (*experiment.Evaluation, error) {
					return o.estimate(ctx, r, e, o.seed+uint64(i))
				},
			})
		}
	}
	return out
}

// squared is the squared error of the parameters, |estimate - truth|^2.
var squared = experiment.Score{Metric: "squared_error"}

// estimate runs an optimiser over all examples at once, with a rate that falls
// to 0, so that what is left is the error of the estimator: noise that is drawn
// anew in each step averages out.
func (o *options) estimate(ctx context.Context, r row, e estimator, seed uint64) (*experiment.Evaluation, error) {
	start := time.Now()
	ys := r.truth.sample(r.size, rand.New(rand.NewPCG(seed, uint64(r.size))))
	cfg := r.family.config()
	cfg.Objective = e.objective(r.family, o.samples)
	// Gradients that were huge at the start must not be remembered: a first
	// density may have tails that hardly fall.
	adam := nn.AdamW{Rate: o.rate, Beta2: 0.95, WeightDecay: nn.Off}
	cfg.Training = structured.Training{
		Epochs: o.steps, BatchSize: r.size, Optimizer: adam, TauOptimizer: adam, Schedule: nn.Cosine{}, ClipNorm: 1, Seed: seed, Workers: 1,
	}
	m, err := snl.Fit(ctx, snl.Data{Y: ys}, cfg)
	if err != nil {
		return nil, err
	}
	out := &experiment.Evaluation{Scores: map[experiment.Score]float64{}, Seconds: time.Since(start).Seconds()}
	truth := r.family.truth()
	err = m.Standardised().EachTheta(ctx, nil, func(_ int, theta structured.Theta) error {
		sum := 0.0
		for k, v := range theta.Logits {
			sum += (v - truth[k]) * (v - truth[k])
		}
		out.Scores[squared] = sum
		return nil
	})
	if err != nil {
		return nil, err
	}
	kl, err := snl.Divergence(ctx, m, nil, r.grid(), func(dst []float64, _ int, ys []float64) { r.truth.log(dst, ys) })
	if err == nil { // an estimate may have no density at all
		out.Scores[experiment.Score{Metric: report.KL}] = kl
	}
	return out, nil
}

const gridSize = 2001

// grid is every tenth point of the table.
func (r row) grid() []float64 {
	out := make([]float64, gridSize)
	for i := range out {
		out[i] = r.truth.at[i*(tableSize-1)/(gridSize-1)]
	}
	return out
}

// relative replaces squared errors by what the table shows: the root of their
// mean, and its ratio to that of maximum likelihood with the same samples. The
// numbers are jackknife pseudo-values, whose mean and standard error are those
// of the statistic.
func relative(results []*experiment.Result) {
	reference := map[[2]string][]float64{}
	for _, r := range results {
		if r.Objective == likelihood.String() {
			reference[[2]string{r.Dataset, r.Model}] = r.Scores[squared]
		}
	}
	for _, r := range results {
		errors, ml := r.Scores[squared], reference[[2]string{r.Dataset, r.Model}]
		if len(errors) < 2 {
			continue
		}
		r.Scores[experiment.Score{Metric: report.RMSE}] = pseudo(len(errors), func(without int) float64 {
			return math.Sqrt(meanWithout(errors, without))
		})
		if len(ml) == len(errors) {
			r.Scores[experiment.Score{Metric: report.RMSERatio}] = pseudo(len(errors), func(without int) float64 {
				return math.Sqrt(meanWithout(errors, without) / meanWithout(ml, without))
			})
		}
	}
}

// pseudo are the jackknife pseudo-values n s - (n-1) s_(-i) of a statistic,
// which is that of all for without = -1 (Tukey 1958).
func pseudo(n int, statistic func(without int) float64) []float64 {
	out, all := make([]float64, n), statistic(-1)
	for i := range out {
		out[i] = float64(n)*all - float64(n-1)*statistic(i)
	}
	return out
}

func meanWithout(values []float64, without int) float64 {
	sum, n := 0.0, 0
	for i, v := range values {
		if i != without {
			sum += v
			n++
		}
	}
	return sum / float64(n)
}
