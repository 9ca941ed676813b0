package permutations

// SpearmanLoss is the sum of the squared differences of ranks, S; Spearman's
// rho is 1 - 6 S/(k(k^2-1)). The best decision sorts the labels by expected
// rank (the rearrangement inequality).
type SpearmanLoss struct{}

func (SpearmanLoss) String() string { return "spearman" }
func (SpearmanLoss) needs() need    { return needsPositions }

func (SpearmanLoss) Between(predicted, truth Ordering) float64 {
	return rankLoss(predicted, truth, func(d float64) float64 { return d * d })
}

func (SpearmanLoss) decide(b beliefs) Decision {
	minus := make([]float64, b.k)
	for i := range minus {
		for r, p := range b.position[i*b.k : (i+1)*b.k] {
			minus[i] -= float64(r) * p
		}
	}
	d := Decision{Y: make(Ordering, b.k), Proven: true}
	sortByScore(d.Y, minus)
	d.Loss = b.expected(d.Y, func(d float64) float64 { return d * d })
	return d
}

// rankLoss is the sum of f over the differences of the ranks of labels.
func rankLoss(predicted, truth Ordering, f func(float64) float64) float64 {
	rank, sum := truth.Ranking(), 0.0
	for r, i := range predicted {
		sum += f(float64(r - rank[i]))
	}
	return sum
}

// expected is the expectation of rankLoss.
func (b *beliefs) expected(y Ordering, f func(float64) float64) float64 {
	sum := 0.0
	for r, i := range y {
		for s, p := range b.position[i*b.k : (i+1)*b.k] {
			sum += p * f(float64(r-s))
		}
	}
	return sum
}
