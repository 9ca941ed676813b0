package sets

import (
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

var (
	_ structured.LogPartitionBounds[Set] = (*pairwiseSearch)(nil)
	_ structured.WeightBounder[Set]      = (*marginalProposal)(nil)
	_ structured.WeightBounder[Set]      = (*beliefProposal)(nil)
)

var starScratch = sync.Pool{New: func() any { return new(stars) }}

// LogZBounds returns an interval that log Z is certain to be in: from below the
// mean-field free energy, by Jensen's inequality, or the value of the best set
// found where the reference bounds sizes; from above a convex combination of
// stars. Both are narrow for weak interactions and tens of nats apart for strong
// ones. The Value is Bethe's surrogate where it is inside. O(k^2) a sweep.
func (inf *pairwiseSearch) LogZBounds(theta structured.Theta) structured.Normalizer {
	lower := inf.c.lower(theta, inf.space)
	if inf.space.ref.bounded() {
		y := inf.space.Make(1)
		lower, _ = inf.Mode(&y[0], theta, 0)
	}
	upper := max(lower, inf.c.upper(theta, inf.space))
	value := min(max(inf.Surrogate(theta), lower), upper)
	return structured.Normalizer{Value: value, Kind: structured.Interval, Lower: lower, Upper: upper, Confidence: 1}
}

// upper is an upper bound of log Z; bounds of sizes are left out, which only
// adds to it.
func (c *pairwise) upper(theta structured.Theta, space *Space) float64 {
	s := starScratch.Get().(*stars)
	defer starScratch.Put(s)
	s.reset(c.k)
	u, v := c.split(theta)
	for j := range s.v {
		s.v[j] = u[j] + space.ref.odds[j]
	}
	c.dense(s.u, v)
	return space.ref.logBase + s.upper(false)
}

// fieldSweeps bounds those of the lower bound, which holds after any number.
const fieldSweeps = 100

// lower is the mean-field free energy under an independent reference,
//
//	log Z >= sum_j m_j v_j + sum_{i<j} m_i m_j U_ij + sum_j H(m_j),
//
// for the m of coordinate ascent.
func (c *pairwise) lower(theta structured.Theta, space *Space) float64 {
	k := c.k
	u, m, v := make([]float64, k*k), make([]float64, k), make([]float64, k)
	unary, pairs := c.split(theta)
	c.dense(u, pairs)
	for j := range v {
		v[j] = unary[j] + space.ref.odds[j]
		m[j] = numeric.Sigmoid(v[j])
	}
	for range fieldSweeps {
		moved := 0.0
		for j := range m {
			f := v[j]
			for i, x := range u[j*k : (j+1)*k] {
				f += x * m[i]
			}
			next := numeric.Sigmoid(f)
			moved = max(moved, math.Abs(next-m[j]))
			m[j] = next
		}
		if !(moved > 1e-9) {
			break
		}
	}
	sum := space.ref.logBase
	for j, p := range m {
		f := v[j]
		for i, x := range u[j*k : j*k+j] {
			f += x * m[i]
		}
		sum += p * f
		if p > 0 && p < 1 {
			sum -= p*math.Log(p) + (1-p)*math.Log1p(-p)
		}
	}
	return sum
}

// maxQuadratic bounds <v,y> + sum_{i<j in y} U_ij over all subsets; exactly, by
// enumeration, up to MaxListed labels.
func maxQuadratic(v, u []float64) float64 {
	n := len(v)
	if n <= MaxListed {
		var e enumeration
		e.reset(n, 0, n)
		copy(e.v, v)
		copy(e.u, u)
		e.prepare()
		most, _, _ := e.best()
		return most
	}
	s := starScratch.Get().(*stars)
	defer starScratch.Put(s)
	s.reset(n)
	copy(s.v, v)
	copy(s.u, u)
	return s.upper(true)
}

// quadratic returns u and U of g for the couplings that the proposals know; ok is
// false for others.
func asQuadratic(c structured.Coupling[Set], theta structured.Theta) (u, pairs []float64, ok bool) {
	switch c := c.(type) {
	case unary:
		return theta.Logits, make([]float64, c.k*c.k), true
	case *pairwise:
		u, v := c.split(theta)
		pairs := make([]float64, c.k*c.k)
		c.dense(pairs, v)
		return u, pairs, true
	}
	return nil, nil, false
}

// MaxLogWeight is the least of two bounds: r is at least its share of the
// reference, and its share of independent labels, each of which leaves a
// quadratic function of the set to be bounded. For unary scores it is tight.
func (p *marginalProposal) MaxLogWeight(theta structured.Theta) float64 {
	u, pairs, ok := asQuadratic(p.coupling.(structured.Coupling[Set]), theta)
	if !ok {
		return math.Inf(1)
	}
	e := p.defensive()
	byReference := maxQuadratic(u, pairs) - math.Log(e)
	s := p.follow(theta)
	defer p.idle.Put(s)
	v := make([]float64, len(u))
	for j := range v {
		v[j] = u[j] + p.space.ref.odds[j] - s.odds[j]
	}
	return min(byReference, p.space.ref.logBase-s.base+maxQuadratic(v, pairs)-math.Log1p(-e))
}

// MaxLogWeight follows from the share of the reference in r.
func (p *beliefProposal) MaxLogWeight(theta structured.Theta) float64 {
	u, pairs, _ := asQuadratic(p.coupling, theta)
	return maxQuadratic(u, pairs) - math.Log(p.defensive())
}
