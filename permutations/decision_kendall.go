package permutations

// KendallLoss is the number of pairs of labels in another order than the
// truth's, D; Kendall's tau is 1 - 4 D/(k(k-1)). The best decision is the
// Kemeny order of the probabilities P(i before j),
//
//	min over orderings  sum_{i before j} P(j before i),
//
// proven up to MaxKemeny labels, and beyond wherever all pairs agree with it;
// otherwise Borda's order improved by local search.
type KendallLoss struct{}

func (KendallLoss) String() string { return "kendall" }
func (KendallLoss) needs() need    { return needsPairs }

func (KendallLoss) Between(predicted, truth Ordering) float64 {
	return float64(Kendall.Between(predicted, truth))
}

func (KendallLoss) decide(b beliefs) Decision {
	l := newLinearOrdering(b.k, b.k <= MaxKemeny)
	copy(l.a, b.pair)
	d := Decision{Y: make(Ordering, b.k)}
	d.Proven = l.solve(d.Y)
	for r, i := range d.Y {
		for _, j := range d.Y[r+1:] {
			d.Loss += b.pair[j*b.k+i]
		}
	}
	return d
}
