package sets

// LabelRankingAveragePrecision is the mean over true labels of the fraction of
// true labels among those that score at least as high, averaged over rows by
// weight; 1 is best.
//
//	1/#true sum_(a true) #{b true: score_b >= score_a} / #{b: score_b >= score_a}
//
// Labels with equal scores all have the worst rank among them, as in
// scikit-learn's label_ranking_average_precision_score. A row without a true
// label is 0/0: 1 by default, as there. Schapire and Singer, BoosTexter
// (2000).
func (e RankingEvaluation) LabelRankingAveragePrecision() (float64, error) {
	return e.average(1, func(ranked []rankedLabel) (num, den float64) {
		seen, truths := 0, 0
		for len(ranked) > 0 {
			n := tiedLabels(ranked)
			t := countTrue(ranked[:n])
			seen += n
			truths += t
			num += float64(t) * float64(truths) / float64(seen)
			ranked = ranked[n:]
		}
		return num, float64(truths)
	})
}
