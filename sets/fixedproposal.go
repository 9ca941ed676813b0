package sets

import "github.com/gibbs-ebm/gibbs/structured"

// Fixed is a proposal that looks neither at x nor at the model: draws from a
// reference other than the model's own, which count with their weights q/r.
type Fixed struct {
	// Of is what is drawn from; nil stands for Uniform{}. A set that it never
	// draws must have no probability under the model's reference either, or
	// the estimates miss it.
	Of Reference
}

// Bind wants a *Space whose number of labels fits Of.
func (f Fixed) Bind(p structured.Problem[Set]) (structured.Proposal[Set], error) {
	own, ok := p.Space.(*Space)
	if !ok {
		return nil, unknownSpace("Fixed", p.Space)
	}
	r, err := NewSpace(own.k, f.Of)
	if err != nil {
		return nil, err
	}
	return structured.SpaceProposal[Set]{Of: r}, nil
}

// Follows reports that the proposal does not look at theta.
func (Fixed) Follows() bool { return false }

// Sample is never called: Bind returns what draws.
func (Fixed) Sample([]Set, []float64, structured.Theta, uint64) { panic(errUnbound) }
