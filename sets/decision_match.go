package sets

// ExactMatch is 1 where the whole set is predicted, and otherwise 0; its mean is
// the subset accuracy. The best decision is the mode.
type ExactMatch struct{}

// String is subset_accuracy.
func (ExactMatch) String() string { return "subset_accuracy" }

// Validate returns nil.
func (ExactMatch) Validate() error { return nil }

func (ExactMatch) needs() need { return needsMode }

// Between is 1 for equal sets.
func (ExactMatch) Between(predicted, truth Set) float64 { return zeroOne(predicted.Equal(truth)) }

func (ExactMatch) decide(b *beliefs) Decision {
	return Decision{Y: b.mode, Utility: b.p, Proven: b.proven}
}
