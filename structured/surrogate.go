package structured

import "github.com/gibbs-ebm/gibbs/logpart"

// LogPartitionSurrogate is for inference that knows a cheap and differentiable
// approximation of log Z, far cheaper than a sum over structures and of about
// the cost of a few draws: the base of a structure-aware tau, see
// logpart.Structured. It need not be a bound, and may be exact.
type LogPartitionSurrogate[Y any] interface {
	Inference[Y]
	// SurrogateBase says what the surrogate is, for every theta: log Z itself
	// up to rounding, an approximation, or, where there is none that is cheap
	// and close over this space, nothing.
	SurrogateBase() logpart.Base
	// Surrogate returns the approximation, in nats.
	Surrogate(theta Theta) float64
	// AddGradSurrogate adds weight times the gradient of the surrogate to
	// grad and returns the surrogate.
	AddGradSurrogate(grad, theta Theta, weight float64) float64
}
