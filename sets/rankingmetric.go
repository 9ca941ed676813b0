package sets

import (
	"math"
	"math/bits"
	"slices"
)

// A RankingEvaluation judges scores of k labels for each of n rows, larger
// meaning more likely, against the true label sets: logits, marginal
// probabilities or any other numbers that order the labels. LogLoss and
// BrierScore take them as marginal probabilities.
//
// Labels that are not in Observed are taken out of their row, so that the
// others are ranked among themselves; a row without any known label and a row
// of weight zero are left out. Scores may be infinite but not NaN, not even
// where they do not count. Equal scores are tied, 0 and -0 too; each metric
// says what it does with them.
//
// Every method checks the fields first and returns the error of Validate.
// They cost O(n k log k), CoverageError, LogLoss and BrierScore O(n k), and
// allocate nothing per row.
type RankingEvaluation struct {
	Truth    []Set     // the true labels of the n rows
	Scores   []float64 // n x k, row-major
	Observed []Set     // the labels of each row that are known; nil: all
	Weights  []float64 // one per row, from 0 to 1e200; nil: ones
	// ZeroDivision is what a 0/0 counts in RankingLoss (a row whose known
	// labels are all true or all not), LabelRankingAveragePrecision and
	// RecallAt (a row without a true label).
	ZeroDivision ZeroDivision
}

// Validate reports the first thing that is wrong with the fields: ErrNoRows,
// ErrNoLabels, ErrZeroWeights, ErrNothingObserved, a *LengthError, a
// *LabelCountError, a *WeightError or a *ScoreError.
func (e RankingEvaluation) Validate() error {
	_, err := e.rows()
	return err
}

func (e RankingEvaluation) rows() (metricRows, error) {
	if err := e.ZeroDivision.validate(); err != nil {
		return metricRows{}, err
	}
	r, err := newRows(e.Truth, e.Observed, e.Weights)
	if err != nil {
		return metricRows{}, err
	}
	if len(e.Scores) != len(e.Truth)*r.k {
		return metricRows{}, &LengthError{Field: "Scores", Len: len(e.Scores), Want: len(e.Truth) * r.k}
	}
	for i, v := range e.Scores {
		if math.IsNaN(v) {
			return metricRows{}, &ScoreError{Row: i / r.k, Column: i % r.k, Value: v}
		}
	}
	return r, nil
}

// average is the mean over rows of num/den, of which metric is given the known
// labels of a row from the highest score to the lowest.
func (e RankingEvaluation) average(byDefault float64, metric func(ranked []rankedLabel) (num, den float64)) (float64, error) {
	r, err := e.rows()
	if err != nil {
		return 0, err
	}
	var m metricMean
	ranked := make([]rankedLabel, 0, r.k)
	for i := range e.Truth {
		w, known, _ := r.row(i)
		if w == 0 {
			continue
		}
		ranked = rankLabels(ranked[:0], e.Scores[i*r.k:(i+1)*r.k], e.Truth[i].words, known)
		num, den := metric(ranked)
		if v, ok := e.ZeroDivision.divide(num, den, byDefault); ok {
			m.add(v, w)
		}
	}
	return m.value()
}

// rankedLabel is one label of a row with its score and whether it is true.
type rankedLabel struct {
	score float64
	label int
	truth bool
}

// rankLabels appends the known labels from the highest score to the lowest, equal
// scores from the lowest label to the highest.
func rankLabels(dst []rankedLabel, scores []float64, truth, known []uint64) []rankedLabel {
	for i, t := range truth {
		in := ^uint64(0)
		if i == len(truth)-1 {
			in = lastMask(len(scores))
		}
		if known != nil {
			in = known[i]
		}
		for ; in != 0; in &= in - 1 {
			bit := bits.TrailingZeros64(in)
			j := i*wordBits + bit
			dst = append(dst, rankedLabel{scores[j], j, t>>bit&1 != 0})
		}
	}
	slices.SortFunc(dst, func(a, b rankedLabel) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.label - b.label
	})
	return dst
}

// tiedLabels is how many of the first labels share the first score.
func tiedLabels(ranked []rankedLabel) int {
	n := 1
	for n < len(ranked) && ranked[n].score == ranked[0].score {
		n++
	}
	return n
}

func countTrue(ranked []rankedLabel) int {
	n := 0
	for _, l := range ranked {
		if l.truth {
			n++
		}
	}
	return n
}
