package permutations

import (
	"context"
	"errors"
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// ModeMetric judges a model by its modes on the validation data. KendallTau and
// the other variables below are ready made; Of takes any method of Evaluation.
type ModeMetric struct {
	Name string
	// Larger reports whether larger is better.
	Larger bool
	Of     func(Evaluation) (float64, error)
}

// Metrics to stop on, of the modes of the model.
var (
	KendallTau  = ModeMetric{"kendall_tau", true, Evaluation.KendallTau}
	SpearmanRho = ModeMetric{"spearman_rho", true, Evaluation.SpearmanRho}
	Footrule    = ModeMetric{"footrule", false, Evaluation.Footrule}
	ExactMatch  = ModeMetric{"exact_match", true, Evaluation.ExactMatch}
	// FirstHit is how often the best label is predicted to be the best.
	FirstHit = ModeMetric{"first_hit", true, func(e Evaluation) (float64, error) { return e.TopHit(1) }}
)

// NLL stops on the negative log-likelihood by the best normaliser there is.
type NLL = structured.NLL[Ordering]

var _ structured.Metric[Ordering] = ModeMetric{}

// String is Name.
func (m ModeMetric) String() string { return m.Name }

// Maximize is Larger.
func (m ModeMetric) Maximize() bool { return m.Larger }

// Evaluate takes the metric of the modes for the rows of d. Errors are those of
// Predict and of Of.
func (m ModeMetric) Evaluate(ctx context.Context, model *structured.Model[Ordering], d *structured.Data[Ordering]) (float64, error) {
	if m.Of == nil {
		return 0, errors.New("permutations: ModeMetric.Of is missing")
	}
	modes, err := model.PredictData(ctx, d)
	if err != nil {
		return 0, err
	}
	e := Evaluation{Truth: d.Y, Predicted: modes, Weights: d.Weights}
	if d.Evidence != nil {
		e.Partial = make([]Partial, len(d.Y))
		for i, ev := range d.Evidence {
			switch p := ev.(type) {
			case nil:
			case Partial:
				e.Partial[i] = p
			default:
				return 0, fmt.Errorf("row %d: %w", i, &UnsupportedEvidenceError{ev})
			}
		}
	}
	return m.Of(e)
}
