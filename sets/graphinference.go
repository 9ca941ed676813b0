package sets

import (
	"math"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// sparseInference is exact inference on a graph, by recursion.
type sparseInference struct {
	c     *sparse
	space *Space
	r     *recursion
	idle  sync.Pool // of *sparsePass
}

var (
	_ structured.ConditionalLogPartition[Set] = (*sparseInference)(nil)
	_ structured.ExactSampler[Set]            = (*sparseInference)(nil)
	_ structured.KBester[Set]                 = (*sparseInference)(nil)
	_ structured.ExactEntropy[Set]            = (*sparseInference)(nil)
	_ LabelMarginalizer                       = (*sparseInference)(nil)
	_ PairMarginalizer                        = (*sparseInference)(nil)
)

type sparsePass struct {
	pass
	fixed   []int8
	unknown []int
	ignored []float64 // where a part of the gradient is not wanted
}

// ready returns a pass that is set to theta.
func (inf *sparseInference) ready(theta structured.Theta) *sparsePass {
	p, ok := inf.idle.Get().(*sparsePass)
	if !ok {
		p = &sparsePass{
			pass: *newPass(inf.r, len(inf.c.edges)), fixed: make([]int8, inf.c.k), ignored: make([]float64, len(inf.c.edges)),
		}
	}
	ref := &inf.space.ref
	u, pairs, h := inf.c.split(theta)
	for j := range p.v {
		p.v[j] = u[j] + ref.odds[j]
	}
	copy(p.u, pairs)
	p.pass.fixed, p.hard = nil, ref.bounded()
	for size := range p.h {
		switch {
		case size < ref.min:
			p.h[size] = negInf
		case h == nil:
			p.h[size] = 0
		default:
			p.h[size] = h[size]
		}
	}
	return p
}

func (inf *sparseInference) LogZ(theta structured.Theta) float64 {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	return inf.space.ref.logBase + p.up(logAddition)
}

func (inf *sparseInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	logZ := inf.space.ref.logBase + p.up(logAddition)
	p.expect(inf.parts(grad, weight))
	return logZ
}

// parts are the arguments of pass.expect.
func (inf *sparseInference) parts(grad structured.Theta, weight float64) (one, edge, size []float64, w float64) {
	one, edge, size = inf.c.split(grad)
	return one, edge, size, weight
}

// AddGradLogZGiven costs as much as without evidence.
func (inf *sparseInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Set], weight float64) (float64, error) {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	o, _, unknown, err := inf.space.observed(e, p.unknown)
	p.unknown = unknown
	if err != nil {
		return math.NaN(), err
	}
	for j := range p.fixed {
		p.fixed[j] = 0
		if has(o.Known, j) {
			p.fixed[j] = -1
			if has(o.Values, j) {
				p.fixed[j] = 1
			}
		}
	}
	p.pass.fixed, p.hard = p.fixed, true
	logZ := inf.space.ref.logBase + p.up(logAddition)
	if weight != 0 {
		p.expect(inf.parts(grad, weight))
	}
	return logZ, nil
}

// LabelMarginals costs as much as the gradient of log Z.
func (inf *sparseInference) LabelMarginals(dst []float64, theta structured.Theta) {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	p.up(logAddition)
	clear(dst)
	p.expect(dst, p.ignored, nil, 1)
}

// PairMarginals costs k times as much as the marginals: those given each label.
func (inf *sparseInference) PairMarginals(dst []float64, theta structured.Theta) {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	k := inf.c.k
	p.up(logAddition)
	one := make([]float64, k)
	p.expect(one, p.ignored, nil, 1)
	clear(dst)
	clear(p.fixed)
	p.pass.fixed, p.hard = p.fixed, true
	for i, weight := range one {
		if weight > 0 {
			p.fixed[i] = 1
			p.up(logAddition)
			p.expect(dst[i*k:(i+1)*k], p.ignored, nil, weight)
			p.fixed[i] = 0
		}
		dst[i*k+i] = weight
	}
	symmetrize(dst, k)
}

