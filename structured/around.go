package structured

import "errors"

// A Perturbation is a conditional distribution c(y'|y) over structures near
// another one: the noise of [ConditionalNoiseContrastive], the jitter of noise
// contrastive objectives, and, as [Around], a proposal.
type Perturbation[Y any] interface {
	// Bind fits the perturbation to a problem, or says why it does not fit.
	Bind(p Problem[Y]) (BoundPerturbation[Y], error)
}

// BoundPerturbation is a Perturbation over a space. It is immutable and safe
// for concurrent use.
type BoundPerturbation[Y any] interface {
	// Sample overwrites ys with independent draws from c(.|from).
	Sample(ys []Y, from Y, key uint64)
	// LogProb writes log c(ys[m]|from) to there[m] and log c(from|ys[m]) to
	// back[m], -Inf where it is 0. Either may be nil.
	LogProb(there, back []float64, ys []Y, from Y)
}

// Around is a proposal for training that draws around the observed structure
// of the example itself, r(y') = c(y'|y), as Gustafsson et al. (2020) do. It
// needs completely observed structures. For answers, where there is none, a
// model trained with it draws from the reference.
type Around[Y any] struct {
	// Of is c; it is needed. It must reach the whole space.
	Of Perturbation[Y]
}

// Bind returns the errors of the Perturbation.
func (a Around[Y]) Bind(p Problem[Y]) (Proposal[Y], error) {
	if a.Of == nil {
		return nil, errors.New("structured: Around.Of is missing")
	}
	bound, err := a.Of.Bind(p)
	if err != nil {
		return nil, err
	}
	return &aroundProposal[Y]{a, bound}, nil
}

// Follows reports that the draws are an example's own.
func (Around[Y]) Follows() bool { return true }

// Sample is never called: objectives draw around the observed structure.
func (Around[Y]) Sample([]Y, []float64, Theta, uint64) { panic(errUnbound) }

type aroundProposal[Y any] struct {
	Around[Y]
	bound BoundPerturbation[Y]
}
