package sets

import "fmt"

// PrecisionAt is the fraction of true labels among N predicted ones. The best
// decision has the N labels with the largest marginals. N below 1 counts as 1,
// and above k as k.
type PrecisionAt struct{ N int }

func (p PrecisionAt) size(k int) int { return min(max(1, p.N), k) }

// String is precision_at_5 and the like.
func (p PrecisionAt) String() string { return fmt.Sprintf("precision_at_%d", max(1, p.N)) }

// Validate returns nil.
func (PrecisionAt) Validate() error { return nil }

func (PrecisionAt) needs() need { return needsLabels }

// Between is |h and y| / N, also for a prediction of another size.
func (p PrecisionAt) Between(predicted, truth Set) float64 {
	return float64(predicted.IntersectionCount(truth)) / float64(p.size(truth.k))
}

func (p PrecisionAt) decide(b *beliefs) Decision {
	n := p.size(b.k)
	d := largest(b.label, n)
	d.Utility = min(1, d.Utility/float64(n))
	return d
}

// RecallAt is the fraction of the true labels that are among N predicted ones.
// The best decision has the N labels with the largest
//
//	E[ [j in y] / |y| ] = sum_s P(j in y, |y| = s) / s.
//
// N below 1 counts as 1, and above k as k.
type RecallAt struct {
	N int
	// ZeroDivision is what recall is where no label is true; 0 by default.
	ZeroDivision ZeroDivision
}

// String is recall_at_5 and the like.
func (r RecallAt) String() string { return fmt.Sprintf("recall_at_%d", max(1, r.N)) }

// Validate wants no ZeroDivisionSkip.
func (r RecallAt) Validate() error { return r.ZeroDivision.validateUtility() }

func (RecallAt) needs() need { return needsSizes }

// Between is |h and y| / |y| if no more than N are predicted, and 0 otherwise.
func (r RecallAt) Between(predicted, truth Set) float64 {
	switch {
	case predicted.Count() > PrecisionAt{r.N}.size(truth.k):
		return 0
	case truth.Empty():
		return r.ZeroDivision.bothEmpty()
	}
	return float64(predicted.IntersectionCount(truth)) / float64(truth.Count())
}

func (r RecallAt) decide(b *beliefs) Decision {
	score := make([]float64, b.k)
	b.sumSizes(score, func(s int) float64 { return 1 / float64(s) })
	d := largest(score, PrecisionAt{r.N}.size(b.k))
	d.Utility = min(1, d.Utility+r.ZeroDivision.bothEmpty()*b.size[0])
	return d
}

// largest decides for the n labels with the largest scores, and their sum.
func largest(score []float64, n int) Decision {
	order := ranked(score)
	d := Decision{Y: New(len(score)), Proven: true}
	for _, j := range order[:n] {
		d.Y.Add(j)
		d.Utility += score[j]
	}
	return d
}
