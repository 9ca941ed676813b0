package sets

import "math"

// LogLoss takes Scores as marginal probabilities p and is the mean over known
// labels, by weight, of the binary cross-entropy, in nats. It judges each label
// on its own: the log loss of whole sets is that of a joint probability.
//
//	-(y log p + (1-y) log(1-p))
//
// Probabilities are first moved into [clip, 1-clip], with clip from 0 to 1/2.
// Under clip 0, which changes nothing, a label that is present with p = 0 or
// absent with p = 1 is an *InfiniteLossError; scikit-learn's log_loss, given all
// entries as one column, has clip 0x1p-52. A p outside [0, 1] is a
// *ProbabilityError, a clip outside [0, 1/2] an *ArgumentError.
func (e RankingEvaluation) LogLoss(clip float64) (float64, error) {
	if !(clip >= 0 && clip <= 0.5) {
		return 0, &ArgumentError{Name: "clip", Value: clip, Want: "0 to 1/2"}
	}
	return e.meanOverLabels(func(p float64, truth bool) float64 {
		p = min(max(p, clip), 1-clip)
		if truth {
			return -math.Log(p)
		}
		return -math.Log1p(-p)
	})
}

// BrierScore takes Scores as marginal probabilities p and is the mean over
// known labels, by weight, of the squared error. A p outside [0, 1] is a
// *ProbabilityError.
//
//	(y - p)^2
//
// It is scikit-learn's brier_score_loss, given all entries as one column.
// Brier, Verification of forecasts expressed in terms of probability (1950).
func (e RankingEvaluation) BrierScore() (float64, error) {
	return e.meanOverLabels(func(p float64, truth bool) float64 {
		d := zeroOne(truth) - p
		return d * d
	})
}

// meanOverLabels is the mean of a loss over the known labels of all rows.
func (e RankingEvaluation) meanOverLabels(loss func(p float64, truth bool) float64) (float64, error) {
	r, err := e.rows()
	if err != nil {
		return 0, err
	}
	for i, p := range e.Scores {
		if p < 0 || p > 1 {
			return 0, &ProbabilityError{Row: i / r.k, Column: i % r.k, Value: p}
		}
	}
	var m metricMean
	for i, y := range e.Truth {
		w, _, _ := r.row(i)
		if w == 0 {
			continue
		}
		for j, p := range e.Scores[i*r.k : (i+1)*r.k] {
			if e.Observed != nil && !e.Observed[i].Has(j) {
				continue
			}
			v := loss(p, y.Has(j))
			if math.IsInf(v, 1) {
				return 0, &InfiniteLossError{Row: i, Column: j, Value: p}
			}
			m.add(v, w)
		}
	}
	return m.value()
}
