package sets

// Hamming is the fraction of labels that are predicted right, 1 minus the
// Hamming loss. The best decision has the labels with a marginal above 1/2.
type Hamming struct{}

// String is hamming.
func (Hamming) String() string { return "hamming" }

// Validate returns nil.
func (Hamming) Validate() error { return nil }

func (Hamming) needs() need { return needsLabels }

// Between is 1 - |labels in one of the two sets alone| / k.
func (Hamming) Between(predicted, truth Set) float64 {
	return 1 - float64(predicted.Distance(truth))/float64(truth.k)
}

func (Hamming) decide(b *beliefs) Decision {
	d := Decision{Y: New(b.k), Proven: true}
	for j, p := range b.label {
		d.Utility += max(p, 1-p) / float64(b.k)
		d.Y.Set(j, p > 0.5)
	}
	return d
}
