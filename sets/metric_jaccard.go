package sets

// Jaccard is the size of the intersection of the true and the predicted set
// over that of their union, averaged as asked.
//
//	TP / (TP + FP + FN)
//
// Averaged over Samples it is what Godbole and Sarawagi, Discriminative methods
// for multi-labeled classification (2004), call accuracy. It is scikit-learn's
// jaccard_score, which has no counterpart of ZeroDivisionSkip.
func (e Evaluation) Jaccard(avg Average) (float64, error) { return e.average(avg, jaccardRatio) }

func jaccardRatio(c Confusion) (num, den float64) { return c.TP, c.TP + c.FP + c.FN }
