package snl

import (
	"errors"
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Fixed is a proposal that looks neither at x nor at the model: draws from one
// density.
type Fixed struct {
	// Of is the density, complete and in the user's units; nil stands for
	// Config.Proposal, which is fitted to the targets.
	Of Form
}

// Bind wants a *Space of the dimension of the density.
func (f Fixed) Bind(p structured.Problem[Point]) (structured.Proposal[Point], error) {
	s, ok := p.Space.(*Space)
	if !ok {
		return nil, unknownSpace("Fixed", p.Space)
	}
	if f.Of == nil {
		if s.proposal == nil {
			return nil, errors.New("snl: Fixed: there is no density: set Of, or Config.Proposal")
		}
		return fixedProposal{f, s.proposal}, nil
	}
	d, err := f.Of.Bind(s.dim)
	if err != nil {
		return nil, err
	}
	if isImproper(d) {
		return nil, fmt.Errorf("snl: Fixed: %w", structured.ErrImproper)
	}
	return fixedProposal{f, s.in(d)}, nil
}

// Follows reports that the proposal does not look at theta.
func (Fixed) Follows() bool { return false }

// Sample is never called: Bind returns what draws.
func (Fixed) Sample([]Point, []float64, structured.Theta, uint64) { panic(errUnbound) }

const errUnbound = "snl: a proposal must be bound to a problem first"

func unknownSpace(what string, s structured.Space[Point]) error {
	return fmt.Errorf("snl: %s does not know spaces of type %T", what, s)
}

type fixedProposal struct {
	Fixed
	density Density
}

var _ structured.DensityProposal[Point] = fixedProposal{}

func (p fixedProposal) Sample(ys []Point, logr []float64, _ structured.Theta, key uint64) {
	p.density.Sample(ys, stream.New(key))
	p.density.LogDensity(logr, ys)
}

func (p fixedProposal) LogProb(dst []float64, ys []Point, _ structured.Theta) {
	p.density.LogDensity(dst, ys)
}
