package snl

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// MixtureProposal draws from the mixture that the model's own logits describe:
// the base of a [Tilted] coupling, or a [MixtureDensity] itself. Gradients do
// not flow through the draws. The draws for one example lie evenly, each with
// the law of the mixture, so that means over them vary less than over
// independent ones; objectives and estimates that
// need those take them.
type MixtureProposal struct{}

// follower is a coupling whose first logits describe a mixture.
type follower interface{ mixture() *gaussians }

// Bind wants a coupling with a mixture in it.
func (MixtureProposal) Bind(p structured.Problem[Point]) (structured.Proposal[Point], error) {
	f, ok := p.Coupling.(follower)
	if !ok {
		return nil, fmt.Errorf("snl: MixtureProposal: the coupling, %T, has no mixture to follow: use Tilted or MixtureDensity", p.Coupling)
	}
	return &mixtureProposal{of: f.mixture()}, nil
}

// Follows reports that the draws depend on theta.
func (MixtureProposal) Follows() bool { return true }

// Sample is never called: Bind returns what draws.
func (MixtureProposal) Sample([]Point, []float64, structured.Theta, uint64) {
	panic("snl: a proposal must be bound to a problem first")
}

type mixtureProposal struct {
	MixtureProposal
	of          *gaussians
	independent bool
}

var (
	_ structured.DensityProposal[Point]   = (*mixtureProposal)(nil)
	_ structured.DependentProposal[Point] = (*mixtureProposal)(nil)
)

func (p *mixtureProposal) Sample(ys []Point, logr []float64, theta structured.Theta, key uint64) {
	phi := theta.Logits[:p.of.len()]
	if p.independent {
		p.of.sample(ys, logr, phi, key)
		return
	}
	p.of.spread(ys, logr, phi, key)
}

// Independent makes the proposal a structured.DependentProposal.
func (p *mixtureProposal) Independent() structured.Proposal[Point] {
	return &mixtureProposal{of: p.of, independent: true}
}

func (p *mixtureProposal) LogProb(dst []float64, ys []Point, theta structured.Theta) {
	p.of.logDensity(dst, theta.Logits[:p.of.len()], ys)
}

// MixtureFamily is [MixtureDensity] as a generator: the parameters are outputs
// of a network of its own, so that it can be a proposal that learns
// (structured.Learned) or the adversary of structured.MinMax.
type MixtureFamily struct{ Density MixtureDensity }

// Bind returns the errors of the Density.
func (f MixtureFamily) Bind(p structured.Problem[Point]) (structured.BoundFamily[Point], error) {
	of, err := f.Density.bind(len(p.Space.Make(1)[0]))
	if err != nil {
		return nil, err
	}
	return &mixtureFamily{of}, nil
}

type mixtureFamily struct{ of *gaussians }

func (f *mixtureFamily) NumLogits() int { return f.of.len() }

func (f *mixtureFamily) Sample(ys []Point, logp, phi []float64, key uint64) {
	f.of.sample(ys, logp, phi, key)
}

func (f *mixtureFamily) LogProb(dst, phi []float64, ys []Point) { f.of.logDensity(dst, phi, ys) }

func (f *mixtureFamily) AddGradLogProb(grad, phi []float64, ys []Point, weights []float64) {
	f.of.addGrad(grad, phi, ys, nil, weights, nil, nil)
}
