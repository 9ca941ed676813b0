package sets

import "math/bits"

// CoverageError is how many labels one has to go through from the highest
// score down to meet all true ones, averaged over rows by weight. At best it
// is the mean number of true labels.
//
//	#{b: score_b >= min_(a true) score_a}
//
// Labels with equal scores are all gone through, and a row without a true
// label counts 0, whatever ZeroDivision says, as in scikit-learn's
// coverage_error; Tsoumakas et al. (2010) count one less.
func (e RankingEvaluation) CoverageError() (float64, error) {
	r, err := e.rows()
	if err != nil {
		return 0, err
	}
	var m metricMean
	for i := range e.Truth {
		if w, known, _ := r.row(i); w > 0 {
			m.add(float64(labelsToCover(e.Scores[i*r.k:(i+1)*r.k], e.Truth[i].words, known)), w)
		}
	}
	return m.value()
}

func labelsToCover(scores []float64, truth, known []uint64) int {
	lowest, found := 0.0, false
	for i, in := range truth {
		if known != nil {
			in &= known[i]
		}
		for ; in != 0; in &= in - 1 {
			if v := scores[i*wordBits+bits.TrailingZeros64(in)]; !found || v < lowest {
				lowest, found = v, true
			}
		}
	}
	if !found {
		return 0
	}
	n := 0
	for j, v := range scores {
		if v >= lowest && (known == nil || known[j/wordBits]>>(j%wordBits)&1 != 0) {
			n++
		}
	}
	return n
}