// symmetrize takes the mean of both triangles, which differ by rounding.
func symmetrize(a []float64, k int) {
	for i := range k {
		for j := range i {
			x := (a[i*k+j] + a[j*k+i]) / 2
			a[i*k+j], a[j*k+i] = x, x
		}
	}
}

// SampleModel costs one upward pass, and O(k) a set.
func (inf *sparseInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	p.up(logAddition)
	rng := stream.New(key)
	for _, y := range ys {
		p.sample(y, rng)
	}
}

// Mode costs one upward pass. A label that makes no difference is left out.
func (inf *sparseInference) Mode(dst *Set, theta structured.Theta, _ uint64) (float64, bool) {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	p.up(maxAddition)
	p.mode(*dst)
	return inf.value(p, *dst), true
}

// value is log q(y) + g of a set that is allowed.
func (inf *sparseInference) value(p *sparsePass, y Set) float64 {
	sum, size := inf.space.ref.logBase, 0
	for j, v := range p.v {
		if has(y, j) {
			sum += v
			size++
		}
	}
	for e, ij := range inf.c.edges {
		if has(y, ij.I) && has(y, ij.J) {
			sum += p.u[e]
		}
	}
	if p.h != nil {
		sum += p.h[size]
	}
	return sum
}

// KBest costs one upward pass, and O(k) steps of a heap at most for each set.
// Equals are in no particular order.
func (inf *sparseInference) KBest(ys []Set, values []float64, theta structured.Theta) int {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	p.up(maxAddition)
	n := p.kBest(ys)
	type valued struct {
		y     Set
		value float64
	}
	found := make([]valued, n)
	for i, y := range ys[:n] {
		found[i] = valued{y, inf.value(p, y)}
	}
	// The recursion adds up in another order: values that differ by rounding
	// may have changed places.
	less := func(a, b valued) int {
		switch {
		case a.value > b.value:
			return -1
		case a.value < b.value:
			return 1
		}
		return 0
	}
	if !slices.IsSortedFunc(found, less) {
		for i := range found {
			found[i].y = found[i].y.Clone()
		}
		slices.SortStableFunc(found, less)
		for i, f := range found {
			ys[i].CopyFrom(f.y)
		}
	}
	for i, f := range found {
		values[i] = f.value
	}
	return n
}

// Entropy costs as much as the marginals, and an exp per state.
func (inf *sparseInference) Entropy(theta structured.Theta) float64 {
	p := inf.ready(theta)
	defer inf.idle.Put(p)
	p.up(logAddition)
	return p.entropy()
}

// MeanField runs coordinate sweeps from the unary marginals, with h taken at
// the expected size; O(k + edges) each.
func (c *sparse) MeanField(m []float64, theta structured.Theta, odds []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, pairs, h := c.split(theta)
	size := 0.0
	for j := range m {
		m[j] = numeric.Sigmoid(u[j] + odds[j])
		size += m[j]
	}
	s.field = numeric.Grow(s.field, c.k)
	for range meanFieldSweeps {
		// All at once, halfway to where they point: no order of the edges by
		// label is needed.
		for j := range s.field {
			s.field[j] = u[j] + odds[j] + slope(h, size-m[j])
		}
		for e, ij := range c.edges {
			s.field[ij.I] += pairs[e] * m[ij.J]
			s.field[ij.J] += pairs[e] * m[ij.I]
		}
		size = 0
		for j, f := range s.field {
			m[j] = (m[j] + numeric.Sigmoid(f)) / 2
			size += m[j]
		}
	}
}

// slope is h(s+1) - h(s), interpolated; 0 without h.
func slope(h []float64, s float64) float64 {
	if h == nil {
		return 0
	}
	i := min(int(max(s, 0)), len(h)-2)
	here := h[i+1] - h[i]
	if i+2 >= len(h) {
		return here
	}
	t := min(s-float64(i), 1)
	return (1-t)*here + t*(h[i+2]-h[i+1])
}
