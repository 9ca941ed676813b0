package permutations

import "math"

// FootruleLoss is the sum of the absolute differences of ranks. The best
// decision is a linear assignment, O(k^3).
type FootruleLoss struct{}

func (FootruleLoss) String() string { return "footrule" }
func (FootruleLoss) needs() need    { return needsPositions }

func (FootruleLoss) Between(predicted, truth Ordering) float64 {
	return rankLoss(predicted, truth, math.Abs)
}

func (FootruleLoss) decide(b beliefs) Decision {
	k := b.k
	cost := make([]float64, k*k)
	for i := range k {
		for r := range k {
			for s, p := range b.position[i*k : (i+1)*k] {
				cost[i*k+r] += p * math.Abs(float64(r-s))
			}
		}
	}
	d := Decision{Y: make(Ordering, k), Proven: true}
	d.Loss = newAssignment(k).minimize(d.Y, cost)
	return d
}
