package structured

// A Family is a parametric distribution p_phi over structures that can be
// drawn from and differentiated: a generator for [MinMax], or a proposal for
// [Learned].
type Family[Y any] interface {
	// Bind fits the family to a problem, or says why it does not fit.
	Bind(p Problem[Y]) (BoundFamily[Y], error)
}

// BoundFamily is a Family over a space. It is immutable and safe for
// concurrent use.
type BoundFamily[Y any] interface {
	// NumLogits is the number of logits phi.
	NumLogits() int
	// Sample overwrites ys with independent draws from p_phi and logp[m] with
	// log p_phi(ys[m]).
	Sample(ys []Y, logp, phi []float64, key uint64)
	// LogProb writes log p_phi(ys[m]) to dst[m], -Inf where it is 0.
	LogProb(dst, phi []float64, ys []Y)
	// AddGradLogProb adds sum_m weights[m] dlog p_phi(ys[m])/dphi to grad.
	AddGradLogProb(grad, phi []float64, ys []Y, weights []float64)
}
