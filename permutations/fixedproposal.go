package permutations

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Fixed is a proposal that looks neither at x nor at the model: draws from a
// reference other than the model's own, such as Mallows around the order most
// seen, which count with their weights q/r.
type Fixed struct {
	// Of is what is drawn from; nil stands for Uniform{}.
	Of Reference
}

// Bind wants a *Space whose number of labels fits Of.
func (f Fixed) Bind(p structured.Problem[Ordering]) (structured.Proposal[Ordering], error) {
	own, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("permutations: the Fixed proposal does not know spaces of type %T", p.Space)
	}
	r, err := NewSpace(own.k, f.Of)
	if err != nil {
		return nil, err
	}
	return structured.SpaceProposal[Ordering]{Of: r}, nil
}

// Follows reports that the proposal does not look at theta.
func (Fixed) Follows() bool { return false }

// Sample is never called: Bind returns what draws.
func (Fixed) Sample([]Ordering, []float64, structured.Theta, uint64) {
	panic("permutations: Fixed must be bound to a problem first")
}
