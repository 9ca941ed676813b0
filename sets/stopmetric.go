package sets

import (
	"context"
	"errors"
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// ModeMetric judges a model by its modes on the validation data. F1Samples and
// the other variables below are ready made; Of takes any method of Evaluation.
type ModeMetric struct {
	Name string
	// Larger reports whether larger is better.
	Larger bool
	Of     func(Evaluation) (float64, error)
}

// Metrics to stop on, of the modes of the model. Undefined ratios count 0 (see
// ZeroDivision).
var (
	F1Samples      = ModeMetric{"f1_samples", true, func(e Evaluation) (float64, error) { return e.F1(Samples) }}
	F1Micro        = ModeMetric{"f1_micro", true, func(e Evaluation) (float64, error) { return e.F1(Micro) }}
	F1Macro        = ModeMetric{"f1_macro", true, func(e Evaluation) (float64, error) { return e.F1(Macro) }}
	JaccardSamples = ModeMetric{"jaccard_samples", true, func(e Evaluation) (float64, error) { return e.Jaccard(Samples) }}
	SubsetAccuracy = ModeMetric{"subset_accuracy", true, Evaluation.SubsetAccuracy}
	HammingLoss    = ModeMetric{"hamming_loss", false, Evaluation.HammingLoss}
)

// NLL stops on the negative log-likelihood by the best normaliser there is.
type NLL = structured.NLL[Set]

var _ structured.Metric[Set] = ModeMetric{}

// String is Name.
func (m ModeMetric) String() string { return m.Name }

// Maximize is Larger.
func (m ModeMetric) Maximize() bool { return m.Larger }

// Evaluate takes the metric of the modes for the rows of d. Errors are those of
// Predict and of Of.
func (m ModeMetric) Evaluate(ctx context.Context, model *structured.Model[Set], d *structured.Data[Set]) (float64, error) {
	if m.Of == nil {
		return 0, errors.New("sets: ModeMetric.Of is missing")
	}
	modes, err := model.PredictData(ctx, d)
	if err != nil {
		return 0, err
	}
	e := Evaluation{Truth: d.Y, Predicted: modes, Weights: d.Weights}
	if d.Evidence != nil {
		e.Observed = make([]Set, len(d.Y))
		all := All(d.Y[0].K())
		for i, ev := range d.Evidence {
			switch o := ev.(type) {
			case nil:
				e.Observed[i] = all
			case Observation:
				e.Observed[i] = o.Known
			default:
				return 0, fmt.Errorf("row %d: %w", i, &UnsupportedEvidenceError{ev})
			}
		}
	}
	return m.Of(e)
}
