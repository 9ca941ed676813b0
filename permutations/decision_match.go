package permutations

// MismatchLoss is 1 unless the two orderings are the same. The best decision is
// the mode.
type MismatchLoss struct{}

func (MismatchLoss) String() string { return "mismatch" }
func (MismatchLoss) needs() need    { return needsMode }

func (MismatchLoss) Between(predicted, truth Ordering) float64 {
	if predicted.Equal(truth) {
		return 0
	}
	return 1
}

func (MismatchLoss) decide(b beliefs) Decision {
	return Decision{Y: b.mode, Loss: 1 - b.p, Proven: b.proven}
}
