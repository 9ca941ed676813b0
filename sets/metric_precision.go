package sets

// Precision is the fraction of predicted labels that are true, averaged as
// asked. It is scikit-learn's precision_score.
//
//	TP / (TP + FP)
func (e Evaluation) Precision(avg Average) (float64, error) { return e.average(avg, precisionRatio) }

// Recall is the fraction of true labels that are predicted, averaged as asked.
// It is scikit-learn's recall_score.
//
//	TP / (TP + FN)
func (e Evaluation) Recall(avg Average) (float64, error) { return e.average(avg, recallRatio) }

func precisionRatio(c Confusion) (num, den float64) { return c.TP, c.TP + c.FP }

func recallRatio(c Confusion) (num, den float64) { return c.TP, c.TP + c.FN }
