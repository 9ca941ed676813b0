package sets

import "fmt"

// An Evaluation compares predicted label sets with the true ones, row by row,
// over k labels. Its methods are the usual metrics for multilabel prediction;
// Report computes them all at once.
//
// A label of a row that is not in Observed counts nowhere: the metrics are
// those of the known labels alone. A row without any known label and a row of
// weight zero are left out, and so is, in Macro and Weighted, a label that is
// known in no remaining row. A weight of 2 equals the row twice.
//
// Every method checks the fields first and returns the error of Validate, so
// there is no need to call it. All take one pass over the words of the sets,
// O(n k/64), to which averages over labels add O(1) per label in a true or
// predicted set; nothing is allocated per row.
type Evaluation struct {
	Truth     []Set     // the true labels of the n rows
	Predicted []Set     // the predicted labels of the n rows
	Observed  []Set     // the labels of each row that are known; nil: all
	Weights   []float64 // one per row, from 0 to 1e200; nil: ones
	// ZeroDivision is what a 0/0 counts in Jaccard, Precision, Recall, FBeta
	// and F1.
	ZeroDivision ZeroDivision
}

// ZeroDivision says what a ratio 0/0 counts.
//
// The well-known case is a row with no true and no predicted label, for which
// the prediction is perfect and yet precision, recall, F and Jaccard are all
// 0/0. In data where most rows are empty the average over Samples depends more
// on this convention than on the model: state it beside every number. With e
// the fraction, by weight, of such rows and m the Samples F1 or Jaccard under
// ZeroDivisionZero, ZeroDivisionOne gives m + e and ZeroDivisionSkip m/(1-e).
//
// Precision is also 0/0 where nothing was predicted but there was something
// to find, and recall where something was predicted but there was nothing to
// find; F and Jaccard are then 0 under every convention. Over labels (Macro,
// Weighted) and over everything (Micro) the same holds with the label's or
// the total counts.
type ZeroDivision int

const (
	// ZeroDivisionDefault is what scikit-learn does unless told otherwise: a
	// 0/0 counts as 0 in precision, recall, F and Jaccard (there with a
	// warning), as 1 in LabelRankingAveragePrecision and 0 in RankingLoss.
	ZeroDivisionDefault ZeroDivision = iota
	// ZeroDivisionZero counts a 0/0 as 0: predicting no label where there is
	// none earns nothing. This is scikit-learn's zero_division=0.
	ZeroDivisionZero
	// ZeroDivisionOne counts a 0/0 as 1: predicting no label where there is
	// none is right. This is scikit-learn's zero_division=1.
	ZeroDivisionOne
	// ZeroDivisionSkip leaves a 0/0 out of the average, with its weight, as
	// scikit-learn's zero_division=nan does for precision, recall and F. If
	// there is nothing else to average the metric fails with ErrUndefined.
	ZeroDivisionSkip
)

// String names the convention.
func (z ZeroDivision) String() string {
	switch z {
	case ZeroDivisionDefault:
		return "default"
	case ZeroDivisionZero:
		return "0/0 = 0"
	case ZeroDivisionOne:
		return "0/0 = 1"
	case ZeroDivisionSkip:
		return "0/0 skipped"
	}
	return fmt.Sprintf("ZeroDivision(%d)", int(z))
}

func (z ZeroDivision) validate() error {
	if z < ZeroDivisionDefault || z > ZeroDivisionSkip {
		return fmt.Errorf("sets: unknown %s", z)
	}
	return nil
}

// divide returns num/den, or what 0/0 counts, byDefault being the default of
// the metric; ok is false where it is left out.
func (z ZeroDivision) divide(num, den, byDefault float64) (value float64, ok bool) {
	if den != 0 {
		return num / den, true
	}
	switch z {
	case ZeroDivisionZero:
		return 0, true
	case ZeroDivisionOne:
		return 1, true
	case ZeroDivisionSkip:
		return 0, false
	}
	return byDefault, true
}

// Average says over what a ratio of counts is averaged.
type Average int

const (
	// Samples takes the ratio of each row and averages over rows by weight:
	// the example-based average.
	Samples Average = iota
	// Micro takes one ratio of the counts summed over all rows and labels.
	Micro
	// Macro takes the ratio of each label and averages over labels equally.
	Macro
	// Weighted takes the ratio of each label and averages over labels by
	// their support, the weight of the rows that truly have the label; where
	// no label has support it is Macro.
	Weighted
)

// String names the average as scikit-learn does.
func (a Average) String() string {
	switch a {
	case Samples:
		return "samples"
	case Micro:
		return "micro"
	case Macro:
		return "macro"
	case Weighted:
		return "weighted"
	}
	return fmt.Sprintf("Average(%d)", int(a))
}

// Validate reports the first thing that is wrong with the fields: ErrNoRows,
// ErrNoLabels, ErrZeroWeights, ErrNothingObserved, a *LengthError, a
// *LabelCountError or a *WeightError.
func (e Evaluation) Validate() error {
	_, err := e.rows()
	return err
}

func (e Evaluation) rows() (metricRows, error) {
	if err := e.ZeroDivision.validate(); err != nil {
		return metricRows{}, err
	}
	r, err := newRows(e.Truth, e.Observed, e.Weights)
	if err != nil {
		return metricRows{}, err
	}
	if err := checkMetricSets("Predicted", e.Predicted, len(e.Truth), r.k); err != nil {
		return metricRows{}, err
	}
	return r, nil
}

// A metricRatio is a ratio of the entries of a confusion matrix. It is 0/0 or finite.
type metricRatio func(c Confusion) (num, den float64)

// average is the ratio averaged as asked.
func (e Evaluation) average(avg Average, f metricRatio) (float64, error) {
	r, err := e.rows()
	if err != nil {
		return 0, err
	}
	var m metricMean
	switch avg {
	case Samples:
		for i := range e.Truth {
			if w, known, _ := r.row(i); w > 0 {
				num, den := f(rowConfusion(e.Truth[i].words, e.Predicted[i].words, known))
				if v, ok := e.ZeroDivision.divide(num, den, 0); ok {
					m.add(v, w)
				}
			}
		}
	case Micro:
		num, den := f(e.total(r))
		if v, ok := e.ZeroDivision.divide(num, den, 0); ok {
			m.add(v, 1)
		}
	case Macro, Weighted:
		c, known := e.perLabel(r, false)
		m = averageLabels(c, known, avg, f, e.ZeroDivision)
	default:
		return 0, fmt.Errorf("sets: unknown %s", avg)
	}
	return m.value()
}

// averageLabels averages the ratios of the known labels.
func averageLabels(c []Confusion, known Set, avg Average, f metricRatio, z ZeroDivision) metricMean {
	var equal, support metricMean
	for j := range known.Labels() {
		num, den := f(c[j])
		if v, ok := z.divide(num, den, 0); ok {
			equal.add(v, 1)
			support.add(v, c[j].TP+c[j].FN)
		}
	}
	if avg == Weighted && support.weight > 0 {
		return support
	}
	return equal
}

// metricMean is a weighted mean in the making.
type metricMean struct{ sum, weight float64 }

func (m *metricMean) add(v, w float64) { m.sum += w * v; m.weight += w }

func (m metricMean) value() (float64, error) {
	if m.weight == 0 {
		return 0, ErrUndefined
	}
	return m.sum / m.weight, nil
}
