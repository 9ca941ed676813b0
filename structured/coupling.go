package structured

// Theta is what a coupling scores structures with, for one example.
type Theta struct {
	// Logits is theta = h(x), the output of the network.
	Logits []float64
	// Own holds the coupling's own parameters, the same for every example;
	// empty for most couplings.
	Own []float64
	// Aux is what the objective's own network says of the example, for
	// proposals that learn (see Learner); empty where there is none. Couplings
	// do not look at it.
	Aux []float64
}

// A Coupling turns numbers into scores of structures: g(x, y) = Phi(h(x), y),
// larger being better. It sees logits and structures, never features. It is
// immutable and safe for concurrent use.
//
// The methods over many structures for one theta are the primitive; an
// implementation should make them fast.
type Coupling[Y any] interface {
	// NumLogits is the number of logits it wants per example.
	NumLogits() int
	// NumOwn is the number of parameters of its own; usually 0.
	NumOwn() int
	// InitOwn overwrites the own parameters with starting values.
	InitOwn(own []float64, key uint64)
	// Score writes Phi(theta, ys[m]) to dst[m].
	Score(dst []float64, theta Theta, ys []Y)
	// AddGrad adds sum_m weights[m] dPhi(theta, ys[m])/dtheta to grad, whose
	// slices are as long as those of theta.
	AddGrad(grad, theta Theta, ys []Y, weights []float64)
}

// An Inferrer is a coupling that can reason about the distribution
// p(y) proportional to q(y) exp Phi(theta, y) over a space.
type Inferrer[Y any] interface {
	Coupling[Y]
	// Infer returns what the coupling can do over s. The result implements
	// those of the capabilities below that it really has: they are found by
	// type assertion and never faked; nil where there is nothing. Infer fails
	// where the space and the coupling do not fit together.
	Infer(s Space[Y]) (Inference[Y], error)
}

// Inference finds modes; further capabilities are found by type assertion:
// [LogPartition], [ConditionalLogPartition], [ExactSampler]. It is immutable
// and safe for concurrent use.
type Inference[Y any] interface {
	// Mode overwrites *dst, which came from Make, with a structure of high
	// log q(y) + Phi(theta, y) and returns that value; proven says that no
	// structure has a higher one. It uses no randomness but key's.
	Mode(dst *Y, theta Theta, key uint64) (value float64, proven bool)
}

// LogPartition is exact: log Z(theta) = log sum_y q(y) exp Phi(theta, y).
type LogPartition[Y any] interface {
	Inference[Y]
	// LogZ returns log Z in nats.
	LogZ(theta Theta) float64
	// AddGradLogZ adds weight * dlog Z/dtheta = weight * E_p[dPhi/dtheta]
	// to grad and returns log Z.
	AddGradLogZ(grad, theta Theta, weight float64) float64
}

// LogPartitions is a LogPartition that takes many examples at once for less.
type LogPartitions[Y any] interface {
	LogPartition[Y]
	// AddGradLogZs sets logZ[i] and adds to grads[i] what AddGradLogZ of
	// thetas[i] and weights[i] does, up to rounding. What belongs to an example
	// depends on the number of examples alone, not on the others. Without weights
	// there are no gradients.
	AddGradLogZs(logZ []float64, grads, thetas []Theta, weights []float64)
}

// ConditionalLogPartition is exact too: the sum runs over the structures that
// agree with the evidence, log Z_e = log sum_{y in e} q(y) exp Phi(theta, y),
// so that log Z_e - log Z = log p(e).
type ConditionalLogPartition[Y any] interface {
	LogPartition[Y]
	// AddGradLogZGiven adds weight * dlog Z_e/dtheta to grad, where weight
	// is not 0, and returns log Z_e.
	AddGradLogZGiven(grad, theta Theta, e Evidence[Y], weight float64) (float64, error)
}

// LogPartitionBounds is for inference that cannot sum but can bound: an
// interval that holds log Z, always or with the stated confidence.
type LogPartitionBounds[Y any] interface {
	Inference[Y]
	// LogZBounds returns an Interval; its Value is the best guess inside it.
	LogZBounds(theta Theta) Normalizer
}

// LogPartitionEstimate is for inference that knows neither log Z nor bounds of
// it, but a number with an estimated error, by quadrature or by Monte Carlo. A
// model prefers it to its tau, of which no error is known.
type LogPartitionEstimate[Y any] interface {
	Inference[Y]
	// EstimateLogZ returns a Normalizer of the kind that it is, usually an
	// Estimate with its Error. It uses no randomness but key's, and fails
	// where no number can be given, such as for an integral that diverges.
	EstimateLogZ(theta Theta, key uint64) (Normalizer, error)
}

// ExactSampler draws exactly and independently from the model.
type ExactSampler[Y any] interface {
	Inference[Y]
	// SampleModel overwrites ys with draws from q exp Phi(theta, .) / Z.
	SampleModel(ys []Y, theta Theta, key uint64)
}
