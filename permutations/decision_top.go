package permutations

import (
	"fmt"
	"math"
)

// TopLoss is the number of the M first labels that are not among the M first of
// the truth. The best decision puts the labels with the largest probabilities
// of being among them first, in this order; ranks beyond M do not count. M
// below 1 counts as 1, and above k as k.
type TopLoss struct{ M int }

func (t TopLoss) String() string { return fmt.Sprintf("top%d", max(1, t.M)) }
func (TopLoss) needs() need      { return needsPositions }

func (t TopLoss) size(k int) int { return min(max(1, t.M), k) }

func (t TopLoss) Between(predicted, truth Ordering) float64 {
	m := t.size(len(truth))
	rank, missing := truth.Ranking(), 0.0
	for _, i := range predicted[:m] {
		if rank[i] >= m {
			missing++
		}
	}
	return missing
}

func (t TopLoss) decide(b beliefs) Decision {
	m, score := t.size(b.k), make([]float64, b.k)
	for i := range score {
		for _, p := range b.position[i*b.k : i*b.k+m] {
			score[i] += p
		}
	}
	d := Decision{Y: make(Ordering, b.k), Loss: float64(m), Proven: true}
	sortByScore(d.Y, score)
	for _, i := range d.Y[:m] {
		d.Loss -= score[i]
	}
	d.Loss = math.Max(0, d.Loss)
	return d
}
