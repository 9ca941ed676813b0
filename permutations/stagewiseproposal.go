package permutations

import (
	"fmt"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// StagewiseProposal is a proposal that follows a model whose scores are sums
// over labels at their ranks (Permutahedron, Birkhoff): repeated choice as in
// Plackett-Luce, with weights of its own for each rank (the multistage model of
// Fligner and Verducci 1988), mixed with the reference,
//
//	r(y|x) = (1-e) prod_r v[y_r,r] / (v[y_r,r] + ... + v[y_{k-1},r]) + e q(y).
//
// The weights are the odds that a label that has not come before comes now,
//
//	v[i,r] = P[i,r] / (P[i,r+1] + ... + P[i,k-1]),
//
// under the doubly stochastic scaling P of exp theta (Sinkhorn 1967): sequential
// importance sampling as for permanents (Beichl and Sullivan 1999), with what is
// lost by choosing a label now in the denominator. The last two choices are
// those of the model, and so are all where the order is sure or all orders are
// equally probable. Weights exp(g) q/r are much more even than those of
// PlackettLuceProposal, which has one number per label. A draw and its
// probability, which is exact, cost O(k^2). The mixture bounds the weights: q/r
// <= 1/e.
type StagewiseProposal struct {
	// Defensive is e, in (0, 1); 0 stands for 0.05.
	Defensive float64
}

func (p StagewiseProposal) defensive() float64 {
	return PlackettLuceProposal(p).defensive()
}

// Bind wants a coupling with scores by rank and a *Space.
func (p StagewiseProposal) Bind(pr structured.Problem[Ordering]) (structured.Proposal[Ordering], error) {
	if e := p.defensive(); !(e > 0 && e < 1) {
		return nil, fmt.Errorf("permutations: StagewiseProposal.Defensive %g is not in (0, 1)", e)
	}
	c, ok := pr.Coupling.(coupling)
	if !ok || c.pairs() {
		return nil, fmt.Errorf("permutations: the stagewise proposal does not know couplings of type %T", pr.Coupling)
	}
	space, ok := pr.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("permutations: the stagewise proposal does not know spaces of type %T", pr.Space)
	}
	return &stagewiseProposal{StagewiseProposal: p, coupling: c, space: space}, nil
}

// Follows reports that the proposal looks at theta.
func (p StagewiseProposal) Follows() bool { return true }

// Sample is never called: Bind returns what draws.
func (p StagewiseProposal) Sample([]Ordering, []float64, structured.Theta, uint64) {
	panic("permutations: StagewiseProposal must be bound to a problem first")
}

type stagewiseProposal struct {
	StagewiseProposal
	coupling coupling
	space    *Space
	idle     sync.Pool // of *stagewiseScratch
}

type stagewiseScratch struct {
	relaxation *relaxation
	stages     []float64 // v, by rank, then label
	left       []int
	logq       []float64
	source     stream.Source
}

var _ structured.DensityProposal[Ordering] = (*stagewiseProposal)(nil)

// widestOdds bounds odds.
const widestOdds = 1e100

// follow returns scratch that is set to the odds for theta.
func (p *stagewiseProposal) follow(theta structured.Theta) *stagewiseScratch {
	k := p.space.k
	s, ok := p.idle.Get().(*stagewiseScratch)
	if !ok {
		s = &stagewiseScratch{relaxation: newRelaxation(k), stages: make([]float64, k*k), left: make([]int, k)}
	}
	p.coupling.terms(s.relaxation.terms, theta)
	s.relaxation.solve()
	for i := range k {
		later := 0.0
		for r := k - 1; r >= 0; r-- {
			x, odds := s.relaxation.p[i*k+r], 1.0 // of the last one
			if later > 0 {
				odds = min(max(x/later, 1/widestOdds), widestOdds)
			}
			s.stages[r*k+i] = odds
			later += x
		}
	}
	return s
}

func (p *stagewiseProposal) Sample(ys []Ordering, logr []float64, theta structured.Theta, key uint64) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	e := p.defensive()
	rng := s.source.At(key)
	for i, y := range ys {
		if rng.Float64() < e {
			p.space.Sample(ys[i:i+1], rng)
			continue
		}
		for j := range s.left {
			s.left[j] = j
		}
		for r, left := 0, s.left; len(left) > 0; r++ {
			stage, sum := s.stages[r*len(y):(r+1)*len(y)], 0.0
			for _, j := range left {
				sum += stage[j]
			}
			u, n := rng.Float64()*sum, 0
			for ; n < len(left)-1; n++ {
				if u -= stage[left[n]]; u < 0 {
					break
				}
			}
			y[r] = left[n]
			left[n] = left[len(left)-1]
			left = left[:len(left)-1]
		}
	}
	p.logProb(logr, ys, s)
}

// LogProb costs O(k^2) an ordering.
func (p *stagewiseProposal) LogProb(dst []float64, ys []Ordering, theta structured.Theta) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	p.logProb(dst, ys, s)
}

func (p *stagewiseProposal) logProb(logr []float64, ys []Ordering, s *stagewiseScratch) {
	s.logq = numeric.Grow(s.logq, len(ys))
	p.space.LogProb(s.logq, ys)
	e := p.defensive()
	logModel, logReference := math.Log1p(-e), math.Log(e)
	for i, y := range ys {
		total, product := 0.0, 1.0
		for r, j := range y {
			stage, sum := s.stages[r*len(y):(r+1)*len(y)], 0.0
			for _, l := range y[r:] {
				sum += stage[l]
			}
			if product *= stage[j] / sum; product < 1e-100 {
				total += math.Log(product)
				product = 1
			}
		}
		logr[i] = numeric.LogAddExp(logModel+total+math.Log(product), logReference+s.logq[i])
	}
}
