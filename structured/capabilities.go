package structured

// Further capabilities of an Inference, like those of coupling.go found by type
// assertion and never faked: who cannot do it exactly does not have the method.

// KBester lists the most probable structures, exactly.
type KBester[Y any] interface {
	Inference[Y]
	// KBest overwrites ys, which came from Make, with the structures of the
	// largest values log q(y) + Phi(theta, y), each once and the largest
	// first, and values with those. It returns how many there are: fewer than
	// len(ys) only where the support of q has no more.
	KBest(ys []Y, values []float64, theta Theta) int
}

// ExactEntropy sums over all structures too.
type ExactEntropy[Y any] interface {
	Inference[Y]
	// Entropy returns H(p) = -sum_y p(y) log p(y) >= 0 in nats, of
	// p(y) proportional to q(y) exp Phi(theta, y).
	Entropy(theta Theta) float64
}

// equiprobable is implemented by spaces that know whether log q is a constant.
type equiprobable interface{ Uniform() bool }

// byScore reports whether the structures with the largest log q + g are the
// most probable ones: under the softmax always, under other losses, whose
// probabilities are q times an increasing function of g, where q is uniform.
func (m *Model[Y]) byScore() bool {
	u, ok := m.space.(equiprobable)
	return m.Likelihood() || ok && u.Uniform()
}
