package structured

import "github.com/gibbs-ebm/gibbs/internal/stream"

// SpaceProposal is a bound proposal that looks neither at x nor at the model:
// draws from the reference of a space other than the model's own, over the same
// structures. It is what the packages of spaces make of their references.
type SpaceProposal[Y any] struct{ Of Space[Y] }

// Bind returns the proposal as it is.
func (p SpaceProposal[Y]) Bind(Problem[Y]) (Proposal[Y], error) { return p, nil }

// Follows reports that the proposal does not look at theta.
func (SpaceProposal[Y]) Follows() bool { return false }

// Sample draws from the reference of the space.
func (p SpaceProposal[Y]) Sample(ys []Y, logr []float64, _ Theta, key uint64) {
	p.Of.Sample(ys, stream.New(key))
	p.Of.LogProb(logr, ys)
}

// LogProb writes the log-probabilities of the reference.
func (p SpaceProposal[Y]) LogProb(dst []float64, ys []Y, _ Theta) { p.Of.LogProb(dst, ys) }
