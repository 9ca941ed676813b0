package sets

// HammingLoss is the fraction, by weight, of known labels that are wrong: in
// one of the true and the predicted set but not in the other. 1 - HammingLoss
// is what some papers call multilabel accuracy.
//
//	sum_i w_i |Truth_i xor Predicted_i| / sum_i w_i k_i
//
// with k_i the number of known labels of row i, k if Observed is nil. It is
// scikit-learn's hamming_loss.
func (e Evaluation) HammingLoss() (float64, error) {
	r, err := e.rows()
	if err != nil {
		return 0, err
	}
	var m metricMean
	for i := range e.Truth {
		if w, known, n := r.row(i); w > 0 {
			c := rowConfusion(e.Truth[i].words, e.Predicted[i].words, known)
			m.add((c.FP+c.FN)/float64(n), w*float64(n))
		}
	}
	return m.value()
}
