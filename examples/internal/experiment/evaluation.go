package experiment

import (
	"context"
	"errors"
	"math"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Mode is the name of the decision that predicts what is most probable.
const Mode = "mode"

// Score says which number it is.
type Score struct {
	Metric report.Metric
	// Decision is how predictions were made of probabilities, see
	// report.Record. It is empty for a metric of the probabilities themselves.
	Decision string
}

// Evaluation is what the test rows of a repeat say of a model.
type Evaluation struct {
	How    structured.Normalization // the weakest over the rows
	Scores map[Score]float64
	// Tau and Exact are the learned and the exact normaliser of each test row,
	// one for all without features; nil where there is none.
	Tau, Exact []float64
	// Seconds is how long training took; History is that of the training that
	// was judged on validation rows.
	Seconds float64
	History structured.History
	// Chosen says which settings were, for the progress; empty if none.
	Chosen string
}

// Judge compares the probabilities of a model with the test rows: the metrics
// NLL, where that is an interval NLLLower and NLLUpper, NLLTau, LogZError, ThresholdError and ZeroProbability, as far as the
// model has them. Rows count by their weights.
func Judge[Y any](ctx context.Context, m *structured.Model[Y], test *structured.Data[Y]) (*Evaluation, error) {
	e := &Evaluation{How: structured.Exact, Scores: map[Score]float64{}}
	lps, err := m.LogProbs(ctx, test)
	if err != nil {
		return nil, err
	}
	nll, zero := make([]float64, len(lps)), make([]float64, len(lps))
	low, high := make([]float64, len(lps)), make([]float64, len(lps))
	for i, lp := range lps {
		e.How = max(e.How, lp.Kind)
		nll[i], low[i], high[i] = -lp.Value, -lp.Upper, -lp.Lower
		if math.IsInf(lp.Value, -1) {
			zero[i] = 1
		}
	}
	e.Scores[Score{Metric: report.NLL}] = Mean(nll, test.Weights)
	if e.How == structured.Interval {
		e.Scores[Score{Metric: report.NLLLower}] = Mean(low, test.Weights)
		e.Scores[Score{Metric: report.NLLUpper}] = Mean(high, test.Weights)
	}
	if !m.Likelihood() {
		e.Scores[Score{Metric: report.ZeroProbability}] = Mean(zero, test.Weights)
	}
	return e, judgeTau(ctx, e, m, test)
}

// judgeTau compares the learned tau with the exact normaliser, if the model
// has them.
func judgeTau[Y any](ctx context.Context, e *Evaluation, m *structured.Model[Y], test *structured.Data[Y]) (err error) {
	if e.Tau, err = m.Taus(ctx, test.X); errors.Is(err, structured.ErrNoNormalizer) {
		e.Tau = nil
		return nil
	} else if err != nil {
		return err
	}
	best, err := m.Normalizers(ctx, test.X)
	if err != nil {
		return err
	}
	shift, distance := make([]float64, len(best)), make([]float64, len(best))
	for i, b := range best {
		shift[i] = e.Tau[i] - b.Value
		distance[i] = math.Abs(shift[i])
		e.Exact = append(e.Exact, b.Value)
	}
	weights := test.Weights
	if len(best) != len(weights) { // one normaliser for all rows
		weights = nil
	}
	nll := e.Scores[Score{Metric: report.NLL}]
	switch {
	case e.How == structured.Estimate: // tau is the normaliser
		e.Scores[Score{Metric: report.NLLTau}] = nll
	case m.Likelihood():
		// -log p is normaliser - log q - g, whatever was observed of y.
		e.Scores[Score{Metric: report.NLLTau}] = nll + Mean(shift, weights)
	}
	if e.How != structured.Exact {
		e.Exact = nil
		return nil
	}
	of := report.ThresholdError
	if m.Likelihood() {
		of = report.LogZError
	}
	e.Scores[Score{Metric: of}] = report.Median(distance)
	return nil
}

// Mean is the mean of the values by weight; nil stands for equal weights. A
// value of weight zero does not count, even if it is infinite.
func Mean(values, weights []float64) float64 {
	sum, total := 0.0, 0.0
	for i, v := range values {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if w > 0 {
			sum += w * v
			total += w
		}
	}
	return sum / total
}
