package sets

// RankingLoss is the fraction of pairs of a true and another label that the
// scores order wrongly, averaged over rows by weight.
//
//	#{(a, b): a true, b not, score_a <= score_b} / (#true (k - #true))
//
// A tie is a full error, as in scikit-learn's label_ranking_loss. A row whose
// labels are all true or all not has no pair: 0 by default, as there.
// Tsoumakas, Katakis and Vlahavas, Mining multi-label data (2010).
func (e RankingEvaluation) RankingLoss() (float64, error) {
	return e.average(0, func(ranked []rankedLabel) (num, den float64) {
		wrong, others, truths := 0, 0, 0
		for len(ranked) > 0 {
			n := tiedLabels(ranked)
			t := countTrue(ranked[:n])
			truths += t
			others += n - t
			wrong += t * others
			ranked = ranked[n:]
		}
		return float64(wrong), float64(truths) * float64(others)
	})
}
