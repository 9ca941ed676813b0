package sets

import "math"

// F1 is the harmonic mean of precision and recall, averaged as asked: the mean
// of the F1 of rows (Samples) or labels (Macro, Weighted), not the F1 of the
// mean precision and recall. It is FBeta with beta 1 and scikit-learn's
// f1_score.
//
//	2 TP / (2 TP + FP + FN)
func (e Evaluation) F1(avg Average) (float64, error) { return e.average(avg, f1Ratio) }

// FBeta is the weighted harmonic mean of precision and recall in which recall
// counts beta times as much as precision, averaged as asked. It is
// scikit-learn's fbeta_score.
//
//	(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)
//
// beta = 0 is Precision and beta = +Inf is Recall, with their 0/0; a negative
// or NaN beta is an *ArgumentError.
func (e Evaluation) FBeta(beta float64, avg Average) (float64, error) {
	if !(beta >= 0) {
		return 0, &ArgumentError{Name: "beta", Value: beta, Want: "a number that is not negative"}
	}
	return e.average(avg, fRatio(beta))
}

func f1Ratio(c Confusion) (num, den float64) { return 2 * c.TP, 2*c.TP + c.FP + c.FN }

func fRatio(beta float64) metricRatio {
	if beta == 0 {
		return precisionRatio
	}
	if math.IsInf(beta, 1) {
		return recallRatio
	}
	// Precision and recall by their shares of 1 + beta^2: a square that
	// over- or underflows is harmless there.
	p, r := 1/(1+beta*beta), 1/(1+1/(beta*beta))
	return func(c Confusion) (num, den float64) {
		den = c.TP + p*c.FP + r*c.FN
		if den == 0 {
			den = c.FP + c.FN // p or r is 0, yet this is 0/0 only if nothing is there
		}
		return c.TP, den
	}
}
