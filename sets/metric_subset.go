package sets

// SubsetAccuracy is the fraction, by weight, of rows whose predicted set is
// the true one on all known labels; 1 - SubsetAccuracy is the subset 0/1 loss.
//
//	sum_i w_i [Truth_i = Predicted_i] / sum_i w_i
//
// It is scikit-learn's accuracy_score on label indicators.
func (e Evaluation) SubsetAccuracy() (float64, error) {
	r, err := e.rows()
	if err != nil {
		return 0, err
	}
	var m metricMean
	for i := range e.Truth {
		if w, known, _ := r.row(i); w > 0 {
			m.add(exactMatch(e.Truth[i].words, e.Predicted[i].words, known), w)
		}
	}
	return m.value()
}

// exactMatch is 1 if the sets agree on all known labels and 0 otherwise.
func exactMatch(truth, pred, known []uint64) float64 {
	for i, t := range truth {
		wrong := t ^ pred[i]
		if known != nil {
			wrong &= known[i]
		}
		if wrong != 0 {
			return 0
		}
	}
	return 1
}
