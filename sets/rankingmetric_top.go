package sets

import "fmt"

// PrecisionAt is the fraction of true labels among the m with the highest
// scores, averaged over rows by weight. Of equal scores the lowest labels come
// first. In a row with fewer than m known labels it is the fraction among
// those. An m outside 1..k is an *ArgumentError.
func (e RankingEvaluation) PrecisionAt(m int) (float64, error) {
	if err := e.checkTop(m); err != nil {
		return 0, err
	}
	return e.average(0, func(ranked []rankedLabel) (num, den float64) {
		top := ranked[:min(m, len(ranked))]
		return float64(countTrue(top)), float64(len(top))
	})
}

// RecallAt is the fraction of the true labels that are among the m with the
// highest scores, averaged over rows by weight. Of equal scores the lowest
// labels come first. A row without a true label is 0/0: 0 by default, as in
// Recall. An m outside 1..k is an *ArgumentError.
func (e RankingEvaluation) RecallAt(m int) (float64, error) {
	if err := e.checkTop(m); err != nil {
		return 0, err
	}
	return e.average(0, func(ranked []rankedLabel) (num, den float64) {
		return float64(countTrue(ranked[:min(m, len(ranked))])), float64(countTrue(ranked))
	})
}

// OneError is the fraction, by weight, of rows whose label with the highest
// score is not true: 1 - PrecisionAt(1). Of equal scores the lowest label
// comes first. A row without a true label is an error. Schapire and Singer,
// BoosTexter (2000).
func (e RankingEvaluation) OneError() (float64, error) {
	return e.average(0, func(ranked []rankedLabel) (num, den float64) {
		return zeroOne(!ranked[0].truth), 1
	})
}

func (e RankingEvaluation) checkTop(m int) error {
	r, err := e.rows()
	if err == nil && (m < 1 || m > r.k) {
		err = &ArgumentError{Name: "m", Value: float64(m), Want: fmt.Sprintf("1 to %d", r.k)}
	}
	return err
}
