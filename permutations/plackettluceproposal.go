package permutations

import (
	"fmt"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// PlackettLuceProposal is a proposal that follows the model: Plackett-Luce
// with the logits that the coupling derives from its current scores, mixed
// with the reference,
//
//	r(y|x) = (1-e) PL(y; logits(theta)) + e q(y).
//
// Draws cost O(k log k) and their probabilities, which are exact, O(k). The
// mixture bounds the weights: q/r <= 1/e. How close it is to the model, and so
// how even the weights of exp(g) q/r are, depends on the coupling; at theta = 0
// all logits are equal.
type PlackettLuceProposal struct {
	// Defensive is e, in (0, 1); 0 stands for 0.05.
	Defensive float64
}

func (p PlackettLuceProposal) defensive() float64 {
	if p.Defensive == 0 {
		return 0.05
	}
	return p.Defensive
}

// plackettLucer is implemented by couplings that know a Plackett-Luce
// distribution near q exp g for a uniform q.
type plackettLucer interface {
	// plackettLuceLogits overwrites dst, of length k, with its log weights.
	plackettLuceLogits(dst []float64, theta structured.Theta)
}

// Bind wants a coupling that knows logits and a *Space.
func (p PlackettLuceProposal) Bind(pr structured.Problem[Ordering]) (structured.Proposal[Ordering], error) {
	if e := p.defensive(); !(e > 0 && e < 1) {
		return nil, fmt.Errorf("permutations: PlackettLuceProposal.Defensive %g is not in (0, 1)", e)
	}
	coupling, ok := pr.Coupling.(plackettLucer)
	if !ok {
		return nil, fmt.Errorf("permutations: the Plackett-Luce proposal does not know couplings of type %T", pr.Coupling)
	}
	space, ok := pr.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("permutations: the Plackett-Luce proposal does not know spaces of type %T", pr.Space)
	}
	return &plackettLuceProposal{PlackettLuceProposal: p, coupling: coupling, space: space}, nil
}

// Follows reports that the proposal looks at theta.
func (p PlackettLuceProposal) Follows() bool { return true }

// Sample is never called: Bind returns what draws.
func (p PlackettLuceProposal) Sample([]Ordering, []float64, structured.Theta, uint64) {
	panic("permutations: PlackettLuceProposal must be bound to a problem first")
}

type plackettLuceProposal struct {
	PlackettLuceProposal
	coupling plackettLucer
	space    *Space
	idle     sync.Pool // of *plackettLuceScratch
}

type plackettLuceScratch struct {
	logits, keys, logq []float64
	choice             repeatedChoice
	source             stream.Source
}

var _ structured.DensityProposal[Ordering] = (*plackettLuceProposal)(nil)

// follow returns scratch that is set to the logits for theta.
func (p *plackettLuceProposal) follow(theta structured.Theta) *plackettLuceScratch {
	s, ok := p.idle.Get().(*plackettLuceScratch)
	if !ok {
		k := p.space.k
		s = &plackettLuceScratch{logits: make([]float64, k), keys: make([]float64, k)}
		s.choice.init(k)
	}
	p.coupling.plackettLuceLogits(s.logits, theta)
	s.choice.set(s.logits)
	return s
}

func (p *plackettLuceProposal) Sample(ys []Ordering, logr []float64, theta structured.Theta, key uint64) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	e := p.defensive()
	rng := s.source.At(key)
	for i, y := range ys {
		if rng.Float64() < e {
			p.space.Sample(ys[i:i+1], rng)
		} else {
			s.choice.sample(y, s.keys, rng)
		}
	}
	p.logProb(logr, ys, s)
}

// LogProb costs O(k) an ordering, and the logits.
func (p *plackettLuceProposal) LogProb(dst []float64, ys []Ordering, theta structured.Theta) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	p.logProb(dst, ys, s)
}

func (p *plackettLuceProposal) logProb(logr []float64, ys []Ordering, s *plackettLuceScratch) {
	s.logq = numeric.Grow(s.logq, len(ys))
	p.space.LogProb(s.logq, ys)
	e := p.defensive()
	logModel, logReference := math.Log1p(-e), math.Log(e)
	for i, y := range ys {
		logr[i] = numeric.LogAddExp(logModel+s.choice.logProb(y), logReference+s.logq[i])
	}
}
