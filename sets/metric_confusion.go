package sets

// LabelConfusion returns the confusion matrix of each label, summed over rows
// by weight: what Macro and Weighted are made of, and the way to a metric that
// is not here. A label that is known nowhere has a matrix of zeros. It is
// scikit-learn's multilabel_confusion_matrix. O(n k), for the true negatives.
func (e Evaluation) LabelConfusion() ([]Confusion, error) {
	r, err := e.rows()
	if err != nil {
		return nil, err
	}
	c, _ := e.perLabel(r, true)
	for j := range c {
		var unscaled Confusion
		unscaled.add(c[j], 1/r.scale)
		c[j] = unscaled
	}
	return c, nil
}
