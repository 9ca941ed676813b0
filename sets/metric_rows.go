package sets

import "math/bits"

// maxMetricWeight bounds weights so that no sum of them overflows.
const maxMetricWeight = 1e200

// metricRows are checked true label sets with what goes with them.
type metricRows struct {
	truth    []Set
	observed []Set
	weights  []float64
	scale    float64 // power of two that keeps tiny weights from rounding to 0
	k        int
}

// newRows checks the fields that all evaluations share.
func newRows(truth, observed []Set, weights []float64) (metricRows, error) {
	if len(truth) == 0 {
		return metricRows{}, ErrNoRows
	}
	r := metricRows{truth: truth, observed: observed, weights: weights, scale: 1, k: truth[0].k}
	if r.k == 0 {
		return metricRows{}, ErrNoLabels
	}
	if err := checkMetricSets("Truth", truth, len(truth), r.k); err != nil {
		return metricRows{}, err
	}
	if observed != nil {
		if err := checkMetricSets("Observed", observed, len(truth), r.k); err != nil {
			return metricRows{}, err
		}
	}
	if weights != nil && len(weights) != len(truth) {
		return metricRows{}, &LengthError{Field: "Weights", Len: len(weights), Want: len(truth)}
	}
	largest := 0.0
	for i, w := range weights {
		if !(w >= 0 && w <= maxMetricWeight) {
			return metricRows{}, &WeightError{Row: i, Value: w}
		}
		largest = max(largest, w)
	}
	switch {
	case weights != nil && largest == 0:
		return metricRows{}, ErrZeroWeights
	case weights != nil && largest < 1/maxMetricWeight:
		r.scale = 0x1p800
	}
	for i := range truth {
		if w, _, _ := r.row(i); w > 0 {
			return r, nil
		}
	}
	return metricRows{}, ErrNothingObserved
}

// checkMetricSets checks that there are n sets over k labels.
func checkMetricSets(field string, y []Set, n, k int) error {
	if len(y) != n {
		return &LengthError{Field: field, Len: len(y), Want: n}
	}
	for i := range y {
		if y[i].k != k {
			return &LabelCountError{Field: field, Row: i, K: y[i].k, Want: k}
		}
	}
	return nil
}

// row returns the weight of row i, 0 where it counts nowhere, the words of its
// known labels, nil where all are, and their number.
func (r metricRows) row(i int) (w float64, known []uint64, n int) {
	w, n = 1, r.k
	if r.weights != nil {
		w = r.weights[i] * r.scale
	}
	if r.observed != nil {
		known, n = r.observed[i].words, r.observed[i].Count()
		if n == 0 {
			w = 0
		}
	}
	return w, known, n
}

// A Confusion is a confusion matrix of yes-no decisions: how many, by weight,
// were right and wrong.
type Confusion struct {
	TP float64 // true positives: in the true and the predicted set
	FP float64 // false positives: in the predicted set only
	FN float64 // false negatives: in the true set only
	TN float64 // true negatives: in neither
}

// rowConfusion counts the known labels of one row, unweighted and without the
// true negatives.
func rowConfusion(truth, pred, known []uint64) Confusion {
	var tp, fp, fn int
	for i, t := range truth {
		p := pred[i]
		if known != nil {
			t &= known[i]
			p &= known[i]
		}
		tp += bits.OnesCount64(t & p)
		fp += bits.OnesCount64(p &^ t)
		fn += bits.OnesCount64(t &^ p)
	}
	return Confusion{TP: float64(tp), FP: float64(fp), FN: float64(fn)}
}

func (c *Confusion) add(d Confusion, w float64) {
	c.TP += w * d.TP
	c.FP += w * d.FP
	c.FN += w * d.FN
	c.TN += w * d.TN
}

// total sums the counts over rows and labels, without the true negatives.
func (e Evaluation) total(r metricRows) Confusion {
	var c Confusion
	for i := range e.Truth {
		if w, known, _ := r.row(i); w > 0 {
			c.add(rowConfusion(e.Truth[i].words, e.Predicted[i].words, known), w)
		}
	}
	return c
}

// perLabel sums the counts of each label over rows, the true negatives only if
// asked, and returns the labels that are known somewhere.
func (e Evaluation) perLabel(r metricRows, negatives bool) ([]Confusion, Set) {
	c := make([]Confusion, r.k)
	anywhere := New(r.k)
	for i := range e.Truth {
		if w, known, _ := r.row(i); w > 0 {
			addLabelCounts(c, e.Truth[i].words, e.Predicted[i].words, known, anywhere, w, negatives)
		}
	}
	return c, anywhere
}

// addLabelCounts adds one row to the counts of its known labels.
func addLabelCounts(c []Confusion, truth, pred, known []uint64, anywhere Set, w float64, negatives bool) {
	for i, t := range truth {
		p, in := pred[i], ^uint64(0)
		if i == len(truth)-1 {
			in = lastMask(anywhere.k)
		}
		if known != nil {
			in = known[i]
		}
		anywhere.words[i] |= in
		first := c[i*wordBits:]
		for b := t & p & in; b != 0; b &= b - 1 {
			first[bits.TrailingZeros64(b)].TP += w
		}
		for b := p &^ t & in; b != 0; b &= b - 1 {
			first[bits.TrailingZeros64(b)].FP += w
		}
		for b := t &^ p & in; b != 0; b &= b - 1 {
			first[bits.TrailingZeros64(b)].FN += w
		}
		if !negatives {
			continue
		}
		for b := in &^ (t | p); b != 0; b &= b - 1 {
			first[bits.TrailingZeros64(b)].TN += w
		}
	}
}
