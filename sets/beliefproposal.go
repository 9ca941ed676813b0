package sets

import (
	"fmt"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Belief is a proposal that follows pairwise scores with their dependence: the
// labels that interact most are drawn together, by the weights that belief
// propagation gives their subsets, and the others given them along the tree of
// largest mutual information under the beliefs (Chow, Liu 1968), mixed with the
// reference,
//
//	r(y|x) = (1-e) w(y_C) prod_j b(y_j | y_parent(j), y_C) + e q(y).
//
// It costs about as much as Bethe's surrogate of log Z (see Pairwise), O(k^2) a
// sweep, once for all draws, and O(k) a draw: up to MaxCheap labels more than the
// exact expectation does, which MinMin.Summed takes. Where interactions are strong the
// effective sample size is several times that of [Marginal]. The mixture bounds
// the weights: q/r <= 1/e.
type Belief struct {
	// Defensive is e, in (0, 1); 0 stands for 0.05.
	Defensive float64
}

func (p Belief) defensive() float64 { return Marginal{Defensive: p.Defensive}.defensive() }

// Bind wants a *Space and a Pairwise coupling.
func (p Belief) Bind(pr structured.Problem[Set]) (structured.Proposal[Set], error) {
	if e := p.defensive(); !(e > 0 && e < 1) {
		return nil, fmt.Errorf("sets: Belief.Defensive %g is not in (0, 1)", e)
	}
	c, ok := pr.Coupling.(*pairwise)
	if !ok {
		return nil, fmt.Errorf("sets: the Belief proposal does not know couplings of type %T", pr.Coupling)
	}
	space, ok := pr.Space.(*Space)
	if !ok {
		return nil, unknownSpace("Belief", pr.Space)
	}
	return &beliefProposal{Belief: p, coupling: c, space: space}, nil
}

// Follows reports that the proposal looks at theta.
func (p Belief) Follows() bool { return true }

// Sample is never called: Bind returns what draws.
func (p Belief) Sample([]Set, []float64, structured.Theta, uint64) { panic(errUnbound) }

type beliefProposal struct {
	Belief
	coupling *pairwise
	space    *Space
	idle     sync.Pool // of *beliefScratch
}

var _ structured.DensityProposal[Set] = (*beliefProposal)(nil)

type beliefScratch struct {
	cutset cutset
	cut    []int
	share  []float64 // cumulative, per subset of the cutset
	trees  []labelTree
	logw   []float64 // per subset
	span   spanning
	logq   []float64
	source stream.Source
}

// follow returns scratch that is set to theta.
func (p *beliefProposal) follow(theta structured.Theta) *beliefScratch {
	s, ok := p.idle.Get().(*beliefScratch)
	if !ok {
		s = &beliefScratch{}
	}
	c := &s.cutset
	p.coupling.fillCutset(c, theta, p.space)
	c.logZ(true, roughTolerance)
	left := c.left()
	s.cut = append(s.cut[:0], c.cut()...)
	n := 1 << len(s.cut)
	s.share, s.logw = numeric.Grow(s.share, n), numeric.Grow(s.logw, n)
	for len(s.trees) < n {
		s.trees = append(s.trees, labelTree{})
	}
	total := numeric.LogSumExp(c.values)
	for at, value := range c.values {
		one, two := c.beliefsOf(at)
		mask := at ^ at>>1
		s.logw[mask] = value - total
		s.trees[mask].grow(&s.span, left, one, two)
	}
	sum := 0.0
	for mask, l := range s.logw {
		sum += math.Exp(l)
		s.share[mask] = sum
	}
	return s
}

func (p *beliefProposal) Sample(ys []Set, logr []float64, theta structured.Theta, key uint64) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	e := p.defensive()
	rng := s.source.At(key)
	for i, y := range ys {
		if rng.Float64() < e {
			p.space.Sample(ys[i:i+1], rng)
			continue
		}
		mask := searchCumulative(s.share, rng.Float64()*s.share[len(s.share)-1])
		y.Clear()
		for x, j := range s.cut {
			if mask>>x&1 != 0 {
				y.Add(j)
			}
		}
		s.trees[mask].sample(y, rng)
	}
	p.logProb(logr, ys, s)
}

// LogProb costs O(k) a set, and the beliefs.
func (p *beliefProposal) LogProb(dst []float64, ys []Set, theta structured.Theta) {
	s := p.follow(theta)
	defer p.idle.Put(s)
	p.logProb(dst, ys, s)
}

func (p *beliefProposal) logProb(logr []float64, ys []Set, s *beliefScratch) {
	s.logq = numeric.Grow(s.logq, len(ys))
	p.space.LogProb(s.logq, ys)
	e := p.defensive()
	logModel, logReference := math.Log1p(-e), math.Log(e)
	for i, y := range ys {
		mask := 0
		for x, j := range s.cut {
			if y.Has(j) {
				mask |= 1 << x
			}
		}
		logr[i] = numeric.LogAddExp(logModel+s.logw[mask]+s.trees[mask].logProb(y), logReference+s.logq[i])
	}
}
