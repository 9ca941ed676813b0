package sets

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Marginal is a proposal that follows the model: independent labels with the
// probabilities that the current scores give them, mixed with the reference,
//
//	r(y|x) = (1-e) prod_j m_j^{y_j} (1-m_j)^{1-y_j} + e q(y),
//
// where m are the exact marginals of unary scores under an independent
// reference, and those of naive mean field for pairwise scores. For unary
// scores and e -> 0 it is the model itself, and the sampled objective has no
// variance left. The mixture bounds the weights: q/r <= 1/e.
type Marginal struct {
	// Defensive is e, in (0, 1); 0 stands for 0.05.
	Defensive float64
	// Stratified draws sets that are less alike than independent ones: of n
	// draws as many have each label as its probability says, up or down to the
	// next whole number, and as many are of the reference. Objectives stay
	// unbiased, with less variance. What a trained model estimates by sampling
	// takes independent draws.
	Stratified bool
	// Antithetic draws sets in pairs, of which one has a label where a uniform
	// number is below its probability and the other where 1 less that number is:
	// what is linear in the labels cancels. Stratified does at least as well for
	// more than a few draws, and the two exclude each other.
	Antithetic bool
}

func (p Marginal) defensive() float64 {
	if p.Defensive == 0 {
		return 0.05
	}
	return p.Defensive
}

// MeanFielder is implemented by couplings that know marginals, exact or by
// mean field, of q exp g with independent reference odds: those that the
// Marginal proposal can follow.
type MeanFielder interface {
	// MeanField overwrites m with P(j in y), roughly.
	MeanField(m []float64, theta structured.Theta, odds []float64)
}

// Bind wants a *Space and a coupling that is a MeanFielder.
func (p Marginal) Bind(pr structured.Problem[Set]) (structured.Proposal[Set], error) {
	if e := p.defensive(); !(e > 0 && e < 1) {
		return nil, fmt.Errorf("sets: Marginal.Defensive %g is not in (0, 1)", e)
	}
	if p.Stratified && p.Antithetic {
		return nil, errors.New("sets: Marginal: draws are Stratified or Antithetic, not both")
	}
	mf, ok := pr.Coupling.(MeanFielder)
	if !ok {
		return nil, fmt.Errorf("sets: the Marginal proposal does not know couplings of type %T", pr.Coupling)
	}
	space, ok := pr.Space.(*Space)
	if !ok {
		return nil, unknownSpace("Marginal", pr.Space)
	}
	return &marginalProposal{Marginal: p, coupling: mf, space: space}, nil
}

// Follows reports that the proposal looks at theta.
func (p Marginal) Follows() bool { return true }

// Sample is never called: Bind returns what draws.
func (p Marginal) Sample([]Set, []float64, structured.Theta, uint64) {
	panic(errUnbound)
}

const errUnbound = "sets: a proposal must be bound to a problem first"

func unknownSpace(proposal string, s structured.Space[Set]) error {
	return fmt.Errorf("sets: the %s proposal does not know spaces of type %T", proposal, s)
}

type marginalProposal struct {
	Marginal
	coupling MeanFielder
	space    *Space
	idle     sync.Pool // of *marginalScratch
}

type marginalScratch struct {
	m, odds []float64
	base    float64 // log-probability of the empty set
	bits    *bernoulliBits
	score   bitScore
	logq    []float64
	source  stream.Source
}

var _ structured.DensityProposal[Set] = (*marginalProposal)(nil)

// follow returns scratch that is set to the marginals for theta.
func (p *marginalProposal) follow(theta structured.Theta) *marginalScratch {
	s, ok := p.idle.Get().(*marginalScratch)
	if !ok {
		k := p.space.k
		s = &marginalScratch{m: make([]float64, k), odds: make([]float64, k), bits: newBernoulliBits(k)}
	}
	p.coupling.MeanField(s.m, theta, p.space.ref.odds)
	s.bits.set(s.m)
	s.base = 0
	for j := range s.odds {
		m := s.bits.p(j)
		s.odds[j] = math.Log(m) - math.Log1p(-m)
		s.base += math.Log1p(-m)
	}
	return s
}

func (p *marginalProposal) Sample(ys []Set, logr []float64, theta structured.Theta, key uint64) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	e := p.defensive()
	rng := s.source.At(key)
	if p.Stratified || p.Antithetic {
		p.sampleDependent(ys, s, rng)
		p.logProb(logr, ys, s)
		return
	}
	model := reference{bits: s.bits}
	model.sample(ys, p.space.k, rng)
	for i := range ys {
		if rng.Float64() < e {
			p.space.Sample(ys[i:i+1], rng)
		}
	}
	p.logProb(logr, ys, s)
}

// LogProb costs O(k) a set, and the marginals.
func (p *marginalProposal) LogProb(dst []float64, ys []Set, theta structured.Theta) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	p.logProb(dst, ys, s)
}

func (p *marginalProposal) logProb(logr []float64, ys []Set, s *marginalScratch) {
	s.score.dot(logr, s.odds, ys)
	s.logq = numeric.Grow(s.logq, len(ys))
	p.space.LogProb(s.logq, ys)
	e := p.defensive()
	logModel, logReference := math.Log1p(-e)+s.base, math.Log(e)
	for i, l := range logr {
		logr[i] = numeric.LogAddExp(logModel+l, logReference+s.logq[i])
	}
}

func (c unary) MeanField(m []float64, theta structured.Theta, odds []float64) {
	for j, u := range theta.Logits {
		m[j] = numeric.Sigmoid(u + odds[j])
	}
}

// meanFieldSweeps is enough for a proposal; it need not have converged.
const meanFieldSweeps = 8

// meanField runs coordinate sweeps m_j = numeric.Sigmoid(v_j + sum_i U_ij m_i) from
// the unary marginals, O(k^2) each.
func (c *pairwise) MeanField(m []float64, theta structured.Theta, odds []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, v := c.split(theta)
	s.dense = numeric.Grow(s.dense, c.k*c.k)
	c.dense(s.dense, v)
	for j := range m {
		m[j] = numeric.Sigmoid(u[j] + odds[j])
	}
	for range meanFieldSweeps {
		for j := range m {
			f := u[j] + odds[j]
			for i, x := range s.dense[j*c.k : (j+1)*c.k] {
				f += x * m[i]
			}
			m[j] = numeric.Sigmoid(f)
		}
	}
}
